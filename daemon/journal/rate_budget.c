/*
 * rate_budget.c: asks PostgreSQL for permission to send, one request at a time.
 */
#include "journal/rate_budget.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/stop.h"
#include "pg/pg.h"

enum { SEARCHES_PER_SECOND = 3 }; /* of five: two are left to other apps (hubspot-api 13.4) */

void rate_budget_init(struct rate_budget *permits, struct pg *state, const char *account,
    const char *zone, const struct limits *limits)
{
    permits->state = state;
    permits->per_10s = limits->requests_per_10s;
    permits->per_day = limits->requests_per_day;
    (void)snprintf(permits->account, sizeof permits->account, "%s", account);
    (void)snprintf(permits->zone, sizeof permits->zone, "%s", zone);
}

bool rate_budget_take(struct rate_budget *permits, int64_t *wait_ms, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, permits->account);
    pg_arg_int(&args, permits->searching ? SEARCHES_PER_SECOND : permits->per_10s);
    pg_arg_int(&args, permits->per_day);
    pg_arg_text(&args, permits->zone);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(permits->state,
            permits->searching ? STATEMENT_BUDGET_SEARCH : STATEMENT_BUDGET_TAKE, &args, &rows,
            err))
        return false;
    bool granted = pg_rows_bool(&rows, 0, 0);
    *wait_ms = granted ? 0 : pg_rows_int(&rows, 0, 1);
    if (!granted && strcmp(pg_rows_text(&rows, 0, 2), "DAILY") == 0)
        return error_set(err, ERROR_QUOTA,
            "account %s: daily request quota exhausted; resets in %lld min (midnight in %s)",
            permits->account, (long long)(*wait_ms / 60000 + 1), permits->zone);
    return true;
}

void rate_budget_allow(struct rate_budget *permits, uint64_t price)
{
    enum { LEAST = 2000, FACTOR = 200 };
    permits->allowed += LEAST + FACTOR * price;
}

/* A run with a limit of requests (assocd run --max-requests) has asked for its own stop once they
 * are spent: the client sees it before it asks again. */
static bool acquire(void *owner, int64_t *wait_ms, struct error *err)
{
    enum { AGAIN_MS = 1000 };
    struct rate_budget *permits = owner;
    if (permits->allowed > 0 && permits->used >= permits->allowed)
        return error_set(err, ERROR_REMOTE,
            "stopped after %llu requests, hundreds of times what the plan should cost: HubSpot "
            "keeps "
            "answering with more (endless pages or retries?)",
            (unsigned long long)permits->used);
    if (!rate_budget_take(permits, wait_ms, err))
        return false;
    permits->used += *wait_ms == 0;
    if (*wait_ms == 0 && !stop_step())
        *wait_ms = AGAIN_MS;
    return true;
}

static bool hold(void *owner, const char *policy, int64_t hold_ms, struct error *err)
{
    struct rate_budget *permits = owner;
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf account = {0};
    buf_addf(&account, "%s%s", permits->account, permits->searching ? " search" : "");
    pg_arg_text(&args, buf_text(&account));
    pg_arg_text(&args, policy);
    pg_arg_int(&args, hold_ms);
    pg_arg_text(&args, permits->zone);
    return pg_run(permits->state, STATEMENT_BUDGET_HOLD, &args, NULL, err);
}

struct client_permits rate_budget_for_client(struct rate_budget *permits)
{
    return (struct client_permits){.owner = permits, .acquire = acquire, .hold = hold};
}
