/*
 * stage.h: where cases are played: one database in the cluster, one sandbox, one folder for the
 * configuration and the token. Reset between cases, so that none sees another's traces.
 */
#ifndef E2E_STAGE_H
#define E2E_STAGE_H

#include "base/attr.h"
#include "base/buf.h"
#include "e2e/settings.h"
#include "lib/process.h"
#include "pg/pg.h"

/* The token every request carries and nothing else may ever show. */
#define STAGE_TOKEN "pat-na1-canary00-5ec2-e700-dead-beefcafe0123"

struct stage {
    char folder[128];
    char config_path[160];
    char *database_url;
    struct pg *pg; /* the test's own connection to it */
    char *invariants; /* the text of invariants.sql */
    char *assocd; /* paths of the programs under test */
    char *sandbox_path;
    struct process sandbox, other_sandbox;
    char *main_url, *other_url; /* other_url NULL: the case has one account only */
    const char *base_url; /* of the account that the steps are about */
    struct settings settings;
    const char *api;
    struct buf log; /* scratch: what the sandbox logged */
};

void stage_open(struct stage *stage);
void stage_close(struct stage *stage);

/* Empty tables, an empty HubSpot with records 1 … 99 of contacts, companies and deals, default
 * settings in this dialect. */
void stage_reset(struct stage *stage, const char *api);

/* Turns to the account "main" or "other", which is opened empty when a case first names it: records
 * 1001 … 1099 of contacts, companies and deals, labels from type id 500 on, account id 8888888. */
void stage_account(struct stage *stage, const char *name);

/* Writes the configuration; worker_url: the database as the worker shall see it. */
void stage_write_config(struct stage *stage, const char *worker_url);

/* SQL on the test's connection. The text of the first column of the first row; "" if there is none;
 * owned by the caller. A failure ends the test. */
void stage_sql(struct stage *stage, const char *sql, struct pg_rows *rows);
char *stage_value(struct stage *stage, const char *sql);

/* Loads the sandbox's log into e2e.request and e2e.applied. */
void stage_load_log(struct stage *stage);

#endif
