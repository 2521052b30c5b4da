/*
 * pg.c: opening a connection, and what is known of it. What a url says is read in conninfo.c, what
 * a session is and has in session.c, how a failure reads in failure.c; statements and COPY are in
 * query.c and copy.c. Invariant: no error text that leaves this folder holds a password, not even a
 * part of one that was written without percent-encoding.
 */
#include "pg/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pg/conninfo.h"

static void ignore_notice(void *nothing, const PGresult *notice)
{
    (void)nothing;
    (void)notice;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Says whose server it is that err speaks of. */
static bool connection_named(const PGconn *conn, struct error *err)
{
    return error_prefix(err, "PostgreSQL (host=%s dbname=%s user=%s)", or_empty(PQhost(conn)),
        or_empty(PQdb(conn)), or_empty(PQuser(conn)));
}

static bool connect_failed(const PGconn *conn, enum error_kind kind, struct error *err)
{
    char why[ERROR_TEXT_MAX];
    char line[2 * ERROR_TEXT_MAX], hint[PG_HINT_MAX];
    pg_one_line(why, sizeof why, PQerrorMessage(conn));
    pg_connect_hint(conn, why, hint);
    (void)snprintf(line, sizeof line, "(host=%s dbname=%s user=%s): %s%s", or_empty(PQhost(conn)),
        or_empty(PQdb(conn)), or_empty(PQuser(conn)), why, hint);
    pg_mask_password(line, PQpass(conn));
    return error_set(err, kind, "connect to PostgreSQL %s", line);
}

bool pg_server_is_supported(int version, enum error_kind kind, struct error *err)
{
    if (version >= PG_SERVER_OLDEST * 10000)
        return true;
    return error_set(err, kind,
        "the server is PostgreSQL %d; assocd works with PostgreSQL %d or later: upgrade the "
        "server, "
        "or use another one",
        version / 10000, PG_SERVER_OLDEST);
}

static bool connect_with(
    struct pg *pg, const struct conninfo *info, enum error_kind kind, struct error *err)
{
    pg->kind = kind;
    pg->conn = PQconnectdbParams(info->keys, info->values, 0);
    if (pg->conn == NULL)
        abort();
    PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return connect_failed(pg->conn, kind, err);
    return pg_server_is_supported(PQserverVersion(pg->conn), kind, err) ||
        connection_named(pg->conn, err);
}

static bool open_with(struct pg **pg, const struct conninfo *info, bool session,
    enum error_kind kind, struct error *err)
{
    struct pg *opened = mem_new(1, sizeof *opened);
    if (connect_with(opened, info, kind, err) && (!session || session_open(opened, info, err))) {
        *pg = opened;
        return true;
    }
    pg_close(opened);
    return false;
}

bool pg_open(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err)
{
    CLEANUP(conninfo_clear) struct conninfo info = {0};
    return conninfo_parse(&info, url, name, kind, err) && open_with(pg, &info, true, kind, err);
}

bool pg_open_plain(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err)
{
    CLEANUP(conninfo_clear) struct conninfo info = {0};
    return conninfo_parse(&info, url, name, kind, err) && open_with(pg, &info, false, kind, err);
}

const char *pg_database(const struct pg *pg)
{
    return or_empty(PQdb(pg->conn));
}

bool pg_in_recovery(struct pg *pg, bool *yes, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    /* Servers since 14 say so at once, and again when they are promoted. */
    const char *said = PQparameterStatus(pg->conn, "in_hot_standby");
    if (said != NULL) {
        *yes = strcmp(said, "on") == 0;
        return true;
    }
    if (!pg_exec(pg, "select pg_catalog.pg_is_in_recovery()", &rows, err))
        return false;
    *yes = pg_rows_bool(&rows, 0, 0);
    return true;
}

const char *pg_transport(const struct pg *pg)
{
    const char *host = PQhost(pg->conn);
    if (conninfo_local(host))
        return host != NULL && host[0] != '/' && host[0] != '@' ? "loopback" : "unix socket";
    if (PQsslInUse(pg->conn) == 0)
        return "not encrypted; sslmode=verify-full in its url would protect it";
    PQconninfoOption *options = PQconninfo(pg->conn);
    const char *mode = "";
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, "sslmode") == 0 && o->val != NULL)
            mode = o->val;
    bool verified = strcmp(mode, "verify-full") == 0;
    PQconninfoFree(options);
    return verified ? "TLS, the server's name and certificate verified"
                    : "TLS, but nobody verified whose; sslmode=verify-full in its url would";
}

bool pg_notification(struct pg *pg, const char **channel, const char **payload, struct error *err)
{
    pg_begin_call(pg);
    pg->notification = PQnotifies(pg->conn);
    if (pg->notification == NULL) {
        if (PQconsumeInput(pg->conn) == 0)
            return pg_failed(pg, NULL, "notifications", err);
        pg->notification = PQnotifies(pg->conn);
    }
    *channel = pg->notification != NULL ? pg->notification->relname : NULL;
    *payload = pg->notification != NULL ? pg->notification->extra : NULL;
    return true;
}
