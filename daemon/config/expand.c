/*
 * expand.c: what a value means once the variables in it are replaced. Errors name a variable, never
 * what it holds.
 */
#include "config/expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/yaml.h"

static bool is_name_start(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t variable_length(const char *text)
{
    size_t length = 0;
    while (
        is_name_start(text[length]) || (length > 0 && text[length] >= '0' && text[length] <= '9'))
        length++;
    return length;
}

/* `NAME}` or `NAME:-TEXT}`, where TEXT stands for a variable that is not set or empty. *at is moved
 * behind it. */
static bool expand_one(const char **at, struct buf *out, struct error *err)
{
    char name[256];
    size_t bad, length = variable_length(*at);
    const char *other = strncmp(*at + length, ":-", 2) == 0 ? *at + length + 2 : NULL;
    const char *end = other != NULL ? strchr(other, '}') : *at + length;
    if (length == 0 || length >= sizeof name || end == NULL || *end != '}')
        return error_set(err, ERROR_CONFIG,
            "has a \"${\" without a variable's name and \"}\", expected ${NAME}, ${NAME:-TEXT} or "
            "$${");
    (void)snprintf(name, sizeof name, "%.*s", (int)length, *at);
    const char *value = getenv(name);
    *at = end + 1;
    if (other != NULL && (value == NULL || value[0] == '\0')) {
        buf_add(out, other, (size_t)(end - other));
        return true;
    }
    if (value == NULL)
        return error_set(
            err, ERROR_CONFIG, "the environment variable %s is not set, expected a value", name);
    if (!yaml_is_utf8(value, strlen(value), &bad))
        return error_set(err, ERROR_CONFIG, "the environment variable %s is not UTF-8", name);
    buf_add_text(out, value);
    return true;
}

bool config_expand(const char *written, struct buf *out, struct error *err)
{
    for (const char *at = written; *at != '\0';) {
        if (strncmp(at, "$${", 3) == 0) {
            buf_add_text(out, "${");
            at += 3;
        } else if (strncmp(at, "${", 2) == 0) {
            at += 2;
            if (!expand_one(&at, out, err))
                return false;
        } else {
            buf_add_char(out, *at++);
        }
    }
    return true;
}
