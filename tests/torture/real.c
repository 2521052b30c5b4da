/*
 * real.c: strikes and what must be true after them.
 */
#include "torture/real.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/expect.h"
#include "e2e/invariants.h"
#include "e2e/steps.h"
#include "lib/control.h"
#include "lib/wireproxy.h"
#include "pg/statement.h"

enum { PASSES_MAX = 3, SETTLE_MS = 60000, OUTSIDER = 20 };

/* The action and what else belongs to it; the match is added. */
const char *const real_sandbox_faults[] = {
    "\"action\":\"status\",\"status\":500",
    "\"action\":\"status\",\"status\":503,\"html\":true",
    "\"action\":\"status\",\"status\":400",
    "\"action\":\"pending\"",
    "\"action\":\"canceled\",\"when\":\"after\"",
    "\"action\":\"empty_results\"",
    "\"action\":\"empty_results\",\"when\":\"after\"",
    "\"action\":\"drop_input\",\"input\":0",
    "\"action\":\"drop_input\",\"input\":0,\"when\":\"before\"",
    "\"action\":\"apply_late\",\"ms\":15",
    "\"action\":\"delay\",\"ms\":30",
    "\"action\":\"hangup\"",
    "\"action\":\"hangup\",\"when\":\"after\"",
    "\"action\":\"truncate\"",
};
const size_t real_sandbox_faults_count = ARRAY_COUNT(real_sandbox_faults);

/* The desired rows as a `want` step; a record without any still stands there, and so in scope. */
static void tell_want(struct real *real)
{
    CLEANUP(buf_clear) struct buf text = {0};
    for (size_t f = 0; f < REAL_FROMS; f++) {
        bool any = false;
        for (size_t t = 0; t < REAL_TOS; t++) {
            if (!real->want[f][t])
                continue;
            buf_addf(&text, " %zu:%zu", f + 1, t + 1);
            any = real->ever[f][t] = true;
        }
        if (!any)
            buf_addf(&text, " %zu:-", f + 1);
    }
    step_want(&real->play, buf_text(&text) + 1);
}

static void set_number(struct real *real, const char *key, uint64_t number)
{
    char text[96];
    (void)snprintf(text, sizeof text, "%s %llu", key, (unsigned long long)number);
    step_set(&real->play, text);
}

/* Small batches, so that there are many requests; a few links of somebody else. */
static void make_world(struct real *real)
{
    char text[64];
    step_set(&real->play, real->mirror ? "policy mirror" : "policy mirror_owned");
    step_set(&real->play, "guards.max_source_shrink_percent 50");
    step_set(&real->play, "guards.max_archive_percent 50");
    step_set(&real->play, "portal.timeout 1s");
    set_number(real, "portal.limits.in_flight", 1 + random_below(&real->random, 2));
    set_number(real, "portal.limits.read_inputs", 2 + random_below(&real->random, 7));
    set_number(real, "portal.limits.create_inputs", 3 + random_below(&real->random, 9));
    set_number(real, "portal.limits.archive_inputs", 1 + random_below(&real->random, 4));
    for (int i = 0; i < 3; i++) {
        size_t f = random_below(&real->random, REAL_FROMS);
        size_t t = random_below(&real->random, REAL_TOS);
        real->have[f][t] = true;
        (void)snprintf(text, sizeof text, "%zu:%zu %d:%zu", f + 1, t + 1, OUTSIDER + i, t + 1);
        step_have(&real->play, text);
    }
    for (size_t f = 0; f < REAL_FROMS; f++)
        for (size_t t = 0; t < REAL_TOS; t++)
            real->want[f][t] = random_below(&real->random, 100) < 35;
    tell_want(real);
}

void real_begin(struct real *real, struct stage *stage, uint64_t seed, const char *name)
{
    static const char *const apis[] = {"v3", "v4", "2026-03", "2026-09"};
    *real = (struct real){.stage = stage};
    real->scenario = (struct scenario){
        .name = (char *)(uintptr_t)name, .file = (char *)(uintptr_t) "tests/torture/real.c"};
    random_init(&real->random, seed);
    real->mirror = random_below(&real->random, 2) == 0;
    play_begin(
        &real->play, stage, &real->scenario, apis[random_below(&real->random, ARRAY_COUNT(apis))]);
    real->proxy = pgproxy_open(stage->database_url);
    make_world(real);
}

void real_end(struct real *real)
{
    play_end(&real->play);
    pgproxy_close(real->proxy);
}

void real_change(struct real *real)
{
    for (uint64_t n = 1 + random_below(&real->random, 4); n > 0; n--) {
        size_t f = random_below(&real->random, REAL_FROMS);
        size_t t = random_below(&real->random, REAL_TOS);
        real->want[f][t] = !real->want[f][t];
    }
    tell_want(real);
}

/* The worker waits to be let go: only now its number is known. */
static void arm(struct play *play, const void *what)
{
    const struct strike *strike = what;
    char fault[160];
    (void)snprintf(fault, sizeof fault,
        "{\"match\":{\"nth\":%d},\"action\":\"kill\",\"when\":\"%s\",\"pid\":%d}", strike->nth,
        strike->how == 0 ? "before" : "after", (int)play->command.pid);
    control_post(play->stage->base_url, "fault", fault, NULL);
}

