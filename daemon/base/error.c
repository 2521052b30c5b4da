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
    [ERROR_NONE] = EXIT_DONE,
    [ERROR_USAGE] = EXIT_USAGE,
    [ERROR_CONFIG] = EXIT_CONFIG,
    [ERROR_SOURCE] = EXIT_FAILED,
    [ERROR_STATE] = EXIT_DATABASE,
    [ERROR_REMOTE] = EXIT_REMOTE,
    [ERROR_QUOTA] = EXIT_QUOTA,
    [ERROR_DENIED] = EXIT_DENIED,
    [ERROR_REFUSED] = EXIT_WITHHELD,
    [ERROR_LOCKED] = EXIT_LOCKED,
    [ERROR_STALE] = EXIT_STALE,
    [ERROR_STOPPED] = EXIT_STOPPED,
    [ERROR_INTERNAL] = EXIT_INTERNAL,
};

const struct exit_code exit_codes[] = {
    {EXIT_DONE, "done, or nothing to do", false, true, BACKOFF_NONE},
    {EXIT_FAILED, "failed", true, false, BACKOFF_GROWING},
    {EXIT_PENDING, "changes pending (--detailed-exitcode)", true, false, BACKOFF_GROWING},
    {EXIT_PARTIAL, "finished with rejects, quarantined or unverified changes, or unread records",
        false, false, BACKOFF_NONE},
    {EXIT_WITHHELD, "withheld or refused by a guard", false, false, BACKOFF_NONE},
    {EXIT_LOCKED, "another run holds the lock", false, true, BACKOFF_LOCK},
    {EXIT_STOPPED, "stopped early, resumable", false, true, BACKOFF_NONE},
    {EXIT_STALE, "plan stale, approval missing, sync paused, or run over already", true, false,
        BACKOFF_GROWING},
    {EXIT_QUOTA, "daily quota spent", true, false, BACKOFF_GROWING},
    {EXIT_USAGE, "usage", true, false, BACKOFF_GROWING},
    {EXIT_REMOTE, "HubSpot unreachable", true, false, BACKOFF_GROWING},
    {EXIT_INTERNAL, "internal", true, false, BACKOFF_GROWING},
    {EXIT_DATABASE, "assocd database error", true, false, BACKOFF_GROWING},
    {EXIT_DENIED, "token rejected or scope missing", true, false, BACKOFF_GROWING},
    {EXIT_CONFIG, "configuration", true, false, BACKOFF_GROWING},
    {.meaning = NULL},
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

const struct exit_code *error_exit(int code)
{
    for (const struct exit_code *row = exit_codes; row->meaning != NULL; row++)
        if (row->code == code)
            return row;
    return NULL;
}

const char *error_exit_meaning(int code)
{
    const struct exit_code *row = error_exit(code);
    return row != NULL ? row->meaning : NULL;
}
