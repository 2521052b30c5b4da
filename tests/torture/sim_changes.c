/*
 * sim_changes.c: the statements about changes, batches, rejects and the owned set, as functions on
 * arrays. Each does what the file of its name in sql/statement/ does.
 */
#include <stdlib.h>
#include <string.h>

#include "torture/sim_pg.h"

enum change_state sim_state_of(const char *text)
{
    enum change_state state = change_state_find(text);
    sim_check(state < CHANGE_STATES, "a change has no state %s", text);
    return state;
}

void sim_change_set(struct sim_change *change, enum change_state next)
{
    sim_check_state(change, next);
    if (next == STATE_UNKNOWN && !change->archive)
        sim.tables->doubt_us[change->from][change->to] = sim.now_us + SIM_DOUBT_US;
    change->state = (uint8_t)next;
}

void sim_copy_change(char **cells)
{
    struct sim_tables *t = sim.tables;
    sim_check(t->change_count < SIM_CHANGES_MAX, "too many changes for the simulation");
    struct sim_change *change = &t->changes[t->change_count++];
    *change = (struct sim_change){.run_id = (int32_t)strtol(cells[0], NULL, 10),
        .archive = strcmp(cells[1], "archive") == 0,
        .ordinal = (int32_t)strtol(cells[2], NULL, 10),
        .from = (uint8_t)(strtoull(cells[3], NULL, 10) - SIM_FROM_ID),
        .to = (uint8_t)(strtoull(cells[4], NULL, 10) - SIM_TO_ID),
        .type = (uint8_t)sim_type_bit(cells[5], (uint32_t)strtoul(cells[6], NULL, 10)),
        .reason = (uint8_t)cells[7][0],
        .state = (uint8_t)sim_state_of(cells[8])};
    if (strcmp(cells[7], "key_moved") == 0)
        sim_key_check_moved(sim.top, change);
    t->runs[change->run_id].planned_after |= !t->runs[change->run_id].open;
    sim_check(change->from < SIM_FROMS && change->to < SIM_TOS && change->type < SIM_TYPES,
        "a change is about nothing that exists");
    EACH_CHANGE(other, change->run_id)
    sim_check(other == change || other->archive != change->archive ||
            (other->ordinal != change->ordinal && change->state == STATE_IMPLIED) ||
            (other->ordinal != change->ordinal &&
                (other->from != change->from || other->to != change->to ||
                    other->type != change->type)),
        "run %d plans the same change twice", change->run_id);
    if (cells[10] == NULL)
        return;
    char space[256];
    const char *types[SIM_TYPES];
    size_t count = sim_array(cells[10], space, types, SIM_TYPES);
    for (size_t i = 0; i < count; i++) {
        char *colon = strchr(types[i], ':');
        *colon = '\0';
        change->along |= BIT(sim_type_bit(types[i], (uint32_t)strtoul(colon + 1, NULL, 10)));
    }
}

void sim_copy_batch(char **cells)
{
    sim_check(strcmp(cells[1], "read") == 0 || strcmp(cells[1], "verify") == 0,
        "a batch %s is journaled after the fact", cells[1]);
}

STATEMENT(change_quarantine)
{
    int64_t waiting = 0;
    EACH_CHANGE(c, sim_int(args, 1))
    {
        const struct sim_reject *reject = &sim.tables->rejects[c->from][c->to][c->type];
        if (c->state == STATE_PLANNED && reject->attempts > 0 && reject->retry_us > sim.now_us &&
            reject->archive == (c->archive != 0)) {
            sim_change_set(c, STATE_SKIPPED);
            waiting++;
        }
    }
    pg->run->quarantined = waiting > 0;
    sim_row(rows, NUMBER(waiting), TEXT("then"), TEXT("later"));
    return true;
}

static bool in_plan(const struct sim_change *change, int64_t plan_id)
{
    EACH_CHANGE(p, plan_id)
    if (p->archive == change->archive && p->from == change->from && p->to == change->to &&
        p->type == change->type && (p->state == STATE_PLANNED || p->state == STATE_WITHHELD))
        return true;
    return false;
}

STATEMENT(change_keep)
{
    UNUSED(pg), UNUSED(rows);
    bool changed[SIM_FROMS][SIM_TOS] = {0};
    int64_t run_id = sim_int(args, 1), plan_id = sim_int(args, 2);
    EACH_CHANGE(c, run_id)
    if (c->state == STATE_PLANNED && !in_plan(c, plan_id))
        changed[c->from][c->to] = true;
    EACH_CHANGE(c, run_id)
    if (c->state == STATE_PLANNED && changed[c->from][c->to])
        sim_change_set(c, STATE_SKIPPED);
    return true;
}

