/*
 * search.h: what a search asks for: groups of conditions, a record is found if it meets all of one
 * group (dossier of the API, 13.4).
 */
#ifndef SANDBOX_SEARCH_H
#define SANDBOX_SEARCH_H

#include "sandbox/call.h"

enum { SEARCH_GROUPS_MAX = 5, SEARCH_FILTERS_MAX = 6, SEARCH_FILTERS_ALL = 18 };

enum search_operator {
    SEARCH_EQ,
    SEARCH_NEQ,
    SEARCH_LT,
    SEARCH_LTE,
    SEARCH_GT,
    SEARCH_GTE,
    SEARCH_BETWEEN,
    SEARCH_IN,
    SEARCH_NOT_IN,
    SEARCH_HAS_PROPERTY,
    SEARCH_NOT_HAS_PROPERTY,
    SEARCH_CONTAINS_TOKEN,
    SEARCH_NOT_CONTAINS_TOKEN,
    SEARCH_OPERATORS
};

struct condition {
    int property;
    enum search_operator verb;
    const char *value, *high; /* NULL: not given */
    struct json_object *values; /* of IN and NOT_IN */
};

struct group {
    struct condition conditions[SEARCH_FILTERS_MAX];
    size_t count;
};

struct search {
    struct group groups[SEARCH_GROUPS_MAX];
    size_t count;
    int sort; /* a property, -1: none */
    bool descending;
    size_t after, limit;
};

/* Reads the body; false when the call was refused. The texts belong to call->json. */
MUST_CHECK bool search_read(struct call *call, struct search *search);

/* Compares two texts of a property of this type; < 0, 0, > 0. */
int search_compare(enum property_type type, const char *left, const char *right);

/* Whether a value (NULL: empty) meets a condition. */
bool search_meets(const struct property *, const struct condition *, const char *value);

#endif
