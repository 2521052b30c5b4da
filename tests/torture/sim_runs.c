/*
 * sim_runs.c: the statements about runs, accounts, plans and the source's changes, as functions on
 * arrays. Each does what the file of its name in sql/statement/ does.
 */
#include <stdlib.h>
#include <string.h>

#include "torture/sim_pg.h"

static struct sim_row *row_of(int64_t run_id)
{
    return &sim.tables->runs[run_id];
}

STATEMENT(nothing)
{
    UNUSED(pg), UNUSED(args), UNUSED(rows);
    return true;
}

STATEMENT(sync_lock)
{
    UNUSED(args);
    bool free = sim.lock_owner == NULL || sim.lock_owner == pg;
    if (free) {
        sim.lock_owner = pg;
        pg->holds = true;
    }
    sim_row(rows, NUMBER(free));
    return true;
}

STATEMENT(sync_unlock)
{
    UNUSED(args);
    if (sim.lock_owner == pg)
        sim.lock_owner = NULL;
    sim_row(rows, NUMBER(1));
    return true;
}

STATEMENT(sync_enter)
{
    UNUSED(args);
    struct sim_tables *t = sim.tables;
    sim_check(sim.lock_owner == pg || pg->swapped, "a run enters that has not got the lock");
    t->epoch++;
    pg->run->epoch = t->epoch;
    for (struct sim_run *run = pg->run->outer; run != NULL; run = run->outer)
        run->fenced = true;
    pg->run->good_known = t->good_known;
    pg->run->good_desired = t->good_desired;
    pg->run->good_mask = t->good_mask;
    if (t->good_known)
        sim_row(rows, NUMBER(t->epoch), TEXT(t->good_mapping), NUMBER(t->good_desired));
    else
        sim_row(rows, NUMBER(t->epoch), NOTHING, NOTHING);
    return true;
}

STATEMENT(run_insert)
{
    struct sim_tables *t = sim.tables;
    if (sim.lock_owner != pg)
        return true;
    sim_check(t->run_count < SIM_RUNS_MAX, "too many runs for the simulation");
    int32_t run_id = ++t->run_count;
    t->runs[run_id] = (struct sim_row){.plan_id = (int32_t)sim_int(args, 5),
        .epoch = sim_int(args, 6),
        .open = true,
        .dry = pg->run->mode == RUN_PLAN,
        .watch = strcmp(args->text[3], "watch") == 0,
        .status = "planning",
        .started_us = sim.now_us,
        .first_change = t->change_count};
    pg->run->run_id = run_id;
    sim_row(rows, NUMBER(run_id), NUMBER(sim.now_us), NOTHING);
    return true;
}

/* assocd.session_lives: the process may live on without the lock, and is taken for gone. */
static bool is_alive(int32_t run_id)
{
    for (const struct sim_run *run = sim.top; run != NULL; run = run->outer)
        if (run->run_id == run_id)
            return !run->dead && run->run.session.state != NULL && run->run.session.state->holds;
    return false;
}

/* Does a run that ends leave something in doubt? */
static bool is_unsettled(int64_t run_id, bool unverified)
{
    const char *status = row_of(run_id)->status;
    if (strcmp(status, "failed") != 0 && strcmp(status, "canceled") != 0 &&
        strcmp(status, "deferred") != 0 && strcmp(status, "refused") != 0)
        return unverified || strcmp(status, "interrupted") == 0;
    EACH_CHANGE(c, run_id)
    if (c->state == STATE_SENT || c->state == STATE_APPLIED || c->state == STATE_UNKNOWN)
        return true;
    return false;
}

STATEMENT(run_interrupt)
{
    UNUSED(pg), UNUSED(args);
    struct sim_tables *t = sim.tables;
    for (int32_t id = 1; id <= t->run_count; id++) {
        if (!t->runs[id].open || is_alive(id))
            continue;
        t->runs[id].open = false;
        memcpy(t->runs[id].status, "interrupted", sizeof "interrupted");
        t->runs[id].unsettled = true;
        for (int32_t i = 1; i <= t->batch_count; i++)
            if (t->batches[i].run_id == id && t->batches[i].status == 's')
                t->batches[i].status = 'u';
        for (int32_t i = t->runs[id].first_change; i < t->change_count; i++)
            if (t->changes[i].run_id == id && t->changes[i].state == STATE_PLANNED &&
                (t->changes[i].batch_id == 0 || t->batches[t->changes[i].batch_id].status == 'f'))
                sim_change_set(&t->changes[i], STATE_ABANDONED);
            else if (t->changes[i].run_id == id &&
                (t->changes[i].state == STATE_SENT || t->changes[i].state == STATE_PLANNED))
                sim_change_set(&t->changes[i], STATE_UNKNOWN);
        sim_row(rows, NUMBER(id));
    }
    return true;
}

