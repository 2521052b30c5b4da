/*
 * bed.h: where a daemon is tested: a database with the schema, a sandbox, a folder with
 * configuration and token, and daemons in it. Nothing waits for a fixed time: everything is asked
 * again until it is so, or the limit is reached.
 */
#ifndef SERVICE_BED_H
#define SERVICE_BED_H

#include "base/attr.h"
#include "base/buf.h"
#include "lib/process.h"
#include "pg/pg.h"

enum { BED_SYNCS_MAX = 4, BED_MS = 90000 };

/* The account's, which must be seen nowhere. */
#define BED_TOKEN "pat-na1-sandbox-0000-0000"

struct bed {
    char folder[128];
    char config_path[160];
    char notify_path[108]; /* of the socket of bed_notify */
    int notify_fd; /* -1: none */
    struct buf notified; /* all messages, a line each */
    char *database_url;
    struct pg *pg;
    struct process sandbox;
    char *base_url;
    const char *portal_yaml; /* of the portal, instead of its base_url; NULL: base_url */
    const char *token_yaml; /* of the portal, instead of its token_file; NULL: token_file */
    struct process daemons[2];
};

/* Opens everything, with 20 rows in crm.link, and a configuration of the sync `links` (deals to
 * contacts, `schedule`). */
void bed_open(struct bed *bed, const char *schedule);
void bed_close(struct bed *bed);

/* A sandbox that has a door with TLS, too, in place of the one that runs. The url of that door,
 * owned by the caller. */
char *bed_secure(struct bed *bed, const char *pem, const char *priorities);

/* Writes the configuration: `head` (top-level YAML, or ""), and `syncs` (YAML below `syncs:`). */
void bed_configure(struct bed *bed, const char *head, const char *syncs);

/* The YAML of a sync of that name, v3 type and source table. */
void bed_sync(struct buf *yaml, const char *name, const char *to, const char *schedule);

/* Starts daemon 0 or 1 and waits until it says that it works. env: see process_start. */
void bed_start(struct bed *bed, int number, const char *const env[]);

/* Starts daemon 0 with that --log-format, and waits for nothing. */
void bed_start_logging(struct bed *bed, const char *format);

/* SIGTERM, and the exit code. */
int bed_stop(struct bed *bed, int number);

/* assocd with these words (at most 6, ended by NULL); returns the exit code. */
int bed_command(struct bed *bed, struct process *process, const char *const words[]);

/* The same, killed at the limit. */
int bed_command_within(
    struct bed *bed, struct process *process, const char *const words[], int limit_ms);

void bed_sql(struct bed *bed, const char *sql);
void bed_trigger(struct bed *bed); /* asks by SQL for a run of `links` */
int64_t bed_int(struct bed *bed, const char *sql);
char *bed_text(struct bed *bed, const char *sql); /* owned by the caller */

/* Waits until the query's first column is true; the test fails at the limit. */
void bed_until(struct bed *bed, const char *sql);
bool bed_until_ms(struct bed *bed, const char *sql, int64_t limit_ms);

/* The sandbox: a fault (JSON), the release of held requests, how often the log holds text. */
void bed_fault(struct bed *bed, const char *json);
void bed_hold_creates(struct bed *bed); /* they are not answered until the release */
void bed_release(struct bed *bed);
int bed_logged(struct bed *bed, const char *text);
void bed_until_logged(struct bed *bed, const char *text);

/* How many associations of deals to contacts are in crm.link or in HubSpot only. */
int64_t bed_differences(struct bed *bed);

/* A notify socket for daemons that are started with bed_notify_env. */
void bed_notify(struct bed *bed);
/* Waits until a message has come that has this line. */
void bed_until_notified(struct bed *bed, const char *line);
void bed_take_notified(struct bed *bed); /* what has come so far, into bed->notified */

#endif
