/*
 * sweep.c: counts the places of a case, then plays it once for each.
 */
#include "e2e/sweep.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "e2e/expect.h"
#include "e2e/invariants.h"
#include "e2e/play.h"
#include "e2e/steps.h"
#include "lib/control.h"
#include "lib/pgproxy.h"

enum {
    PASSES_MAX = 3,
    SETTLE_MS = 60000,
    AGAIN_EVERY = 4, /* killed workers: one more idle run after every fourth is enough */
};

enum place { REQUEST_BEFORE, REQUEST_AFTER, STATEMENT_BEFORE, STATEMENT_AFTER, PLACES };

static const char *const place_texts[] = {
    "before request", "after request", "before statement", "after statement"};

/* One place to be killed at. */
struct blow {
    enum place place;
    int number; /* from 1 */
};

struct sweep {
    struct stage *stage;
    const struct scenario *scenario;
    const char *api;
    struct pgproxy *proxy;
    struct sweep_tally *tally;
    size_t target; /* the step that is killed: the case's last run */
    size_t shift; /* the first place of a sample */
    struct blow blow;
    char name[64];
    int status; /* exit code and … */
    char *after; /* … HubSpot when nothing was killed */
};

static size_t find_target(const struct scenario *scenario)
{
    size_t target = scenario->steps_count;
    for (size_t i = 0; i < scenario->steps_count; i++)
        if (scenario_is_command(&scenario->steps[i]))
            target = i;
    ck_assert_msg(target < scenario->steps_count, "case \"%s\" runs nothing", scenario->name);
    return target;
}

/* Only the verb and its words, without expectations. */
static void play_target(const struct sweep *sweep, struct play *play)
{
    const struct scenario_step *step = &sweep->scenario->steps[sweep->target];
    size_t length = strcspn(step->text, "=");
    char *words = mem_text_part(step->text, length);
    play->step = step;
    if (strcmp(step->verb, "run") == 0)
        step_run(play, "");
    else
        step_assocd(play, words);
    free(words);
}

/* Called while the worker waits to be let go. */
static void arm(struct play *play, const void *what)
{
    static const enum pgproxy_fault kinds[PLACES] = {
        [STATEMENT_BEFORE] = PGPROXY_KILL_BEFORE, [STATEMENT_AFTER] = PGPROXY_KILL_AFTER};
    const struct sweep *sweep = what;
    const struct blow *blow = &sweep->blow;
    char fault[160];
    pgproxy_plan(sweep->proxy, kinds[blow->place], blow->number, 0);
    if (kinds[blow->place] != PGPROXY_NONE)
        return;
    (void)snprintf(fault, sizeof fault,
        "{\"match\":{\"nth\":%d},\"action\":\"kill\",\"when\":\"%s\",\"pid\":%d}", blow->number,
        blow->place == REQUEST_BEFORE ? "before" : "after", (int)play->command.pid);
    control_post(play->stage->base_url, "fault", fault, NULL);
}

/* Plays up to the target and the target through the proxy; the steps before it go straight. */
static void play_until_target(struct sweep *sweep, struct play *play, bool armed)
{
    play_begin(play, sweep->stage, sweep->scenario, sweep->api);
    play_steps(play, 0, sweep->target);
    pgproxy_plan(sweep->proxy, PGPROXY_NONE, 0, 0);
    play->worker_url = pgproxy_url(sweep->proxy);
    play->arm = armed ? arm : NULL;
    play->arm_owner = sweep;
    play_target(sweep, play);
    play->arm = NULL;
    play->worker_url = sweep->stage->database_url;
}

/* The dead run is told, and what it left undone is done: after at most three runs HubSpot is as if
 * nothing had happened. */
static void recover(struct sweep *sweep, struct play *play)
{
    char *found = NULL;
    step_calm(play, "");
    play_check(play, pgproxy_settle(sweep->proxy, SETTLE_MS), "%s", "sessions do not end");
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        step_run(play, "");
        if (play->command.status == 0 || play->command.status == sweep->status)
            break;
    }
    found = expect_dump(play);
    play_check(play, strcmp(found, sweep->after) == 0,
        "killed %s %d: HubSpot has\n  %s\nexpected\n  %s\n%s%s", place_texts[sweep->blow.place],
        sweep->blow.number, found, sweep->after, buf_text(&play->command.out),
        buf_text(&play->command.err));
    free(found);
    if (sweep->tally->scenarios % AGAIN_EVERY == 0)
        play_again(play);
    invariants_check(play);
}

static void strike(struct sweep *sweep, enum place place, size_t number)
{
    struct play play;
    sweep->blow = (struct blow){.place = place, .number = (int)number};
    (void)snprintf(sweep->name, sizeof sweep->name, "killed %s %zu", place_texts[place], number);
    play_until_target(sweep, &play, true);
    play.blow = sweep->name;
    if (play.command.status != 128 + SIGKILL)
        sweep->tally->missed++;
    recover(sweep, &play);
    play_end(&play);
    sweep->tally->scenarios++;
}

/* Every one of count places, or points_max of them. */
static void strike_all(struct sweep *sweep, enum place place, size_t count, size_t points_max)
{
    size_t points = points_max > 0 && count > points_max ? points_max : count;
    for (size_t i = 0; i < points; i++)
        strike(sweep, place, 1 + (i * count / points + sweep->shift) % count);
    sweep->tally->places += count;
    sweep->tally->left_out += count - points;
}

void sweep_scenario(struct stage *stage, const struct scenario *scenario, const char *api,
    const struct sweep_limits *limits, struct sweep_tally *tally)
{
    struct play play;
    struct sweep sweep = {
        .stage = stage,
        .scenario = scenario,
        .api = api,
        .proxy = pgproxy_open(stage->database_url),
        .tally = tally,
        .shift = limits->shift,
        .target = find_target(scenario),
    };
    play_until_target(&sweep, &play, false);
    size_t requests = (size_t)(play_requests(&play) - play.requests_before);
    size_t statements = (size_t)pgproxy_count(sweep.proxy);
    sweep.status = play.command.status;
    sweep.after = expect_dump(&play);
    play_end(&play);
    strike_all(&sweep, REQUEST_BEFORE, requests, limits->requests);
    strike_all(&sweep, REQUEST_AFTER, requests, limits->requests);
    strike_all(&sweep, STATEMENT_BEFORE, statements, limits->statements);
    strike_all(&sweep, STATEMENT_AFTER, statements, limits->statements);
    pgproxy_close(sweep.proxy);
    free(sweep.after);
}