STATEMENT(run_update)
{
    struct sim_row *run = row_of(sim_int(args, 1));
    const char *status = args->text[1];
    if (!run->open)
        return true;
    sim_row(rows, NUMBER(1));
    sim_check_status(pg->run, status);
    (void)snprintf(run->status, sizeof run->status, "%s", status);
    run->open = strcmp(status, "planning") == 0 || strcmp(status, "applying") == 0 ||
        strcmp(status, "verifying") == 0;
    if (args->text[30] != NULL)
        (void)snprintf(run->mapping, sizeof run->mapping, "%s", args->text[30]);
    run->desired = sim_int(args, 4);
    run->archived = sim_int(args, 18);
    if (!run->open)
        run->unsettled = is_unsettled(sim_int(args, 1), sim_int(args, 20) > 0);
    return true;
}

STATEMENT(sync_good)
{
    UNUSED(pg), UNUSED(rows);
    struct sim_tables *t = sim.tables;
    int32_t plan_id = row_of(sim_int(args, 2))->plan_id;
    if (plan_id != 0 && row_of(plan_id)->watch)
        return true;
    t->good_known = true;
    t->good_desired = plan_id != 0 ? row_of(plan_id)->desired : sim_int(args, 4);
    t->good_us = sim.now_us;
    t->good_mask = sim.world.managed;
    (void)snprintf(t->good_mapping, sizeof t->good_mapping, "%s", args->text[4]);
    return true;
}

STATEMENT(portal_get)
{
    UNUSED(pg), UNUSED(args);
    if (sim.tables->portal_known)
        sim_row(rows, NUMBER(1), TEXT("UTC"), NUMBER(1000), NOTHING);
    return true;
}

STATEMENT(portal_set)
{
    UNUSED(pg), UNUSED(args), UNUSED(rows);
    sim.tables->portal_known = true;
    return true;
}

STATEMENT(types_get)
{
    UNUSED(pg), UNUSED(args);
    static const uint8_t order[SIM_TYPES] = {
        SIM_PRIMARY, SIM_PLAIN, SIM_LABEL_A, SIM_LABEL_B, SIM_LABEL_C};
    static const char *const kinds[] = {
        [TYPE_LABEL] = "label", [TYPE_PLAIN] = "plain", [TYPE_PRIMARY] = "primary"};
    if (sim.tables->types_us == 0 || sim.tables->types_us < sim.now_us - 300000000)
        return true;
    for (size_t i = 0; i < SIM_TYPES; i++) {
        const struct type *type = &sim_types[order[i]];
        sim_row(rows, TEXT(type->category), NUMBER(type->type_id),
            {.text = type->name != NULL ? type->name : "", .null = type->name == NULL},
            {.text = type->label != NULL ? type->label : "", .null = type->label == NULL},
            TEXT(kinds[type->kind]));
    }
    return true;
}

STATEMENT(types_drop)
{
    UNUSED(pg), UNUSED(args), UNUSED(rows);
    sim.tables->types_us = 0;
    return true;
}

STATEMENT(types_put)
{
    UNUSED(pg), UNUSED(args), UNUSED(rows);
    sim.tables->types_us = sim.now_us;
    return true;
}

STATEMENT(budget_take)
{
    UNUSED(pg), UNUSED(args);
    sim_row(rows, NUMBER(1), NUMBER(0), TEXT(""));
    return true;
}

STATEMENT(reject_source)
{
    UNUSED(pg), UNUSED(rows);
    if (strstr(args->text[5], "from_id") == NULL)
        return true;
    sim.tables->source_rejects = 1; /* the simulation's bad rows are all alike */
    sim.tables->source_rejects_run = (int32_t)sim_int(args, 2);
    return true;
}

STATEMENT(reject_source_gone)
{
    UNUSED(pg), UNUSED(rows);
    if (sim.tables->source_rejects_run < sim_int(args, 2))
        sim.tables->source_rejects = 0;
    return true;
}

/* What the run is going to be told that it owns: its limit of archives depends on that. */
void sim_count_managed(struct sim_run *run)
{
    run->ownership_count = 0;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++)
            run->ownership_count += __builtin_popcount(sim.tables->managed[f][t]);
}

STATEMENT(touched_take)
{
    UNUSED(pg);
    const struct sim_tables *t = sim.tables;
    int64_t limit = sim_int(args, 2);
    if (t->touched_all != 0)
        sim_row(rows, NOTHING, NUMBER(t->transaction));
    for (size_t f = 0; f < SIM_FROMS; f++)
        if (t->touched[f] != 0 && (rows == NULL || rows->count < limit))
            sim_row(rows, NUMBER(SIM_FROM_ID + f), NUMBER(t->transaction));
    return true;
}

