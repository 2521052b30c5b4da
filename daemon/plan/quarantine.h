/*
 * quarantine.h: changes that HubSpot refused before wait for their time. What waits is a difference
 * that stays, so it is told by every plan and run that finds it, and none says that all is well.
 */
#ifndef PLAN_QUARANTINE_H
#define PLAN_QUARANTINE_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Takes out of the run's planned changes those that wait, and fills plan->waiting. */
MUST_CHECK bool quarantine_remove(
    const struct session *session, struct plan *plan, struct error *err);

/* Notes how many wait, since when, and when they are tried again; nothing if none does. */
void quarantine_note(struct session *session, const struct plan *plan);

#endif
