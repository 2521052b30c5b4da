/*
 * done.h: what a run did to the records of one chunk, as the journal has it and as inverse.h judges
 * it. Between records of one object type a link is seen from both of them: what the run did to it
 * from the other record is part of what it did to this one's.
 */
#ifndef SYNC_DONE_H
#define SYNC_DONE_H

#include "base/attr.h"
#include "base/error.h"
#include "pg/pg.h"
#include "sync/chunk.h"
#include "sync/inverse.h"
#include "sync/run.h"

/* `{0}` is an empty one. */
struct done {
    struct pg_rows rows; /* of undo_changes.sql */
    struct inverse_row *items; /* in order, each association once; number: of its row */
    size_t count, room;
    struct assoc_list unclear; /* pairs of which the run also did something from the other record
                                * that nobody can name from this one (model/reciprocal.h) */
};

/* What run->options.undoes did. Types that the account no longer lists enter run->types unmanaged.
 */
MUST_CHECK bool done_load(
    struct run *run, const struct chunk *chunk, struct done *done, struct error *err);
void done_clear(struct done *done);

/* The origin that the registry gave an archived association; NULL: none was noted. */
const char *done_origin(const struct done *done, const struct inverse_row *item);

bool done_is_unclear(const struct done *done, const struct assoc *pair);

/* Reads some of the links that the run changed from both of their records, if only that can tell
 * which of the account's labels are one: a request, nearly always. */
MUST_CHECK bool done_learn(struct run *run, struct error *err);

#endif
