/*
 * sim_ownership.c: the statements that look for changes in HubSpot and let the owned set follow, as
 * functions on arrays. Each does what the file of its name in sql/statement/ does.
 */
#include <stdlib.h>
#include <string.h>

#include "torture/sim_pg.h"

static bool from_ids(const struct pg_args *args, struct pg_rows *rows, unsigned states)
{
    unsigned mask = 0;
    EACH_CHANGE(c, sim_int(args, 1))
    if ((states & 1u << c->state) != 0)
        mask |= 1u << c->from;
    for (int64_t f = 0; f < SIM_FROMS; f++)
        if ((mask & 1u << f) != 0 && (int64_t)SIM_FROM_ID + f > sim_int(args, 2) &&
            rows->count < sim_int(args, 3))
            sim_row(rows, NUMBER((int64_t)SIM_FROM_ID + f));
    return true;
}

STATEMENT(plan_from_ids)
{
    UNUSED(pg);
    return from_ids(args, rows, 1u << STATE_PLANNED | 1u << STATE_WITHHELD);
}

STATEMENT(plan_used)
{
    UNUSED(pg), UNUSED(rows);
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->state == STATE_PLANNED || c->state == STATE_WITHHELD)
        sim_change_set(c, STATE_SKIPPED);
    return true;
}

STATEMENT(verify_from_ids)
{
    UNUSED(pg);
    return from_ids(args, rows, 1u << STATE_APPLIED | 1u << STATE_UNKNOWN | 1u << STATE_UNVERIFIED);
}

STATEMENT(verify_changes)
{
    UNUSED(pg);
    EACH_CHANGE(c, sim_int(args, 1))
    if ((c->state == STATE_APPLIED || c->state == STATE_UNKNOWN || c->state == STATE_UNVERIFIED) &&
        (int64_t)SIM_FROM_ID + c->from >= sim_int(args, 2) &&
        (int64_t)SIM_FROM_ID + c->from <= sim_int(args, 3))
        sim_row(rows, TEXT(c->archive ? "archive" : "create"), NUMBER(c->ordinal),
            NUMBER(SIM_FROM_ID + c->from), NUMBER(SIM_TO_ID + c->to),
            TEXT(sim_types[c->type].category), NUMBER(sim_types[c->type].type_id));
    return true;
}

static bool in_doubt(const struct sim_change *c)
{
    return sim.tables->doubt_us[c->from][c->to] > sim.now_us;
}

static void follow(struct pg *pg, const struct sim_change *c, bool by_plan)
{
    struct sim_tables *t = sim.tables;
    uint8_t *managed = &t->managed[c->from][c->to], *released = &t->released[c->from][c->to];
    sim_check_ownership(pg->run, c, !c->archive, by_plan);
    if (!c->archive) {
        if ((*managed & BIT(c->type)) == 0)
            t->since_us[c->from][c->to][c->type] = sim.now_us;
        *managed |= BIT(c->type);
        *released &= (uint8_t)~BIT(c->type);
    } else if (in_doubt(c)) {
        *released |= (uint8_t)(*managed & BIT(c->type));
    } else {
        *managed &= (uint8_t)~BIT(c->type);
        *released &= (uint8_t)~BIT(c->type);
    }
}

/* Has a run that came later sent the same change, or its opposite? */
static bool overtaken(const struct sim_change *change)
{
    const struct sim_tables *t = sim.tables;
    for (int32_t i = 0; i < t->change_count; i++) {
        const struct sim_change *c = &t->changes[i];
        bool sent = c->state == STATE_SENT || c->state == STATE_APPLIED ||
            c->state == STATE_UNKNOWN || c->state == STATE_VERIFIED || c->state == STATE_UNVERIFIED;
        if (c->run_id > change->run_id && c->from == change->from && c->to == change->to &&
            c->type == change->type && sent)
            return true;
    }
    return false;
}

STATEMENT(verify_finish)
{
    UNUSED(rows);
    static char space[2][16384];
    const char *operations[256], *ordinals[256];
    size_t count = sim_array(args->text[3], space[0], operations, 256);
    (void)sim_array(args->text[4], space[1], ordinals, 256);
    for (size_t i = 0; i < count; i++) {
        struct sim_change *c =
            sim_change_of(sim_int(args, 1), operations[i][0] == 'a', ordinals[i]);
        if (c->state != STATE_APPLIED && c->state != STATE_UNKNOWN && c->state != STATE_UNVERIFIED)
            continue;
        sim_change_set(c, STATE_VERIFIED);
        if (sim.tables->epoch == sim_int(args, 3) || !overtaken(c))
            follow(pg, c, false);
    }
    return true;
}

