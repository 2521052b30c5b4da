/*
 * recover.h: settles what earlier runs left in doubt: sent without an answer, or answered but never
 * seen. By reading, never by sending again: what is there as wished is verified and the registry
 * follows; what is not there is unverified, once its request can no longer take effect.
 */
#ifndef SYNC_RECOVER_H
#define SYNC_RECOVER_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

/* Needs the account (types, client); comes before the registry is read. */
MUST_CHECK bool recover_changes(struct run *run, struct error *err);

#endif
