/*
 * cardinality.h: types that one of the two records can have only once: the primary company, the
 * parent company. HubSpot lets a second one take the place of the first without a word
 * (hubspot-api 3.6, 3.12), so a source that names two can never be reached.
 */
#ifndef HUBSPOT_CARDINALITY_H
#define HUBSPOT_CARDINALITY_H

#include "base/attr.h"
#include "model/definition.h"
#include "model/types.h"

enum cardinality_side { CARDINALITY_NEITHER, CARDINALITY_FROM, CARDINALITY_TO };

/* Which record of the sync's pair can have the type only once. */
enum cardinality_side cardinality_side(const struct sync_definition *sync, const struct type *type);

/* Those that a record can have only once, and what HubSpot does with them by itself. */
enum { CARDINALITY_ONCE_MAX = 8 };
struct cardinality_rules {
    uint32_t once[CARDINALITY_ONCE_MAX]; /* types: given to one pair, another of the from-record
                                          * loses it */
    size_t once_count;
    uint32_t there[CARDINALITY_ONCE_MAX]; /* … another of the to-record loses it */
    size_t there_count;
    uint32_t first; /* the type that the first pair of a record may get by itself (hubspot-api
                     * 3.7); TYPE_NONE: none */
};
struct cardinality_rules cardinality_rules(
    const struct sync_definition *sync, const struct types *types);

/* Can a from-record, or (there) a to-record, have the type only once? rules may be NULL: none. */
bool cardinality_is_once(const struct cardinality_rules *rules, uint32_t type);
bool cardinality_is_once_there(const struct cardinality_rules *rules, uint32_t type);

/* To-records met so far, each with the from-record that named it first; more than
 * CARDINALITY_SET_MAX are not kept: 32 MiB. */
enum { CARDINALITY_SET_MAX = 1 << 20 };
struct cardinality_slot {
    uint64_t id; /* 0: free */
    uint64_t holder : 63; /* the caller's: 0 in a new one */
    uint64_t told : 1;
};
struct cardinality_set {
    struct cardinality_slot *slots;
    size_t count;
    size_t room;
};
void cardinality_set_clear(struct cardinality_set *set);

/* The slot of an id, which is put in if it was not there. The caller looks at count before.
 * Borrowed until the next one. */
struct cardinality_slot *cardinality_set_at(struct cardinality_set *set, uint64_t id);

#endif
