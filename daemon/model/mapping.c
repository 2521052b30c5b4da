/*
 * mapping.c: takes the sentence apart: two object types, and the rest.
 */
#include "model/mapping.h"

#include <stdio.h>
#include <string.h>

#include "model/object_type.h"

struct parts {
    char from[OBJECT_TYPE_MAX], to[OBJECT_TYPE_MAX];
    const char *rest; /* " of account 42, types …" */
};

static bool take_apart(const char *mapping, struct parts *parts)
{
    const char *to = strstr(mapping, " to ");
    parts->rest = to != NULL ? strstr(to, " of account ") : NULL;
    if (parts->rest == NULL)
        return false;
    (void)snprintf(parts->from, sizeof parts->from, "%.*s", (int)(to - mapping), mapping);
    (void)snprintf(parts->to, sizeof parts->to, "%.*s", (int)(parts->rest - to - 4), to + 4);
    return true;
}

/* written: as the configuration has the object type that is called `now`. */
static bool same_object(const char *then, const char *now, const char *written)
{
    const char *a = object_type_id(then, NULL), *b = object_type_id(now, NULL);
    if (written != NULL && strcmp(then, written) == 0)
        return true;
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool same_objects(
    const struct parts *then, const struct parts *now, const struct sync_definition *sync)
{
    return same_object(then->from, now->from, sync != NULL ? sync->from : NULL) &&
        same_object(then->to, now->to, sync != NULL ? sync->to : NULL);
}

/* Versions before schema 7 noted neither the source's database nor the policy. */
static bool same_rest(const char *then, const char *now)
{
    static const char noted_since[] = ", database ";
    size_t length = strlen(then);
    if (strncmp(then, now, length) != 0)
        return false;
    return now[length] == '\0' ||
        (strstr(then, noted_since) == NULL &&
            strncmp(now + length, noted_since, sizeof noted_since - 1) == 0);
}

bool mapping_same(const char *then, const char *now, const struct sync_definition *sync)
{
    struct parts a, b;
    if (!take_apart(then, &a) || !take_apart(now, &b))
        return same_rest(then, now);
    return same_objects(&a, &b, sync) && same_rest(a.rest, b.rest);
}

size_t mapping_scope_length(const char *mapping)
{
    const char *end = strstr(mapping, ", types");
    return end != NULL ? (size_t)(end - mapping) : strlen(mapping);
}

bool mapping_same_scope(const char *then, const char *now, const struct sync_definition *sync)
{
    struct parts a, b;
    if (!take_apart(then, &a) || !take_apart(now, &b))
        return false;
    size_t length = mapping_scope_length(a.rest);
    return same_objects(&a, &b, sync) && length == mapping_scope_length(b.rest) &&
        strncmp(a.rest, b.rest, length) == 0;
}
