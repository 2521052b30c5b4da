/*
 * conninfo.c: the url of a person -> libpq's keywords, with our defaults. What would print a
 * password is refused before libpq sees it.
 */
#include "pg/conninfo.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/url.h"
#include "pg/connection.h"

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

static const char *option_value(const struct conninfo *info, const char *key)
{
    for (const PQconninfoOption *option = info->options; option->keyword != NULL; option++)
        if (strcmp(option->keyword, key) == 0)
            return option->val;
    return NULL;
}

static void conninfo_add(struct conninfo *info, const char *key, const char *value)
{
    assert(info->count < CONNINFO_MAX - 1);
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

bool conninfo_local(const char *host)
{
    return host == NULL || host[0] == '\0' ||
        ((host[0] == '/' || host[0] == '@') && strchr(host, ',') == NULL) ||
        url_host_is_loopback(host);
}

static const char *configured(const struct conninfo *info, const char *key, const char *environment)
{
    const char *value = option_value(info, key);
    return value != NULL || environment == NULL ? value : getenv(environment);
}

static bool is_remote(const struct conninfo *info)
{
    const char *host = configured(info, "host", "PGHOST");
    return !conninfo_local(host != NULL ? host : configured(info, "hostaddr", "PGHOSTADDR")) ||
        configured(info, "service", "PGSERVICE") != NULL;
}

/* The assocd database is written to. Of another database's hosts a standby may be what is wanted.
 */
static void prefer_primary(struct conninfo *info)
{
    const char *host = configured(info, "host", "PGHOST");
    const char *address = configured(info, "hostaddr", "PGHOSTADDR");
    bool several = (host != NULL && strchr(host, ',') != NULL) ||
        (address != NULL && strchr(address, ',') != NULL);
    if (several && configured(info, "target_session_attrs", "PGTARGETSESSIONATTRS") == NULL)
        conninfo_add(info, "target_session_attrs", "read-write");
}

bool conninfo_parse(struct conninfo *info, const char *url, const char *name, enum error_kind kind,
    struct error *err)
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
    if (kind == ERROR_STATE)
        prefer_primary(info);
    /* After the url's own keys: the last one counts. */
    conninfo_add(info, "client_encoding", "UTF8");
    conninfo_add(info, "application_name", name);
    return true;
}

void conninfo_clear(struct conninfo *info)
{
    PQconninfoFree(info->options);
}
