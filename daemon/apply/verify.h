/*
 * verify.h: reads the touched from-records again and finishes every change that is applied or in
 * doubt: seen as wished is verified (and the owned set follows), not seen after the last reading is
 * unverified. Later readings do not hold the sync's lock.
 */
#ifndef APPLY_VERIFY_H
#define APPLY_VERIFY_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* One reading of the records that a run's open changes touch; finishes what shows as wished. */
struct verify_round {
    int64_t run_id; /* whose changes: this run's, or an earlier one's of the same sync */
    uint64_t open; /* from-records that were waiting before it */
    uint64_t unread; /* of these, how many could not be read completely */
};
MUST_CHECK bool verify_read(struct session *session, struct verify_round *round, struct error *err);

MUST_CHECK bool verify_changes(
    struct session *session, const struct plan *plan, struct outcome *outcome, struct error *err);

#endif
