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
#include "plan/diff.h"

/* Notes the to-records of a from-record's creates, those of the list from number `first` on, that
 * HubSpot does not show with it while it shows a label on another link: if such a to-record was
 * merged, the create reaches the other link, and may replace what is on it. They are asked for. */
void merged_note(struct plan *plan, const struct types *types, struct diff_rows observed,
    const struct diff_list *changes, size_t first);

/* In an undo nothing becomes a reject, and what its undone run has done tells what a merge
 * explains. unnamed: from-records that the owned set knows and the source does not name. missing:
 * those of deleted_records_finish. Looks at the plan's archives, at creates of links that HubSpot
 * has lost, and at those of merged_note. Leaves out what a merge explains, what an earlier run
 * found to be so, and what HubSpot does not tell about. Not while requests are under way. */
MUST_CHECK bool merged_find(struct session *session, struct plan *plan,
    const struct assoc_list *unnamed, const struct assoc_list *missing, struct error *err);

/* The same for the many archives of a plan that were thought to be withheld (merges_unasked), when
 * they are to be sent after all: whoever calls it takes that mark away. */
MUST_CHECK bool merged_look(struct session *session, struct plan *plan,
    const struct assoc_list *unnamed, struct error *err);

/* Looks at what HubSpot refused, or took without showing it: a reject about a record that was
 * deleted or merged says so. Not while requests are under way. */
MUST_CHECK bool merged_explain(struct session *session, struct error *err);

#endif
