/*
 * overlap.h: no association has two masters (config_overlap.c), also where only the account knows
 * that two syncs mean the same: a custom object in two spellings (2-77 and p_vendor), a label by
 * its text and by its id, the two sides of one label, two portals of the file that are one account.
 */
#ifndef JOURNAL_OVERLAP_H
#define JOURNAL_OVERLAP_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "journal/object_types.h"

/* A sync whose types are known. */
struct overlap {
    const struct definitions *definitions; /* NULL: no other sync is known */
    const struct sync_definition *sync;
    const struct object_pair *pair;
    struct types *types; /* managed: the sync's; may grow */
    struct reciprocals *reciprocals; /* of types, where both object types are one, and what is kept
                                      * has been told; NULL: it will be, if it is needed */
    struct object_types where;
};

/* ERROR_CONFIG names the other sync that manages one of its types. A sync whose object types cannot
 * be resolved now is left out: it cannot run either. */
MUST_CHECK bool overlap_check(const struct overlap *overlap, struct error *err);

/* The same for a run. */
MUST_CHECK bool overlap_refuse(struct session *session, struct error *err);

/* Adds a sentence about the syncs of other configurations that ran in this database lately and may
 * manage some of the same; nothing if there are none. */
MUST_CHECK bool overlap_elsewhere(
    const struct overlap *overlap, struct buf *text, struct error *err);

/* What overlap_check and overlap_elsewhere look at, of a run. Borrowed from session and pair. */
struct overlap overlap_of(struct session *session, struct object_pair *pair);

#endif
