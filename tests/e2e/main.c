/*
 * main.c: every case in every dialect it speaks, then every case with the worker killed. Four
 * processes share the work, most of which is waiting, each with a database and a sandbox of its
 * own. In the environment: E2E_CASE=TEXT: only the cases whose names hold TEXT; E2E_FULL=1: every
 * place to be killed at, E2E_FULL=all: in every dialect; E2E_TIMES=1: how long each took;
 * E2E_JOBS=N; E2E_KEEP=1: the databases stay.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "e2e/play.h"
#include "e2e/sweep.h"
#include "lib/cluster.h"
#include "lib/suite.h"

enum { JOBS = 4, JOBS_MAX = 8, SAMPLE_STATEMENTS = 6 };

static const char *const apis[] = {"v3", "v4", "2026-03", "2026-09"};

/* What one process has done; sent to the parent as it is. */
struct tally {
    size_t played;
    int failed;
    struct sweep_tally tally;
};

static struct scenarios scenarios;
static struct stage stage;
static struct tally done;

static void open_stage(void)
{
    stage_open(&stage);
}

static void close_stage(void)
{
    stage_close(&stage);
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0';
}

static void tell_time(const struct scenario *scenario, const char *what, int64_t began_ms)
{
    if (is_set("E2E_TIMES"))
        printf("%6lld ms  %s: %s\n", (long long)(clock_now_ms() - began_ms), what, scenario->name);
}

START_TEST(plays_the_case_in_every_dialect)
{
    const struct scenario *scenario = &scenarios.items[_i];
    for (size_t i = 0; i < ARRAY_COUNT(apis); i++) {
        int64_t began_ms = clock_now_ms();
        if (!scenario_speaks(scenario, apis[i]))
            continue;
        play_all(&stage, scenario, apis[i]);
        done.played++;
        tell_time(scenario, apis[i], began_ms);
    }
}
END_TEST

/* Every request, and a sample of the statements that begins elsewhere in every case (all of them
 * with E2E_FULL), in one of the dialects, each in its turn. */
START_TEST(comes_to_the_same_end_when_the_worker_is_killed)
{
    const struct scenario *scenario = &scenarios.items[_i];
    struct sweep_limits limits = {
        .statements = is_set("E2E_FULL") ? 0 : SAMPLE_STATEMENTS, .shift = (size_t)_i};
    size_t turn = (size_t)_i % ARRAY_COUNT(apis);
    int64_t began_ms = clock_now_ms();
    const char *full = getenv("E2E_FULL");
    bool all = full != NULL && strcmp(full, "all") == 0;
    while (!scenario_speaks(scenario, apis[turn]))
        turn = (turn + 1) % ARRAY_COUNT(apis);
    for (size_t i = 0; i < ARRAY_COUNT(apis); i++)
        if (i == turn || (all && scenario_speaks(scenario, apis[i])))
            sweep_scenario(&stage, scenario, apis[i], &limits, &done.tally);
    tell_time(scenario, "killed", began_ms);
}
END_TEST

/* The cases of one process: every jobs-th one. */
static int run_part(size_t part, size_t jobs)
{
    Suite *suite = suite_create("end to end");
    TCase *cases = tcase_create("cases"), *sweeps = tcase_create("sweeps");
    const char *only = getenv("E2E_CASE");
    for (int i = 0; i < (int)scenarios.count; i++) {
        if ((size_t)i % jobs != part ||
            (only != NULL && strstr(scenarios.items[i].name, only) == NULL))
            continue;
        if (scenarios.items[i].skip != NULL) {
            printf("SKIPPED %s: %s\n", scenarios.items[i].name, scenarios.items[i].skip);
            continue;
        }
        tcase_add_loop_test(cases, plays_the_case_in_every_dialect, i, i + 1);
        if (scenarios.items[i].sweep && !is_set("E2E_NO_SWEEP"))
            tcase_add_loop_test(sweeps, comes_to_the_same_end_when_the_worker_is_killed, i, i + 1);
    }
    tcase_add_unchecked_fixture(cases, open_stage, close_stage);
    tcase_add_unchecked_fixture(sweeps, open_stage, close_stage);
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, sweeps);
    int failed = suite_run_in_one(suite);
    (void)fflush(stdout);
    return failed;
}

/* A process and the end of the pipe that its result comes out of. */
struct part {
    pid_t pid;
    int result;
};

static struct part start_part(size_t part, size_t jobs)
{
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    pid_t child = fork();
    if (child < 0)
        abort();
    if (child > 0) {
        (void)close(ends[1]);
        return (struct part){.pid = child, .result = ends[0]};
    }
    (void)close(ends[0]);
    done.failed = run_part(part, jobs);
    bool told = write(ends[1], &done, sizeof done) == (ssize_t)sizeof done;
    scenarios_clear(&scenarios);
    exit(told && done.failed == 0 ? 0 : 1);
}

static int run_parts(size_t jobs)
{
    struct tally all = {0};
    struct part parts[JOBS_MAX];
    int status, failed = 0;
    (void)fflush(stdout);
    for (size_t i = 0; i < jobs; i++)
        parts[i] = start_part(i, jobs);
    for (size_t i = 0; i < jobs; i++) {
        struct tally part = {.failed = 1};
        status = 1;
        failed += read(parts[i].result, &part, sizeof part) != (ssize_t)sizeof part;
        (void)close(parts[i].result);
        failed += waitpid(parts[i].pid, &status, 0) != parts[i].pid || status != 0;
        all.played += part.played;
        all.failed += part.failed;
        all.tally.places += part.tally.places;
        all.tally.scenarios += part.tally.scenarios;
        all.tally.left_out += part.tally.left_out;
        all.tally.missed += part.tally.missed;
    }
    printf("%zu cases played %zu times; workers killed %zu times, at %zu places (%zu left out by "
           "sampling, %zu workers ended before)\n",
        scenarios.count, all.played, all.tally.scenarios, all.tally.places, all.tally.left_out,
        all.tally.missed);
    return failed + all.failed;
}

int main(void)
{
    const char *top = getenv("ASSOCD_TOP");
    const char *jobs = getenv("E2E_JOBS");
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s/tests/e2e/cases", top != NULL ? top : ".");
    scenarios_load(&scenarios, folder);
    (void)cluster_url();
    size_t count = jobs != NULL ? strtoul(jobs, NULL, 10) : JOBS;
    int failed = run_parts(count >= 1 && count <= JOBS_MAX ? count : JOBS);
    scenarios_clear(&scenarios);
    return failed;
}
