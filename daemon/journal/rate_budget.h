/*
 * rate_budget.h: the account's rate budget, kept in PostgreSQL (assocd.budget) and so shared by
 * every process and host. Answers the questions of hubspot/client.
 */
#ifndef JOURNAL_RATE_BUDGET_H
#define JOURNAL_RATE_BUDGET_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "hubspot/client.h"

struct pg;

struct rate_budget {
    struct pg *state; /* borrowed */
    char account[80]; /* key of assocd.budget */
    char zone[64]; /* the account's time zone: its day ends at midnight there */
    int64_t per_10s;
    int64_t per_day;
    bool searching; /* the requests are searches, which have a budget of their own */
    uint64_t used; /* requests of this run … */
    uint64_t allowed; /* … and how many it may have; 0: no limit */
};

/* account: HubSpot's account id in digits, or the portal's name while that is unknown. */
void rate_budget_init(struct rate_budget *permits, struct pg *state, const char *account,
    const char *zone, const struct limits *limits);

/* A stage of the run is about to send `price` requests, if all goes well: it may send many times as
 * many, for retries, pages and bad inputs, but not without end (a server that never comes to one).
 */
void rate_budget_allow(struct rate_budget *permits, uint64_t price);

/* The same as callbacks for client_settings; permits must outlive the client. */
struct client_permits rate_budget_for_client(struct rate_budget *permits);

/* Asks for one request. *wait_ms is 0 when it was granted. ERROR_QUOTA: the day is spent. */
MUST_CHECK bool rate_budget_take(struct rate_budget *permits, int64_t *wait_ms, struct error *err);

#endif
