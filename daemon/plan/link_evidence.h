/*
 * link_evidence.h: links between records of one object type that were read from both of their
 * records show which two labels are one (model/reciprocal.h).
 */
#ifndef PLAN_LINK_EVIDENCE_H
#define PLAN_LINK_EVIDENCE_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

struct assoc_list;
struct chunk;
struct client_reply;

/* Records links of which the reply shows both directions. */
void link_evidence_add(
    const struct session *session, const struct chunk *chunk, const struct client_reply *reply);

/* Reads these links, a pair each, from both of their records, and records what they show. */
MUST_CHECK bool link_evidence_read(
    struct session *session, const struct assoc_list *links, struct error *err);

#endif
