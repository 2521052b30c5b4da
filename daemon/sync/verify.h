/*
 * verify.h: reads the touched from-records again and settles every change that is applied or in
 * doubt: seen as wished is verified (and the registry follows), not seen after the last reading is
 * unverified. Later readings do not hold the sync's lock.
 */
#ifndef SYNC_VERIFY_H
#define SYNC_VERIFY_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

MUST_CHECK bool verify_changes(struct run *run, struct error *err);

#endif
