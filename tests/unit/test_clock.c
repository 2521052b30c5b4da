/*
 * test_clock.c: what is taken for a time is one for PostgreSQL too: HubSpot's words go into
 * timestamptz columns, and a refusal there would cost the journal its row.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "lib/cluster.h"
#include "lib/suite.h"

static struct pg *pg;

static const struct {
    const char *text;
    bool is_time;
} cases[] = {
    {"2026-09-21T09:14:02Z", true},
    {"2026-09-21T09:14:02.0Z", true},
    {"2026-09-21T09:14:02.011000999Z", true},
    {"2026-09-21T09:14:02.0110009990Z", false},
    {"2026-09-21T09:14:02.Z", false},
    {"2026-09-21T09:14:02+02:00", true},
    {"2026-09-21T09:14:02-14:59", true},
    {"2026-09-21T09:14:02+15:00", false},
    {"2026-09-21T09:14:02+0200", false},
    {"2026-09-21T09:14:02", false},
    {"2026-09-21 09:14:02Z", false},
    {"2026-02-29T00:00:00Z", false},
    {"2024-02-29T00:00:00Z", true},
    {"2000-02-29T00:00:00Z", true},
    {"1900-02-29T00:00:00Z", false},
    {"2026-04-31T00:00:00Z", false},
    {"2026-13-01T00:00:00Z", false},
    {"2026-00-01T00:00:00Z", false},
    {"2026-01-00T00:00:00Z", false},
    {"2026-01-01T24:00:00Z", false},
    {"2026-01-01T23:60:00Z", false},
    {"2026-01-01T23:59:60Z", false},
    {"1800-01-01T00:00:00Z", false},
    {"", false},
    {"infinity", false},
    {"2026-09-21T09:14:02Z'; drop table x", false},
    {"2026-09-21T09:14:02Z ", false},
    {" 2026-09-21T09:14:02Z", false},
};

TEST_LOOP(knows_a_complete_iso_8601_time, ARRAY_COUNT(cases))
{
    ck_assert_msg(clock_is_time(cases[_i].text) == cases[_i].is_time, "%s", cases[_i].text);
}

static bool postgresql_takes(const char *text)
{
    struct error err = {0};
    struct pg_args args = {0};
    pg_arg_text(&args, text);
    return pg_exec_args(pg, "select $1::timestamptz", &args, NULL, &err);
}

/* Real times with one or two characters changed: nearly times, mostly not. */
TEST(takes_nothing_that_postgresql_refuses)
{
    static const char letters[] = "0123456789-:.TZ+ ";
    struct random random;
    random_init(&random, 99);
    int taken = 0;
    pg = cluster_connect(cluster_url());
    for (int round = 0; round < 200000; round++) {
        char text[] = "2024-02-29T19:34:52.011+14:59";
        for (uint64_t n = random_below(&random, 4); n > 0; n--)
            text[random_below(&random, sizeof text - 1)] =
                letters[random_below(&random, sizeof letters - 1)];
        if (!clock_is_time(text))
            continue;
        taken++;
        if (taken < 4000 && !postgresql_takes(text))
            ck_abort_msg("PostgreSQL refuses %s", text);
    }
    ck_assert_int_gt(taken, 2000);
    pg_close(pg);
}

static const struct {
    int64_t us;
    const char *text;
} texts[] = {
    {0, "1970-01-01T00:00:00.000000Z"},
    {1, "1970-01-01T00:00:00.000001Z"},
    {INT64_C(1790068442011000), "2026-09-22T09:14:02.011000Z"},
    {INT64_C(1709164800000000), "2024-02-29T00:00:00.000000Z"},
    {-1, "1969-12-31T23:59:59.999999Z"},
    {-1500000, "1969-12-31T23:59:58.500000Z"},
};

TEST_LOOP(writes_a_time_that_reads_back, ARRAY_COUNT(texts))
{
    char text[CLOCK_TEXT_MAX];
    clock_utc_text(texts[_i].us, text);
    ck_assert_str_eq(text, texts[_i].text);
    ck_assert(clock_is_time(text));
}

TEST(never_goes_backwards)
{
    int64_t last_us = clock_now_us(), last_ms = clock_now_ms();
    for (int i = 0; i < 1000; i++) {
        int64_t us = clock_now_us(), ms = clock_now_ms();
        if (us < last_us || ms < last_ms)
            ck_abort_msg("backwards");
        last_us = us;
        last_ms = ms;
    }
    ck_assert_int_gt(clock_wall_s(), INT64_C(1700000000));
}
