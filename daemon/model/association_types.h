/*
 * association_types.h: HubSpot's own association types, the same in every account (category
 * HUBSPOT_DEFINED). The table gives v3 names to numbers; what an account really has is always
 * asked of the account.
 */
#ifndef MODEL_ASSOCIATION_TYPES_H
#define MODEL_ASSOCIATION_TYPES_H

#include "base/attr.h"
#include "model/types.h"

struct association_type {
    uint16_t type_id;
    uint16_t from; /* N of the object type id 0-N */
    uint16_t to;
    enum type_kind kind;
    const char *name; /* the v3 name, perhaps a guess by the pattern of others; NULL: not known */
};

extern const struct association_type association_types[];
extern const size_t association_types_count;

/* The row of this id between these object types ("0-1"), or NULL. */
const struct association_type *association_type_find(
    const char *from, const char *to, uint32_t type_id);

/* Was the row's name met in HubSpot's documentation or traffic, and is no guess? */
bool association_type_is_seen(const struct association_type *row);

/* The same association seen from its other end (13 and 14, 27 and 28), or NULL. */
const struct association_type *association_type_inverse(const struct association_type *row);

/* The row that `want` means between these object types ("0-1"), or NULL: none of HubSpot's own, or
 * one that the table does not have. */
const struct association_type *association_type_meant(
    const char *from, const char *to, const struct type_want *want);

#endif
