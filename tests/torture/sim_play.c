/*
 * sim_play.c: a scenario: some runs with faults while rows and HubSpot change, then peace, in which
 * at most three runs must make both sides equal and one more must find nothing to do.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "torture/sim.h"

enum { PASSES_MAX = 3, ROUNDS_MAX = 4 };

static enum sim_class class_of(enum sim_fault_kind kind)
{
    return kind < FAULT_STATEMENTS ? CLASS_STATEMENT
        : kind < FAULT_WRITES      ? CLASS_WRITE
        : kind < FAULT_READS       ? CLASS_READ
        : kind < FAULT_CALLS       ? CLASS_CALL
        : kind < FAULT_LOOKUPS     ? CLASS_LOOKUP
        : kind == FAULT_SOURCE     ? CLASS_SOURCE
        : kind == FAULT_FILE       ? CLASS_FILE
                                   : CLASS_KEYS;
}

static void choose_faults(struct sim_run *run)
{
    static const uint8_t spread[CLASSES] = {[CLASS_STATEMENT] = 60,
        [CLASS_WRITE] = 4,
        [CLASS_READ] = 5,
        [CLASS_CALL] = 16,
        [CLASS_LOOKUP] = 5,
        [CLASS_SOURCE] = 24,
        [CLASS_FILE] = 30,
        [CLASS_KEYS] = 4};
    uint64_t kinds = sim_keyed() ? FAULT_KINDS : FAULT_KEYS;
    for (uint64_t n = sim_below(4); n > 0; n--) {
        struct sim_fault *fault = &run->faults[run->faults_count++];
        fault->kind = (enum sim_fault_kind)(1 + sim_below(kinds - 1));
        fault->nth = 1 + (int32_t)sim_below(spread[class_of(fault->kind)]);
    }
}

enum sim_fault_kind sim_strike(struct sim_run *run, enum sim_class class)
{
    int32_t number = ++run->calls[class];
    for (size_t i = 0; i < run->faults_count; i++)
        if (run->faults[i].nth == number && class_of(run->faults[i].kind) == class) {
            sim.hits[run->faults[i].kind]++;
            run->struck |= UINT64_C(1) << run->faults[i].kind;
            return run->faults[i].kind;
        }
    return FAULT_NONE;
}

/* The server that took over never saw the last commits. What the source's own transactions wrote
 * is not the journal's to lose. */
static void fail_over(void)
{
    struct sim_tables *now = sim.tables, *then = sim.backup;
    memcpy(then->touched, now->touched, sizeof then->touched);
    then->touched_all = now->touched_all;
    then->transaction = now->transaction;
    *now = *then;
    sim.backup_taken = false;
    sim.tables_lost = true;
    sim_tell("the database fell back to an older state");
}

static void tell_end(const struct sim_run *run, bool ok, const struct error *err)
{
    sim_tell("run %lld%s: %s%s%s", (long long)run->run_id, run->dead ? " died" : "",
        ok ? run_status_text(run->run.ending.status) : "failed: ", ok ? "" : err->text,
        run->run.verdict.guard[0] != '\0' ? run->run.verdict.text : "");
}

int64_t sim_execute(enum run_mode mode, int64_t plan_id, bool faults)
{
    struct sim_run *run = mem_new(1, sizeof *run);
    struct error err = {0};
    run->outer = sim.top;
    run->mode = mode;
    run->plan_id = plan_id;
    memcpy(run->stood, sim.crm, sizeof run->stood);
    if (faults) {
        choose_faults(run);
        run->stranger = sim_chance(2);
    }
    sim.top = run;
    sim.depth++;
    sim.runs++;
    struct session session = {.sync = &sim.world.sync,
        .database_url = "",
        .token = "t",
        .cause = mode == RUN_CHANGED ? "watch" : "manual",
        .retention_days = 90,
        .run_retention_days = 730};
    struct scope scope = {.mode = mode, .plan_id = plan_id};
    sim_tell("begins: mode %d, plan %lld, %d invalid rows%s", (int)mode, (long long)plan_id,
        sim.desired.invalid, sim.desired.unclear ? ", unclear" : "");
    bool ok = run_execute(&run->run, &session, &scope, &err);
    tell_end(run, ok, &err);
    sim_check_end(run, ok, &err);
    run_clear(&run->run);
    sim.top = run->outer;
    sim.depth--;
    int64_t run_id = run->run_id;
    sim.last_writes = run->writes;
    free(run);
    if (sim.depth == 0 && sim.backup_taken)
        fail_over();
    return run_id;
}

static bool is_status(int64_t run_id, const char *status)
{
    return run_id != 0 && strcmp(sim.tables->runs[run_id].status, status) == 0;
}

static void some_time(void)
{
    static const int64_t seconds[] = {1, 30, 600, 7200};
    sim_pass(seconds[sim_below(ARRAY_COUNT(seconds))] * 1000000);
}

