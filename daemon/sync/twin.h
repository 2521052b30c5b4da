/*
 * twin.h: associations between records of one object type. Such a link is seen from both of its
 * records: the plain type of company 1 -> 2 is the plain type of 2 -> 1, the parent of one is the
 * child of the other (model/reciprocal.h). If the source names it from one side only, the other
 * side's sight of it looks like one to archive, and archiving it would take what the source names.
 */
#ifndef SYNC_TWIN_H
#define SYNC_TWIN_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

struct chunk;
struct client_reply;

/* Takes note of links of which the reply shows both directions (model/reciprocal.h). */
void twin_learn(struct run *run, const struct chunk *chunk, const struct client_reply *reply);

/* Skips the run's planned archives that would take what the source names from the other record,
 * type by type, and adds how many to *skipped. desired: all desired rows (rewound here); NULL: the
 * source is asked for those of the other records.
 * Where it is not known which types are one, some links are read from both records, a few requests
 * at most. What is not known then either is skipped, too, and counted in run->undecided: such a run
 * does not count as done. */
MUST_CHECK bool twin_settle(
    struct run *run, struct spool *desired, uint64_t *skipped, struct error *err);

#endif
