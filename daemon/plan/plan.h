/*
 * plan.h: everything is read and compared before anything is written: desired rows, the owned set
 * and HubSpot in, rows of assocd.change out.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Fills *plan and the run's rows of assocd.change. An empty source that a guard forbids ends it
 * before HubSpot is read: plan->source_refused. The plan keeps scope, and spools that run_clear
 * closes. */
MUST_CHECK bool plan_build(
    struct session *session, const struct scope *scope, struct plan *plan, struct error *err);

#endif