STATEMENT(touched_done)
{
    UNUSED(rows);
    uint8_t settled = 0;
    struct sim_tables *t = sim.tables;
    uint64_t snapshot = strtoull(args->text[1], NULL, 10);
    for (size_t f = 0; f < SIM_FROMS; f++)
        if (t->touched[f] <= snapshot) {
            settled |= (uint8_t)(t->touched[f] != 0 ? BIT(f) : 0);
            t->touched[f] = 0;
        }
    sim_check_settled(pg->run, settled);
    if (t->touched_all <= snapshot)
        t->touched_all = 0;
    return true;
}

STATEMENT(touched_guard)
{
    const struct sim_tables *t = sim.tables;
    int64_t lately = 0, since = sim.now_us - INT64_C(3600000000);
    since = t->good_known && t->good_us > since ? t->good_us : since;
    for (int32_t id = 1; id <= t->run_count; id++)
        if (t->runs[id].watch && id != sim_int(args, 3) && t->runs[id].started_us > since)
            lately += t->runs[id].archived;
    sim_count_managed(pg->run);
    int64_t managed = pg->run->ownership_count;
    int64_t enough = sim_int(args, 2);
    sim_row(rows, NUMBER(managed < enough ? managed : enough), NUMBER(lately),
        NUMBER(t->source_rejects));
    return true;
}

STATEMENT(recover_runs)
{
    UNUSED(pg);
    const struct sim_tables *t = sim.tables;
    for (int32_t id = 1; id <= t->run_count; id++) {
        int64_t last = 0, given_up = 0;
        for (int32_t i = 1; i <= t->batch_count; i++) {
            const struct sim_batch *b = &t->batches[i];
            int64_t end = b->done_us != 0 ? b->done_us : b->sent_us + INT64_C(600000000);
            if (b->run_id != id)
                continue;
            last = b->sent_us > last ? b->sent_us : last;
            given_up = end > given_up ? end : given_up;
        }
        if (t->runs[id].unsettled && !t->runs[id].open)
            sim_row(rows, NUMBER(id), NUMBER(given_up < sim.now_us - sim_int(args, 2) * 1000),
                NUMBER(t->runs[id].absent_us != 0 &&
                    t->runs[id].absent_us < sim.now_us - sim_int(args, 3) * 1000),
                NUMBER(last < sim.now_us - INT64_C(86400000000)));
    }
    return true;
}

STATEMENT(recover_done)
{
    UNUSED(pg), UNUSED(rows);
    int64_t archived = 0;
    bool open = false;
    struct sim_row *row = row_of(sim_int(args, 1));
    EACH_CHANGE(c, sim_int(args, 1))
    {
        open = open || c->state == STATE_APPLIED || c->state == STATE_UNKNOWN ||
            c->state == STATE_UNVERIFIED;
        archived += c->archive && (c->state == STATE_APPLIED || c->state == STATE_VERIFIED);
    }
    row->unsettled = open && sim_int(args, 2) == 0;
    if (!open || sim_int(args, 3) == 0)
        row->absent_us = 0;
    else if (row->absent_us == 0)
        row->absent_us = sim.now_us;
    row->archived = archived;
    return true;
}

/* Records of the simulation do not go. */
STATEMENT(forget_records)
{
    sim_row(rows, NUMBER(sim.tables->epoch == sim_int(args, 3) && sim.lock_owner == pg));
    return true;
}

const struct sim_named sim_run_statements[] = {
    {"sync_lock", sync_lock},
    {"sync_holder", nothing},
    {"sync_unlock", sync_unlock},
    {"sync_enter", sync_enter},
    {"run_insert", run_insert},
    {"run_interrupt", run_interrupt},
    {"run_update", run_update},
    {"sync_good", sync_good},
    {"history_prune", nothing},
    {"portal_get", portal_get},
    {"portal_set", portal_set},
    {"zone_known", nothing},
    {"types_get", types_get},
    {"types_drop", types_drop},
    {"types_put", types_put},
    {"budget_take", budget_take},
    {"budget_hold", nothing},
    {"reject_reads", nothing},
    {"reject_read", nothing},
    {"reject_read_gone", nothing},
    {"touched_rivals", nothing}, /* its to-records have nothing only once */
    {"merged_explain", nothing},
    {"ownership_remove_records", forget_records},
    {"reject_source", reject_source},
    {"reject_source_gone", reject_source_gone},
    {"reject_source_gone_of", nothing},
    {"reject_missing", nothing},
    {"reject_missing_known", nothing},
    {"reject_missing_gone", nothing},
    {"touched_take", touched_take},
    {"touched_done", touched_done},
    {"touched_guard", touched_guard},
    {"recover_runs", recover_runs},
    {"recover_done", recover_done},
    {"run_progress", nothing},
    {NULL, NULL},
};
