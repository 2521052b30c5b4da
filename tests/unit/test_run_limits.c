/* test_run_limits.c: the moments that words on the command line mean. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "cli/run_limits.h"
#include "lib/suite.h"

enum { NOON = 1789992000 }; /* 2026-09-21T12:00:00Z, 14:00 in Berlin */

static const struct {
    const char *text;
    int64_t after_s; /* from NOON on; INT64_MIN: not a time */
} cases[] = {
    {"14:01", 60},
    {"14:00", 86400}, /* the next one, not now */
    {"13:59", 86400 - 60},
    {"23:59", 9 * 3600 + 59 * 60},
    {"00:00", 10 * 3600},
    {"2026-09-21T12:00Z", 0},
    {"2026-09-21T12:00:30Z", 30},
    {"2026-09-21T14:00:00+02:00", 0},
    {"2026-09-21T10:30:00-01:30", 0},
    {"2026-09-21T14:00", 0},
    {"2026-12-21T13:00:00", 91 * 86400},
    {"24:00", INT64_MIN},
    {"12:60", INT64_MIN},
    {"7:00", INT64_MIN},
    {"12:00Z", INT64_MIN},
    {"", INT64_MIN},
    {"now", INT64_MIN},
    {"2026-13-21T12:00Z", INT64_MIN},
    {"2026-00-21T12:00Z", INT64_MIN},
    {"2026-09-00T12:00Z", INT64_MIN},
    {"2026-02-29T12:00Z", INT64_MIN}, /* not the 1st of March */
    {"2027-04-31T12:00", INT64_MIN},
    {"2026-09-21T12:00:00.5Z", INT64_MIN},
    {"2026-09-21 12:00", INT64_MIN},
    {"2026-09-21T12:00+2", INT64_MIN},
    {"2026-09-21T12:00Zulu", INT64_MIN},
};

TEST_LOOP(reads_a_moment, ARRAY_COUNT(cases))
{
    int64_t at_s = 0;
    ck_assert_int_eq(setenv("TZ", "Europe/Berlin", 1), 0);
    tzset();
    bool ok = run_limits_parse_time(cases[_i].text, NOON, &at_s);
    ck_assert_msg(ok == (cases[_i].after_s != INT64_MIN), "%s", cases[_i].text);
    if (ok)
        ck_assert_msg(at_s - NOON == cases[_i].after_s, "%s is %lld s away", cases[_i].text,
            (long long)(at_s - NOON));
}
