/*
 * schema.h: the assocd schema in a database: which version it is, and how it gets there. Migrations
 * are embedded, numbered, forward only, and each is one transaction.
 */
#ifndef PG_SCHEMA_H
#define PG_SCHEMA_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

struct pg;
struct statement;

/* The version this binary speaks: the number of its last migration. */
int schema_version_known(void);

/* The version in the database; 0: no schema. */
MUST_CHECK bool schema_version(struct pg *pg, int *version, struct error *err);

struct schema_change {
    int from, to; /* versions before and after */
    struct buf lost; /* rights that others than the owner had and have no more, a line each */
    struct buf gained; /* rights that default privileges gave with the objects; taken again */
};
void schema_change_clear(struct schema_change *change);

/* Applies what is missing, under a lock, so that it may be called twice at once, and gives those of
 * assocd's roles that there are what they may (sql/grants.tsv). A newer schema than ours is refused
 * (ERROR_STATE); ERROR_CONFIG: the role may not, and the text says whom to ask for what. */
MUST_CHECK bool schema_upgrade(struct pg *pg, struct schema_change *change, struct error *err);

/* The text of a migration; where the schema exists already (an owner without CREATE on the database
 * was given it), without what makes it. */
const char *schema_text(const struct statement *file, bool exists);

/* pg_open for the assocd database, and its schema must be exactly ours: older or missing says to
 * run `assocd init`, newer says to upgrade assocd. */
MUST_CHECK bool schema_open(struct pg **pg, const char *url, const char *name, struct error *err);

#endif
