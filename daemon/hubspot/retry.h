/*
 * retry.h: what to do after an attempt: take it, try again and when, give the request up, or stop
 * the run. Pure: the outcome, the number of the attempt and a random number are arguments.
 */
#ifndef HUBSPOT_RETRY_H
#define HUBSPOT_RETRY_H

#include "base/attr.h"

enum {
    RETRY_ATTEMPTS_MAX = 4,
    RETRY_BUDGET_MAX = 100, /* tenths: 10 retries beyond one for every 10 successes */
    RETRY_FAILURES_MAX = 20, /* failed attempts in a row that end the run */
};

/* How an attempt ended. */
enum retry_end {
    RETRY_ANSWERED, /* a complete HTTP answer; for 2xx: it was understood */
    RETRY_GARBLED, /* an answer that is none: 2xx not understood, 3xx, broken framing */
    RETRY_BROKEN, /* connection lost or timed out after the request may have been seen */
    RETRY_UNREACHED, /* no connection: certainly not seen */
    RETRY_UNTRUSTED, /* the server's certificate is wrong: nothing was sent */
};

/* Shared by all requests of a client; `{.tenths = RETRY_BUDGET_MAX}` is a fresh one. */
struct retry_budget {
    int tenths;
    int failures; /* in a row */
};

struct retry_attempt {
    enum retry_end end;
    long status;
    bool is_read; /* a garbled answer to a read may be asked for again */
    int number; /* of this attempt: 1 … RETRY_ATTEMPTS_MAX */
    int64_t retry_after_ms; /* 0: HubSpot did not say */
    const char *policy; /* policyName, "" if there was none */
    uint64_t random;
};

enum retry_action {
    RETRY_TAKE, /* the answer stands, good or bad */
    RETRY_AGAIN, /* send it again after wait_ms */
    RETRY_GIVE_UP, /* not this request; its outcome may be unknown */
    RETRY_STOP_DENIED, /* the token is no good */
    RETRY_STOP_QUOTA, /* the day's budget is spent, or the account is away for long */
    RETRY_STOP_REMOTE, /* HubSpot is down */
};

struct retry_verdict {
    enum retry_action action;
    int64_t wait_ms; /* RETRY_AGAIN */
    int64_t hold_ms; /* not 0: the whole account has to wait so long */
};

/* Judges one attempt and books it in the budget. */
struct retry_verdict retry_decide(struct retry_budget *budget, const struct retry_attempt *attempt);

/* True if an attempt that ended so may have changed something in HubSpot. */
bool retry_may_have_applied(const struct retry_attempt *attempt);

/* True if HubSpot may still be at it: nothing that came back says that the attempt is over. */
bool retry_may_apply_late(const struct retry_attempt *attempt);

#endif
