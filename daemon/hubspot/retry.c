/*
 * retry.c: when a call is tried again (hubspot-api, sections 4 and 5). The waits HubSpot
 * asks for (429, 423, 477) do not draw on the budget: they are paced already. Everything else does,
 * so that a server in trouble gets one retry for ten successes and not four requests for one.
 */
#include "hubspot/retry.h"

#include <assert.h>

#include "hubspot/rate.h"

enum {
    BACKOFF_FIRST_MS = 500,
    LOCKED_MS = 2000, /* how long a 423 lock lasts */
    LOCKED_SPREAD = 4, /* a quarter more, so that waiters do not come back together */
    RETRY_COST = 10, /* tenths */
    SUCCESS_GAIN = 1,
};

static bool is_throttle(long status)
{
    return status == 429 || status == 477;
}

static bool is_failure(const struct retry_attempt *attempt)
{
    return attempt->end != RETRY_ANSWERED || attempt->status >= 500;
}

/* Full jitter: anything from 0 to a limit that doubles; with four attempts it stays at seconds. */
static int64_t backoff_ms(const struct retry_attempt *attempt)
{
    assert(attempt->number >= 1 && attempt->number <= RETRY_ATTEMPTS_MAX);
    int64_t top = (int64_t)BACKOFF_FIRST_MS << (attempt->number - 1);
    return (int64_t)(attempt->random % (uint64_t)(top + 1));
}

static struct retry_verdict decide_throttle(const struct retry_attempt *attempt)
{
    int64_t hold =
        rate_hold_ms(attempt->policy, attempt->number, attempt->retry_after_ms, attempt->random);
    struct retry_verdict verdict = {.action = RETRY_AGAIN, .wait_ms = hold, .hold_ms = hold};
    if (rate_is_daily(attempt->policy) || hold > RATE_WAIT_MAX_MS)
        verdict.action = RETRY_STOP_QUOTA;
    else if (attempt->number >= RETRY_ATTEMPTS_MAX)
        verdict.action = RETRY_GIVE_UP;
    return verdict;
}

static struct retry_verdict decide_locked(const struct retry_attempt *attempt)
{
    int64_t wait = LOCKED_MS + (int64_t)(attempt->random % (LOCKED_MS / LOCKED_SPREAD));
    if (wait < attempt->retry_after_ms)
        wait = attempt->retry_after_ms;
    bool again = attempt->number < RETRY_ATTEMPTS_MAX && wait <= RATE_WAIT_MAX_MS;
    return (struct retry_verdict){.action = again ? RETRY_AGAIN : RETRY_GIVE_UP, .wait_ms = wait};
}

static struct retry_verdict decide_failure(
    struct retry_budget *budget, const struct retry_attempt *attempt)
{
    struct retry_verdict verdict = {.action = RETRY_GIVE_UP, .wait_ms = backoff_ms(attempt)};
    budget->failures++;
    if (verdict.wait_ms < attempt->retry_after_ms)
        verdict.wait_ms = attempt->retry_after_ms;
    if (budget->failures >= RETRY_FAILURES_MAX || attempt->end == RETRY_UNTRUSTED) {
        verdict.action = RETRY_STOP_REMOTE;
        return verdict;
    }
    bool worth = attempt->end != RETRY_GARBLED || attempt->is_read;
    if (worth && attempt->number < RETRY_ATTEMPTS_MAX && budget->tenths >= RETRY_COST &&
        verdict.wait_ms <= RATE_WAIT_MAX_MS) {
        budget->tenths -= RETRY_COST;
        verdict.action = RETRY_AGAIN;
    }
    return verdict;
}

struct retry_verdict retry_decide(struct retry_budget *budget, const struct retry_attempt *attempt)
{
    if (is_failure(attempt))
        return decide_failure(budget, attempt);
    budget->failures = 0;
    if (is_throttle(attempt->status))
        return decide_throttle(attempt);
    if (attempt->status == 423)
        return decide_locked(attempt);
    if (attempt->status == 401 || attempt->status == 403)
        return (struct retry_verdict){.action = RETRY_STOP_DENIED};
    if (attempt->status < 300 && budget->tenths < RETRY_BUDGET_MAX)
        budget->tenths += SUCCESS_GAIN;
    return (struct retry_verdict){.action = RETRY_TAKE};
}

bool retry_may_have_applied(const struct retry_attempt *attempt)
{
    if (attempt->end == RETRY_UNREACHED || attempt->end == RETRY_UNTRUSTED)
        return false;
    return attempt->end != RETRY_ANSWERED || attempt->status >= 500 || attempt->status < 300;
}

bool retry_may_apply_late(const struct retry_attempt *attempt)
{
    bool over = attempt->end == RETRY_ANSWERED && attempt->status < 500;
    return !over && retry_may_have_applied(attempt);
}