/* One run in trouble. */
static void play_round(int64_t *plan_id)
{
    uint64_t what = sim_below(100);
    if (sim_chance(70))
        sim_desired_change();
    for (uint64_t n = sim.world.foreign > 0 ? sim_below(4) : 0; n > 0; n--)
        sim_crm_foreign();
    if (sim.world.merges && sim_chance(40))
        sim_crm_merge();
    for (uint64_t n = sim_keyed() ? sim_below(4) : 0; n > 0; n--)
        sim_key_foreign();
    if (*plan_id != 0 && what < 60 && *plan_id <= sim.tables->run_count) {
        if (sim_chance(50))
            sim_approve(*plan_id);
        (void)sim_execute(RUN_APPLY, *plan_id, true);
        *plan_id = 0;
    } else if (what < 12) {
        *plan_id = sim_execute(RUN_PLAN, 0, true);
    } else if (sim.world.watched && what < 50) {
        (void)sim_execute(RUN_CHANGED, 0, true);
    } else {
        (void)sim_execute(RUN_FULL, 0, true);
    }
    if (*plan_id > sim.tables->run_count || sim.tables->runs[*plan_id].open)
        *plan_id = 0;
    some_time();
}

/* A run without faults; what a guard withholds or refuses, the operator approves. */
static void play_pass(void)
{
    sim_pass(INT64_C(172800000000)); /* quarantine is over */
    int64_t run_id = sim_execute(RUN_FULL, 0, false);
    if (!is_status(run_id, "withheld") && !is_status(run_id, "refused"))
        return;
    int64_t plan_id = sim_execute(RUN_PLAN, 0, false);
    sim_tell("the operator approves plan %lld", (long long)plan_id);
    sim.tables->approval_count = 0;
    sim_approve(plan_id);
    (void)sim_execute(RUN_APPLY, plan_id, false);
}

static void tell_pairs(const char *what, sim_pairs pairs)
{
    char text[SIM_FROMS * (SIM_TOS * 3 + 3)];
    size_t length = 0;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++)
            length += (size_t)snprintf(
                text + length, sizeof text - length, "%s%02x", t > 0 ? " " : " | ", pairs[f][t]);
    sim_tell("%s%s", what, text);
}

static void tell_world(void)
{
    const struct sim_world *w = &sim.world;
    if (!sim.verbose)
        return;
    sim_tell("%s, %s, on drift %s, verify %s, types %02x, refused %02x, replaces %d, primary %d",
        dialect_text(w->portal.api), policy_words[w->sync.policy], on_drift_words[w->sync.on_drift],
        verify_words[w->sync.verify], w->managed, w->poison, w->replaces, w->first_primary);
    tell_pairs("desired ", sim.desired.want);
    tell_pairs("HubSpot ", sim.crm);
    tell_pairs("owned", sim.tables->managed);
}

static void play_peace(void)
{
    sim.calm = true;
    if (sim_keyed())
        sim_key_repair();
    sim_desired_repair();
    if (sim_chance(50))
        sim.world.poison = 0;
    sim_pass(600000000);
    sim_crm_late(true);
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        tell_world();
        play_pass();
    }
    tell_world();
    sim_check_final();
    (void)sim_execute(RUN_FULL, 0, false);
    sim_check(sim.last_writes == 0, "a run that had nothing to do sent %d requests that write",
        sim.last_writes);
}

/* An empty world; only the counts over all seeds stay. */
static void clear(uint64_t seed)
{
    struct sim_tables *t = sim.tables;
    t->run_count = t->batch_count = t->change_count = t->approval_count = 0;
    t->source_rejects = t->source_rejects_run = 0;
    t->epoch = t->types_us = 0;
    t->good_known = t->portal_known = false;
    t->touched_all = t->transaction = 0;
    memset(t->touched, 0, sizeof t->touched);
    memset(t->managed, 0, sizeof t->managed);
    memset(t->released, 0, sizeof t->released);
    memset(t->doubt_us, 0, sizeof t->doubt_us);
    memset(t->known, 0, sizeof t->known);
    memset(t->answers, 0, sizeof t->answers);
    memset(t->learnt, 0, sizeof t->learnt);
    memset(t->rejects, 0, sizeof t->rejects);
    struct sim fresh = {.seed = seed,
        .verbose = sim.verbose,
        .now_us = INT64_C(1000000000000),
        .tables = t,
        .backup = sim.backup,
        .runs = sim.runs,
        .statements = sim.statements,
        .requests = sim.requests};
    memcpy(fresh.hits, sim.hits, sizeof sim.hits);
    for (uint8_t to = 0; to < SIM_TOS; to++)
        fresh.merged[to] = to;
    sim = fresh;
    random_init(&sim.random, seed);
}

void sim_play(uint64_t seed)
{
    int64_t plan_id = 0;
    clear(seed);
    sim_world_make();
    tell_world();
    for (uint64_t n = 1 + sim_below(ROUNDS_MAX); n > 0; n--) {
        if (sim_chance(3)) {
            sim_world_manage(
                sim.world.managed ^ (sim.world.one_type ? BIT(SIM_LABEL_C) : BIT(SIM_LABEL_B)));
            sim_desired_make();
        }
        play_round(&plan_id);
    }
    play_peace();
}
