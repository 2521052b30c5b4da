/*
 * rate.c: hold times by policyName (hubspot-api 4.4).
 */
#include "hubspot/rate.h"

#include <assert.h>
#include <string.h>

enum {
    SECOND_MS = 1000,
    OTHER_MIN_MS = 1000,
    OTHER_MAX_MS = 60000,
    DAILY_MS = 3600000, /* the reset is at the account's midnight; asking once an hour is polite */
};

bool rate_is_daily(const char *policy)
{
    return strcmp(policy, "DAILY") == 0;
}

static int64_t policy_hold_ms(const char *policy, int attempt, uint64_t random)
{
    if (rate_is_daily(policy))
        return DAILY_MS;
    if (strcmp(policy, "SECONDLY") == 0)
        return (int64_t)attempt * SECOND_MS;
    if (strncmp(policy, "TEN_SECONDLY", strlen("TEN_SECONDLY")) == 0)
        return (int64_t)attempt * 10 * SECOND_MS;
    int64_t top = OTHER_MIN_MS;
    for (int i = 1; i < attempt && top < OTHER_MAX_MS; i++)
        top *= 4;
    if (top > OTHER_MAX_MS)
        top = OTHER_MAX_MS;
    return OTHER_MIN_MS + (int64_t)(random % (uint64_t)top);
}

int64_t rate_hold_ms(const char *policy, int attempt, int64_t retry_after_ms, uint64_t random)
{
    assert(attempt >= 1);
    if (retry_after_ms > RATE_RETRY_AFTER_MAX_MS)
        retry_after_ms = RATE_RETRY_AFTER_MAX_MS;
    if (retry_after_ms > 0)
        return retry_after_ms;
    return policy_hold_ms(policy, attempt, random);
}
