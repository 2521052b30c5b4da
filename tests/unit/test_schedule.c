/* test_schedule.c: schedules as people write them, and when they fire, daylight saving included. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "lib/suite.h"
#include "model/schedule.h"

static int64_t utc(const char *text)
{
    struct tm tm = {0};
    ck_assert_ptr_nonnull(strptime(text, "%Y-%m-%d %H:%M:%S", &tm));
    return timegm(&tm);
}

static const char *utc_text(int64_t moment, char space[static 32])
{
    time_t seconds = (time_t)moment;
    struct tm tm;
    ck_assert_ptr_nonnull(gmtime_r(&seconds, &tm));
    ck_assert_uint_gt(strftime(space, 32, "%Y-%m-%d %H:%M:%S", &tm), 0);
    return space;
}

static const struct {
    const char *text;
    int64_t ms;
} durations[] = {{"0s", 0}, {"500ms", 500}, {"30s", 30000}, {"15m", 900000}, {"2h", 7200000},
    {"366d", INT64_C(31622400000)}, {"", -1}, {"s", -1}, {"5", -1}, {"5 s", -1}, {"-5s", -1},
    {"1.5s", -1}, {"5S", -1}, {"5sec", -1}, {"1w", -1}, {" 5s", -1}, {"9999999999999d", -1},
    {"999999999999d", -1}};

TEST_LOOP(reads_durations, ARRAY_COUNT(durations))
{
    int64_t ms = -1;
    char space[32];
    bool good = schedule_parse_duration(durations[_i].text, &ms);
    ck_assert_msg(good == (durations[_i].ms >= 0), "%s", durations[_i].text);
    if (!good)
        return;
    ck_assert_int_eq(ms, durations[_i].ms);
    ck_assert(schedule_parse_duration(schedule_duration_text(ms, space), &ms));
    ck_assert_int_eq(ms, durations[_i].ms);
}

TEST(writes_durations_in_the_largest_exact_unit)
{
    char space[32];
    ck_assert_str_eq(schedule_duration_text(90000, space), "90s");
    ck_assert_str_eq(schedule_duration_text(900000, space), "15m");
    ck_assert_str_eq(schedule_duration_text(86400000, space), "1d");
    ck_assert_str_eq(schedule_duration_text(1500, space), "1500ms");
}

static const char *const understood[] = {"manual", "every 10s", "every 30s", "every  15m",
    "every 366d", "cron * * * * *", "cron */15 * * * *", "cron 0,30 8-18/2 1-7 jan-mar,DEC mon-fri",
    "cron 0 6 * * 5-7", "cron 5/10 * * * *", "cron 0 0 29 2 *", "cron 0 0 30 2 mon",
    "cron 0 0 31 2,3 *", "cron 0 0 */30 2 *", "cron 0 6 * * * Europe/Berlin", "cron 0 6 * * * UTC",
    "cron 0 6 * * * America/Argentina/Buenos_Aires"};

TEST_LOOP(understands, ARRAY_COUNT(understood))
{
    struct schedule schedule;
    struct error err = {0};
    ck_assert_msg(schedule_parse(&schedule, understood[_i], &err), "%s", err.text);
}

