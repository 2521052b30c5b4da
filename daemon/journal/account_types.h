/*
 * account_types.h: the association types that an account lists, kept in PostgreSQL for some
 * minutes, so that a small run does not pay for them.
 */
#ifndef JOURNAL_ACCOUNT_TYPES_H
#define JOURNAL_ACCOUNT_TYPES_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "model/types.h"

struct client;
struct pg;

/* New labels show in an account's own lists about five minutes late (hubspot-api 3.17): older
 * answers than that gain nothing. */
enum { ACCOUNT_ANSWER_MAX_AGE_S = 300 };

/* Two object types of an account, by their ids (object_types.h). */
struct account_pair {
    const struct portal_definition *portal;
    const char *from, *to;
};

/* The account's types for from -> to, out of PostgreSQL if young enough, else from HubSpot. A name
 * that HubSpot does not tell now is the one it told before. */
MUST_CHECK bool account_types(struct client *client, struct pg *state,
    const struct account_pair *pair, struct types *types, struct error *err);

/* Those that PostgreSQL kept, however old; fails if it kept none. Of pair->from and ->to no more
 * than the names need be known. Asks HubSpot nothing. */
MUST_CHECK bool account_types_kept(
    struct pg *state, const struct account_pair *pair, struct types *types, struct error *err);

#endif
