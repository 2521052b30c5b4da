/*
 * pg.h: one connection to PostgreSQL, synchronous. The only door to libpq. Statements come from
 * sql/statement/ by name; parameters are always $n, never pasted. A connection carries the kind of
 * error its failures are (ERROR_STATE for the assocd database, ERROR_SOURCE for desired rows), so
 * that callers need not translate. Not reconnecting is the caller's protection: a lost session has
 * lost its advisory lock too.
 */
#ifndef PG_PG_H
#define PG_PG_H

#include "base/attr.h"
#include "base/error.h"
#include "pg/statement_list.h"

struct buf;
struct pg; /* one connection */

/* Opens a session. url: URI or keywords, "" for the PG* environment. name: application_name.
 * Settings made on every session: search_path '', TimeZone UTC, client_encoding UTF8,
 * connect_timeout 5 s (unless url says otherwise), keepalives, lock_timeout, row_security off,
 * idle_session_timeout 0 and client_connection_check_interval (2 s, where the server has it),
 * sslmode verify-full on the way to another host (unless url or PGSSLMODE says otherwise), and for
 * ERROR_STATE with several hosts the one that takes writes (unless target_session_attrs is said).
 * ERROR_CONFIG: what answers is a connection pooler that keeps no session, or the url is malformed.
 * Error texts never hold the password. */
MUST_CHECK bool pg_open(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err);

/* The oldest major version of a server that is tested (tests/machine/machines). */
enum { PG_SERVER_OLDEST = 13 };

/* version: as PQserverVersion counts (130022). False with an error of that kind if it is older.
 * pg_open asks this of every server. */
MUST_CHECK bool pg_server_is_supported(int version, enum error_kind kind, struct error *err);

/* Opens a connection that need not be a session, and sets nothing: all work on it is done within
 * pg_begin, so that it also goes through a connection pooler in transaction mode. */
MUST_CHECK bool pg_open_plain(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err);

/* From here on a stop (base/stop.h) ends whatever is asked of the server, with ERROR_STOPPED: for
 * statements that may take as long as somebody else's view likes. */
void pg_heed_stop(struct pg *pg);

/* Begins a transaction with the settings that statements rely on, for it alone; mode: "read only",
 * "isolation level repeatable read read only". Takes no snapshot. Ends by "commit" or "rollback".
 */
MUST_CHECK bool pg_begin(struct pg *pg, const char *mode, struct error *err);

/* Closes it; NULL is fine. An open transaction is rolled back by the server. */
void pg_close(struct pg *pg);

/* Arguments of one statement, in order $1, $2, … Texts are borrowed until the call returns. */
enum { PG_ARGS_MAX = 32 };
struct pg_args {
    const char *text[PG_ARGS_MAX]; /* NULL is SQL NULL */
    char digits[PG_ARGS_MAX][24];
    int count;
};
void pg_arg_text(struct pg_args *args, const char *text);
void pg_arg_int(struct pg_args *args, int64_t number);
void pg_arg_bool(struct pg_args *args, bool truth);

/* How the connection is protected, as a phrase for people ("unix socket", "TLS, …"). */
const char *pg_transport(const struct pg *pg);

/* The database it is connected to. Borrowed. */
const char *pg_database(const struct pg *pg);

/* Is the server a standby (in recovery)? */
MUST_CHECK bool pg_in_recovery(struct pg *pg, bool *yes, struct error *err);

/* The rows of one result. `struct pg_rows x = {0};` is valid and empty. */
struct pg_rows {
    void *result; /* libpq's, private to pg.c */
    int count; /* rows; for statements without rows: rows affected */
};
void pg_rows_clear(struct pg_rows *rows);
/* Column by number from 0. Text is "" for NULL and lives as long as rows. */
const char *pg_rows_text(const struct pg_rows *rows, int row, int column);
bool pg_rows_null(const struct pg_rows *rows, int row, int column);
int64_t pg_rows_int(const struct pg_rows *rows, int row, int column); /* 0 for NULL */
bool pg_rows_bool(const struct pg_rows *rows, int row, int column);
/* Is the column of an integer type (smallint, integer, bigint)? Known without any row. */
bool pg_rows_integer(const struct pg_rows *rows, int column);
/* Is it a point in time (timestamptz)? Its text is in UTC: "2026-11-23 20:31:26+00". */
bool pg_rows_time(const struct pg_rows *rows, int column);
int pg_rows_columns(const struct pg_rows *rows);
const char *pg_rows_name(const struct pg_rows *rows, int column);

