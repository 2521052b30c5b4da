/*
 * failure.c: what the server's errors mean to a person, on one line and without a password. Knows
 * SQLSTATEs and the names of the server's own functions, never its words: those are in its
 * language, and change with its version.
 */
#include "pg/connection.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/stop.h"
#include "pg/sqlstate.h"

void pg_one_line(char *out, size_t size, const char *message)
{
    size_t length = 0;
    bool blank = false;
    bool ended = false; /* a line of libpq's, which is a sentence without its point */
    for (const char *at = message; *at != '\0' && length + 3 < size; at++) {
        if (strchr(" \t\r\n", *at) != NULL) {
            blank = length > 0;
            ended = ended || (*at == '\n' && blank);
            continue;
        }
        if (ended && strchr(".:,;?!", out[length - 1]) == NULL)
            out[length++] = ';';
        if (blank)
            out[length++] = ' ';
        blank = ended = false;
        out[length++] = *at;
    }
    while (length > 0 && out[length - 1] == '.')
        length--;
    out[length] = '\0';
}

/* As someone's host name, say. */
void pg_mask_password(char *line, const char *password)
{
    size_t length = password != NULL ? strlen(password) : 0;
    if (length < 4) /* shorter ones occur in ordinary words */
        return;
    for (char *at = strstr(line, password); at != NULL; at = strstr(at, password))
        memset(at, '*', length);
}

/* Names something of schema assocd, in whatever quotation marks the server's language has. */
static bool names_our_schema(const char *message)
{
    static const char schema[] = "assocd";
    for (const char *at = message; (at = strstr(at, schema)) != NULL; at += sizeof schema - 1) {
        char before = at > message ? at[-1] : ' ';
        char behind = at[sizeof schema - 1];
        if (!isalnum((unsigned char)before) && before != '_' && before != '.' &&
            !isalnum((unsigned char)behind) && behind != '_')
            return true;
    }
    return false;
}

/* The tables or functions of schema assocd are not there: the one failure everybody meets first. */
static bool schema_missing(enum sqlstate state, const char *message)
{
    return (sqlstate_is_missing(state) || state == SQLSTATE_UNDEFINED_FUNCTION) &&
        names_our_schema(message);
}

/* Names it in quotation marks, whatever those are in the server's language. */
static bool quotes(const char *message, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = message; length > 0 && (at = strstr(at, name)) != NULL; at += length) {
        unsigned char before = at > message ? (unsigned char)at[-1] : ' ';
        unsigned char behind = (unsigned char)at[length];
        bool opened = before == '"' || before == '\'' || before >= 0x80;
        if (opened && (behind == '"' || behind == '\'' || behind >= 0x80))
            return true;
    }
    return false;
}

/* A server that runs has its socket there. */
static bool socket_is_missing(const PGconn *conn)
{
    char path[300];
    const char *folder = PQhost(conn), *port = PQport(conn);
    if (folder == NULL || folder[0] != '/')
        return false;
    (void)snprintf(path, sizeof path, "%.250s/.s.PGSQL.%.20s", folder,
        port != NULL && port[0] != '\0' ? port : "5432");
    return access(path, F_OK) != 0 && errno == ENOENT;
}

