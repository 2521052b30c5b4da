/*
 * association_type.c: looks up HubSpot's own association types.
 */
#include <stdlib.h>
#include <string.h>

#include "hubspot/association_types.h"

static bool is_object(const char *id, uint16_t number)
{
    return strncmp(id, "0-", 2) == 0 && strtoul(id + 2, NULL, 10) == number;
}

const struct association_type *association_type_find(
    const char *from, const char *to, uint32_t type_id)
{
    for (size_t i = 0; i < association_types_count; i++) {
        const struct association_type *row = &association_types[i];
        if (row->type_id == type_id && is_object(from, row->from) && is_object(to, row->to))
            return row;
    }
    return NULL;
}
