/*
 * key_moves.h: pairs that the source's rows meant before one of their keys came to mean another
 * record (an address that moved to another contact). That such a pair is not wanted any more has a
 * reason of its own: HubSpot changed, not the source.
 */
#ifndef PLAN_KEY_MOVES_H
#define PLAN_KEY_MOVES_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "journal/session.h"
#include "plan/diff.h"

/* `{0}` is none. A hundred thousand at most; more count as removed from the source. */
struct key_moves {
    struct assoc_list pairs; /* ascending, without types */
};

/* After record_keys_resolve or record_keys_renew. */
MUST_CHECK bool key_moves_load(struct key_moves *moves, struct session *session, struct error *err);

/* Gives the archives of a record's changes, which begin at `first`, their reason. */
void key_moves_mark(const struct key_moves *moves, struct diff_list *changes, size_t first);

void key_moves_clear(struct key_moves *moves);

#endif
