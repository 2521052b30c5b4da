/*
 * watch_site.h: what a watched table needs in its database (the objects, the triggers, the rights):
 * is it in place, putting it there, taking it away. source/watch.h says what it is for.
 */
#ifndef SOURCE_WATCH_SITE_H
#define SOURCE_WATCH_SITE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/definition.h"
#include "pg/pg.h"

enum watch_state {
    WATCH_IN_PLACE,
    WATCH_MISSING, /* no triggers, or not for these columns, or disabled, or on another table */
    WATCH_BY_TOUCH, /* a view or query: somebody calls assocd.touch where its rows change */
    WATCH_OUTDATED, /* changes are seen, by functions of an earlier release: assocd init --watch */
};

/* The version of the functions for watched tables that this assocd has. */
int watch_version(void);

/* Looks at a watched sync; text gets one sentence that says what is so and what to do. */
MUST_CHECK bool watch_look(const struct sync_definition *sync, const char *database_url,
    enum watch_state *state, struct buf *text, struct error *err);

/* The same on a connection to the source's database, whatever this role may do there: whether
 * changes are seen at all. An error only if the connection fails. */
MUST_CHECK bool watch_look_in(struct pg *pg, const struct sync_definition *sync,
    enum watch_state *state, struct buf *text, struct error *err);

/* Installs the triggers of a sync (and, in a database that has none, the objects they need), or
 * takes them away with all that waits. Harmless when repeated; text gets one sentence that says
 * what was done. Errors name the table and the privilege that is missing. */
MUST_CHECK bool watch_install(const struct sync_definition *sync, const char *database_url,
    struct buf *text, struct error *err);
MUST_CHECK bool watch_remove(const struct sync_definition *sync, const char *database_url,
    struct buf *text, struct error *err);

/* What watch_install would run, as SQL for a DBA's psql. It connects to learn the role that must
 * be granted access. */
MUST_CHECK bool watch_sql(const struct sync_definition *sync, const char *database_url,
    struct buf *sql, struct error *err);

#endif
