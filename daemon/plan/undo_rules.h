/*
 * undo_rules.h: how a from-record goes back to what it was before a run. Pure: what the run did to
 * the record, what HubSpot did by itself because of it, and what the record has now in; a verdict
 * for each association out. What others have changed since is left as it is, and told.
 */
#ifndef PLAN_UNDO_RULES_H
#define PLAN_UNDO_RULES_H

#include "base/attr.h"
#include "model/assoc.h"
#include "model/types.h"
#include "plan/diff.h"

enum undo_verdict {
    UNDO_DO, /* what was archived is created, what was created is archived */
    UNDO_THERE_AGAIN, /* archived by the run, but it is there */
    UNDO_GONE_ALREADY, /* created by the run, but it is not there */
    UNDO_CHANGED, /* somebody changed the pair since, and would lose what he did */
    UNDO_OWNED, /* another sync owns an association of the pair, and would lose it */
    UNDO_TAKEN, /* the record can have it once, and somebody gave it to another pair since */
    UNDO_TAKEN_THERE, /* the same of the to-record (moves.h) */
    UNDO_CARRIES, /* a link with a type on it that the run created, and the sync no longer
                        manages */
    UNDO_UNMANAGED, /* the sync no longer manages the type */
    UNDO_NOTHING, /* not the run's own doing, and no difference: nothing to do or to tell */
};

/* What a run did, or brought about. */
enum undo_did {
    UNDO_CREATED,
    UNDO_CAME, /* by itself, with a create: the plain type, the first primary one */
    UNDO_ARCHIVED,
    UNDO_WENT, /* by itself, with the plain type */
    UNDO_MOVED, /* by itself, to another pair of the record that got it */
};

/* One association that the run changed. */
struct undo_row {
    struct assoc assoc;
    enum undo_did did;
    bool foreseen; /* UNDO_CREATED: what comes by itself with it was noted, if anything */
    bool looked_at; /* UNDO_CREATED: what came with it that the to-record can have only once was
                     * looked at, if anything */
    bool other_side; /* done to the same link from its other record, within one object type */
    bool other_owner; /* another sync owns an association of the pair, in either direction */
    int number; /* the caller's */
    enum undo_verdict verdict; /* filled by undo_record */
};

/* Sorts rows, each association once: what was done from this record goes before what was done from
 * the other one, and what the run did itself before what came or went by itself. Returns the new
 * count. */
size_t undo_sort(struct undo_row *rows, size_t count);

/* Judges the rows of one record, in order of to_id and each association once; observed is all that
 * the record has now, sorted. rules->on_drift has no meaning here. */
void undo_record(
    const struct diff_rules *rules, struct undo_row *rows, size_t count, struct diff_rows observed);

/* Is the association one that the undo moves to another pair of the record? */
bool undo_moves(const struct diff_rules *rules, const struct undo_row *rows, size_t count,
    const struct assoc *observed);

/* Why nothing is done, for the journal; NULL for UNDO_DO and UNDO_NOTHING. */
const char *undo_text(enum undo_verdict verdict);

#endif