static const struct {
    const char *text;
    const char *error; /* in it */
} refused[] = {
    {"", "schedule \"\" is not understood, expected manual, every 15m or cron */15 * * * *"},
    {"hourly", "is not understood, expected manual, every 15m or cron"},
    {"Manual", "is not understood"},
    {"everyday", "is not understood"},
    {"daily 5m", "schedule \"daily 5m\" is not understood"},
    {"crop * * * * *", "schedule \"crop * * * * *\" is not understood"},
    {"every", "\"every \" is not understood, expected whole seconds from 10s to 366d"},
    {"every 9s", "expected whole seconds from 10s to 366d"},
    {"every 367d", "expected whole seconds from 10s to 366d"},
    {"every 10500ms", "expected whole seconds"},
    {"cron * * * *", "has less than five fields, expected MINUTE HOUR DAY MONTH WEEKDAY [ZONE]"},
    {"cron * * * * * UTC x", "has more than five fields"},
    {"cron 60 * * * *", "cron minute \"60\" is not understood, expected 0-59, as in *, */5"},
    {"cron * 24 * * *", "cron hour \"24\" is not understood, expected 0-23"},
    {"cron * * 0 * *", "cron day of month \"0\" is not understood, expected 1-31"},
    {"cron * * * 13 *", "cron month \"13\" is not understood, expected 1-12"},
    {"cron * * * jam *", "(or jan-dec)"},
    {"cron * * * janu *", "cron month \"janu\" is not understood, expected 1-12, "},
    {"cron * * * * 8", "cron weekday \"8\" is not understood, expected 0-7"},
    {"cron * * * * fri-mon", "cron weekday \"fri-mon\""},
    {"cron */0 * * * *", "cron minute \"*/0\""},
    {"cron */ * * * *", "cron minute \"*/\""},
    {"cron 5-1 * * * *", "cron minute \"5-1\""},
    {"cron 1,, * * * *", "cron minute \"1,,\""},
    {"cron 1- * * * *", "cron minute \"1-\""},
    {"cron -1 * * * *", "cron minute \"-1\""},
    {"cron *5 * * * *", "cron minute \"*5\""},
    {"cron 99999999999 * * * *", "cron minute \"99999999999\""},
    {"cron mon * * * *", "cron minute \"mon\""},
    {"cron 0 0 30 2 *", "\"cron 0 0 30 2 *\" can never fire: no such day in these months"},
    {"cron 0 0 31 2,4,6,9,11 *", "can never fire"},
    {"cron 0 0 30 2 */2", "can never fire"},
    {"cron 0 6 * * * Europe/Berlim", "unknown time zone \"Europe/Berlim\", expected a name in"},
    {"cron 0 6 * * * ../../../etc/passwd", "unknown time zone"},
    {"cron 0 6 * * * /etc/localtime", "unknown time zone"},
    {"cron 0 6 * * * Europe", "unknown time zone"},
    {"cron 0 6 * * * Europe////////////////////////////////////Berlin", /* longer than any */
        "unknown time zone \"Europe////////////////////////////////////Berlin\""},
};

TEST_LOOP(refuses_and_says_what_was_expected, ARRAY_COUNT(refused))
{
    struct schedule schedule;
    struct error err = {0};
    ck_assert_msg(!schedule_parse(&schedule, refused[_i].text, &err), "%s", refused[_i].text);
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_msg(strstr(err.text, refused[_i].error) != NULL, "%s", err.text);
}

