/*
 * saved_plan.h: a saved plan is applied as what it was made, or not at all: what a person has
 * looked at, and approved, is neither another mapping's plan nor, without a word, a part of it.
 */
#ifndef PLAN_SAVED_PLAN_H
#define PLAN_SAVED_PLAN_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Does the sync still mean what it meant when the plan that the run applies was made? ERROR_STALE
 * says what has changed. True for a run that applies none. */
MUST_CHECK bool saved_plan_check(
    const struct session *session, const struct scope *scope, struct error *err);

/* Leaves out of the run's changes what the plan does not contain, and counts what of the plan the
 * run does not find or does not do any more: plan->gone, plan->left. */
MUST_CHECK bool saved_plan_keep(struct session *session, struct plan *plan, struct error *err);

/* The plan says which run has used it, so that it is not applied twice. */
MUST_CHECK bool saved_plan_use(
    const struct session *session, const struct scope *scope, struct error *err);

#endif
