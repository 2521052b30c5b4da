/*
 * config_mask.c: database URLs without their passwords. Rather masks too much than too little: only
 * the values of keywords known to be harmless are shown, and nothing that stands where it has no
 * meaning.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "config/config.h"

/* Whatever is not here may be a password, or a misspelt keyword for one. libpq takes percent signs
 * in names as well: such a name is not found here. */
static bool is_secret(const char *name, size_t length)
{
    static const char *const shown[] = {"host", "hostaddr", "port", "dbname", "user", "passfile",
        "service", "servicefile", "connect_timeout", "client_encoding", "options",
        "application_name", "fallback_application_name", "keepalives", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "tcp_user_timeout", "replication", "gssencmode",
        "gssdelegation", "gsslib", "krbsrvname", "sslmode", "sslnegotiation", "requiressl",
        "sslcompression", "sslcert", "sslkey", "sslcertmode", "sslrootcert", "sslcrl", "sslcrldir",
        "sslsni", "ssl", "requirepeer", "require_auth", "channel_binding",
        "ssl_min_protocol_version", "ssl_max_protocol_version", "min_protocol_version",
        "max_protocol_version", "target_session_attrs", "load_balance_hosts"};
    for (size_t i = 0; i < ARRAY_COUNT(shown); i++)
        if (strlen(shown[i]) == length && strncasecmp(name, shown[i], length) == 0)
            return false;
    return true;
}

/* ?name=value&name=value */
static void mask_parameters(const char *at, struct buf *out)
{
    while (*at != '\0') {
        size_t name = strcspn(at, "=&");
        size_t value = at[name] == '=' ? strcspn(at + name, "&") : 0;
        if (value == 0)
            buf_add_text(out, "***");
        else if (is_secret(at, name))
            buf_addf(out, "%.*s=***", (int)name, at);
        else
            buf_add(out, at, name + value);
        at += name + value;
        if (*at == '&')
            buf_add_char(out, *at++);
    }
}

/* host:port,host:port up to a path or query. What stands for a port and is none may be the password
 * of somebody who forgot the host. Returns what is behind it. */
static const char *mask_hosts(const char *at, struct buf *out)
{
    const char *end = at + strcspn(at, "/?");
    while (at < end) {
        size_t host = *at == '[' ? strcspn(at, "]/?") : strcspn(at, ":,/?");
        host += at[host] == ']';
        buf_add(out, at, host);
        at += host;
        size_t digits = *at == ':' ? 1 + strspn(at + 1, "0123456789") : 0;
        if (at < end && at + digits != end && at[digits] != ',') {
            buf_add_text(out, ":***");
            return end;
        }
        digits += at + digits < end;
        buf_add(out, at, digits);
        at += digits;
    }
    return end;
}

static void mask_uri(const char *url, struct buf *out)
{
    const char *start = strstr(url, "://") + 3;
    const char *at = strrchr(start, '@');
    const char *rest = start;
    buf_add(out, url, (size_t)(start - url));
    if (at != NULL) {
        size_t user = strcspn(start, ":@");
        buf_add(out, start, user);
        buf_add_text(out, start + user < at ? ":***@" : "@");
        rest = at + 1;
    }
    rest = mask_hosts(rest, out);
    size_t length = strcspn(rest, "?");
    buf_add(out, rest, length);
    if (rest[length] == '?') {
        buf_add_char(out, '?');
        mask_parameters(rest + length + 1, out);
    }
}

/* The length of a keyword's value, which may be quoted and may have backslashes. */
static size_t value_length(const char *at)
{
    size_t length = 0;
    bool quoted = at[0] == '\'';
    if (quoted)
        length++;
    while (at[length] != '\0') {
        if (at[length] == '\\' && at[length + 1] != '\0')
            length++;
        else if (quoted ? at[length] == '\'' : isspace((unsigned char)at[length]))
            break;
        length++;
    }
    return length + (quoted && at[length] == '\'');
}

/* Whether a value ends there: behind it stands another keyword, or nothing. If not, a quote or a
 * blank in a password was written as it is, and the rest belongs to it. */
static bool is_between(const char *at)
{
    size_t blank = strspn(at, " \t\r\n");
    size_t name = strcspn(at + blank, "= \t\r\n");
    size_t equals = strspn(at + blank + name, " \t\r\n");
    return at[blank] == '\0' || (blank > 0 && at[blank + name + equals] == '=');
}

static void mask_keywords(const char *at, struct buf *out)
{
    while (*at != '\0') {
        size_t blank = strspn(at, " \t\r\n");
        buf_add(out, at, blank);
        at += blank;
        size_t name = strcspn(at, "= \t\r\n");
        size_t equals = name + strspn(at + name, " \t\r\n");
        if (at[equals] != '=') {
            buf_add_text(out, equals > 0 ? "***" : "");
            return;
        }
        size_t start = equals + 1 + strspn(at + equals + 1, " \t\r\n");
        size_t value = value_length(at + start);
        bool secret = is_secret(at, name);
        buf_add(out, at, start);
        if (secret)
            buf_add_text(out, "***");
        else
            buf_add(out, at + start, value);
        at += start + value;
        if (secret && !is_between(at))
            return;
    }
}

void config_mask_url(const char *url, struct buf *out)
{
    if (strstr(url, "://") != NULL && strcspn(url, "= ") > strcspn(url, ":"))
        mask_uri(url, out);
    else
        mask_keywords(url, out);
}
