/*
 * watch.h: watched tables (sql/schema/004_watch.sql and later ones): which changes wait, and where
 * to listen for them; what a database needs for that is watch_site.h. Every committed change
 * of a watched table leaves a row in assocd.touched of the same database, in the same transaction:
 * the rows are the truth, a notification only says "look now". `assocd run --touched SYNC`
 * (journal/changed_records.h) takes them.
 *
 * For the supervisor: one connection a database (watch_databases, watch_open). Ask watch_waiting
 * when the connection opens, on every notification of WATCH_CHANNEL, when a worker of a watched
 * sync ends (rows that came while it ran), and every few seconds (a notification may be lost).
 * Start one worker for each sync it names that has none, with the delay of its back-off after a bad
 * end: rows stay until a run settles them. A run that only waits to verify has settled its rows and
 * no longer holds the sync's lock: it need not be waited for. Names it does not know are somebody's
 * mistake (assocd.touch) or another installation's, and worth one warning.
 */
#ifndef SOURCE_WATCH_H
#define SOURCE_WATCH_H

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

/* The database a sync's source is in; database_url is the assocd database. Borrowed. */
const char *watch_source(const struct sync_definition *sync, const char *database_url);
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

#endif
