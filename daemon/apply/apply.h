/*
 * apply.h: writes the plan to HubSpot: all creates, then all archives, each batch journaled as sent
 * before it leaves and settled row by row when its answer comes. Nothing is decided here but how to
 * cut batches and how to find the inputs that spoil one.
 */
#ifndef APPLY_APPLY_H
#define APPLY_APPLY_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* ERROR_STOPPED when it was asked to stop: what was on the wire is settled, the rest is left. */
MUST_CHECK bool apply_plan(struct run *run, struct error *err);

#endif
