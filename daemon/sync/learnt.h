/*
 * learnt.h: which two labels of an account are one is kept from run to run (model/reciprocal.h),
 * with what has shown it. A link that carries several labels shows nothing; without what earlier
 * runs have seen, nothing of them could be archived, or something by a guess.
 */
#ifndef SYNC_LEARNT_H
#define SYNC_LEARNT_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

struct assoc_list;
struct chunk;
struct client_reply;

/* Tells run->reciprocals. A type that the account does not list now is added to run->types. */
MUST_CHECK bool learnt_load(struct run *run, struct error *err);

/* Keeps what the run has found out; what it has found to be wrong is kept as a doubt. */
MUST_CHECK bool learnt_store(struct run *run, struct error *err);

/* Takes note of links of which the reply shows both directions. */
void learnt_note(struct run *run, const struct chunk *chunk, const struct client_reply *reply);

/* Reads these links, a pair each, from both of their records, and takes note of them. */
MUST_CHECK bool learnt_read(struct run *run, const struct assoc_list *links, struct error *err);

#endif
