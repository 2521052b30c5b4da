/*
 * apply.h: writes the plan to HubSpot: all creates, then all archives, each batch journaled as sent
 * before it leaves and finished row by row when its answer comes. Nothing is decided here but how
 * to cut batches and how to find the inputs that spoil one.
 */
#ifndef APPLY_APPLY_H
#define APPLY_APPLY_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Is it still the account that was read (account_confirm)? Asked before apply_plan, and only if
 * that is going to write something. */
MUST_CHECK bool apply_confirm(struct session *session, const struct plan *plan,
    const struct verdict *verdict, struct error *err);

/* Makes the creates, and the archives if the verdict lets them pass; outcome->changed_since counts
 * those that are left out because the world has moved on. ERROR_STOPPED when it was asked to stop:
 * what was on the wire is finished, the rest is left. */
MUST_CHECK bool apply_plan(struct session *session, struct plan *plan,
    const struct verdict *verdict, struct outcome *outcome, struct error *err);

#endif
