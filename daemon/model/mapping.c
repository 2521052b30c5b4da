/*
 * mapping.c: takes the sentence apart: two object types, and the rest.
 */
#include "model/mapping.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
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

/* Where the clause begins that the first difference is in. */
static size_t same_clauses_before(const char *a, const char *b)
{
    size_t begin = 0;
    for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
        if (a[i] == ' ' && i > 0 && (a[i - 1] == ',' || a[i - 1] == ':'))
            begin = i + 1;
    return begin;
}

/* How much at the end is the same, from a comma on. */
static size_t same_clauses_behind(const char *a, const char *b)
{
    size_t length = strlen(a), other = strlen(b), same = 0;
    for (size_t i = 1; i <= length && i <= other && a[length - i] == b[other - i]; i++)
        if (a[length - i] == ',')
            same = i;
    return same;
}

static void write_part(
    char part[static MAPPING_PART_MAX], const char *mapping, size_t before, size_t behind)
{
    (void)snprintf(part, MAPPING_PART_MAX, "%s%.*s%s", before > 0 ? "… " : "",
        (int)(strlen(mapping + before) - behind), mapping + before, behind > 0 ? ", …" : "");
    text_trim(part);
}

void mapping_difference(const char *then, const char *now, char was[static MAPPING_PART_MAX],
    char is[static MAPPING_PART_MAX])
{
    size_t before = same_clauses_before(then, now);
    size_t behind = same_clauses_behind(then + before, now + before);
    write_part(was, then, before, behind);
    write_part(is, now, before, behind);
}
