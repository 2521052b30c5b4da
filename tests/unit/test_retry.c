/*
 * test_retry.c: the rules for trying again, as tables, and what holds for every sequence.
 */
#include <check.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/random.h"
#include "hubspot/rate.h"
#include "hubspot/retry.h"
#include "lib/suite.h"

static const struct {
    struct retry_attempt attempt;
    enum retry_action action;
    int64_t wait_min_ms;
    int64_t wait_max_ms;
    int64_t hold_ms; /* least */
} cases_table[] = {
    {{RETRY_ANSWERED, 200, true, 1, 0, "", 9}, RETRY_TAKE, 0, 0, 0},
    {{RETRY_ANSWERED, 400, false, 1, 0, "", 9}, RETRY_TAKE, 0, 0, 0},
    {{RETRY_ANSWERED, 401, true, 1, 0, "", 9}, RETRY_STOP_DENIED, 0, 0, 0},
    {{RETRY_ANSWERED, 403, true, 1, 0, "", 9}, RETRY_STOP_DENIED, 0, 0, 0},
    {{RETRY_ANSWERED, 423, false, 1, 0, "", 499}, RETRY_AGAIN, 2000, 2600, 0},
    {{RETRY_ANSWERED, 423, false, 4, 0, "", 499}, RETRY_GIVE_UP, 0, 2600, 0},
    {{RETRY_ANSWERED, 423, false, 1, 90000, "", 499}, RETRY_AGAIN, 90000, 90000, 0},
    {{RETRY_ANSWERED, 423, false, 1, 600000, "", 499}, RETRY_AGAIN, 600000, 600000, 0},
    {{RETRY_ANSWERED, 423, false, 1, 600001, "", 499}, RETRY_GIVE_UP, 0, 600001, 0},
    {{RETRY_ANSWERED, 437, false, 1, 0, "", 9}, RETRY_TAKE, 0, 0, 0},
    {{RETRY_ANSWERED, 500, false, 1, 0, "", 500}, RETRY_AGAIN, 500, 500, 0},
    {{RETRY_ANSWERED, 500, false, 1, 0, "", 501}, RETRY_AGAIN, 0, 0, 0},
    {{RETRY_ANSWERED, 503, true, 3, 7000, "", 1}, RETRY_AGAIN, 7000, 7000, 0},
    {{RETRY_ANSWERED, 503, true, 1, 3600000, "", 1}, RETRY_GIVE_UP, 0, 3600000, 0},
    {{RETRY_ANSWERED, 500, false, 2, 0, "", 1000}, RETRY_AGAIN, 1000, 1000, 0},
    {{RETRY_ANSWERED, 500, false, 3, 0, "", 2000}, RETRY_AGAIN, 2000, 2000, 0},
    {{RETRY_ANSWERED, 524, false, 4, 0, "", 1}, RETRY_GIVE_UP, 0, 4000, 0},
    {{RETRY_GARBLED, 200, true, 1, 0, "", 1}, RETRY_AGAIN, 0, 500, 0},
    {{RETRY_GARBLED, 200, false, 1, 0, "", 1}, RETRY_GIVE_UP, 0, 500, 0},
    {{RETRY_GARBLED, 302, false, 1, 0, "", 1}, RETRY_GIVE_UP, 0, 500, 0},
    {{RETRY_BROKEN, 0, false, 1, 0, "", 1}, RETRY_AGAIN, 0, 500, 0},
    {{RETRY_UNREACHED, 0, false, 2, 0, "", 1}, RETRY_AGAIN, 0, 1000, 0},
    {{RETRY_UNTRUSTED, 0, true, 1, 0, "", 1}, RETRY_STOP_REMOTE, 0, 500, 0},
    {{RETRY_ANSWERED, 429, false, 1, 0, "SECONDLY", 1}, RETRY_AGAIN, 1000, 1000, 1000},
    {{RETRY_ANSWERED, 429, false, 3, 0, "SECONDLY", 1}, RETRY_AGAIN, 3000, 3000, 3000},
    {{RETRY_ANSWERED, 429, true, 2, 0, "TEN_SECONDLY_ROLLING", 1}, RETRY_AGAIN, 20000, 20000,
        20000},
    {{RETRY_ANSWERED, 429, true, 1, 0, "TEN_SECONDLY", 1}, RETRY_AGAIN, 10000, 10000, 10000},
    {{RETRY_ANSWERED, 429, true, 1, 3000, "TEN_SECONDLY", 1}, RETRY_AGAIN, 3000, 3000, 3000},
    {{RETRY_ANSWERED, 429, true, 4, 0, "TEN_SECONDLY", 1}, RETRY_GIVE_UP, 0, 40000, 40000},
    {{RETRY_ANSWERED, 429, true, 1, 0, "", 12345}, RETRY_AGAIN, 1000, 2000, 1000},
    {{RETRY_ANSWERED, 429, true, 1, 0, "DAILY", 1}, RETRY_STOP_QUOTA, 0, 3600000, 3600000},
    {{RETRY_ANSWERED, 429, true, 1, 601000, "", 1}, RETRY_STOP_QUOTA, 0, 601000, 601000},
    {{RETRY_ANSWERED, 477, true, 1, 30000, "", 1}, RETRY_AGAIN, 30000, 30000, 30000},
    {{RETRY_ANSWERED, 477, true, 1, 900000000, "", 1}, RETRY_STOP_QUOTA, 0, 86400000, 86400000},
};

