/*
 * inverse.h: how a from-record goes back to what it was before a run. Pure: what the run did to the
 * record, what HubSpot did by itself because of it, and what the record has now in; a verdict for
 * each association out. What others have changed since is left as it is, and told.
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
    INVERSE_OWNED, /* another sync owns an association of the pair, and would lose it */
    INVERSE_TAKEN, /* the record can have it once, and somebody gave it to another pair since */
    INVERSE_TAKEN_THERE, /* the same of the to-record (moves.h) */
    INVERSE_CARRIES, /* a link with a type on it that the run created, and the sync no longer
                        manages */
    INVERSE_UNMANAGED, /* the sync no longer manages the type */
    INVERSE_NOTHING, /* not the run's own doing, and no difference: nothing to do or to tell */
};

/* What a run did, or brought about. */
enum inverse_did {
    INVERSE_CREATED,
    INVERSE_CAME, /* by itself, with a create: the plain type, the first primary one */
    INVERSE_ARCHIVED,
    INVERSE_WENT, /* by itself, with the plain type */
    INVERSE_MOVED, /* by itself, to another pair of the record that got it */
};

/* One association that the run changed. */
struct inverse_row {
    struct assoc assoc;
    enum inverse_did did;
    bool foreseen; /* INVERSE_CREATED: what comes by itself with it was noted, if anything */
    bool looked_at; /* INVERSE_CREATED: what came with it that the to-record can have only once was
                     * looked at, if anything */
    bool other_side; /* done to the same link from its other record, within one object type */
    bool other_owner; /* another sync owns an association of the pair, in either direction */
    int number; /* the caller's */
    enum inverse_verdict verdict; /* filled by inverse_record */
};

/* Sorts rows, each association once: what was done from this record goes before what was done from
 * the other one, and what the run did itself before what came or went by itself. Returns the new
 * count. */
size_t inverse_sort(struct inverse_row *rows, size_t count);

/* Judges the rows of one record, in order of to_id and each association once; observed is all that
 * the record has now, sorted. rules->on_drift has no meaning here. */
void inverse_record(const struct diff_rules *rules, struct inverse_row *rows, size_t count,
    struct diff_rows observed);

/* Is the association one that the undo moves to another pair of the record? */
bool inverse_moves(const struct diff_rules *rules, const struct inverse_row *rows, size_t count,
    const struct assoc *observed);

/* Why nothing is done, for the journal; NULL for INVERSE_DO and INVERSE_NOTHING. */
const char *inverse_text(enum inverse_verdict verdict);

#endif
