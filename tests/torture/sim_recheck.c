/*
 * sim_recheck.c: the statements that look at a plan's archives again: for the guards, and when the
 * plan has grown old; as functions on arrays. Each does what the file of its name in sql/statement/
 * does.
 */
#include <stdlib.h>
#include <string.h>

#include "torture/sim_pg.h"

/* FNV-1a over what is to be done, creates first. */
static uint64_t digest_of(int64_t run_id)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    const struct sim_tables *t = sim.tables;
    for (int archive = 0; archive < 2; archive++)
        for (int32_t i = sim.tables->runs[run_id].first_change; i < t->change_count; i++) {
            const struct sim_change *c = &t->changes[i];
            if (c->run_id != run_id || c->archive != archive || c->state == STATE_BLOCKED ||
                c->state == STATE_REPORTED || c->state == STATE_SKIPPED)
                continue;
            const uint8_t bytes[] = {c->archive, c->from, c->to, c->type};
            for (size_t k = 0; k < sizeof bytes; k++)
                hash = (hash ^ bytes[k]) * UINT64_C(0x100000001B3);
        }
    return hash;
}

STATEMENT(plan_digest)
{
    UNUSED(pg);
    static char text[24];
    (void)snprintf(text, sizeof text, "%016llx", (unsigned long long)digest_of(sim_int(args, 1)));
    sim_row(rows, TEXT(text));
    return true;
}

STATEMENT(plan_passed)
{
    UNUSED(pg);
    sim_row(rows, NUMBER(strcmp(sim.tables->runs[sim_int(args, 1)].status, "planned") == 0));
    return true;
}

STATEMENT(plan_mapping)
{
    UNUSED(pg);
    const struct sim_row *plan = &sim.tables->runs[sim_int(args, 1)];
    if (plan->mapping[0] != '\0')
        sim_row(rows, TEXT(plan->mapping));
    return true;
}

STATEMENT(plan_gone)
{
    UNUSED(pg), UNUSED(args);
    sim_row(rows, NUMBER(0),
        NUMBER(0)); /* nobody changes on_drift meanwhile, and the rest is for people */
    return true;
}

STATEMENT(mapping_accept)
{
    UNUSED(pg), UNUSED(rows);
    struct sim_tables *t = sim.tables;
    (void)snprintf(t->good_mapping, sizeof t->good_mapping, "%s", args->text[2]);
    t->good_mask = sim.world.managed;
    return true;
}

STATEMENT(approval_use)
{
    struct sim_tables *t = sim.tables;
    int64_t plan_id = sim_int(args, 1);
    for (int32_t i = 0; i < t->approval_count; i++) {
        struct sim_approval *approval = &t->approvals[i];
        if (approval->plan_id != plan_id || approval->used ||
            approval->digest != digest_of(plan_id))
            continue;
        approval->used = true;
        pg->run->approved = true;
        sim_row(rows, TEXT("operator"));
        break;
    }
    return true;
}

void sim_approve(int64_t plan_id)
{
    struct sim_tables *t = sim.tables;
    if (t->approval_count < (int32_t)ARRAY_COUNT(t->approvals))
        t->approvals[t->approval_count++] =
            (struct sim_approval){.plan_id = (int32_t)plan_id, .digest = digest_of(plan_id)};
}

static bool in_window(const struct sim_change *c, const struct pg_args *args)
{
    return c->archive && c->state == STATE_PLANNED && c->ordinal >= sim_int(args, 2) &&
        c->ordinal <= sim_int(args, 3);
}

STATEMENT(archive_window)
{
    UNUSED(pg);
    int64_t left = sim_int(args, 3), last = 0;
    int from = -1;
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive && c->state == STATE_PLANNED && c->ordinal > sim_int(args, 2) && left > 0) {
        left--;
        from = c->from;
    }
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive && c->from == from && c->ordinal > last)
        last = c->ordinal;
    sim_row(rows, NUMBER(last));
    return true;
}

STATEMENT(archive_from_ids)
{
    UNUSED(pg);
    unsigned mask = 0;
    EACH_CHANGE(c, sim_int(args, 1))
    if (in_window(c, args))
        mask |= 1u << c->from;
    for (int64_t f = 0; f < SIM_FROMS; f++)
        if ((mask & 1u << f) != 0 && (int64_t)SIM_FROM_ID + f > sim_int(args, 4))
            sim_row(rows, NUMBER((int64_t)SIM_FROM_ID + f));
    return true;
}

STATEMENT(archive_planned)
{
    UNUSED(pg);
    /* COPY brought them in order of records. */
    EACH_CHANGE(c, sim_int(args, 1))
    if (in_window(c, args) && (int64_t)SIM_FROM_ID + c->from >= sim_int(args, 4) &&
        (int64_t)SIM_FROM_ID + c->from <= sim_int(args, 5))
        sim_row(rows, NUMBER(c->ordinal), NUMBER(SIM_FROM_ID + c->from), NUMBER(SIM_TO_ID + c->to),
            TEXT(sim_types[c->type].category), NUMBER(sim_types[c->type].type_id),
            TEXT(sim_types_text(c->along)));
    return true;
}

STATEMENT(archive_skip)
{
    UNUSED(pg), UNUSED(rows);
    char space[4096];
    const char *ordinals[256];
    size_t count = sim_array(args->text[1], space, ordinals, 256);
    for (size_t i = 0; i < count; i++) {
        struct sim_change *c = sim_change_of(sim_int(args, 1), true, ordinals[i]);
        if (c->state == STATE_PLANNED)
            sim_change_set(c, STATE_SKIPPED);
    }
    return true;
}

STATEMENT(change_skip)
{
    UNUSED(rows);
    char space[2][2048];
    const char *ids[SIM_FROMS], *why[SIM_FROMS];
    size_t count = sim_array(args->text[1], space[0], ids, SIM_FROMS);
    (void)sim_array(args->text[2], space[1], why, SIM_FROMS);
    EACH_CHANGE(c, sim_int(args, 1))
    for (size_t i = 0; i < count; i++) {
        if (SIM_FROM_ID + c->from != strtoull(ids[i], NULL, 10) || c->state != STATE_PLANNED)
            continue;
        sim_change_set(c, STATE_SKIPPED);
        if (strstr(why[i], "does not tell") != NULL || strncmp(why[i], "key ", 4) == 0)
            pg->run->waits |= BIT(c->from);
    }
    return true;
}

STATEMENT(guard_archives)
{
    UNUSED(pg);
    int64_t archives[SIM_FROMS] = {0};
    size_t worst = 0;
    EACH_CHANGE(c, sim_int(args, 1))
    archives[c->from] += c->archive && c->state == STATE_PLANNED;
    for (size_t f = 1; f < SIM_FROMS; f++)
        worst = archives[f] > archives[worst] ? f : worst;
    /* The simulation's worlds have no limit for a day. */
    sim_row(rows, NUMBER(0), NUMBER(SIM_FROM_ID + worst), NUMBER(archives[worst]));
    return true;
}

const struct sim_named sim_recheck_statements[] = {
    {"archive_window", archive_window},
    {"archive_from_ids", archive_from_ids},
    {"archive_planned", archive_planned},
    {"archive_skip", archive_skip},
    {"change_skip", change_skip},
    {"guard_archives", guard_archives},
    {"plan_digest", plan_digest},
    {"approval_use", approval_use},
    {"plan_passed", plan_passed},
    {"plan_mapping", plan_mapping},
    {"plan_gone", plan_gone},
    {"mapping_accept", mapping_accept},
    {NULL, NULL},
};
