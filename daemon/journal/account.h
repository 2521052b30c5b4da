/*
 * account.h: the HubSpot account a run works on: whose token it is, which types it lists, what the
 * sync's configured types mean there. Both answers are kept in PostgreSQL for some minutes, so that
 * a small run does not pay for them.
 */
#ifndef JOURNAL_ACCOUNT_H
#define JOURNAL_ACCOUNT_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "journal/rate_budget.h"

struct client;
struct pg;
struct scope;
struct session;

/* Opens session->client and fills its access, types and mapping.
 * A token of another account than portal_id is ERROR_REFUSED before any other call. */
MUST_CHECK bool account_open(struct session *session, struct error *err);

/* Before the first write: if the answer to "whose token is this" was remembered, it is asked for
 * once more, and must be the same (fault O3). */
MUST_CHECK bool account_confirm(
    struct session *session, const struct scope *scope, struct error *err);

/* What the open source turned out to be becomes part of session->mapping (faults S8, S9). */
struct source;
void account_note_source(struct session *session, const struct source *source);

/* The way to an account: filled by the caller up to the line, by account_client below it. Must
 * outlive the client, which asks its permits. */
struct account_access {
    const struct portal_definition *portal;
    const char *token;
    const char *token_stamp; /* which token file it is from; NULL: ask HubSpot whose it is */
    /* ---- */
    struct rate_budget permits;
    uint64_t portal_id;
    bool asked; /* HubSpot itself said so, in this run */
};

/* Opens a client with the account's shared budget and makes sure whose token it is. Verbs without a
 * run use it, too. On failure *client may be open; the caller closes it in any case. */
MUST_CHECK bool account_client(
    struct client **client, struct pg *state, struct account_access *access, struct error *err);

#endif
