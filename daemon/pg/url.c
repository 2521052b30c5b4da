/*
 * url.c: what is wrong with a database url, in libpq's words without what it quotes.
 */
#include <stdio.h>
#include <string.h>

#include "model/near.h"
#include "pg/connection.h"

/* For a misspelt keyword: what is near it, since the word itself is not shown. */
static const char *near_keyword(const char *word)
{
    struct near near = {.wanted = word};
    PQconninfoOption *known = PQconndefaults();
    for (const PQconninfoOption *o = known; o != NULL && o->keyword != NULL; o++)
        near_offer(&near, o->keyword);
    static char found[32];
    (void)snprintf(found, sizeof found, "%s", near.best != NULL ? near.best : "");
    PQconninfoFree(known);
    return found[0] != '\0' ? found : NULL;
}

bool pg_url_malformed(char *message, struct error *err)
{
    static const char expected[] =
        " (expected postgresql://USER@HOST:PORT/DATABASE, or host=HOST dbname=DATABASE)";
    char line[256] = "out of memory";
    if (message != NULL)
        pg_one_line(line, sizeof line, message);
    PQfreemem(message);
    char *first = strchr(line, '"');
    char *last = strrchr(line, '"');
    if (first == NULL)
        return error_set(err, ERROR_CONFIG, "malformed database url: %s%s", line, expected);
    *first = '\0';
    *last = '\0';
    bool keyword = strstr(line, "parameter") != NULL || strstr(line, "connection option") != NULL;
    const char *near = keyword && last != first ? near_keyword(first + 1) : NULL;
    return error_set(err, ERROR_CONFIG, "malformed database url: %s\"…\"%s%s%s%s", line,
        last != first ? last + 1 : "", near != NULL ? " (did you mean \"" : "",
        near != NULL ? near : "", near != NULL ? "\"?)" : expected);
}
