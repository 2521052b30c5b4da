/*
 * journal.h: the run's rows in PostgreSQL: its lock and beginning, its batches, the states of its
 * changes. How it stands and ends is written by run/run_row.h.
 * The one rule that matters: journal_sent is committed before the request leaves, and it fails when
 * the run's fencing number is no longer current.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "model/change_state.h"
#include "hubspot/client.h"
#include "journal/session.h"

/* Connects, takes the sync's lock (ERROR_LOCKED names its holder), tells dead runs as interrupted
 * and opens the run's row. */
MUST_CHECK bool journal_open(struct session *session, const struct scope *scope, struct error *err);

/* Lets others run the sync while this one goes on verifying. */
MUST_CHECK bool journal_unlock(const struct session *session, struct error *err);

/* Recounts outcome->counts from the changes. */
MUST_CHECK bool journal_results(
    const struct session *session, struct outcome *outcome, struct error *err);

/* Nothing may stay in a state that says more is to come. */
MUST_CHECK bool journal_abandon(const struct session *session, struct error *err);

/* Adds the row of a reading batch to rows, in COPY form; began_us is clock_now_us() when it was
 * submitted. journal_reads writes what has gathered. */
void journal_note_read(const struct session *session, struct buf *rows, const char *operation,
    const struct client_reply *reply, int64_t began_us);
MUST_CHECK bool journal_reads(const struct session *session, struct buf *rows, struct error *err);

/* One writing batch: which changes it carries. */
struct journal_batch {
    int64_t batch_id; /* set by journal_sent */
    const char *operation; /* batch.operation */
    bool create; /* else archive */
    const int64_t *ordinals; /* of the changes; 0: no change */
    size_t count;
    size_t inputs;
};
MUST_CHECK bool journal_sent(
    const struct session *session, struct journal_batch *batch, struct error *err);

/* The error of a run whose fencing number is no longer current: it may neither send anything nor
 * enter what it owns. Always false. */
bool journal_overtaken(const struct session *session, struct error *err);

/* The answer: `state` for all changes of the batch but the exceptions. */
struct journal_exception {
    int64_t ordinal;
    enum change_state state;
    const char *message; /* NULL is fine */
};
struct journal_answer {
    const char *status; /* batch.status */
    enum change_state state; /* change.state */
    const struct journal_exception *exceptions;
    size_t exceptions_count;
};
MUST_CHECK bool journal_done(const struct session *session, const struct journal_batch *batch,
    const struct client_reply *reply, const struct journal_answer *answer, struct error *err);

/* Puts the batch's rejected changes into quarantine. */
MUST_CHECK bool journal_quarantine(
    struct session *session, int64_t batch_id, const struct client_reply *reply, struct error *err);

#endif