static pid_t break_wire(struct real *real, const struct strike *strike)
{
    const struct wire_step step = {.request = (unsigned)strike->nth,
        .fault = (enum wire_fault)strike->how,
        .at = strike->at,
        .ms = strike->how == WIRE_STALL_AT ? 1200 : 1};
    char url[64];
    uint16_t port, target = (uint16_t)strtoul(strrchr(real->stage->base_url, ':') + 1, NULL, 10);
    pid_t proxy = wireproxy_start(target, &step, 1, &port);
    ck_assert_int_gt(proxy, 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
    settings_set(&real->stage->settings, "portal.base_url", url);
    return proxy;
}

static void break_sandbox(struct real *real, const struct strike *strike)
{
    char fault[192];
    (void)snprintf(fault, sizeof fault, "{\"match\":{\"path\":\"/batch/\",\"nth\":%d},%s}",
        strike->nth, real_sandbox_faults[strike->how]);
    step_fault(&real->play, fault);
}

/* A read whose reused connection ends before the answer begins is sent again below assocd, which
 * counts it once. The invariants are told so. */
static void note_resent(struct real *real)
{
    char *counted =
        stage_value(real->stage, "select requests from assocd.run order by run_id desc limit 1");
    uint64_t logged = play_requests(&real->play) - real->play.requests_before;
    if (logged == strtoull(counted, NULL, 10) + 1) {
        real->play.other_requests++;
        real->resent++;
    }
    free(counted);
}

void real_run(struct real *real, const struct strike *strike)
{
    struct play *play = &real->play;
    pid_t wire = 0;
    play->blow = real->scenario.name;
    pgproxy_plan(real->proxy,
        strike->kind == STRIKE_STATEMENT ? (enum pgproxy_fault)strike->how : PGPROXY_NONE,
        strike->nth, 0);
    play->worker_url = pgproxy_url(real->proxy);
    if (strike->kind == STRIKE_KILL_REQUEST) {
        play->arm = arm;
        play->arm_owner = strike;
    } else if (strike->kind == STRIKE_WIRE) {
        wire = break_wire(real, strike);
    } else if (strike->kind == STRIKE_SANDBOX) {
        break_sandbox(real, strike);
    }
    step_run(play, "");
    play->arm = NULL;
    if (wire > 0)
        wireproxy_stop(wire);
    if (strike->kind == STRIKE_WIRE || strike->kind == STRIKE_SANDBOX)
        note_resent(real);
    settings_set(&real->stage->settings, "portal.base_url", real->stage->base_url);
    play->worker_url = real->stage->database_url;
    play_check(play, pgproxy_settle(real->proxy, SETTLE_MS), "%s", "sessions do not end");
    step_calm(play, "");
    int status = play->command.status;
    real->struck += status != 0;
    play_check(play, status != 64 && status != 78, "assocd refuses its configuration: %s",
        buf_text(&play->command.err));
    play_check(play, status != 70 && (status < 128 || status == 128 + SIGKILL),
        "assocd ended with %d\n%s", status, buf_text(&play->command.err));
}

static bool recovers(void)
{
    for (const struct statement *s = statements; s->name != NULL; s++)
        if (strcmp(s->name, "recover_runs") == 0)
            return true;
    return false;
}

/* May this link of a record in scope be there, must it? */
static void check_link(struct real *real, size_t f, size_t t, const char *dump)
{
    char word[16];
    (void)snprintf(word, sizeof word, " %zu:%zu ", f + 1, t + 1);
    bool there = strstr(dump, word) != NULL, want = real->want[f][t];
    bool foreign = real->have[f][t], ever = real->ever[f][t];
    play_check(
        &real->play, there || !want, "%zu:%zu is desired and not there:%s", f + 1, t + 1, dump);
    play_check(&real->play, there || real->mirror || !foreign || ever,
        "%zu:%zu was somebody else's and is gone:%s", f + 1, t + 1, dump);
    /* What a run in doubt made may only be told from somebody else's by settling the doubt. */
    bool may = want || (!real->mirror && (foreign || (ever && !recovers())));
    play_check(
        &real->play, !there || may, "%zu:%zu is there and not desired:%s", f + 1, t + 1, dump);
}

static void check_outcome(struct real *real)
{
    CLEANUP(buf_clear) struct buf text = {0};
    char *dump = expect_dump(&real->play), word[16];
    buf_addf(&text, " %s ", dump);
    free(dump);
    for (size_t f = 0; f < REAL_FROMS; f++)
        for (size_t t = 0; t < REAL_TOS; t++)
            check_link(real, f, t, buf_text(&text));
    for (int i = 0; i < 3; i++) {
        (void)snprintf(word, sizeof word, " %d:", OUTSIDER + i);
        play_check(&real->play, strstr(buf_text(&text), word) != NULL,
            "record %d is out of scope and was touched:%s", OUTSIDER + i, buf_text(&text));
    }
}

void real_settle(struct real *real)
{
    struct play *play = &real->play;
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        step_sql(play, "update assocd.reject set retry_at = clock_timestamp()");
        step_run(play, "");
        if (play->command.status == 0)
            break;
    }
    check_outcome(real);
    play_again(play);
    invariants_check(play);
}
