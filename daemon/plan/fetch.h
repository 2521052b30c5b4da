/*
 * fetch.h: what HubSpot has on the from-records in scope, chunk by chunk, many reads in flight.
 * Every chunk that goes in comes out once, with the state of each of its records; a record that was
 * not read to its last page is unknown, never empty.
 */
#ifndef PLAN_FETCH_H
#define PLAN_FETCH_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "journal/session.h"
#include "plan/chunk.h"
#include "plan/unreadable.h"

/* The spools are borrowed; owned and only may be NULL (chunk.h). operation: "read" or "verify".
 * waits: NULL, or the records whose reading has to wait (unreadable.h): they are left out. */
struct fetch_scope {
    struct spool *desired;
    struct spool *owned;
    struct spool *only;
    struct unreadable *waits;
    const char *operation;
};

/* What is done with a chunk that was answered; both are borrowed for the call. */
typedef bool fetch_consume(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err);

/* Reads all that is in scope and gives every chunk to take, in any order, until take fails. Each
 * batch has its row in the journal afterwards, however that ends. Nothing read at all, or a refusal
 * for everybody, is an error (outage.h), but for "verify": what does not show is unverified. */
MUST_CHECK bool fetch_each(struct session *session, const struct fetch_scope *scope,
    fetch_consume *consume, void *context, struct error *err);

/* Was the record among those of the chunk, and read to its last page? */
bool fetch_complete(const struct chunk *chunk, const struct client_reply *reply, uint64_t from_id);

#endif
