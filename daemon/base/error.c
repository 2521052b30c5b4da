/*
 * error.c: fills `struct error`; holds the tables from kinds to exit codes, and of what those mean.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/show.h"
#include "base/text.h"

static const int codes[] = {
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

const struct exit_code exit_codes[] = {
    {0, "done, or nothing to do"},
    {1, "failed"},
    {2, "changes pending (--detailed-exitcode)"},
    {3, "finished with rejects, quarantined or unverified changes, or unread records"},
    {4, "withheld or refused by a guard"},
    {5, "another run holds the lock"},
    {6, "stopped early, resumable"},
    {7, "plan stale, approval missing, sync paused, or run over already"},
    {8, "daily quota spent"},
    {64, "usage"},
    {69, "HubSpot unreachable"},
    {70, "internal"},
    {75, "assocd database error"},
    {77, "token rejected or scope missing"},
    {78, "configuration"},
    {0, NULL},
};

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
        text_trim(text);
    err->kind = kind;
    show_copy(err->text, sizeof err->text, text, "\n");
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
        text_trim(prefix);
    return error_set(err, err->kind, "%s: %s", prefix, err->text);
}

int error_exit_code(enum error_kind kind)
{
    return codes[kind];
}

const char *error_exit_meaning(int code)
{
    for (const struct exit_code *row = exit_codes; row->meaning != NULL; row++)
        if (row->code == code)
            return row->meaning;
    return NULL;
}
