/*
 * recheck.h: compare before archive. Archives go window by window; if the reading that the plan is
 * made of is older than guards.max_plan_age, the window's records are read again first, from the
 * source and from HubSpot, and what has changed since is skipped and said. Costs one read for a
 * thousand records, and nothing in a short run.
 */
#ifndef APPLY_RECHECK_H
#define APPLY_RECHECK_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Moves run->outcome.window to the next planned archives; last is 0 when there are none left. */
MUST_CHECK bool recheck_window(struct run *run, struct error *err);

#endif
