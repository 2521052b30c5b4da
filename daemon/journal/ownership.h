/*
 * ownership.h: which associations a sync owns (assocd.managed). It changes only with what was seen
 * in HubSpot; losing it means fewer archives, never more.
 */
#ifndef JOURNAL_OWNERSHIP_H
#define JOURNAL_OWNERSHIP_H

#include "base/attr.h"
#include "base/error.h"
#include "source/spool.h"
#include "journal/session.h"

/* Reads what the run's sync owns into owned, in order, ready for reading. Types it names that the
 * account no longer lists enter session->types unmanaged. A run of changes (changed_records.h)
 * reads only what is owned of its from-records. */
MUST_CHECK bool ownership_load(
    struct session *session, struct plan *plan, struct spool *owned, struct error *err);

/* Enters plan->to_own and takes out plan->to_disown, once the guards have passed;
 * ERROR_LOCKED if another run has overtaken this one. */
MUST_CHECK bool ownership_finish(
    const struct session *session, const struct plan *plan, struct error *err);

#endif
