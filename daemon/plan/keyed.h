/*
 * keyed.h: desired rows of a source that names records by business keys: drained as they come,
 * resolved, and given on by ids, in order, as if the source had named those. From there on
 * everything speaks of ids.
 */
#ifndef PLAN_KEYED_H
#define PLAN_KEYED_H

#include "base/attr.h"
#include "base/error.h"
#include "source/drain.h"
#include "source/source.h"
#include "journal/record_key.h"
#include "journal/session.h"
#include "plan/key_moves.h"
#include "plan/pending.h"

/* `{.keys.run = …}` is a fresh one. */
struct keyed {
    struct record_keys keys;
    struct pending pending;
    struct key_moves moves;
};

/* Takes all rows of an open source; drain gets the invalid ones. */
MUST_CHECK bool keyed_read(
    struct keyed *keyed, struct source *source, const struct drain *drain, struct error *err);

/* Finds out what their keys mean. Not while requests are under way. */
MUST_CHECK bool keyed_resolve(struct keyed *keyed, struct error *err);

/* Then: gives them to the drain by ids; rows that contradict each other are invalid ones. Of
 * query's from_ids, if there are any: then their keys are asked for again if the answers are older
 * than guards.max_plan_age. Not while requests are under way. */
MUST_CHECK bool keyed_give(struct keyed *keyed, const struct source_query *query,
    const struct drain *drain, struct error *err);

/* Reads the source, with keys or without: for whoever wants nothing but its rows, and what those
 * that wait protect. */
MUST_CHECK bool keyed_drain_query(struct keyed *keyed, const struct source_query *query,
    const struct drain *drain, struct error *err);

void keyed_clear(struct keyed *keyed);

#endif