STATEMENT(verify_trust)
{
    UNUSED(rows);
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->state == STATE_APPLIED && (sim.tables->epoch == sim_int(args, 3) || !overtaken(c)))
        follow(pg, c, false);
    return true;
}

STATEMENT(verify_close)
{
    UNUSED(pg), UNUSED(rows);
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->state == STATE_APPLIED || c->state == STATE_UNKNOWN)
        sim_change_set(c, STATE_UNVERIFIED);
    return true;
}

void sim_keys_read(struct sim_keys *keys, const struct pg_args *args, int first)
{
    char space[4][8192];
    const char *items[4][256];
    for (int i = 0; i < 4; i++)
        keys->count = sim_array(args->text[first - 1 + i], space[i], items[i], 256);
    for (size_t i = 0; i < keys->count; i++) {
        keys->from[i] = (uint8_t)(strtoull(items[0][i], NULL, 10) - SIM_FROM_ID);
        keys->to[i] = (uint8_t)(strtoull(items[1][i], NULL, 10) - SIM_TO_ID);
        keys->type[i] =
            (uint8_t)sim_type_bit(items[2][i], (uint32_t)strtoul(items[3][i], NULL, 10));
    }
}

static bool settle_keys(
    struct pg *pg, const struct pg_args *args, struct pg_rows *rows, bool archive)
{
    struct sim_keys keys;
    bool fenced = sim.tables->epoch == sim_int(args, 7) && sim.lock_owner == pg;
    sim_row(rows, NUMBER(fenced));
    if (!fenced)
        return true;
    sim_keys_read(&keys, args, 3);
    for (size_t i = 0; i < keys.count; i++) {
        struct sim_change change = {
            .archive = archive, .from = keys.from[i], .to = keys.to[i], .type = keys.type[i]};
        int64_t since_us = sim.tables->since_us[keys.from[i]][keys.to[i]][keys.type[i]];
        if (archive && (since_us > sim.now_us - INT64_C(120000000) || in_doubt(&change)))
            continue;
        follow(pg, &change, true);
    }
    return true;
}

STATEMENT(ownership_add_rest)
{
    return settle_keys(pg, args, rows, false);
}

STATEMENT(ownership_add)
{
    struct sim_keys keys;
    sim_keys_read(&keys, args, 3);
    for (size_t i = 0; i < keys.count; i++)
        if ((sim.tables->managed[keys.from[i]][keys.to[i]] & BIT(keys.type[i])) != 0)
            pg->repeated = true;
    return !pg->repeated && ownership_add_rest(pg, args, rows);
}

STATEMENT(ownership_remove)
{
    return settle_keys(pg, args, rows, true);
}

void sim_owned_line(struct buf *line, size_t from)
{
    buf_reset(line);
    for (size_t i = 0; i < SIM_TOS * SIM_TYPES; i++) {
        const struct type *type = &sim_types[i % SIM_TYPES];
        if ((sim.tables->managed[from][i / SIM_TYPES] & BIT(i % SIM_TYPES)) == 0)
            continue;
        if (line->length == 0)
            buf_addf(line, "%zu\t", (size_t)SIM_FROM_ID + from);
        else
            buf_add_char(line, ',');
        if ((sim.tables->released[from][i / SIM_TYPES] & BIT(i % SIM_TYPES)) != 0)
            buf_add_char(line, '-');
        buf_addf(
            line, "%zu %u %s", (size_t)SIM_TO_ID + i / SIM_TYPES, type->type_id, type->category);
    }
}

const struct sim_named sim_ownership_statements[] = {
    {"plan_from_ids", plan_from_ids},
    {"plan_used", plan_used},
    {"verify_from_ids", verify_from_ids},
    {"verify_changes", verify_changes},
    {"verify_finish", verify_finish},
    {"verify_trust", verify_trust},
    {"verify_close", verify_close},
    {"recover_close", verify_close},
    {"ownership_add", ownership_add},
    {"ownership_add_rest", ownership_add_rest},
    {"ownership_remove", ownership_remove},
    {NULL, NULL},
};
