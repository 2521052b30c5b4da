/*
 * sweep.h: a case once more for every place where its last run of assocd can be killed: before and
 * after each request to HubSpot and each statement to PostgreSQL. Then assocd runs again to the end
 * and everything must be as if nothing had happened.
 */
#ifndef E2E_SWEEP_H
#define E2E_SWEEP_H

#include "e2e/scenario.h"
#include "e2e/stage.h"

/* What was swept; kept over several calls. */
struct sweep_tally {
    size_t places; /* there were */
    size_t scenarios; /* played: one worker killed in each */
    size_t left_out; /* places not tried because there were too many */
    size_t missed; /* workers that ended before they were killed */
};

/* At most so many places of a kind, evenly spread; 0: all. */
struct sweep_limits {
    size_t requests, statements;
    size_t shift; /* where a sample begins, so that cases do not all leave out the same places */
};

void sweep_scenario(struct stage *stage, const struct scenario *scenario, const char *api,
    const struct sweep_limits *limits, struct sweep_tally *tally);

#endif
