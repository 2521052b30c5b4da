/*
 * held.h: inputs that HubSpot refused although each was alone in its request, in words that name
 * none of them. Until another input gets through nobody knows whether they are to blame, or
 * everybody is refused (outage.h): their batches stay `sent` in the journal until that is known.
 */
#ifndef APPLY_HELD_H
#define APPLY_HELD_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "journal/journal.h"
#include "journal/outage.h"
#include "journal/session.h"

struct held {
    struct held_batch *items;
    size_t count, room;
};

/* Copies what is needed of both. */
void held_add(
    struct held *held, const struct journal_batch *batch, const struct client_reply *reply);

/* Everybody seems to be refused. If HubSpot says of the records that some of them are no more, that
 * is why, and they are rejected; otherwise they are given up and it fails, in HubSpot's words.
 * what: "create". Not while requests are under way. Empties the list. */
MUST_CHECK bool held_decide(struct held *held, struct session *session, struct outage *outage,
    const char *what, struct error *err);

/* They are to blame: rejects them, in HubSpot's words. Empties the list. */
MUST_CHECK bool held_reject(struct held *held, struct session *session, struct error *err);

/* Nobody is: gives them up for this run. Empties the list. */
MUST_CHECK bool held_abandon(struct held *held, struct session *session, struct error *err);

void held_clear(struct held *held);

/* Rejects every change of a batch that was refused as a whole, and puts them into quarantine. */
MUST_CHECK bool held_reject_batch(struct session *session, const struct journal_batch *batch,
    const struct client_reply *reply, struct error *err);

#endif