void pg_connect_hint(const PGconn *conn, const char *message, char hint[static PG_HINT_MAX])
{
    const char *database = PQdb(conn), *user = PQuser(conn);
    bool of_database = database != NULL && quotes(message, database);
    bool of_user = user != NULL && quotes(message, user);
    bool by_socket = PQhost(conn) != NULL && PQhost(conn)[0] == '/';
    hint[0] = '\0';
    if (PQconnectionNeedsPassword(conn) != 0)
        (void)snprintf(hint, PG_HINT_MAX,
            "; put the password into ~/.pgpass (host:port:database:user:password, chmod "
            "600)%s%.60s",
            by_socket ? "" : ", or use the local socket: postgresql:///",
            by_socket              ? ""
                : database != NULL ? database
                                   : "DATABASE");
    else if (socket_is_missing(conn))
        (void)snprintf(hint, PG_HINT_MAX, "; is PostgreSQL running? (pg_lsclusters)");
    else if (of_database && of_user)
        (void)snprintf(hint, PG_HINT_MAX,
            "; is there such a database, and such a role that may log in? (psql -l, psql -c "
            "'\\du'; createdb %.60s, createuser %.60s, or mend the url)",
            database, user);
    else if (of_database)
        (void)snprintf(hint, PG_HINT_MAX,
            "; is there such a database? (psql -l; createdb %.60s, or mend the url)", database);
    else if (of_user)
        (void)snprintf(hint, PG_HINT_MAX,
            "; is there such a role, and may it log in like this? (psql -c '\\du', pg_hba.conf, a "
            "password in ~/.pgpass; createuser %.60s, or mend the url)",
            user);
}

/* What to grant, and to whom. */
static bool denied(const struct pg *pg, const char *what, const char *line, struct error *err)
{
    const char *user = PQuser(pg->conn) != NULL ? PQuser(pg->conn) : "";
    if (pg->kind == ERROR_STATE)
        return error_set(err, pg->kind,
            "%s: %s; role \"%s\" has no right to this: assocd_reader looks, assocd_operator "
            "approves and steers, assocd_daemon runs (assocd init --roles makes them; an "
            "administrator grants one of them: grant assocd_reader to \"%s\")",
            what, line, user, user);
    return error_set(err, pg->kind,
        "%s: %s; role \"%s\" reads the source and needs: grant usage on schema SCHEMA to \"%s\"; "
        "grant select on SCHEMA.TABLE to \"%s\"",
        what, line, user, user, user);
}

bool pg_failed(struct pg *pg, const PGresult *result, const char *what, struct error *err)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (code == NULL) /* libpq's own failure */
        code = PQstatus(pg->conn) == CONNECTION_BAD ? sqlstate_connection_failure
                                                    : sqlstate_internal_error;
    (void)snprintf(pg->sqlstate, sizeof pg->sqlstate, "%s", code);
    enum sqlstate state = sqlstate_of(code);
    if (pg->stopped)
        return error_set(
            err, ERROR_STOPPED, "stopped (%s) while PostgreSQL was at work", stop_reason());
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (message == NULL)
        message = PQerrorMessage(pg->conn);
    if (message[0] == '\0')
        message = "unexpected reply";
    char line[ERROR_TEXT_MAX];
    pg_one_line(line, sizeof line, message);
    pg_mask_password(line, PQpass(pg->conn));
    if (schema_missing(state, line))
        return error_set(
            err, pg->kind, "%s: %s; the schema is missing: run \"assocd init\"", what, line);
    /* Not by its words, which are in the server's language. */
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    if (state == SQLSTATE_INSUFFICIENT_PRIVILEGE && function != NULL &&
        strcmp(function, "check_enable_rls") == 0)
        return error_set(err, pg->kind,
            "%s: %s, and rows that it hides look like rows to archive: connect as a role with "
            "BYPASSRLS or as the table's owner",
            what, line);
    if (state == SQLSTATE_INSUFFICIENT_PRIVILEGE)
        return denied(pg, what, line, err);
    const char *standby = PQparameterStatus(pg->conn, "in_hot_standby");
    if (pg->kind == ERROR_STATE && state == SQLSTATE_READ_ONLY_TRANSACTION && standby != NULL &&
        strcmp(standby, "on") == 0)
        return error_set(err, pg->kind,
            "%s: %s (SQLSTATE %s); host %s is a standby, which takes no writes: name the primary "
            "in database.url, or all hosts (host1,host2), of which the primary is then taken",
            what, line, code, PQhost(pg->conn));
    return error_set(err, pg->kind, "%s: %s (SQLSTATE %s)", what, line, code);
}
