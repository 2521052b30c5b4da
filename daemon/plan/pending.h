/*
 * pending.h: a row whose key is not resolved never leads to an archive. It may be about any
 * association of the records that it names, or that its keys meant before: those keep what they
 * have, in HubSpot and in what the sync owns, until HubSpot says what the key means. The one place
 * of this rule (the statement keys_held says which records they are).
 */
#ifndef PLAN_PENDING_H
#define PLAN_PENDING_H

#include "base/attr.h"
#include "base/error.h"
#include "model/id_list.h"
#include "journal/session.h"
#include "plan/diff.h"

/* `{0}` protects nothing. */
struct pending {
    struct id_list from, to; /* records that keep their associations; ascending */
    bool everything; /* a row may be about any two records */
    bool one_type; /* both sides are records of one object type: a link is seen from both */
};

/* What the rows that wait protect, after record_keys_resolve or record_keys_renew. */
MUST_CHECK bool pending_load(struct pending *pending, struct session *session, struct error *err);

/* May nothing be archived between these two? */
bool pending_holds(const struct pending *pending, uint64_t from_id, uint64_t to_id);

/* Takes out of a record's changes, which begin at `first`: archives and ends of ownership that are
 * not allowed, and creates by which HubSpot itself would take such an association away. */
void pending_leave(const struct pending *pending, struct diff_list *changes, size_t first);

void pending_clear(struct pending *pending);

#endif
