/*
 * inverse.h: how a pair goes back to what it was before a run. Pure: what the run did to one pair
 * and what HubSpot has on it now in, a verdict for each association out. Only a pair that is still
 * as the run left it is touched.
 */
#ifndef SYNC_INVERSE_H
#define SYNC_INVERSE_H

#include "base/attr.h"
#include "model/assoc.h"
#include "model/types.h"
#include "sync/diff.h"

enum inverse_verdict {
    INVERSE_DO, /* what was archived is created, what was created is archived */
    INVERSE_THERE_AGAIN, /* archived by the run, but it is there */
    INVERSE_GONE_ALREADY, /* created by the run, but it is not there */
    INVERSE_CHANGED, /* somebody changed the pair since, and would lose what he did */
    INVERSE_UNMANAGED, /* the sync no longer manages the type */
};

/* One association that the run changed. */
struct inverse_row {
    struct assoc assoc;
    bool archived; /* else created */
    enum inverse_verdict verdict; /* filled by inverse_pair */
};

/* Judges the rows of one pair; observed are the pair's types now, sorted. */
void inverse_pair(
    const struct types *types, struct inverse_row *rows, size_t count, struct diff_rows observed);

/* Why nothing is done, for the journal; NULL for INVERSE_DO. */
const char *inverse_text(enum inverse_verdict verdict);

#endif
