/*
 * association_types.h: HubSpot's own association types, the same in every account (category
 * HUBSPOT_DEFINED). The table gives v3 names to numbers; what an account really has is always
 * asked of the account.
 */
#ifndef HUBSPOT_ASSOCIATION_TYPES_H
#define HUBSPOT_ASSOCIATION_TYPES_H

#include "base/attr.h"
#include "model/types.h"

struct association_type {
    uint16_t type_id;
    uint16_t from; /* N of the object type id 0-N */
    uint16_t to;
    enum type_kind kind;
    const char *name; /* the v3 name; NULL: not known */
};

extern const struct association_type association_types[];
extern const size_t association_types_count;

/* The row of this id between these object types ("0-1"), or NULL. */
const struct association_type *association_type_find(
    const char *from, const char *to, uint32_t type_id);

#endif
