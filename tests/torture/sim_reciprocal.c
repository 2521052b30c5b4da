/*
 * sim_reciprocal.c: links within one object type: what of it the records on both ends see, and the
 * statements about links that are named from the other record, as functions on arrays. Each does
 * what the file of its name in sql/statement/ does.
 */
#include <stdlib.h>
#include <string.h>

#include "torture/sim_pg.h"

const struct type sim_two_types[SIM_TYPES] = {
    [SIM_PLAIN] = {.category = (char *)(uintptr_t) "HUBSPOT_DEFINED",
        .type_id = 279,
        .name = (char *)(uintptr_t) "contact_to_company_unlabeled",
        .kind = TYPE_PLAIN},
    [SIM_PRIMARY] = {.category = (char *)(uintptr_t) "HUBSPOT_DEFINED",
        .type_id = 1,
        .name = (char *)(uintptr_t) "contact_to_company",
        .label = (char *)(uintptr_t) "Primary",
        .kind = TYPE_PRIMARY},
    [SIM_LABEL_A] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 101,
        .name = (char *)(uintptr_t) "a",
        .label = (char *)(uintptr_t) "A"},
    [SIM_LABEL_B] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 102,
        .name = (char *)(uintptr_t) "b",
        .label = (char *)(uintptr_t) "B"},
    /* Ids collide between categories. */
    [SIM_LABEL_C] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 279,
        .name = (char *)(uintptr_t) "c",
        .label = (char *)(uintptr_t) "C"},
};

/* A and B are the two directions of one label and share its name; C is the same from both sides.
 * There is no primary type: what stands in its place is never used. */
const struct type sim_one_types[SIM_TYPES] = {
    [SIM_PLAIN] = {.category = (char *)(uintptr_t) "HUBSPOT_DEFINED",
        .type_id = 449,
        .name = (char *)(uintptr_t) "contact_to_contact",
        .kind = TYPE_PLAIN},
    [SIM_PRIMARY] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 104,
        .name = (char *)(uintptr_t) "d",
        .label = (char *)(uintptr_t) "D"},
    [SIM_LABEL_A] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 101,
        .name = (char *)(uintptr_t) "a",
        .label = (char *)(uintptr_t) "A"},
    [SIM_LABEL_B] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 102,
        .name = (char *)(uintptr_t) "a",
        .label = (char *)(uintptr_t) "B"},
    [SIM_LABEL_C] = {.category = (char *)(uintptr_t) "USER_DEFINED",
        .type_id = 449,
        .name = (char *)(uintptr_t) "c",
        .label = (char *)(uintptr_t) "C"},
};

/* Where the list leaves out a name, names do not tell which labels are one: links that are read
 * from both of their records do. */
const struct type *sim_nameless_types(void)
{
    static struct type types[SIM_TYPES];
    memcpy(types, sim_one_types, sizeof types);
    types[SIM_LABEL_C].name = NULL;
    return types;
}

uint8_t sim_turned(uint8_t mask)
{
    const uint8_t pair = BIT(SIM_LABEL_A) | BIT(SIM_LABEL_B);
    uint8_t turned = mask & (uint8_t)~pair;
    turned |= (uint8_t)((mask & BIT(SIM_LABEL_A)) != 0 ? BIT(SIM_LABEL_B) : 0);
    turned |= (uint8_t)((mask & BIT(SIM_LABEL_B)) != 0 ? BIT(SIM_LABEL_A) : 0);
    return turned;
}

/* No link that names a type at all can do without the plain one. */
uint8_t sim_named_there(uint8_t want)
{
    return want == 0 ? 0 : sim_turned(want) | BIT(SIM_PLAIN);
}

bool sim_may_link(size_t from, size_t to, uint32_t type)
{
    return !sim.world.one_type || (from < SIM_TOS && from != to && type != SIM_PRIMARY);
}

static bool is_undone(const struct sim_change *c, bool idle)
{
    return c->state == STATE_PLANNED ||
        (idle && (c->state == STATE_REPORTED || c->state == STATE_BLOCKED));
}

/* All that the plan is made from has been read by now. */
void sim_note_planned(struct sim_run *run)
{
    run->planned = true;
    run->planned_complete = run->complete;
    memcpy(run->planned_seen, run->seen, sizeof run->planned_seen);
}

/* Archives as the other record sees them, in order. */
bool sim_reciprocal_line(struct pg *pg)
{
    buf_reset(&pg->line);
    for (; pg->at < SIM_TOS * SIM_FROMS * SIM_TYPES; pg->at++) {
        size_t to = pg->at / SIM_TYPES / SIM_FROMS, from = pg->at / SIM_TYPES % SIM_FROMS;
        const struct type *type = &sim_types[pg->at % SIM_TYPES];
        EACH_CHANGE(c, pg->copy_run)
        if (c->archive && is_undone(c, pg->copy_idle) && c->to == to && c->from == from &&
            c->type == pg->at % SIM_TYPES)
            buf_addf(&pg->line, "%zu\t%zu\t%u\t%s\t%s", (size_t)SIM_TO_ID + to,
                (size_t)SIM_FROM_ID + from, type->type_id, type->category,
                change_state_text(c->state));
        if (pg->line.length > 0)
            break;
    }
    pg->at++;
    return pg->line.length > 0;
}

