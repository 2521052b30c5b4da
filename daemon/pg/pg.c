/*
 * pg.c: opening and closing a connection, and how its failures read. Knows every setting a
 * connection of ours has; statements and COPY are in query.c and copy.c. Invariant: no error text
 * that leaves this folder holds a password, not even a part of one that was written without
 * percent-encoding.
 */
#include "pg/connection.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Sent in one round trip. lock_timeout: a table held by a loading job is an error, not a silent
 * wait (FAULTS S4). synchronous_commit: an acknowledged `sent` row must outlive the server
 * (FAULTS J2); stricter settings are kept. row_security: rows that a policy hides would look like
 * rows to archive; so such a read fails. */
#define SESSION_SETTINGS \
    "set search_path = '';" \
    "set timezone = 'UTC';" \
    "set datestyle = 'ISO, YMD';" \
    "set intervalstyle = 'postgres';" \
    "set standard_conforming_strings = on;" \
    "set row_security = off;" \
    "set lock_timeout = '5s';" \
    "set default_transaction_isolation = 'read committed';" \
    "select pg_catalog.set_config('synchronous_commit', 'on', false)" \
    " where pg_catalog.current_setting('synchronous_commit') = 'off'"

/* Lets a busy backend notice that its worker died, so that its locks are freed (FAULTS J10). */
#define CHECK_INTERVAL "set client_connection_check_interval = '2s';"

/* What a connection has unless the url says otherwise. libpq's own sslmode is `prefer`, with which
 * whoever stands between may read along and answer with desired rows of his own. */
static const struct {
    const char *key;
    const char *value;
    const char *environment; /* libpq's own variable for it, which also counts as said */
    bool remote; /* only on the way to another host */
} defaults[] = {
    {"connect_timeout", "5", "PGCONNECT_TIMEOUT", false},
    {"keepalives_idle", "30", NULL, false},
    {"tcp_user_timeout", "10000", NULL, false},
    {"sslmode", "verify-full", "PGSSLMODE", true},
};

enum { KEYS_MAX = 80 }; /* libpq 15 knows 44 keywords */

struct conninfo {
    PQconninfoOption *options; /* what the url says */
    const char *keys[KEYS_MAX];
    const char *values[KEYS_MAX];
    int count;
};

static void ignore_notice(void *nothing, const PGresult *notice)
{
    (void)nothing;
    (void)notice;
}

void pg_one_line(char *out, size_t size, const char *message)
{
    size_t length = 0;
    bool blank = false;
    for (const char *at = message; *at != '\0' && length + 2 < size; at++) {
        if (strchr(" \t\r\n", *at) != NULL) {
            blank = length > 0;
            continue;
        }
        if (blank)
            out[length++] = ' ';
        blank = false;
        out[length++] = *at;
    }
    while (length > 0 && out[length - 1] == '.')
        length--;
    out[length] = '\0';
}

static const char *option_value(const struct conninfo *info, const char *key)
{
    for (const PQconninfoOption *option = info->options; option->keyword != NULL; option++)
        if (strcmp(option->keyword, key) == 0)
            return option->val;
    return NULL;
}

static void conninfo_add(struct conninfo *info, const char *key, const char *value)
{
    assert(info->count < KEYS_MAX - 1);
    info->keys[info->count] = key;
    info->values[info->count++] = value;
}

/* An unescaped '@' or '/' in a password makes libpq take a part of it for the host, the port or
 * the database, and print it. Such a url is refused before libpq sees it. */
static bool url_is_ambiguous(const char *url)
{
    if (strncmp(url, "postgresql://", 13) != 0 && strncmp(url, "postgres://", 11) != 0)
        return false;
    const char *authority = strstr(url, "://") + 3;
    const char *end = authority + strcspn(authority, "?");
    const char *path = memchr(authority, '/', (size_t)(end - authority));
    const char *first = memchr(authority, '@', (size_t)(end - authority));
    if (first == NULL)
        return false;
    const char *second = memchr(first + 1, '@', (size_t)(end - first - 1));
    return second != NULL || (path != NULL && path < first);
}

/* A host may start with '@' (an abstract socket); inside it is the rest of a password. */
static bool host_has_credentials(const char *host)
{
    return host != NULL && host[0] != '\0' && strchr(host + 1, '@') != NULL;
}

static bool port_is_digits(const char *port)
{
    return port == NULL || port[strspn(port, "0123456789,")] == '\0';
}

/* A unix socket (libpq's default when no host is named) or this machine's loopback. A list counts
 * as another host, and so does a service file, which may name any. */
static bool host_is_local(const char *host)
{
    return host == NULL || host[0] == '\0' ||
        ((host[0] == '/' || host[0] == '@') && strchr(host, ',') == NULL) ||
        strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
        strcmp(host, "::1") == 0;
}

