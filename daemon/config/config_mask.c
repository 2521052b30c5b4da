/*
 * config_mask.c: database URLs without their passwords. Rather masks too much than too little: in
 * an odd URL everything from the first colon to the last @ goes.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "config/config.h"

static bool contains(const char *name, size_t length, const char *word)
{
    size_t want = strlen(word);
    for (size_t i = 0; i + want <= length; i++) {
        if (strncasecmp(name + i, word, want) == 0)
            return true;
    }
    return false;
}

/* libpq takes percent signs in names as well: what is hidden so is not shown. */
static bool is_secret(const char *name, size_t length)
{
    return contains(name, length, "password") || contains(name, length, "secret") ||
        memchr(name, '%', length) != NULL;
}

/* ?name=value&name=value */
static void mask_parameters(const char *at, struct buf *out)
{
    while (*at != '\0') {
        size_t name = strcspn(at, "=&");
        size_t value = at[name] == '=' ? strcspn(at + name, "&") : 0;
        if (value > 0 && is_secret(at, name))
            buf_addf(out, "%.*s=***", (int)name, at);
        else
            buf_add(out, at, name + value);
        at += name + value;
        if (*at == '&')
            buf_add_char(out, *at++);
    }
}

static void mask_uri(const char *url, struct buf *out)
{
    const char *start = strstr(url, "://") + 3;
    const char *at = strrchr(start, '@');
    const char *colon = strchr(start, ':');
    const char *rest = start;
    buf_add(out, url, (size_t)(start - url));
    if (at != NULL && colon != NULL && colon < at) {
        buf_add(out, start, (size_t)(colon - start));
        buf_add_text(out, ":***");
        rest = at;
    }
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
            buf_add(out, at, equals);
            at += equals;
            continue;
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
