/*
 * plan.h: everything is read and compared before anything is written: desired rows, the owned set
 * and HubSpot in, rows of assocd.change out.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Fills run->plan and the run's rows of assocd.change. An
 * empty source is refused here (ERROR_REFUSED, run->verdict says why) before HubSpot is read. */
MUST_CHECK bool plan_build(struct run *run, struct error *err);

#endif