/* Runs an embedded statement. args may be NULL (none); rows may be NULL (not wanted); rows is
 * cleared first. On failure the error names the statement and carries the server's message and
 * SQLSTATE. */
MUST_CHECK bool pg_run(struct pg *pg, enum statement_id id, const struct pg_args *args,
    struct pg_rows *rows, struct error *err);

/* Runs SQL text that was built at run time (schema files, `begin`, the configured relation's COPY);
 * several statements at once are allowed. */
MUST_CHECK bool pg_exec(struct pg *pg, const char *sql, struct pg_rows *rows, struct error *err);

/* Like pg_exec with parameters, for one statement. */
MUST_CHECK bool pg_exec_args(struct pg *pg, const char *sql, const struct pg_args *args,
    struct pg_rows *rows, struct error *err);

/* COPY … TO STDOUT in text format. pg_copy_next yields one line without its newline, borrowed until
 * the next call (pg_copy_split may change it); *line is NULL at the clean end. A connection lost in
 * the middle is an error, never an end: rows count only after the end (fault S2). */
MUST_CHECK bool pg_copy_out(struct pg *pg, const char *sql, struct error *err);
MUST_CHECK bool pg_copy_next(struct pg *pg, char **line, size_t *length, struct error *err);

/* Begins an embedded COPY … TO STDOUT. COPY takes no parameters: $n in its text becomes the n-th
 * argument, as a literal that libpq quotes, so that all of it travels in the one statement. */
MUST_CHECK bool pg_copy_statement(
    struct pg *pg, enum statement_id id, const struct pg_args *args, struct error *err);

/* COPY … FROM STDIN of the whole lines that have gathered in rows, in text format (pg/text.h), and
 * empties rows, also on failure. Without any line nothing is asked of the server. */
MUST_CHECK bool pg_copy_rows(
    struct pg *pg, enum statement_id id, struct buf *rows, struct error *err);

/* Splits one line of COPY text into fields, in place (backslash escapes resolved). A field is NULL
 * for \N. Returns the number of fields, at most max; -1 if there are more. */
int pg_copy_split(char *line, char **fields, int max);

/* Quoting of name parts for use in SQL text: `schema.table` written by a person
 * becomes "schema"."table" (parsed by the server's own parse_ident, checked with to_regclass; ERROR
 * names the relation when it does not exist). The result is owned by the caller. */
MUST_CHECK bool pg_relation(struct pg *pg, const char *name, char **quoted, struct error *err);

/* The table or view that may have been meant by a name that there is not: of the same name in
 * another schema, or spelt nearly so. False: none. */
enum { PG_RELATION_MAX = 144 };
bool pg_relation_near(struct pg *pg, const char *name, char meant[static PG_RELATION_MAX]);

/* name as a quoted identifier; owned by the caller. */
MUST_CHECK bool pg_identifier(struct pg *pg, const char *name, char **quoted, struct error *err);

/* SQLSTATE of the last failure, "" if none: for callers that react to one (lock timeout 55P03,
 * missing schema 3F000 / 42P01). Lives until the next call. */
const char *pg_sqlstate(const struct pg *pg);

/* The role that the connection was made for. */
const char *pg_user(const struct pg *pg);

/* The socket, for a poll that also waits for other things; the notification queue of LISTEN. */
int pg_socket(const struct pg *pg);

/* Takes in what the server sent unasked. *channel (and *payload) is NULL when nothing waits, else
 * borrowed until the next call. */
MUST_CHECK bool pg_notification(
    struct pg *pg, const char **channel, const char **payload, struct error *err);

#endif