TEST_LOOP(judges_an_attempt, ARRAY_COUNT(cases_table))
{
    struct retry_budget budget = {.tenths = RETRY_BUDGET_MAX};
    struct retry_verdict verdict = retry_decide(&budget, &cases_table[_i].attempt);
    ck_assert_int_eq(verdict.action, cases_table[_i].action);
    ck_assert_int_ge(verdict.wait_ms, cases_table[_i].wait_min_ms);
    ck_assert_int_le(verdict.wait_ms, cases_table[_i].wait_max_ms);
    ck_assert_int_ge(verdict.hold_ms, cases_table[_i].hold_ms);
    ck_assert(verdict.hold_ms == 0 || cases_table[_i].hold_ms > 0);
}

TEST(a_server_that_is_down_is_left_alone)
{
    struct retry_budget budget = {.tenths = RETRY_BUDGET_MAX};
    struct retry_attempt attempt = {.end = RETRY_BROKEN, .number = 1, .policy = ""};
    int retries = 0;
    int attempts = 0;
    enum retry_action action = RETRY_AGAIN;
    while (action != RETRY_STOP_REMOTE && attempts < 1000) {
        action = retry_decide(&budget, &attempt).action;
        retries += action == RETRY_AGAIN;
        attempts++;
    }
    ck_assert_int_eq(retries, RETRY_BUDGET_MAX / 10);
    ck_assert_int_eq(attempts, RETRY_FAILURES_MAX);
}

TEST(retries_never_outrun_successes)
{
    struct random random;
    random_init(&random, 99);
    struct retry_budget budget = {.tenths = RETRY_BUDGET_MAX};
    long successes = 0;
    long retries = 0;
    for (int i = 0; i < 100000; i++) {
        bool fails = random_below(&random, 3) == 0;
        struct retry_attempt attempt = {.end = fails ? RETRY_BROKEN : RETRY_ANSWERED,
            .status = fails ? 0 : 200,
            .number = 1,
            .policy = "",
            .random = random_next(&random)};
        struct retry_verdict verdict = retry_decide(&budget, &attempt);
        ck_assert_int_ge(verdict.wait_ms, 0);
        ck_assert_int_le(verdict.wait_ms, 30000);
        successes += !fails;
        retries += verdict.action == RETRY_AGAIN;
        ck_assert_int_le(retries, RETRY_BUDGET_MAX / 10 + successes / 10 + 1);
    }
    ck_assert_int_gt(retries, successes / 11);
}

static const struct {
    enum retry_end end;
    long status;
    bool may; /* have changed something … */
    bool late; /* … or may yet */
} traces[] = {
    {RETRY_UNREACHED, 0, false, false},
    {RETRY_UNTRUSTED, 0, false, false},
    {RETRY_BROKEN, 0, true, true},
    {RETRY_GARBLED, 200, true, true},
    {RETRY_GARBLED, 302, true, true},
    {RETRY_ANSWERED, 200, true, false},
    {RETRY_ANSWERED, 207, true, false},
    {RETRY_ANSWERED, 400, false, false},
    {RETRY_ANSWERED, 403, false, false},
    {RETRY_ANSWERED, 429, false, false},
    {RETRY_ANSWERED, 477, false, false},
    {RETRY_ANSWERED, 500, true, true},
    {RETRY_ANSWERED, 504, true, true},
};

TEST_LOOP(knows_what_may_have_been_applied, ARRAY_COUNT(traces))
{
    struct retry_attempt attempt = {
        .end = traces[_i].end, .status = traces[_i].status, .number = 1, .policy = ""};
    ck_assert_int_eq(retry_may_have_applied(&attempt), traces[_i].may);
    ck_assert_int_eq(retry_may_apply_late(&attempt), traces[_i].late);
}
