/*
 * real_main.c: which scenarios of real processes are played.
 *   torture_real [--random N] [--sweep N] [--seed N]
 * --random N: N compound scenarios (two to five strikes, also during recovery, with other desired
 * rows before the restart). --sweep N: every request of N worlds with every fault of the wire, and
 * every request killed with a second kill during the recovery. --seed N: only that random one.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "lib/cluster.h"
#include "lib/wireproxy.h"
#include "torture/real.h"

static struct stage stage;
static char name[96];
static struct {
    size_t random, worlds, scenarios, runs, struck;
    uint64_t seed;
} plan = {.random = 40, .worlds = 0, .seed = 1};

static void open_stage(void)
{
    stage_open(&stage);
}

static void close_stage(void)
{
    stage_close(&stage);
}

static struct strike some_strike(struct random *random)
{
    static const int statements[] = {
        PGPROXY_KILL_BEFORE, PGPROXY_KILL_AFTER, PGPROXY_CUT_BEFORE, PGPROXY_CUT_AFTER};
    static const int wires[] = {WIRE_RESET_AFTER, WIRE_RESET_AFTER, WIRE_RESET_AT, WIRE_CUT_AT,
        WIRE_GARBAGE, WIRE_TWICE, WIRE_DRIP};
    struct strike strike = {.at = random_below(random, 400)};
    switch (random_below(random, 4)) {
    case 0:
        strike.kind = STRIKE_KILL_REQUEST;
        strike.how = (int)random_below(random, 2);
        strike.nth = 1 + (int)random_below(random, 12);
        break;
    case 1:
        strike.kind = STRIKE_STATEMENT;
        strike.how = statements[random_below(random, ARRAY_COUNT(statements))];
        strike.nth = 1 + (int)random_below(random, 60);
        break;
    case 2:
        strike.kind = STRIKE_WIRE;
        strike.how = wires[random_below(random, ARRAY_COUNT(wires))];
        strike.nth = 1 + (int)random_below(random, 12);
        break;
    default:
        strike.kind = STRIKE_SANDBOX;
        strike.how = (int)random_below(random, real_sandbox_faults_count);
        strike.nth = 1 + (int)random_below(random, 8);
    }
    return strike;
}

static void end_scenario(struct real *real, size_t runs)
{
    real_settle(real);
    plan.scenarios++;
    plan.runs += runs;
    plan.struck += real->struck;
    real_end(real);
}

START_TEST(comes_to_its_end_after_several_faults)
{
    struct real real;
    uint64_t seed = plan.seed + (uint64_t)_i;
    (void)snprintf(
        name, sizeof name, "replay: build/torture_real --seed %llu", (unsigned long long)seed);
    real_begin(&real, &stage, seed, name);
    size_t runs = 2 + random_below(&real.random, 4);
    for (size_t i = 0; i < runs; i++) {
        struct strike strike = some_strike(&real.random);
        real_run(&real, &strike);
        if (random_below(&real.random, 100) < 50)
            real_change(&real);
    }
    end_scenario(&real, runs);
}
END_TEST

/* A world, a calm first run, a change, and one struck run or two. */
static void strike_world(uint64_t seed, const struct strike *strikes, size_t count)
{
    struct real real;
    (void)snprintf(name, sizeof name, "world %llu, strike %d/%d at %d, then %d/%d at %d",
        (unsigned long long)seed, (int)strikes[0].kind, strikes[0].how, strikes[0].nth,
        count > 1 ? (int)strikes[1].kind : 0, count > 1 ? strikes[1].how : 0,
        count > 1 ? strikes[1].nth : 0);
    real_begin(&real, &stage, seed, name);
    real_run(&real, &(struct strike){0});
    real_change(&real);
    for (size_t i = 0; i < count; i++)
        real_run(&real, &strikes[i]);
    end_scenario(&real, count + 1);
}

static int count_requests(uint64_t seed)
{
    struct real real;
    real_begin(&real, &stage, seed, "counting requests");
    real_run(&real, &(struct strike){0});
    real_change(&real);
    real_run(&real, &(struct strike){0});
    int requests = (int)(play_requests(&real.play) - real.play.requests_before);
    real_end(&real);
    return requests;
}

START_TEST(comes_to_its_end_when_every_request_is_struck)
{
    static const int wires[] = {WIRE_RESET_AFTER, WIRE_RESET_AT, WIRE_CUT_AT, WIRE_GARBAGE,
        WIRE_TWICE, WIRE_DRIP, WIRE_STALL_AT};
    uint64_t seed = plan.seed + 1000000 + (uint64_t)_i;
    int requests = count_requests(seed);
    for (int nth = 1; nth <= requests; nth++)
        for (size_t w = 0; w < ARRAY_COUNT(wires); w++)
            strike_world(seed,
                &(struct strike){.kind = STRIKE_WIRE,
                    .how = wires[w],
                    .nth = nth,
                    .at = (size_t)(nth * 37 % 300)},
                1);
    for (int nth = 1; nth <= requests; nth++)
        for (int again = 1; again <= requests; again++) {
            struct strike strikes[2] = {{.kind = STRIKE_KILL_REQUEST, .how = again % 2, .nth = nth},
                {.kind = STRIKE_KILL_REQUEST, .how = nth % 2, .nth = again}};
            strike_world(seed, strikes, 2);
        }
}
END_TEST

static void read_arguments(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        size_t number = strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--random") == 0)
            plan.random = number;
        else if (strcmp(argv[i], "--sweep") == 0)
            plan.worlds = number;
        else if (strcmp(argv[i], "--seed") == 0)
            plan.seed = number, plan.random = 1;
    }
}

int main(int argc, char **argv)
{
    read_arguments(argc, argv);
    (void)cluster_url();
    Suite *suite = suite_create("torture");
    TCase *cases = tcase_create("scenarios");
    tcase_add_unchecked_fixture(cases, open_stage, close_stage);
    tcase_set_timeout(cases, 0);
    tcase_add_loop_test(cases, comes_to_its_end_after_several_faults, 0, (int)plan.random);
    tcase_add_loop_test(cases, comes_to_its_end_when_every_request_is_struck, 0, (int)plan.worlds);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    int64_t began_ms = clock_now_ms();
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("%zu scenarios of real processes, %zu struck runs, %zu of them did not end well, %.1f "
           "s\n",
        plan.scenarios, plan.runs, plan.struck, (double)(clock_now_ms() - began_ms) / 1000);
    return failed == 0 ? 0 : 1;
}
