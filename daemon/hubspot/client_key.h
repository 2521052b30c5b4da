/*
 * client_key.h: which records business keys mean, asked of the objects API by a unique property
 * (hubspot-api 13). An answer never says which input it is about: values are compared in their one
 * spelling (model/record_key.h).
 */
#ifndef HUBSPOT_CLIENT_KEY_H
#define HUBSPOT_CLIENT_KEY_H

#include "base/attr.h"
#include "base/error.h"
#include "model/record_key.h"
#include "hubspot/client.h"

enum client_key_state {
    CLIENT_KEY_UNREAD, /* HubSpot did not tell: unknown, never missing */
    CLIENT_KEY_MISSING, /* no record has it */
    CLIENT_KEY_FOUND, /* in ids: one, or several */
};

enum { CLIENT_KEY_IDS_MAX = 32 }; /* of one key */

struct client_key {
    const char *key; /* in its one spelling */
    enum client_key_state state;
    uint64_t ids[CLIENT_KEY_IDS_MAX]; /* ascending */
    size_t count;
    bool more; /* records than ids has room for: the smallest ids are told */
    bool other_case; /* HubSpot's value differs in upper and lower case */
};

struct client_key_query {
    const char *object; /* id of the object type */
    const char *property;
    enum record_key_kind kind;
    bool search; /* the property is not unique: HubSpot's search is asked (hubspot-api 13.4) */
    struct client_key *keys; /* distinct */
    size_t count;
};

/* Asks for any number of keys, 100 a request, as many requests at once as the account allows. A key
 * that HubSpot says nothing of stays unread; what a search does not find is missing as far as that
 * search knows: it lags behind. ERROR_CONFIG: the property does not exist or, where no search is
 * asked for, is not unique. ERROR_REMOTE: HubSpot does not answer; what was told before that
 * counts. Not while requests are under way. */
MUST_CHECK bool client_keys(
    struct client *client, const struct client_key_query *query, struct error *err);

/* The same about the one key of the query, by itself: it is found or missing then. */
MUST_CHECK bool client_key_alone(
    struct client *client, const struct client_key_query *query, struct error *err);

/* What the account says of a property. */
struct client_property {
    bool exists;
    bool unique; /* no two records have one value */
};
MUST_CHECK bool client_property(struct client *client, const char *object, const char *name,
    struct client_property *property, struct error *err);

#endif