static const struct {
    const char *schedule;
    const char *after; /* UTC, as are the next ones */
    const char *due[3];
} firings[] = {
    {"every 15m", "2026-01-01 00:00:01",
        {"2026-01-01 00:15:01", "2026-01-01 00:30:01", "2026-01-01 00:45:01"}},
    {"cron */15 * * * *", "2026-01-01 00:00:00",
        {"2026-01-01 00:15:00", "2026-01-01 00:30:00", "2026-01-01 00:45:00"}},
    {"cron 0 0 1 1 *", "2026-01-01 00:00:00",
        {"2027-01-01 00:00:00", "2028-01-01 00:00:00", "2029-01-01 00:00:00"}},
    {"cron 59 23 31 12 *", "2026-12-31 23:58:59",
        {"2026-12-31 23:59:00", "2027-12-31 23:59:00", "2028-12-31 23:59:00"}},
    {"cron 0 0 29 2 *", "2096-03-01 00:00:00", /* 2100 has none */
        {"2104-02-29 00:00:00", "2108-02-29 00:00:00", "2112-02-29 00:00:00"}},
    {"cron 0 0 29 2 */7", "2060-02-29 00:00:00", /* a Sunday; 40 years without one */
        {"2088-02-29 00:00:00", "2128-02-29 00:00:00", "2156-02-29 00:00:00"}},
    {"cron 0 12 13 * fri", "2026-02-06 12:00:00", /* both restricted: one is enough */
        {"2026-02-13 12:00:00", "2026-02-20 12:00:00", "2026-02-27 12:00:00"}},
    {"cron 0 12 * * sun", "2026-02-06 12:00:00",
        {"2026-02-08 12:00:00", "2026-02-15 12:00:00", "2026-02-22 12:00:00"}},
    {"cron 0 12 * * 7", "2026-02-06 12:00:00",
        {"2026-02-08 12:00:00", "2026-02-15 12:00:00", "2026-02-22 12:00:00"}},
    {"cron 0 6 * * * Europe/Berlin", "2026-03-27 05:00:00",
        {"2026-03-28 05:00:00", "2026-03-29 04:00:00", "2026-03-30 04:00:00"}},
    /* Berlin 2026-03-29: 02:00 to 03:00 is skipped at 01:00 UTC. */
    {"cron 30 2 * * * Europe/Berlin", "2026-03-28 00:00:00",
        {"2026-03-28 01:30:00", "2026-03-29 01:00:00", "2026-03-30 00:30:00"}},
    {"cron */30 * * * * Europe/Berlin", "2026-03-29 00:29:59",
        {"2026-03-29 00:30:00", "2026-03-29 01:00:00", "2026-03-29 01:30:00"}},
    {"cron 15,45 2 * * * Europe/Berlin", "2026-03-28 01:30:00",
        {"2026-03-28 01:45:00", "2026-03-29 01:00:00", "2026-03-30 00:15:00"}},
    /* Berlin 2026-10-25: 02:00 to 03:00 comes twice, from 00:00 UTC on. */
    {"cron 30 2 * * * Europe/Berlin", "2026-10-24 12:00:00",
        {"2026-10-25 00:30:00", "2026-10-26 01:30:00", "2026-10-27 01:30:00"}},
    {"cron 30 2 * * * Europe/Berlin", "2026-10-25 01:10:00",
        {"2026-10-26 01:30:00", "2026-10-27 01:30:00", "2026-10-28 01:30:00"}},
    {"cron */30 * * * * Europe/Berlin", "2026-10-25 00:00:00",
        {"2026-10-25 00:30:00", "2026-10-25 02:00:00", "2026-10-25 02:30:00"}},
    {"cron 0 2 * * * Europe/Berlin", "2026-10-24 23:59:59",
        {"2026-10-25 00:00:00", "2026-10-26 01:00:00", "2026-10-27 01:00:00"}},
    /* New York 2026-03-08: 02:00 to 03:00 is skipped at 07:00 UTC. */
    {"cron 30 2 * * * America/New_York", "2026-03-07 12:00:00",
        {"2026-03-08 07:00:00", "2026-03-09 06:30:00", "2026-03-10 06:30:00"}},
    {"cron 0 * * * * America/New_York", "2026-03-08 05:30:00",
        {"2026-03-08 06:00:00", "2026-03-08 07:00:00", "2026-03-08 08:00:00"}},
    /* New York 2026-11-01: 01:00 to 02:00 comes twice, from 05:00 UTC on. */
    {"cron 30 1 * * * America/New_York", "2026-10-31 12:00:00",
        {"2026-11-01 05:30:00", "2026-11-02 06:30:00", "2026-11-03 06:30:00"}},
    {"cron 0 * * * * America/New_York", "2026-11-01 04:30:00",
        {"2026-11-01 05:00:00", "2026-11-01 07:00:00", "2026-11-01 08:00:00"}},
    {"cron 0 0 * * sun America/New_York", "2026-10-31 12:00:00",
        {"2026-11-01 04:00:00", "2026-11-08 05:00:00", "2026-11-15 05:00:00"}},
    /* Apia skipped the whole of 2011-12-30. */
    {"cron 0 12 30 12 * Pacific/Apia", "2011-12-29 00:00:00",
        {"2011-12-30 10:00:00", "2012-12-29 22:00:00", "2013-12-29 22:00:00"}},
    /* Lord Howe's step is half an hour: 02:00 to 02:30 is skipped. */
    {"cron 10 2 * * * Australia/Lord_Howe", "2026-10-02 20:00:00",
        {"2026-10-03 15:30:00", "2026-10-04 15:10:00", "2026-10-05 15:10:00"}},
};

