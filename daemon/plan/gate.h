/*
 * gate.h: between planning and writing: may this plan be applied?
 */
#ifndef PLAN_GATE_H
#define PLAN_GATE_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Takes out what is quarantined or not in the saved plan being applied, fixes the digest, asks the
 * guards, uses an approval if there is one; what it takes out or withholds is counted in outcome.
 * ERROR_REFUSED: an integrity guard stopped everything, *verdict says why; ERROR_STALE: the saved
 * plan lacks its approval, or is another mapping's; true with *verdict WITHHOLD: no archives. */
MUST_CHECK bool gate_check(struct session *session, struct plan *plan, struct verdict *verdict,
    struct outcome *outcome, struct error *err);

#endif
