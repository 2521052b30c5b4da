/*
 * assoc.h: one association as 24 bytes. Everything between the edges of the program is arrays of
 * these, sorted by (from_id, to_id, type).
 */
#ifndef MODEL_ASSOC_H
#define MODEL_ASSOC_H

#include "base/attr.h"

/* Ids are HubSpot record ids: 1 … 9223372036854775807, decimal digits on every wire
 * (hubspot-api, trap 9.1; 64-bit signed on HubSpot's side, `bigint` on PostgreSQL's). */
#define ASSOC_ID_MAX UINT64_C(9223372036854775807)

/* A flag of owned rows: archived, and kept only because it may come back (table doubt). */
enum { ASSOC_RELEASED = 1 };

struct assoc {
    uint64_t from_id;
    uint64_t to_id; /* 0: "this from-record should have none" (desired rows only) */
    uint32_t type; /* index into the run's type table; TYPE_NONE where to_id is 0 */
    uint32_t flags; /* free for the owner of the array; not compared */
};

/* No index of a type: rows with to_id 0 have it, so that none is taken for an association. */
#define TYPE_NONE UINT32_MAX

/* A row that says that a record is in scope, and names no association of it. */
static inline struct assoc assoc_scope(uint64_t from_id)
{
    return (struct assoc){.from_id = from_id, .type = TYPE_NONE};
}

static inline bool assoc_is_id(uint64_t id)
{
    return id >= 1 && id <= ASSOC_ID_MAX;
}

/* <0, 0, >0: order by from_id, to_id, type. */
int assoc_compare(const struct assoc *a, const struct assoc *b);

/* Are they about the same two records? */
static inline bool assoc_same_pair(const struct assoc *a, const struct assoc *b)
{
    return a->from_id == b->from_id && a->to_id == b->to_id;
}

/* Sorts in place and removes equal ones (the first stays); returns the new count. */
size_t assoc_sort_unique(struct assoc *rows, size_t count);

/* Parses exactly length bytes of decimal digits (no sign, no blanks; leading zeros are allowed)
 * into 1 … ASSOC_ID_MAX. False leaves *id alone. */
MUST_CHECK bool assoc_parse_id(const char *digits, size_t length, uint64_t *id);

/* The rows of one pair in a sorted array: how many, *first being where they begin. */
size_t assoc_find_pair(
    const struct assoc *rows, size_t count, const struct assoc *pair, size_t *first);

/* A growing array of associations; `{0}` is valid and empty. */
struct assoc_list {
    struct assoc *rows;
    size_t count;
    size_t room;
};
void assoc_list_grow(struct assoc_list *list); /* makes room for one more */
static inline void assoc_list_add(struct assoc_list *list, struct assoc row)
{
    if (list->count == list->room)
        assoc_list_grow(list);
    list->rows[list->count++] = row;
}
void assoc_list_clear(struct assoc_list *list);

#endif
