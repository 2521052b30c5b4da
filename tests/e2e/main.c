/*
 * main.c: every case in every dialect it speaks. E2E_CASE=TEXT in the environment: only the cases
 * whose names hold TEXT.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "e2e/play.h"
#include "e2e/sweep.h"
#include "lib/cluster.h"

static const char *const apis[] = {"v3", "v4", "2026-03", "2026-09"};

static struct scenarios scenarios;
static struct stage stage;
static size_t played;
static struct sweep_tally tally;

enum { SWEEP_REQUESTS = 24, SWEEP_STATEMENTS = 48 };

static void open_stage(void)
{
    stage_open(&stage);
}

static void close_stage(void)
{
    stage_close(&stage);
}

START_TEST(plays_the_case_in_every_dialect)
{
    const struct scenario *scenario = &scenarios.items[_i];
    const char *only = getenv("E2E_CASE");
    if (only != NULL && strstr(scenario->name, only) == NULL)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(apis); i++) {
        if (!scenario_speaks(scenario, apis[i]))
            continue;
        int64_t began_ms = clock_now_ms();
        play_all(&stage, scenario, apis[i]);
        played++;
        if (getenv("E2E_TIMES") != NULL)
            printf("%6lld ms  %s: %s\n", (long long)(clock_now_ms() - began_ms), apis[i],
                scenario->name);
    }
}
END_TEST

/* Requests everywhere; statements in one dialect a case, each dialect in its turn. */
START_TEST(survives_being_killed_anywhere)
{
    const struct scenario *scenario = &scenarios.items[_i];
    const char *only = getenv("E2E_CASE");
    if (!scenario->sweep || (only != NULL && strstr(scenario->name, only) == NULL))
        return;
    size_t turn = (size_t)_i % ARRAY_COUNT(apis);
    while (!scenario_speaks(scenario, apis[turn]))
        turn = (turn + 1) % ARRAY_COUNT(apis);
    int64_t began_ms = clock_now_ms();
    size_t before = tally.scenarios;
    for (size_t i = 0; i < ARRAY_COUNT(apis); i++) {
        struct sweep_limits limits = {.requests = SWEEP_REQUESTS,
            .statements = SWEEP_STATEMENTS,
            .with_statements = i == turn};
        if (i == turn)
            sweep_scenario(&stage, scenario, apis[i], &limits, &tally);
    }
    if (getenv("E2E_TIMES") != NULL)
        printf("%6lld ms  %zu kills: %s\n", (long long)(clock_now_ms() - began_ms),
            tally.scenarios - before, scenario->name);
}
END_TEST

int main(void)
{
    const char *top = getenv("ASSOCD_TOP");
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s/tests/e2e/cases", top != NULL ? top : ".");
    scenarios_load(&scenarios, folder);
    (void)cluster_url();
    Suite *suite = suite_create("end to end");
    TCase *cases = tcase_create("cases");
    tcase_add_unchecked_fixture(cases, open_stage, close_stage);
    tcase_add_loop_test(cases, plays_the_case_in_every_dialect, 0, (int)scenarios.count);
    tcase_set_timeout(cases, 0);
    suite_add_tcase(suite, cases);
    TCase *sweeps = tcase_create("sweeps");
    tcase_add_unchecked_fixture(sweeps, open_stage, close_stage);
    tcase_add_loop_test(sweeps, survives_being_killed_anywhere, 0, (int)scenarios.count);
    tcase_set_timeout(sweeps, 0);
    suite_add_tcase(suite, sweeps);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("%zu cases played %zu times; %zu workers killed at %zu places (%zu left out, %zu ended "
           "before)\n",
        scenarios.count, played, tally.scenarios, tally.places, tally.left_out, tally.missed);
    scenarios_clear(&scenarios);
    return failed == 0 ? 0 : 1;
}
