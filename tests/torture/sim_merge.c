/*
 * sim_merge.c: to-records that are merged into others, what HubSpot tells of records, and the
 * statements that ask for it, as functions on arrays. Each does what the file of its name in
 * sql/statement/ does.
 */
#include <stdlib.h>
#include <string.h>

#include "torture/sim_pg.h"

size_t sim_survivor(size_t to)
{
    while (sim.merged[to] != to)
        to = sim.merged[to];
    return to;
}

uint8_t sim_refused(void)
{
    uint8_t refused = sim.world.poison;
    for (size_t t = 0; t < SIM_TOS; t++)
        if (sim.merged[t] != t)
            refused |= BIT(t);
    return refused;
}

/* A person merges two to-records: the links of the first come to the second. */
void sim_crm_merge(void)
{
    size_t old = sim_below(SIM_TOS), now = sim_below(SIM_TOS);
    if (old == now || ((sim_refused() >> old | sim_refused() >> now) & 1) != 0)
        return;
    sim.drifted = true;
    sim.merged[old] = (uint8_t)now;
    sim.merged_us[old] = sim.now_us;
    sim_key_merge(old, now);
    for (size_t f = 0; f < SIM_FROMS; f++)
        sim_crm_move(f, old, now);
    sim_tell("somebody else: to-record %zu is merged into %zu", old, now);
}

/* 0: there is no such record. */
static uint64_t record_now(uint64_t id)
{
    if (id < SIM_TO_ID || id >= SIM_TO_ID + SIM_TOS)
        return id;
    size_t to = sim_survivor(id - SIM_TO_ID);
    return (sim.world.poison & BIT(to)) != 0 ? 0 : SIM_TO_ID + to;
}

static void note_told(struct sim_run *run, uint64_t id)
{
    if (id >= SIM_FROM_ID && id < SIM_FROM_ID + SIM_FROMS)
        run->told_from |= BIT(id - SIM_FROM_ID);
    if (id >= SIM_TO_ID && id < SIM_TO_ID + SIM_TOS)
        run->told_to |= BIT(id - SIM_TO_ID);
}

/* The answer to many may leave some out: those that do not exist, merged ones, or any. */
bool client_records(struct client *client, const struct client_lookup *lookup, struct error *err)
{
    if (!sim_client_ask(client, err))
        return false;
    bool part = sim_strike(sim_client_run(client), CLASS_LOOKUP) == FAULT_LOOKUP_PART;
    for (size_t i = 0; i < lookup->count; i++) {
        uint64_t id = lookup->records[i].id, now = record_now(id);
        bool left_out = now == 0 || (now != id && sim_chance(50)) || (part && sim_chance(50));
        lookup->records[i].now = left_out ? 0 : now;
        if (!left_out)
            note_told(sim_client_run(client), id);
    }
    return true;
}

bool client_record_now(
    struct client *client, const char *object, struct client_record *record, struct error *err)
{
    (void)object;
    if (!sim_client_ask(client, err))
        return false;
    if (sim_strike(sim_client_run(client), CLASS_LOOKUP) == FAULT_LOOKUP_PART)
        return error_set(err, ERROR_REMOTE, "HTTP 503");
    record->now = record_now(record->id);
    note_told(sim_client_run(client), record->id);
    return true;
}

/* ---- statements ---- */

/* Rows (side, id) after the last one, in order. */
static void side_rows(const struct pg_args *args, struct pg_rows *rows, const unsigned sides[2])
{
    for (int64_t side = 0; side < 2; side++)
        for (int64_t n = 0; n < 8; n++) {
            int64_t id = n + (int64_t)(side == 0 ? SIM_FROM_ID : SIM_TO_ID);
            bool later =
                side > sim_int(args, 2) || (side == sim_int(args, 2) && id > sim_int(args, 3));
            if ((sides[side] >> n & 1) != 0 && later && rows->count < sim_int(args, 4))
                sim_row(rows, NUMBER(side), NUMBER(id));
        }
}

static bool is_suspect(const struct sim_change *change, bool reported)
{
    return change->state == STATE_PLANNED || (reported && change->state == STATE_REPORTED);
}

