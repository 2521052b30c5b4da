/*
 * connection.h: what the files of daemon/pg/ share: the connection's inside and how a failure of
 * libpq becomes an error. Private to this folder; everybody else includes pg/pg.h.
 */
#ifndef PG_CONNECTION_H
#define PG_CONNECTION_H

#include <libpq-fe.h>

#include "pg/pg.h"

struct pg {
    PGconn *conn;
    enum error_kind kind; /* of every failure of this connection */
    char sqlstate[6]; /* of the last failure, "" if none */
    char *copy_line; /* libpq's memory behind the last line of a COPY, or NULL */
    int copy_got; /* what PQgetCopyData said last */
    char copy_name[96]; /* the statement of the COPY under way, for its errors */
    PGnotify *notification; /* behind what pg_notification lent */
    bool heeds_stop; /* see pg_heed_stop */
    bool stopped; /* it was so ended */
};

/* Turns the failure in result (NULL: the connection's own) into err; what: "statement run_insert".
 * Remembers the SQLSTATE. Returns false. */
bool pg_failed(struct pg *pg, const PGresult *result, const char *what, struct error *err);

/* Forgets the last failure and what was lent to the caller; every call starts with it. */
void pg_begin_call(struct pg *pg);

/* message on one line, blanks collapsed, without a final full stop; at most size - 1 bytes. */
void pg_one_line(char *out, size_t size, const char *message);

/* What a person may do about a connection that the server refused with message, or "". */
enum { PG_HINT_MAX = 320 };
void pg_connect_hint(const PGconn *conn, const char *message, char hint[static PG_HINT_MAX]);

/* The last barrier: asterisks for a password that still stands in line. NULL: there is none. */
void pg_mask_password(char *line, const char *password);

/* Turns PQconninfoParse's message (NULL: out of memory), which it frees, into ERROR_CONFIG. libpq
 * quotes the offending part, which may be the password: everything between the first and the last
 * quotation mark goes. Returns false. */
bool pg_url_malformed(char *message, struct error *err);

/* Makes sure that one server process serves the connection from its first statement to its last,
 * and sets what every session of ours has. ERROR_CONFIG: a connection pooler gives a process for a
 * transaction only; nothing was left behind in it. */
struct conninfo;
MUST_CHECK bool session_open(struct pg *pg, const struct conninfo *info, struct error *err);

/* Waits until libpq has a whole result, or a whole line of a COPY; when the connection heeds a stop
 * and one is asked for, the server is told to cancel, and what comes is its refusal. */
void pg_wait(struct pg *pg, bool (*busy)(struct pg *pg));

/* As PQexec (args NULL: several statements) and PQexecParams, with pg_wait. */
PGresult *pg_ask(struct pg *pg, const char *sql, const struct pg_args *args);

/* Reads results until libpq is ready for the next statement. */
void pg_drain(struct pg *pg);

#endif
