/*
 * known_reciprocals.h: which two labels of an account are one is kept from run to run
 * (model/reciprocal.h), with what has shown it. A link that carries several labels shows nothing;
 * without what earlier runs have seen, nothing of them could be archived, or something by a guess.
 */
#ifndef JOURNAL_KNOWN_RECIPROCALS_H
#define JOURNAL_KNOWN_RECIPROCALS_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* Tells what is kept of an account. A type that the account does not list now is added to types,
 * which reciprocals is about. */
MUST_CHECK bool known_reciprocals_load(struct pg *state, uint64_t portal_id, struct types *types,
    struct reciprocals *reciprocals, struct error *err);

/* Keeps what the run has found out; what it has found to be wrong is kept as a doubt. */
MUST_CHECK bool known_reciprocals_store(const struct session *session, struct error *err);

#endif
