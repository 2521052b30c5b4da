/*
 * rate.h: how long an account has to be left alone after HubSpot said "too many". Pure.
 */
#ifndef HUBSPOT_RATE_H
#define HUBSPOT_RATE_H

#include "base/attr.h"

/* A wait longer than this is not waited for inside a run: the run is deferred. */
#define RATE_WAIT_MAX_MS INT64_C(600000)

/* Retry-After may say so much (hubspot-api 4.3). */
#define RATE_RETRY_AFTER_MAX_MS INT64_C(86400000)

/* Milliseconds to hold the whole account after the attempt-th (1…) refusal in a row. policy is the
 * policyName of a 429, "" if there was none; retry_after_ms 0 means HubSpot did not say; random is
 * any number. */
int64_t rate_hold_ms(const char *policy, int attempt, int64_t retry_after_ms, uint64_t random);

/* True if the policy's budget is the whole day's, so that waiting is no use. */
bool rate_is_daily(const char *policy);

#endif
