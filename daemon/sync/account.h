/*
 * account.h: the HubSpot account a run works on: whose token it is, which types it lists, what the
 * sync's configured types mean there. Both answers are kept in PostgreSQL for some minutes, so that
 * a small run does not pay for them.
 */
#ifndef SYNC_ACCOUNT_H
#define SYNC_ACCOUNT_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

/* Opens run->client and fills run->portal_id, run->types and run->fingerprint. A token of another
 * account than portal_id is ERROR_REFUSED before any other call. */
MUST_CHECK bool account_open(struct run *run, struct error *err);

/* For the verbs check and types, which have no run: opens a client for a portal with its shared
 * budget. permits must outlive the client. */
struct account_keys {
    const struct portal_definition *portal;
    const char *token;
    const char *token_stamp; /* NULL: ask HubSpot whose it is */
};
MUST_CHECK bool account_client(struct client **client, struct permits *permits, struct pg *state,
    const struct account_keys *keys, uint64_t *portal_id, struct error *err);

/* The account's types for from -> to, out of PostgreSQL if young enough, else from HubSpot. */
MUST_CHECK bool account_types(struct client *client, struct pg *state,
    const struct sync_definition *pair, struct types *types, struct error *err);

#endif
