/*
 * undo_history.h: what a run did to the records of one chunk, as the journal has it and as
 * undo_rules.h judges it. Between records of one object type a link is seen from both of them: what
 * the run did to it from the other record is part of what it did to this one's.
 */
#ifndef PLAN_UNDO_HISTORY_H
#define PLAN_UNDO_HISTORY_H

#include "base/attr.h"
#include "base/error.h"
#include "pg/pg.h"
#include "journal/session.h"
#include "plan/chunk.h"
#include "plan/undo_rules.h"

/* `{0}` is an empty one. */
struct undo_history {
    int64_t run_id; /* whose */
    struct pg_rows rows; /* of undo_changes.sql */
    struct undo_row *items; /* in order, each association once; number: of its row */
    size_t count, room;
    struct assoc_list unclear; /* pairs of which the run also did something from the other record
                                * that nobody can name from this one (model/reciprocal.h) */
};

/* What scope->undoes did. Types that the account no longer lists enter session->types
 * unmanaged.
 */
MUST_CHECK bool undo_history_load(struct session *session, const struct scope *scope,
    const struct chunk *chunk, struct undo_history *done, struct error *err);
void undo_history_clear(struct undo_history *done);

/* The origin that the owned set gave an archived association; NULL: none was noted. */
const char *undo_history_origin(const struct undo_history *done, const struct undo_row *item);

bool undo_history_is_unclear(const struct undo_history *done, const struct assoc *pair);

/* Reads some of the links that the run changed from both of their records, if only that can tell
 * which of the account's labels are one: a request, nearly always. */
MUST_CHECK bool undo_history_learn(
    struct session *session, const struct scope *scope, struct error *err);

#endif
