/*
 * search.h: HubSpot's search for the keys of records (hubspot-api 13.4): what a question holds at
 * most, and how it is written. Pure.
 */
#ifndef HUBSPOT_SEARCH_H
#define HUBSPOT_SEARCH_H

#include "base/attr.h"
#include "base/buf.h"

enum {
    SEARCH_VALUES_MAX = 100, /* of one question */
    SEARCH_BYTES_MAX = 2900, /* of its body */
    SEARCH_PAGE = 200, /* records told at once */
    SEARCH_RECORDS_MAX = 10000, /* of one question: HubSpot tells no more */
};

/* Which records have one of the values, but for the first `after` of them? Ordered by id. */
struct search {
    const char *property;
    const char *const *values;
    size_t count;
    uint32_t after;
};

/* How many of the values, from the first on, one question may have: 1 at least, if there is any. */
size_t search_fits(const struct search *search);

/* Values are written in lower case, each once, as HubSpot's IN wants them. */
void search_write(const struct search *search, struct buf *body);

#endif
