/*
 * error.c: fills `struct error`; holds the one table from kinds to exit codes.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const int exit_codes[] = {
    [ERROR_NONE] = 0,
    [ERROR_USAGE] = 64,
    [ERROR_CONFIG] = 78,
    [ERROR_SOURCE] = 1,
    [ERROR_STATE] = 75,
    [ERROR_REMOTE] = 69,
    [ERROR_QUOTA] = 8,
    [ERROR_DENIED] = 77,
    [ERROR_REFUSED] = 4,
    [ERROR_LOCKED] = 5,
    [ERROR_STALE] = 7,
    [ERROR_STOPPED] = 6,
    [ERROR_INTERNAL] = 70,
};

/* A cut in the middle of a UTF-8 character would make the text unfit for PostgreSQL. */
static void trim_partial_character(char *text)
{
    size_t length = strlen(text);
    size_t back = 0;
    while (back < length && back < 3 && ((unsigned char)text[length - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == length)
        return;
    unsigned char lead = (unsigned char)text[length - 1 - back];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (need > back + 1)
        text[length - 1 - back] = '\0';
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
    if (err == NULL)
        return false;
    char text[ERROR_TEXT_MAX]; /* the arguments may point into err->text */
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length >= ERROR_TEXT_MAX)
        trim_partial_character(text);
    err->kind = kind;
    memcpy(err->text, text, sizeof text);
    return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
    if (err == NULL)
        return false;
    char prefix[ERROR_TEXT_MAX / 2];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    if (length >= (int)sizeof prefix)
        trim_partial_character(prefix);
    return error_set(err, err->kind, "%s: %s", prefix, err->text);
}

int error_exit_code(enum error_kind kind)
{
    return exit_codes[kind];
}