STATEMENT(reciprocal_skip)
{
    UNUSED(pg);
    struct sim_keys keys;
    sim_keys_read(&keys, args, 2);
    EACH_CHANGE(c, sim_int(args, 1))
    for (size_t i = 0; i < keys.count; i++)
        if (c->archive && is_undone(c, true) && c->to == keys.from[i] && c->from == keys.to[i] &&
            c->type == keys.type[i]) {
            sim_row(rows, TEXT(change_state_text(c->state)));
            sim_change_set(c, STATE_SKIPPED);
        }
    return true;
}

/* The types of a link that the run archives, from either record. */
static uint8_t archived_of(int64_t run_id, const struct sim_change *change)
{
    uint8_t types = 0;
    EACH_CHANGE(o, run_id)
    {
        if (!o->archive || o->state != STATE_PLANNED)
            continue;
        if (o->from == change->from && o->to == change->to)
            types |= BIT(o->type);
        if (o->from == change->to && o->to == change->from && o->type != SIM_PLAIN)
            types |= sim_turned(BIT(o->type));
    }
    return types;
}

STATEMENT(reciprocal_unblock)
{
    UNUSED(pg);
    uint64_t free[SIM_CHANGES_MAX / 64] = {0};
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive && c->state == STATE_BLOCKED &&
        (c->along & ~archived_of(sim_int(args, 1), c)) == 0)
        free[(c - sim.tables->changes) / 64] |= UINT64_C(1) << (c - sim.tables->changes) % 64;
    EACH_CHANGE(c, sim_int(args, 1))
    if ((free[(c - sim.tables->changes) / 64] >> (c - sim.tables->changes) % 64 & 1) != 0) {
        sim_change_set(c, STATE_PLANNED);
        sim_row(rows, NUMBER(1));
    }
    return true;
}

/* What the run makes of the link from its other record goes along with its creates. */
static uint8_t made_there(int64_t run_id, const struct sim_change *change)
{
    uint8_t there = 0, here = 0;
    EACH_CHANGE(o, run_id)
    {
        bool goes = o->state == STATE_PLANNED || o->state == STATE_SENT ||
            o->state == STATE_APPLIED || o->state == STATE_VERIFIED;
        if (!o->archive && o->from == change->to && o->to == change->from && goes)
            there |= BIT(o->type);
        if (!o->archive && o->from == change->from && o->to == change->to && goes)
            here |= BIT(o->type);
    }
    return sim_turned(there) & (uint8_t) ~(here | BIT(SIM_PLAIN));
}

STATEMENT(change_next_reciprocal)
{
    UNUSED(pg);
    bool archive = strcmp(args->text[1], "archive") == 0;
    EACH_CHANGE(c, sim_int(args, 1))
    if (c->archive == archive && c->ordinal > sim_int(args, 3) && c->ordinal <= sim_int(args, 5) &&
        c->state == STATE_PLANNED && rows->count < sim_int(args, 4))
        sim_row(rows, NUMBER(c->ordinal), NUMBER(SIM_FROM_ID + c->from), NUMBER(SIM_TO_ID + c->to),
            TEXT(sim_types[c->type].category), NUMBER(sim_types[c->type].type_id),
            TEXT(sim_types_text(c->along | made_there(sim_int(args, 1), c))));
    return true;
}

STATEMENT(reciprocal_get)
{
    UNUSED(pg), UNUSED(args);
    for (uint32_t i = 0; i < SIM_TYPES; i++) {
        const struct sim_learnt *learnt = &sim.tables->learnt[i];
        if (learnt->evidence[0] == '\0')
            continue;
        const struct type *type = &sim_types[i];
        if (learnt->other == SIM_TYPES)
            sim_row(rows, TEXT(type->category), NUMBER(type->type_id), NOTHING, NOTHING,
                TEXT(learnt->evidence));
        else
            sim_row(rows, TEXT(type->category), NUMBER(type->type_id),
                TEXT(sim_types[learnt->other].category), NUMBER(sim_types[learnt->other].type_id),
                TEXT(learnt->evidence));
    }
    return true;
}

STATEMENT(reciprocal_put)
{
    UNUSED(pg), UNUSED(rows);
    char space[5][1024];
    const char *items[5][SIM_TYPES];
    size_t count = 0;
    for (int i = 0; i < 5; i++)
        count = sim_array(args->text[3 + i], space[i], items[i], SIM_TYPES);
    for (size_t i = 0; i < count; i++) {
        uint32_t type = sim_type_bit(items[0][i], (uint32_t)strtoul(items[1][i], NULL, 10));
        struct sim_learnt *learnt = &sim.tables->learnt[type];
        learnt->other = SIM_TYPES;
        if (items[2][i] != NULL)
            learnt->other =
                (uint8_t)sim_type_bit(items[2][i], (uint32_t)strtoul(items[3][i], NULL, 10));
        (void)snprintf(learnt->evidence, sizeof learnt->evidence, "%s", items[4][i]);
    }
    return true;
}

const struct sim_named sim_reciprocal_statements[] = {
    {"reciprocal_get", reciprocal_get},
    {"reciprocal_put", reciprocal_put},
    {"reciprocal_skip", reciprocal_skip},
    {"reciprocal_unblock", reciprocal_unblock},
    {"change_next_reciprocal", change_next_reciprocal},
    {NULL, NULL},
};
