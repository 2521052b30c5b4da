/*
 * undo.h: the plan that takes back what a run did, out of the journal and what HubSpot has now.
 */
#ifndef PLAN_UNDO_H
#define PLAN_UNDO_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* What plan_build is to a run, for a run that undoes scope->undoes: everything is read and stored
 * before anything is written. The source is not read. ERROR_REFUSED if the sync meant other object
 * types or another account then. */
MUST_CHECK bool undo_build(
    struct session *session, const struct scope *scope, struct plan *plan, struct error *err);

#endif
