/*
 * diff.h: what must change for one from-record. Pure: three sorted arrays in (desired, owned by the
 * owned set, observed in HubSpot), changes out. Knows nothing of requests, tables or clocks.
 *
 * Invariants: an association whose type is not managed is never in the output; a record that was
 * not read completely must not be passed in at all.
 */
#ifndef PLAN_DIFF_H
#define PLAN_DIFF_H

#include "base/attr.h"
#include "model/assoc.h"
#include "model/definition.h"
#include "model/types.h"
#include "hubspot/cardinality.h"
#include "plan/diff_rows.h"

enum change_operation {
    CHANGE_CREATE,
    CHANGE_ARCHIVE,
    CHANGE_OWN, /* enter into the owned set */
    CHANGE_DISOWN, /* take out of the owned set */
    CHANGE_ALONG, /* on the pair already: sent along with the pair's creates, because a create may
                   * replace what it does not name (hubspot-api 10.4); not a primary type that
                   * another pair of the record has or is to get: it would move back */
    CHANGE_IMPLIED, /* HubSpot does it by itself with the pair's creates, or may: the plain type of
                     * a pair that had nothing, the primary one of a record that had nothing */
    CHANGE_MOVED, /* HubSpot takes it away by itself, because another pair of the record gets a type
                   * that a record can have only once */
};

enum change_reason {
    REASON_SOURCE_ADDED, /* the source names it, nobody did before */
    REASON_SOURCE_REMOVED, /* owned, and the source no longer names it */
    REASON_KEY_MOVED, /* the same, because a key that it still names means another record now */
    REASON_DRIFT_ADDED, /* HubSpot has it, neither the source names it nor the sync owns it */
    REASON_DRIFT_REMOVED, /* owned and still named, but HubSpot has lost it */
};

enum change_verdict {
    CHANGE_PLANNED,
    CHANGE_REPORTED, /* drift, and the sync only reports drift */
    CHANGE_BLOCKED, /* archiving it would take an association along that must stay */
};

struct change {
    struct assoc assoc;
    enum change_operation operation;
    enum change_reason reason;
    enum change_verdict verdict;
};

struct diff_rules {
    enum policy policy;
    enum on_drift on_drift;
    const struct types *types;
    const struct cardinality_rules *single; /* NULL: no type moves or comes by itself */
};

struct diff_list {
    struct change *items;
    size_t count;
    size_t room;
    uint64_t observed; /* observed rows of managed types, over all records */
    uint64_t unchanged; /* desired and observed */
};

void diff_list_clear(struct diff_list *list);

/* Has the pair of change number `number` a change of this type? */
bool diff_pair_has(const struct diff_list *list, size_t number, uint32_t type);

/* Does this type never keep the plain type of its pair, because it goes with it? The primary type
 * that HubSpot sets by itself, if nobody decides about it: the sync does not manage it, or does not
 * mirror it. (An owned one is archived in its own right, a desired one implies the plain type.) */
bool diff_goes_along(enum policy policy, const struct type *type);

/* Compares one from-record and appends its changes to list. Desired rows with to_id 0 mean nothing
 * but scope. Order of the output: by to_id; within a pair by type, with CHANGE_ALONG and
 * CHANGE_IMPLIED at its end; CHANGE_MOVED at the end of all. */
void diff_record(const struct diff_rules *rules, struct diff_rows desired, struct diff_rows owned,
    struct diff_rows observed, struct diff_list *list);

#endif
