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

struct archive_window;

/* Moves window to the next planned archives; last is 0 when there are none left. Those that do not
 * stand any more are skipped, and counted in outcome->changed_since. */
MUST_CHECK bool recheck_window(struct session *session, struct plan *plan,
    struct archive_window *window, struct outcome *outcome, struct error *err);

#endif
