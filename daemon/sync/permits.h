/*
 * permits.h: the account's rate budget, kept in PostgreSQL (assocd.budget) and so shared by every
 * process and host. Answers the questions of hubspot/client.
 */
#ifndef SYNC_PERMITS_H
#define SYNC_PERMITS_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "model/definition.h"

struct pg;

struct permits {
    struct pg *state; /* borrowed */
    char account[80]; /* key of assocd.budget */
    char zone[64]; /* the account's time zone: its day ends at midnight there */
    int64_t per_10s;
    int64_t per_day;
    uint64_t used; /* requests of this run … */
    uint64_t allowed; /* … and how many it may have; 0: no limit */
};

/* account: HubSpot's account id in digits, or the portal's name while that is unknown. */
void permits_init(struct permits *permits, struct pg *state, const char *account, const char *zone,
    const struct limits *limits);

/* A stage of the run is about to send `price` requests, if all goes well: it may send many times as
 * many, for retries, pages and bad inputs, but not without end (a server that never comes to one).
 */
void permits_allow(struct permits *permits, uint64_t price);

/* The same as callbacks for client_settings; permits must outlive the client. */
struct client_permits permits_for_client(struct permits *permits);

/* Asks for one request. *wait_ms is 0 when it was granted. ERROR_QUOTA: the day is spent. */
MUST_CHECK bool permits_take(struct permits *permits, int64_t *wait_ms, struct error *err);

#endif
