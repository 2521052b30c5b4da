/*
 * merged.h: a merge never causes an archive, nor a write to an id that is no more. When a record is
 * merged, its links go to another id, where they look like links that nobody wants, while those the
 * source names look lost. So before a plan is final, and before a reject is told, the records on
 * both sides are asked for (lookup.h): the survivor's links stay, and the row is told as a reject
 * that says into which record.
 */
#ifndef PLAN_MERGED_H
#define PLAN_MERGED_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "journal/session.h"

/* In an undo nothing becomes a reject, and what its undone run has done tells what a merge
 * explains. unnamed: from-records that the owned set knows and the source does not name. missing:
 * those of deleted_records_finish. Looks at the plan's archives, and at creates of links that
 * HubSpot has lost. Leaves out what a merge explains, what an earlier run found to be so, and
 * archives that HubSpot does not tell about. Not while requests are under way. */
MUST_CHECK bool merged_find(struct session *session, struct plan *plan,
    const struct assoc_list *unnamed, const struct assoc_list *missing, struct error *err);

/* The same for a plan whose many archives were thought to be withheld (run.plan.merges_unasked). */
MUST_CHECK bool merged_look(struct session *session, struct plan *plan,
    const struct assoc_list *unnamed, struct error *err);

/* Looks at what HubSpot refused, or took without showing it: a reject about a record that was
 * deleted or merged says so. Not while requests are under way. */
MUST_CHECK bool merged_explain(struct session *session, struct error *err);

#endif
