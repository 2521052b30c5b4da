/*
 * recover.h: finishes what earlier runs left in doubt: sent without an answer, or answered but
 * never seen. By reading, never by sending again: what is there as wished is verified and the owned
 * set follows; what is not there is unverified, once its request can no longer take effect.
 */
#ifndef APPLY_RECOVER_H
#define APPLY_RECOVER_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Needs the account (types, client); comes before the owned set is read. */
MUST_CHECK bool recover_changes(struct session *session, struct error *err);

#endif
