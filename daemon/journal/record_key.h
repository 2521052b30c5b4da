/*
 * record_key.h: what the keys of a source's rows mean. The rows stand in tables of the session
 * (assocd.begin_keys), what is known of keys in assocd.record_key; PostgreSQL sorts and joins them,
 * so that memory does not grow with either, and HubSpot is asked for those keys alone that are not
 * known, or not well enough: 100 a request.
 */
#ifndef JOURNAL_RECORD_KEY_H
#define JOURNAL_RECORD_KEY_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "source/source.h"
#include "journal/session.h"

/* `{.run = …}` is a fresh one. One at a time: a second one takes the tables of the first. */
struct record_keys {
    struct session *session;
    struct plan *plan; /* what is left out, or waits for a record, is counted there */
    char began[48]; /* the database's clock: what was asked for before is an answer of then */
    struct buf rows;
    uint64_t asked; /* keys, for the progress */
    size_t singles; /* look-ups of one key each */
    bool away; /* HubSpot does not answer: what was not asked for stays unread */
};

MUST_CHECK bool record_keys_begin(struct record_keys *keys, struct error *err);

/* A valid row of the source. */
MUST_CHECK bool record_keys_add(
    struct record_keys *keys, const struct source_row *row, struct error *err);

/* After the last row: finds out what their keys mean. Errors are those that end the run; keys that
 * HubSpot does not answer for are unread. Not while requests are under way. */
MUST_CHECK bool record_keys_resolve(struct record_keys *keys, struct error *err);

/* Asks once more for the keys of all rows of some from-records, and for those that meant them
 * before, unless the answers are no older than age_ms before the beginning. ids: an array literal;
 * NULL: those that the run's plan changes. */
MUST_CHECK bool record_keys_again(
    struct record_keys *keys, const char *ids, int64_t age_ms, struct error *err);

/* From now on rows are read with what the keys mean now. */
MUST_CHECK bool record_keys_renew(struct record_keys *keys, struct error *err);

/* After record_keys_again: leaves out of the plan what it changes on records for which a key means
 * something else than the plan was made by. */
MUST_CHECK bool record_keys_leave_moved(struct record_keys *keys, struct error *err);

/* Sets that a row of theirs is none: false. */
bool record_keys_bad_row(struct error *err);

/* Notes the rows that wait as rejects, and counts them in run->plan. */
MUST_CHECK bool record_keys_report(struct record_keys *keys, struct error *err);

void record_keys_clear(struct record_keys *keys);

#endif
