/*
 * test_rate.c: how long an account is left alone.
 */
#include <check.h>
#include <stdlib.h>

#include "base/random.h"
#include "hubspot/rate.h"
#include "lib/suite.h"

TEST(what_hubspot_says_counts_up_to_a_day)
{
    ck_assert_int_eq(rate_hold_ms("SECONDLY", 1, 5000, 0), 5000);
    ck_assert_int_eq(rate_hold_ms("TEN_SECONDLY_ROLLING", 3, 1000, 0), 1000);
    ck_assert_int_eq(rate_hold_ms("", 1, INT64_MAX, 0), RATE_RETRY_AFTER_MAX_MS);
}

TEST(policies_grow_with_every_refusal)
{
    for (int attempt = 1; attempt <= 4; attempt++) {
        ck_assert_int_eq(rate_hold_ms("SECONDLY", attempt, 0, 9), attempt * 1000);
        ck_assert_int_eq(rate_hold_ms("TEN_SECONDLY_ROLLING", attempt, 0, 9), attempt * 10000);
        ck_assert_int_ge(rate_hold_ms("DAILY", attempt, 0, 9), 600000);
    }
    ck_assert(rate_is_daily("DAILY"));
    ck_assert(!rate_is_daily("TEN_SECONDLY_ROLLING"));
}

TEST(an_unknown_policy_waits_a_second_to_a_minute)
{
    struct random random;
    random_init(&random, 3);
    for (int i = 0; i < 10000; i++) {
        int64_t hold = rate_hold_ms(i % 2 ? "" : "NEW", 1 + i % 50, 0, random_next(&random));
        ck_assert_int_ge(hold, 1000);
        ck_assert_int_le(hold, 61000);
    }
}

TEST(conflict_10_9_retry_after_counts_when_it_is_there)
{
    static const char *const policies[] = {"SECONDLY", "TEN_SECONDLY_ROLLING", "", "NEW"};
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        ck_assert_int_eq(rate_hold_ms(policies[i], 1, 7000, 12345), 7000);
        ck_assert_int_ge(rate_hold_ms(policies[i], 1, 0, 12345), 1000);
        ck_assert_int_le(rate_hold_ms(policies[i], 1, 0, 12345), 10000);
    }
}
