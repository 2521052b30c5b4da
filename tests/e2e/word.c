/*
 * word.c: takes words off a line.
 */
#include "e2e/word.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

bool word_next(const char **line, struct word *word)
{
    const char *at = *line + strspn(*line, " ");
    size_t length = strcspn(at, " ");
    size_t from = strcspn(at, ": ");
    size_t pair = strcspn(at, "/ ");
    *line = at + length;
    if (length == 0)
        return false;
    ck_assert_msg(from < pair, "expected FROM:TO[/TYPE] and not %.*s", (int)length, at);
    (void)snprintf(word->from, sizeof word->from, "%.*s", (int)from, at);
    (void)snprintf(word->to, sizeof word->to, "%.*s", (int)(pair - from - 1), at + from + 1);
    word->type[0] = '\0';
    if (pair < length)
        (void)snprintf(
            word->type, sizeof word->type, "%.*s", (int)(length - pair - 1), at + pair + 1);
    for (char *blank = word->type; (blank = strchr(blank, '~')) != NULL;)
        *blank = ' ';
    return true;
}