STATEMENT(change_counts)
{
    UNUSED(pg);
    int64_t creates = 0, archives = 0, skipped = 0, drift = 0;
    EACH_CHANGE(c, sim_int(args, 1))
    {
        bool planned = c->state == STATE_PLANNED;
        creates += planned && !c->archive;
        archives += planned && c->archive;
        skipped += c->state == STATE_SKIPPED;
        drift += planned && c->reason == 'd';
    }
    sim_row(rows, NUMBER(creates), NUMBER(archives), NUMBER(skipped), NUMBER(drift));
    return true;
}

STATEMENT(change_results)
{
    UNUSED(pg);
    int64_t n[7] = {0};
    EACH_CHANGE(c, sim_int(args, 1))
    {
        bool done = c->state == STATE_APPLIED || c->state == STATE_VERIFIED;
        n[0] += done && !c->archive;
        n[1] += done && c->archive;
        n[2] += c->state == STATE_REJECTED;
        n[3] += c->state == STATE_UNVERIFIED || c->state == STATE_UNKNOWN;
        n[4] += c->state == STATE_SKIPPED;
        n[5] += c->state == STATE_WITHHELD;
        n[6] += c->state == STATE_ABANDONED;
    }
    sim_row(rows, NUMBER(n[0]), NUMBER(n[1]), NUMBER(n[2]), NUMBER(n[3]), NUMBER(n[4]),
        NUMBER(n[5]), NUMBER(n[6]));
    return true;
}

STATEMENT(change_abandon)
{
    UNUSED(pg), UNUSED(rows);
    int64_t run_id = sim_int(args, 1);
    for (int32_t i = 1; i <= sim.tables->batch_count; i++)
        if (sim.tables->batches[i].run_id == run_id && sim.tables->batches[i].status == 's')
            sim.tables->batches[i].status = 'u';
    EACH_CHANGE(c, run_id)
    if (c->state == STATE_SENT || c->state == STATE_PLANNED)
        sim_change_set(c,
            c->batch_id != 0 && sim.tables->batches[c->batch_id].status != 'f' ? STATE_UNKNOWN
                                                                               : STATE_ABANDONED);
    return true;
}

STATEMENT(change_withhold)
{
    UNUSED(pg), UNUSED(rows);
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->state == STATE_PLANNED && (c->archive || sim_int(args, 2) != 0))
        sim_change_set(c, STATE_WITHHELD);
    return true;
}

STATEMENT(change_next)
{
    UNUSED(pg);
    bool archive = strcmp(args->text[1], "archive") == 0;
    int64_t after = sim_int(args, 3);
    /* COPY brought them in order of their numbers. */
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive == archive && c->ordinal > after && c->ordinal <= sim_int(args, 5) &&
        c->state == STATE_PLANNED && rows->count < sim_int(args, 4))
        sim_row(rows, NUMBER(c->ordinal), NUMBER(SIM_FROM_ID + c->from), NUMBER(SIM_TO_ID + c->to),
            TEXT(sim_types[c->type].category), NUMBER(sim_types[c->type].type_id),
            TEXT(sim_types_text(c->along)));
    return true;
}

struct sim_change *sim_change_of(int64_t run_id, bool archive, const char *ordinal)
{
    int64_t number = strtoll(ordinal, NULL, 10);
    EACH_CHANGE(c, run_id)
    if (c->archive == archive && c->ordinal == number)
        return c;
    sim_fail("run %lld has no change %s", (long long)run_id, ordinal);
}

/* What the run is to make of the same link from its other record. */
static void note_carried(const struct sim_change *sent, int32_t batch_id)
{
    EACH_CHANGE(c, sent->run_id)
    if (!c->archive && c->state == STATE_PLANNED && c->from == sent->to && c->to == sent->from)
        c->batch_id = batch_id;
}

STATEMENT(batch_sent)
{
    struct sim_tables *t = sim.tables;
    char space[4096];
    const char *ordinals[256];
    int64_t run_id = sim_int(args, 1), moved = 0;
    if (t->epoch != sim_int(args, 3) || sim.lock_owner != pg)
        return true;
    sim_check(t->batch_count < SIM_BATCHES_MAX, "too many batches for the simulation");
    int32_t batch_id = ++t->batch_count;
    t->batches[batch_id] = (struct sim_batch){
        .run_id = (int32_t)run_id, .write = 1, .status = 's', .sent_us = sim.now_us};
    size_t count = sim_array(args->text[6], space, ordinals, 256);
    for (size_t i = 0; i < count; i++) {
        struct sim_change *c =
            sim_change_of(run_id, strcmp(args->text[5], "archive") == 0, ordinals[i]);
        if (c->state != STATE_PLANNED && c->state != STATE_SENT)
            continue;
        sim_change_set(c, STATE_SENT);
        c->batch_id = batch_id;
        moved++;
        if (sim_int(args, 8) != 0)
            note_carried(c, batch_id);
    }
    UNUSED(pg);
    sim_row(rows, NUMBER(batch_id), NUMBER(moved));
    return true;
}

