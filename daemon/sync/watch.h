/*
 * watch.h: watched tables (sql/schema/004_watch.sql and later ones): which changes wait, where to
 * listen for them, and whether the triggers that record them are in place. Every committed change
 * of a watched table leaves a row in assocd.touched of the same database, in the same transaction:
 * the rows are the truth, a notification only says "look now". `assocd run --touched SYNC`
 * (sync/touched.h) takes them.
 *
 * For the supervisor: one connection a database (watch_databases, watch_open). Ask watch_waiting
 * when the connection opens, on every notification of WATCH_CHANNEL, when a worker of a watched
 * sync ends (rows that came while it ran), and every few seconds (a notification may be lost).
 * Start one worker for each sync it names that has none, with the delay of its back-off after a bad
 * end: rows stay until a run settles them. A run that only waits to verify has settled its rows and
 * no longer holds the sync's lock: it need not be waited for. Names it does not know are somebody's
 * mistake (assocd.touch) or another installation's, and worth one warning.
 */
#ifndef SYNC_WATCH_H
#define SYNC_WATCH_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/definition.h"
#include "pg/pg.h"

/* The channel; the payload is the sync's name. */
#define WATCH_CHANNEL "assocd_touched"

/* The distinct databases of the watched syncs; urls has room for all syncs. Returns how many. The
 * urls are borrowed from definitions; "" is the PG* environment. */
size_t watch_databases(const struct definitions *definitions, const char **urls);

/* The database a sync's source is in. Borrowed. */
const char *watch_database(
    const struct definitions *definitions, const struct sync_definition *sync);

/* Connects and LISTENs. ERROR_SOURCE: unreachable, or without the objects (the text says what to
 * run). From here on pg_socket and pg_notification tell of changes. */
MUST_CHECK bool watch_open(struct pg **pg, const char *url, struct error *err);

/* The watched syncs of these definitions (NULL: none) that have waiting rows in the database of
 * this url, in order of name. Rows of others, however many, cost nothing. */
enum { WAITING_SYNC }; /* text */
MUST_CHECK bool watch_waiting(struct pg *pg, const struct definitions *definitions, const char *url,
    struct pg_rows *rows, struct error *err);

/* Names with waiting rows in a database whose rows no sync of these definitions takes, ten at most;
 * text gets one sentence that names them, or nothing. */
MUST_CHECK bool watch_strays(struct pg *pg, const struct definitions *definitions, const char *url,
    struct buf *text, struct error *err);

/* Deletes some rows that no sync of these definitions has taken for a week. */
MUST_CHECK bool watch_forget(
    struct pg *pg, const struct definitions *definitions, const char *url, struct error *err);

enum watch_state {
    WATCH_IN_PLACE,
    WATCH_MISSING, /* no triggers, or not for these columns, or disabled: assocd init --watch */
    WATCH_BY_TOUCH, /* a view or query: somebody calls assocd.touch where its rows change */
};

/* Looks at a watched sync; text gets one sentence that says what is so and what to do. */
MUST_CHECK bool watch_look(const struct sync_definition *sync, const char *database_url,
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
