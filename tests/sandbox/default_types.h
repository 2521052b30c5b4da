/*
 * default_types.h: HubSpot's own association types, one row a direction, from the tables in
 * developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide (March
 * 2026). Rows whose object types have no known type id are left out.
 */
#ifndef SANDBOX_DEFAULT_TYPES_H
#define SANDBOX_DEFAULT_TYPES_H

#include "base/attr.h"

struct default_type {
    uint16_t id; /* association type id */
    uint16_t from; /* N of the object type id 0-N */
    uint16_t to;
    char kind; /* u plain, p primary, b billing, s signer, a abandoned, n upcoming, d/c parent */
    uint16_t mirror; /* id in the other direction, 0: none documented */
};

extern const struct default_type default_types[];
extern const size_t default_types_count;

#endif
