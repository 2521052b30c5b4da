/*
 * association_type.c: looks up HubSpot's own association types.
 */
#include <stdlib.h>
#include <string.h>

#include "model/association_types.h"

/* N of "0-N"; 0 for custom objects, which no row has. */
static unsigned long object_number(const char *id)
{
    return strncmp(id, "0-", 2) == 0 ? strtoul(id + 2, NULL, 10) : 0;
}

const struct association_type *association_type_find(
    const char *from, const char *to, uint32_t type_id)
{
    char category[] = "HUBSPOT_DEFINED";
    struct type_want want = {.kind = TYPE_WANT_ID, .category = category, .type_id = type_id};
    return association_type_meant(from, to, &want);
}

bool association_type_is_seen(const struct association_type *row)
{
    static const uint16_t seen[] = {1, 2, 3, 4, 5, 6, 16, 19, 20, 26, 28, 279, 280, 339};
    for (size_t i = 0; i < ARRAY_COUNT(seen); i++)
        if (row->type_id == seen[i])
            return true;
    return false;
}

/* Each has a plain and at most one primary type; labels of one pair are numbered in a row. */
static bool is_inverse(const struct association_type *a, const struct association_type *b)
{
    bool next = a->type_id + 1 == b->type_id || b->type_id + 1 == a->type_id;
    return a->from == b->to && a->to == b->from && a->kind == b->kind && a != b &&
        (a->kind != TYPE_LABEL || next);
}

const struct association_type *association_type_inverse(const struct association_type *row)
{
    for (size_t i = 0; i < association_types_count; i++)
        if (is_inverse(row, &association_types[i]))
            return &association_types[i];
    return NULL;
}

static bool is_meant(const struct association_type *row, const struct type_want *want)
{
    switch (want->kind) {
    case TYPE_WANT_PLAIN:
        return row->kind == TYPE_PLAIN;
    case TYPE_WANT_PRIMARY:
        return row->kind == TYPE_PRIMARY;
    case TYPE_WANT_ID:
        return row->type_id == want->type_id && strcmp(want->category, "HUBSPOT_DEFINED") == 0;
    default:
        return row->name != NULL && strcmp(row->name, want->text) == 0;
    }
}

const struct association_type *association_type_meant(
    const char *from, const char *to, const struct type_want *want)
{
    unsigned long a = object_number(from), b = object_number(to);
    for (size_t i = 0; i < association_types_count; i++) {
        const struct association_type *row = &association_types[i];
        if (row->from == a && row->to == b && is_meant(row, want))
            return row;
    }
    return NULL;
}