static const char *configured(const struct conninfo *info, const char *key, const char *environment)
{
    const char *value = option_value(info, key);
    return value != NULL || environment == NULL ? value : getenv(environment);
}

static bool is_remote(const struct conninfo *info)
{
    const char *host = configured(info, "host", "PGHOST");
    return !host_is_local(host != NULL ? host : configured(info, "hostaddr", "PGHOSTADDR")) ||
        configured(info, "service", "PGSERVICE") != NULL;
}

static bool conninfo_parse(
    struct conninfo *info, const char *url, const char *name, struct error *err)
{
    static const char expected[] =
        "expected postgresql://user:password@host:port/database with @ and / in the password "
        "written as %40 and %2F";
    if (url_is_ambiguous(url))
        return error_set(err, ERROR_CONFIG, "malformed database url: %s", expected);
    char *message = NULL;
    info->options = PQconninfoParse(url, &message);
    if (info->options == NULL)
        return pg_url_malformed(message, err);
    if (host_has_credentials(option_value(info, "host")) ||
        !port_is_digits(option_value(info, "port")))
        return error_set(
            err, ERROR_CONFIG, "malformed database url: not a host and a port; %s", expected);
    for (const PQconninfoOption *option = info->options; option->keyword != NULL; option++)
        if (option->val != NULL)
            conninfo_add(info, option->keyword, option->val);
    bool remote = is_remote(info);
    for (size_t i = 0; i < ARRAY_COUNT(defaults); i++)
        if ((remote || !defaults[i].remote) &&
            configured(info, defaults[i].key, defaults[i].environment) == NULL)
            conninfo_add(info, defaults[i].key, defaults[i].value);
    /* After the url's own keys: the last one counts. */
    conninfo_add(info, "client_encoding", "UTF8");
    conninfo_add(info, "application_name", name);
    return true;
}

static void conninfo_clear(struct conninfo *info)
{
    PQconninfoFree(info->options);
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
    char line[2 * ERROR_TEXT_MAX];
    pg_one_line(why, sizeof why, PQerrorMessage(conn));
    (void)snprintf(line, sizeof line, "(host=%s dbname=%s user=%s): %s", or_empty(PQhost(conn)),
        or_empty(PQdb(conn)), or_empty(PQuser(conn)), why);
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

static bool session_configure(struct pg *pg, struct error *err)
{
    enum { FIRST_WITH_CHECK_INTERVAL = 140000 };
    if (!pg_server_is_supported(PQserverVersion(pg->conn), pg->kind, err))
        return connection_named(pg->conn, err);
    if (PQserverVersion(pg->conn) >= FIRST_WITH_CHECK_INTERVAL &&
        pg_exec(pg, CHECK_INTERVAL SESSION_SETTINGS, NULL, NULL))
        return true;
    /* Some platforms refuse the interval: then do without. */
    return pg_exec(pg, SESSION_SETTINGS, NULL, err) || error_prefix(err, "session settings");
}

bool pg_open(
    struct pg **pg, const char *url, const char *name, enum error_kind kind, struct error *err)
{
    CLEANUP(conninfo_clear) struct conninfo info = {0};
    if (!conninfo_parse(&info, url, name, err))
        return false;
    struct pg *opened = mem_new(1, sizeof *opened);
    opened->kind = kind;
    opened->conn = PQconnectdbParams(info.keys, info.values, 0);
    if (opened->conn == NULL)
        abort();
    PQsetNoticeReceiver(opened->conn, ignore_notice, NULL);
    bool ok = PQstatus(opened->conn) == CONNECTION_OK ? session_configure(opened, err)
                                                      : connect_failed(opened->conn, kind, err);
    if (!ok) {
        pg_close(opened);
        return false;
    }
    *pg = opened;
    return true;
}

void pg_close(struct pg *pg)
{
    if (pg == NULL)
        return;
    pg_begin_call(pg);
    PQfinish(pg->conn);
    free(pg);
}

void pg_begin_call(struct pg *pg)
{
    pg->sqlstate[0] = '\0';
    PQfreemem(pg->copy_line);
    pg->copy_line = NULL;
    PQfreemem(pg->notification);
    pg->notification = NULL;
}

void pg_drain(struct pg *pg)
{
    PGresult *result = PQgetResult(pg->conn);
    while (result != NULL) {
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH)
            return; /* the next PQexec ends a COPY that nobody wants */
        result = PQgetResult(pg->conn);
    }
}

/* Servers since 14 say so at once, and again when they are promoted. */
const char *pg_database(const struct pg *pg)
{
    return or_empty(PQdb(pg->conn));
}

bool pg_in_recovery(struct pg *pg, bool *yes, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
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
    if (host_is_local(host))
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

const char *pg_sqlstate(const struct pg *pg)
{
    return pg->sqlstate;
}

int pg_socket(const struct pg *pg)
{
    return PQsocket(pg->conn);
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
