/*
 * moves.h: what a plan's creates take from others without a word. A contact has one primary
 * company: where a sync goes from companies to contacts, company 7 gets the mark of contact 3 and
 * company 5 loses it. That is seen from the to-record only, so the to-records of such creates are
 * read from their side. (What moves between associations of one from-record is diff.c's.)
 *
 * Price: a request for each limits.read_inputs to-records of planned creates of such a type, and
 * nothing where there are none.
 */
#ifndef PLAN_MOVES_H
#define PLAN_MOVES_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"
#include "plan/pending.h"

/* Enters what the plan's creates move away into the plan, as reason moved. In an undo, leaves out
 * what would take a type that somebody else has given since: what the undone run did not create.
 * Leaves out creates whose to-record could not be read, and those that would take from a
 * record that rows which wait for their keys protect (pending.h). Not while requests are under way.
 */
MUST_CHECK bool moves_find(
    struct session *session, struct plan *plan, const struct pending *pending, struct error *err);

#endif