TEST_LOOP(fires, ARRAY_COUNT(firings))
{
    struct schedule schedule;
    struct error err = {0};
    char space[32];
    ck_assert_msg(schedule_parse(&schedule, firings[_i].schedule, &err), "%s", err.text);
    int64_t now = utc(firings[_i].after);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(schedule_next(&schedule, now, &now));
        ck_assert_msg(strcmp(utc_text(now, space), firings[_i].due[i]) == 0, "%s: %s, not %s",
            firings[_i].schedule, space, firings[_i].due[i]);
    }
}

TEST(manual_never_fires)
{
    struct schedule schedule;
    struct error err = {0};
    int64_t due = 0;
    ck_assert(schedule_parse(&schedule, "manual", &err));
    ck_assert(!schedule_next(&schedule, 0, &due));
}

/* The parser lets no such thing through; the search for its next moment ends all the same. */
TEST(what_names_no_moment_never_fires)
{
    struct schedule cron = {.kind = SCHEDULE_CRON, .days_any = true, .weekdays_any = true};
    int64_t due = 0;
    ck_assert(!schedule_next(&cron, 0, &due));
    struct error err = {0};
    ck_assert(schedule_parse(&cron, "cron 0 0 30 1 *", &err));
    cron.months = 1 << 2; /* 30 February */
    ck_assert(!schedule_next(&cron, 0, &due));
    ck_assert_int_eq(due, 0);
}

TEST(the_process_keeps_its_own_zone)
{
    static const char *const zones[] = {NULL, "Asia/Tokyo"};
    for (size_t i = 0; i < 2; i++) {
        struct schedule schedule;
        struct error err = {0};
        int64_t due;
        if (zones[i] != NULL)
            ck_assert_int_eq(setenv("TZ", zones[i], 1), 0);
        else
            ck_assert_int_eq(unsetenv("TZ"), 0);
        ck_assert(schedule_parse(&schedule, "cron 0 6 * * * Europe/Berlin", &err));
        ck_assert(schedule_next(&schedule, 0, &due));
        const char *zone = getenv("TZ");
        ck_assert(zones[i] == NULL ? zone == NULL : strcmp(zone, zones[i]) == 0);
    }
}

/* Whatever the schedule and the moment: the next firing lies ahead, and from any moment between
 * the two it is the same one. */
TEST(the_next_firing_is_the_same_from_anywhere_before_it)
{
    static const char *const texts[] = {"cron */7 * * * * Europe/Berlin",
        "cron 30 2 * * * Europe/Berlin", "cron 15 1,2 * * * America/New_York",
        "cron 0 0 1,15 * mon Australia/Lord_Howe", "cron 10 3 31 * * "};
    struct random random;
    random_init(&random, 7);
    for (int i = 0; i < 400; i++) {
        struct schedule schedule;
        struct error err = {0};
        ck_assert(schedule_parse(&schedule, texts[i % 5], &err));
        int64_t after = utc("2026-01-01 00:00:00") + (int64_t)random_below(&random, 63072000);
        int64_t due;
        int64_t again;
        ck_assert(schedule_next(&schedule, after, &due));
        ck_assert_int_gt(due, after);
        int64_t between = after + (int64_t)random_below(&random, (uint64_t)(due - after));
        ck_assert(schedule_next(&schedule, between, &again));
        ck_assert_int_eq(again, due);
        ck_assert(schedule_next(&schedule, due - 1, &again));
        ck_assert_int_eq(again, due);
    }
}
