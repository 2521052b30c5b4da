/*
 * test_clock.c: time goes forward, and times of other people are judged strictly.
 */
#include <check.h>
#include <stdlib.h>

#include "base/clock.h"

START_TEST(never_goes_backwards)
{
    int64_t before_us = clock_now_us();
    int64_t before_ms = clock_now_ms();
    for (int i = 0; i < 10000; i++) {
        int64_t now_us = clock_now_us();
        ck_assert(now_us >= before_us);
        before_us = now_us;
    }
    ck_assert(clock_now_ms() >= before_ms);
    ck_assert(llabs(clock_now_us() / 1000 - clock_now_ms()) < 1000);
}
END_TEST

START_TEST(tells_wall_time_after_2020)
{
    ck_assert(clock_wall_s() > INT64_C(1577836800));
}
END_TEST

START_TEST(writes_utc)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {INT64_C(951782400000001), "2000-02-29T00:00:00.000001Z"},
        {INT64_C(1789982042011000), "2026-09-21T09:14:02.011000Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
    };
    char text[CLOCK_TEXT_MAX];
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        clock_utc_text(cases[i].us, text);
        ck_assert_str_eq(text, cases[i].text);
        ck_assert(clock_is_time(text));
    }
}
END_TEST

START_TEST(knows_a_time_when_it_sees_one)
{
    static const char *const good[] = {"2026-09-21T09:14:02.011Z", "2026-09-21T09:14:02Z",
        "2026-09-21T09:14:02+02:00", "2026-09-21T09:14:02.5-11:30"};
    static const char *const bad[] = {"", "2026", "2026-09-21", "2026-09-21T09:14:02",
        "2026-13-21T09:14:02Z", "2026-00-21T09:14:02Z", "2026-09-32T09:14:02Z",
        "2026-09-21T25:14:02Z", "2026-09-21T09:60:02Z", "2026-09-21T09:14:02Zx",
        "2026-09-21T09:14:02.Z", "now", "infinity", "2026-09-21T09:14:02Z'; drop", "epoch"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        ck_assert_msg(clock_is_time(good[i]), "%s", good[i]);
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        ck_assert_msg(!clock_is_time(bad[i]), "%s", bad[i]);
}
END_TEST

int main(void)
{
    TCase *all = tcase_create("clock");
    tcase_add_test(all, never_goes_backwards);
    tcase_add_test(all, tells_wall_time_after_2020);
    tcase_add_test(all, writes_utc);
    tcase_add_test(all, knows_a_time_when_it_sees_one);
    Suite *suite = suite_create("clock");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