STATEMENT(merged_suspects)
{
    UNUSED(pg);
    unsigned sides[2] = {0}, losing[2];
    bool reported = sim_int(args, 5) != 0;
    bool archives = sim_int(args, 6) != 0;
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive && archives && is_suspect(c, reported)) {
        sides[0] |= 1u << c->from;
        sides[1] |= 1u << c->to;
    }
    memcpy(losing, sides, sizeof losing);
    EACH_CHANGE(c, sim_int(args, 1))
    if (!c->archive) {
        if ((is_suspect(c, reported) && (c->state == STATE_REPORTED || c->reason == 'd')) ||
            (losing[0] & 1u << c->from) != 0)
            sides[1] |= 1u << c->to;
        if (is_suspect(c, reported) && (losing[1] & 1u << c->to) != 0)
            sides[0] |= 1u << c->from;
    }
    side_rows(args, rows, sides);
    return true;
}

STATEMENT(merged_refused)
{
    UNUSED(pg);
    unsigned sides[2] = {0};
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->state == STATE_REJECTED || c->state == STATE_UNVERIFIED) {
        sides[0] |= 1u << c->from;
        sides[1] |= 1u << c->to;
    }
    side_rows(args, rows, sides);
    return true;
}

/* The to-records of an array: bits. */
static unsigned to_mask(const char *array, uint64_t *ids)
{
    char space[1024];
    const char *items[SIM_TOS];
    unsigned mask = 0;
    size_t count = sim_array(array, space, items, SIM_TOS);
    for (size_t i = 0; i < count; i++) {
        uint64_t id = strtoull(items[i], NULL, 10);
        mask |= 1u << (id - SIM_TO_ID);
        if (ids != NULL)
            ids[i] = id - SIM_TO_ID;
    }
    return mask;
}

static bool is_planned_create(int64_t run_id, size_t from, size_t to)
{
    EACH_CHANGE(c, run_id)
    if (!c->archive && c->from == from && c->to == to)
        return true;
    return false;
}

/* From-records are never merged here. */
STATEMENT(merged_skip)
{
    UNUSED(pg);
    uint64_t old[SIM_TOS] = {0}, now[SIM_TOS] = {0};
    unsigned mask = to_mask(args->text[4], old);
    size_t count = (size_t)__builtin_popcount(mask);
    (void)to_mask(args->text[5], now);
    EACH_CHANGE(c, sim_int(args, 1))
    for (size_t i = 0; i < count && c->state == STATE_PLANNED; i++)
        if (c->archive && c->to == now[i] &&
            is_planned_create(sim_int(args, 1), c->from, (size_t)old[i]))
            sim_change_set(c, STATE_SKIPPED);
    EACH_CHANGE(c, sim_int(args, 1))
    if (!c->archive && (mask & 1u << c->to) != 0 && is_suspect(c, true)) {
        if (c->state == STATE_PLANNED)
            sim_change_set(c, STATE_SKIPPED);
        sim_row(rows, TEXT("a to-record was merged"));
    }
    return true;
}

STATEMENT(merged_kept)
{
    UNUSED(pg);
    UNUSED(args);
    UNUSED(rows);
    return true;
}

STATEMENT(merged_unknown)
{
    unsigned mask = to_mask(args->text[1], NULL), linked = 0;
    EACH_CHANGE(c, sim_int(args, 1))
    if (!c->archive && (mask & 1u << c->to) != 0)
        linked |= 1u << c->from;
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive && c->state == STATE_PLANNED &&
        ((mask & 1u << c->to) != 0 || (linked & 1u << c->from) != 0)) {
        sim_change_set(c, STATE_SKIPPED);
        pg->run->waits |= BIT(c->from);
        sim_row(rows, NUMBER(SIM_TO_ID + c->to));
    }
    mask = to_mask(args->text[5], NULL);
    EACH_CHANGE(c, sim_int(args, 1))
    if (!c->archive && c->state == STATE_PLANNED && (mask & 1u << c->to) != 0) {
        sim_change_set(c, STATE_SKIPPED);
        pg->run->waits |= BIT(c->from);
        sim_row(rows, NUMBER(SIM_TO_ID + c->to));
    }
    return true;
}

const struct sim_named sim_merge_statements[] = {
    {"merged_suspects", merged_suspects},
    {"merged_refused", merged_refused},
    {"merged_skip", merged_skip},
    {"merged_kept", merged_kept},
    {"merged_unknown", merged_unknown},
    {NULL, NULL},
};