STATEMENT(batch_done)
{
    UNUSED(rows);
    struct sim_batch *batch = &sim.tables->batches[sim_int(args, 1)];
    static char space[4][16384];
    const char *ordinals[256], *exceptions[256], *states[256];
    bool archive = strcmp(args->text[9], "archive") == 0;
    batch->status = (uint8_t)args->text[1][0];
    batch->done_us = sim.now_us;
    size_t count = sim_array(args->text[10], space[0], ordinals, 256);
    size_t others = sim_array(args->text[11], space[1], exceptions, 256);
    (void)sim_array(args->text[12], space[2], states, 256);
    for (size_t i = 0; i < count; i++) {
        const char *state = args->text[8];
        for (size_t k = 0; k < others; k++)
            if (strcmp(exceptions[k], ordinals[i]) == 0)
                state = states[k];
        struct sim_change *c = sim_change_of(batch->run_id, archive, ordinals[i]);
        if (!archive && sim_int(args, 15) != 0)
            sim.tables->doubt_us[c->from][c->to] = sim.now_us + SIM_DOUBT_US;
        if (c->state != STATE_SENT)
            continue;
        enum change_state next = sim_state_of(state);
        sim_check(next != STATE_APPLIED || (pg->run->done[c->from][c->to] & BIT(c->type)) != 0,
            "a change is journaled as applied that HubSpot has not answered for");
        sim_change_set(c, next);
    }
    return true;
}

STATEMENT(reject_hubspot)
{
    UNUSED(rows);
    int pairs[2] = {0};
    bool archive = false;
    EACH_CHANGE(c, sim_int(args, 5))
    archive = archive || (c->archive && c->batch_id == sim_int(args, 2));
    for (size_t f = 0; f < SIM_FROMS; f++) {
        pairs[0] += __builtin_popcount(pg->run->refused_alone[0][f]);
        pairs[1] += __builtin_popcount(pg->run->refused_alone[1][f]);
    }
    /* What alone is too large is refused for itself. */
    bool large = (pg->run->struck & UINT64_C(1) << FAULT_WRITE_LARGE) != 0;
    sim_check(pairs[archive] < 2 || large || sim_refused() != 0,
        "a refusal for everybody puts a row into quarantine");
    EACH_CHANGE(c, sim_int(args, 5))
    {
        if (c->batch_id != sim_int(args, 2) || c->state != STATE_REJECTED)
            continue;
        struct sim_reject *reject = &sim.tables->rejects[c->from][c->to][c->type];
        int64_t hours = reject->attempts == 0 ? 1 : INT64_C(1) << (reject->attempts & 7);
        reject->retry_us = sim.now_us + INT64_C(3600000000) * (hours < 24 ? hours : 24);
        reject->attempts += reject->attempts < 7;
        reject->archive = c->archive;
    }
    return true;
}

STATEMENT(reject_settled)
{
    UNUSED(pg), UNUSED(rows);
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->state == STATE_APPLIED || c->state == STATE_VERIFIED)
        sim.tables->rejects[c->from][c->to][c->type].attempts = 0;
    return true;
}

static bool is_tried(int64_t run_id, size_t f, size_t t, uint32_t type, bool archive)
{
    EACH_CHANGE(c, run_id)
    if (c->from == f && c->to == t && c->type == type && (c->archive != 0) == archive &&
        (c->state == STATE_PLANNED || c->state == STATE_SKIPPED))
        return true;
    return false;
}

STATEMENT(reject_gone)
{
    UNUSED(pg), UNUSED(rows);
    char space[1024];
    const char *ids[SIM_FROMS];
    size_t count = 0;
    unsigned wished = args->text[2] == NULL ? ~0u : 0;
    if (wished == 0)
        count = sim_array(args->text[2], space, ids, SIM_FROMS);
    for (size_t i = 0; i < count; i++)
        wished |= 1u << (strtoull(ids[i], NULL, 10) - SIM_FROM_ID);
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t i = 0; (wished & 1u << f) != 0 && i < SIM_TOS * SIM_TYPES; i++) {
            struct sim_reject *reject = &sim.tables->rejects[f][i / SIM_TYPES][i % SIM_TYPES];
            uint32_t type = (uint32_t)(i % SIM_TYPES);
            if (!is_tried(sim_int(args, 2), f, i / SIM_TYPES, type, reject->archive))
                reject->attempts = 0;
        }
    return true;
}

const struct sim_named sim_change_statements[] = {
    {"change_quarantine", change_quarantine},
    {"change_keep", change_keep},
    {"change_counts", change_counts},
    {"change_results", change_results},
    {"change_abandon", change_abandon},
    {"change_withhold", change_withhold},
    {"change_next", change_next},
    {"batch_sent", batch_sent},
    {"batch_done", batch_done},
    {"reject_hubspot", reject_hubspot},
    {"reject_settled", reject_settled},
    {"reject_gone", reject_gone},
    {NULL, NULL},
};
