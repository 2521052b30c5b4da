/*
 * gate.h: between planning and writing: may this plan be applied?
 */
#ifndef PLAN_GATE_H
#define PLAN_GATE_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Takes out what is quarantined or not in the saved plan being applied, fixes the digest, asks the
 * guards, uses an approval if there is one. ERROR_REFUSED: an integrity guard stopped everything;
 * ERROR_STALE: the saved plan lacks its approval, or is another mapping's; true with run->verdict
 * WITHHOLD: no archives. */
MUST_CHECK bool gate_plan(struct run *run, struct error *err);

#endif
