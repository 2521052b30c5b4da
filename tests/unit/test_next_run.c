/*
 * test_next_run.c: tables of what is due when. Times in the tables are seconds; the day is
 * 2026-03-29 in Berlin, where the clock jumps from 02:00 to 03:00, or 2026-10-25, where it goes
 * back.
 */
#include <check.h>
#include <stdlib.h>

#include "service/next_run.h"
#include "lib/suite.h"

#define US INT64_C(1000000)
#define NOON INT64_C(1774785600) /* 2026-03-29 12:00 UTC */

static struct schedule parse(const char *text)
{
    struct schedule schedule;
    struct error err;
    ck_assert_msg(schedule_parse(&schedule, text, &err), "%s", err.text);
    return schedule;
}

/* Seconds relative to NOON; NEVER; AT_ONCE. 0 for retry and started: none. */
enum { NEVER = INT32_MAX, AT_ONCE = INT32_MIN, NONE = INT32_MIN + 1 };

static const struct {
    const char *schedule;
    const char *status;
    bool paused, wanted, by_hand;
    int started, retry; /* NONE: never, not set */
    int due;
    enum next_run_why why;
} cases[] = {
    /* what never ran is due at once, unless nobody wants it */
    {"every 1h", "", false, false, false, NONE, NONE, AT_ONCE, NEXT_RUN_FIRST},
    {"cron 0 6 * * *", "", false, false, false, NONE, NONE, AT_ONCE, NEXT_RUN_FIRST},
    {"manual", "", false, false, false, NONE, NONE, NEVER, NEXT_RUN_MANUAL},
    {"every 1h", "", true, false, false, NONE, NONE, NEVER, NEXT_RUN_PAUSED},
    {"manual", "", false, true, false, NONE, NONE, AT_ONCE, NEXT_RUN_WANTED},
    /* the schedule counts from the last start */
    {"every 1h", "succeeded", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "no_change", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "partial", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "withheld", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "refused", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "canceled", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "verifying", false, false, false, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    {"every 1h", "succeeded", false, false, true, -600, NONE, 3000, NEXT_RUN_SCHEDULE},
    /* a missed time is in the past: due now, and once, because the next counts from then */
    {"every 1h", "succeeded", false, false, false, -86400, NONE, -82800, NEXT_RUN_SCHEDULE},
    {"cron 0 12 * * *", "succeeded", false, false, false, -3 * 86400, NONE, -2 * 86400,
        NEXT_RUN_SCHEDULE},
    {"cron 30 12 * * *", "succeeded", false, false, false, -60, NONE, 1800, NEXT_RUN_SCHEDULE},
    {"cron 0 12 * * *", "succeeded", false, false, false, 0, NONE, 86400, NEXT_RUN_SCHEDULE},
    /* a run under way is waited for, whoever has it */
    {"every 1h", "planning", false, false, false, -7200, NONE, NEVER, NEXT_RUN_RUNNING},
    {"every 1h", "applying", false, true, false, -7200, NONE, NEVER, NEXT_RUN_RUNNING},
    /* failed, interrupted, deferred: by the back-off, not by the schedule, either way */
    {"every 1h", "failed", false, false, false, -5, 25, 25, NEXT_RUN_RETRY},
    {"every 10s", "failed", false, false, false, -5, 600, 600, NEXT_RUN_RETRY},
    {"every 1h", "interrupted", false, false, false, -5, -1, -1, NEXT_RUN_RETRY},
    {"cron 0 6 * * *", "deferred", false, false, false, -5, 40000, 40000, NEXT_RUN_RETRY},
    {"every 1h", "failed", true, false, false, -5, 25, NEVER, NEXT_RUN_PAUSED},
    /* before it ever opened a run, too */
    {"every 1h", "", false, false, false, NONE, 25, 25, NEXT_RUN_RETRY},
    /* of a manual sync only what the daemon started is tried again */
    {"manual", "failed", false, false, true, -5, 25, NEVER, NEXT_RUN_MANUAL},
    {"manual", "interrupted", false, false, false, -5, 25, 25, NEXT_RUN_RETRY},
    {"manual", "succeeded", false, false, false, -5, NONE, NEVER, NEXT_RUN_MANUAL},
    /* somebody asks: at once, whatever the schedule, and whatever the run under way then came to */
    {"every 1h", "succeeded", false, true, false, -5, NONE, AT_ONCE, NEXT_RUN_WANTED},
    {"manual", "failed", false, true, false, -5, 25, AT_ONCE, NEXT_RUN_WANTED},
    {"every 1h", "interrupted", false, true, false, -5, 900, AT_ONCE, NEXT_RUN_WANTED},
    {"every 1h", "succeeded", true, true, false, -5, NONE, NEVER, NEXT_RUN_PAUSED},
    /* a database clock that was set back by a day does not stop anything for a day */
    {"every 1h", "succeeded", false, false, false, 86400, NONE, 3600, NEXT_RUN_SCHEDULE},
    {"every 1h", "failed", false, false, false, 86400, 2 * 86400, 0, NEXT_RUN_RETRY},
};

TEST_LOOP(decides_by_status_and_state, ARRAY_COUNT(cases))
{
    struct schedule schedule = parse(cases[_i].schedule);
    struct next_run_state state = {.paused = cases[_i].paused,
        .wanted = cases[_i].wanted,
        .last = last_run_of(cases[_i].status),
        .by_hand = cases[_i].by_hand};
    if (cases[_i].started != NONE)
        state.started_us = (NOON + cases[_i].started) * US;
    if (cases[_i].retry != NONE)
        state.retry_us = (NOON + cases[_i].retry) * US;
    struct next_run next = next_run_decide(&schedule, &state, NOON * US, 0);
    ck_assert_msg(next.why == cases[_i].why, "%d: %s", _i, next_run_why_text(next.why));
    if (cases[_i].due == NEVER)
        ck_assert_int_eq(next.at_us, NEXT_RUN_NEVER);
    else if (cases[_i].due == AT_ONCE)
        ck_assert_int_le(next.at_us, 0);
    else
        ck_assert_int_eq(next.at_us, (NOON + cases[_i].due) * US);
}

TEST(what_names_no_moment_is_never_due)
{
    struct schedule cron = {.kind = SCHEDULE_CRON};
    struct next_run_state state = {.last = LAST_RUN_ENDED, .started_us = NOON * US};
    struct next_run next = next_run_decide(&cron, &state, NOON * US, UINT32_MAX);
    ck_assert_int_eq(next.at_us, NEXT_RUN_NEVER);
    ck_assert_int_eq(next.why, NEXT_RUN_SCHEDULE);
}

TEST(tells_why_in_a_word_or_two)
{
    static const char *const texts[] = {
        "paused", "running", "requested", "after a failure", "manual", "first run", "schedule"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        ck_assert_str_eq(next_run_why_text((enum next_run_why)i), texts[i]);
    ck_assert_int_eq(NEXT_RUN_SCHEDULE + 1, ARRAY_COUNT(texts));
}

TEST(spreads_scheduled_times_but_never_makes_them_early)
{
    static const struct {
        const char *schedule;
        int64_t base_s, spread_us;
    } rows[] = {
        {"every 10s", 10, 500000},
        {"every 15m", 900, 45 * US},
        {"every 1d", 86400, 60 * US},
        {"cron 0 * * * *", 3600, US},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct schedule schedule = parse(rows[i].schedule);
        struct next_run_state state = {.last = LAST_RUN_ENDED, .started_us = NOON * US};
        int64_t last_us = 0;
        for (uint64_t jitter = 0; jitter <= UINT32_MAX; jitter += UINT32_MAX / 64) {
            int64_t next_us = next_run_decide(&schedule, &state, NOON * US, (uint32_t)jitter).at_us;
            ck_assert_int_ge(next_us, (NOON + rows[i].base_s) * US);
            ck_assert_int_lt(next_us, (NOON + rows[i].base_s) * US + rows[i].spread_us);
            ck_assert_int_ge(next_us, last_us);
            last_us = next_us;
        }
        ck_assert_int_gt(last_us, (NOON + rows[i].base_s) * US + rows[i].spread_us / 2);
    }
}

/* Each row: the run before, and the next due time, in UTC. */
TEST(follows_the_local_clock_over_both_changes)
{
    static const struct {
        const char *schedule;
        int64_t started_s, due_s;
    } rows[] = {
        /* 02:30 does not exist on 2026-03-29: the first moment after the gap, 03:00 = 01:00 UTC */
        {"cron 30 2 * * * Europe/Berlin", 1774661400, 1774746000},
        /* and the day after it is 02:30 again = 00:30 UTC */
        {"cron 30 2 * * * Europe/Berlin", 1774746000, 1774830600},
        /* 02:30 comes twice on 2026-10-25: only the first one, 00:30 UTC */
        {"cron 30 2 * * * Europe/Berlin", 1792801800, 1792888200},
        {"cron 30 2 * * * Europe/Berlin", 1792888200, 1792978200},
        /* an interval does not care */
        {"every 1d", 1774661400, 1774661400 + 86400},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct schedule schedule = parse(rows[i].schedule);
        struct next_run_state state = {
            .last = LAST_RUN_ENDED, .started_us = rows[i].started_s * US};
        ck_assert_msg(next_run_decide(&schedule, &state, rows[i].started_s * US, 0).at_us ==
                rows[i].due_s * US,
            "row %zu: %lld", i,
            (long long)(next_run_decide(&schedule, &state, rows[i].started_s * US, 0).at_us / US));
    }
}
