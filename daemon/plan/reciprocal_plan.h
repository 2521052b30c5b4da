/*
 * reciprocal_plan.h: associations between records of one object type. Such a link is seen from both
 * of its records: the plain type of company 1 -> 2 is the plain type of 2 -> 1, the parent of one
 * is the child of the other (model/reciprocal.h). If the source names it from one side only, the
 * other side's sight of it looks like one to archive, and archiving it would take what the source
 * names.
 */
#ifndef PLAN_RECIPROCAL_PLAN_H
#define PLAN_RECIPROCAL_PLAN_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

struct buf;

/* Skips the run's archives that would take what the source names from the other record, type by
 * type. desired: all desired rows (rewound here); NULL: the source is asked for those of the other
 * records. skipped: what their number is added to; NULL: the run plans, so that also those are
 * looked at that would only be reported or are blocked, and what was blocked by nothing but what
 * the run archives from the other record is planned. Where it is not known which types are one,
 * some links are read from both records, a few requests at most. What is not known then either is
 * skipped, too, and counted in plan->undecided: such a run does not count as done. What was found
 * out is kept (known_reciprocals.h). */
MUST_CHECK bool reciprocal_plan_finish(struct session *session, struct plan *plan,
    struct spool *desired, uint64_t *skipped, struct error *err);

/* Adds which type the other record sees where one sees which, CATEGORY:id side by side: arrays.
 * Plain types come by themselves. */
void reciprocal_plan_types(const struct session *session, struct buf *there, struct buf *here);

#endif
