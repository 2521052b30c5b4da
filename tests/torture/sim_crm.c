/*
 * sim_crm.c: what HubSpot does with a request, as far as the simulation needs it: a label brings
 * the plain type along, the plain type takes everything with it, there is one primary a record and
 * the first link may become it, a create may replace what it does not name.
 */
#include "torture/sim.h"

#include <string.h>

#include "model/object_type.h"

const struct type *sim_types = sim_two_types;

uint32_t sim_type_bit(const char *category, uint32_t type_id)
{
    uint32_t bit = 0;
    while (bit < SIM_TYPES &&
        (sim_types[bit].type_id != type_id || strcmp(sim_types[bit].category, category) != 0))
        bit++;
    return bit;
}

const char *sim_types_text(uint8_t mask)
{
    static char texts[2][1 << SIM_TYPES][SIM_TYPES * 24];
    char *text = texts[sim.world.one_type][mask];
    if (text[0] != '\0' || mask == 0)
        return text;
    size_t length = 0;
    for (uint32_t bit = 0; bit < SIM_TYPES; bit++)
        if ((mask & BIT(bit)) != 0)
            length += (size_t)snprintf(text + length, sizeof texts[0][0] - length, "%s%s:%u",
                length > 0 ? " " : "", sim_types[bit].category, sim_types[bit].type_id);
    return text;
}

/* What is there now was there for every run under way. */
static void note(size_t from, size_t to)
{
    for (struct sim_run *run = sim.top; run != NULL; run = run->outer)
        run->stood[from][to] |= sim.crm[from][to];
    sim.ours[from][to] &= sim.crm[from][to];
}

/* Within one object type the other record sees it, too. */
static void turn(size_t from, size_t to, uint8_t types, bool there)
{
    if (!sim.world.one_type)
        return;
    if (there)
        sim.crm[to][from] |= sim_turned(types);
    else
        sim.crm[to][from] &= (uint8_t)~sim_turned(types);
    note(to, from);
}

static void link_type(size_t from, size_t to, uint32_t bit)
{
    bool first = true;
    for (size_t t = 0; t < SIM_TOS; t++)
        first = first && sim.crm[from][t] == 0;
    uint8_t added = BIT(bit) | BIT(SIM_PLAIN);
    if (first && sim.world.first_primary)
        added |= BIT(SIM_PRIMARY);
    for (size_t t = 0; (added & BIT(SIM_PRIMARY)) != 0 && t < SIM_TOS; t++)
        if (t != to) {
            sim.crm[from][t] &= (uint8_t)~BIT(SIM_PRIMARY);
            note(from, t);
        }
    sim.crm[from][to] |= added;
    note(from, to);
    turn(from, to, added, true);
}

static void unlink_type(size_t from, size_t to, uint32_t bit)
{
    uint8_t gone = (uint8_t)(bit == SIM_PLAIN ? UINT8_MAX : BIT(bit));
    sim.crm[from][to] &= (uint8_t)~gone;
    note(from, to);
    turn(from, to, gone, false);
}

void sim_crm_unlink(size_t from, size_t to)
{
    unlink_type(from, to, SIM_PLAIN);
}

/* What is on a pair comes to another one, because its to-record has become that one. */
void sim_crm_move(size_t from, size_t old, size_t now)
{
    uint8_t types = sim.crm[from][old];
    unlink_type(from, old, SIM_PLAIN);
    for (uint32_t bit = 0; bit < SIM_TYPES; bit++)
        if ((types & BIT(bit)) != 0)
            link_type(from, now, bit);
}

static void create(const struct assoc *row, uint8_t before)
{
    size_t from = row->from_id - SIM_FROM_ID, to = row->to_id - SIM_TO_ID;
    if (sim.merged[to] != to)
        return; /* carried out late, when there was no such record any more */
    link_type(from, to, row->type);
    /* Who made a primary is hard to say: it moves. */
    if (row->type != SIM_PRIMARY)
        sim.ours[from][to] |= (uint8_t)(BIT(row->type) & ~before);
}

static void replace(const struct assoc *rows, size_t count, size_t at)
{
    size_t from = rows[at].from_id - SIM_FROM_ID, to = rows[at].to_id - SIM_TO_ID;
    uint8_t kept = BIT(SIM_PLAIN) | BIT(SIM_PRIMARY);
    for (size_t i = at;
         i < count && rows[i].from_id == rows[at].from_id && rows[i].to_id == rows[at].to_id; i++)
        kept |= BIT(rows[i].type);
    turn(from, to, sim.crm[from][to] & (uint8_t)~kept, false);
    sim.crm[from][to] &= kept;
    note(from, to);
}

void sim_crm_write(enum client_call call, const struct assoc *rows, size_t count)
{
    uint8_t before = 0;
    for (size_t i = 0; i < count; i++) {
        size_t from = rows[i].from_id - SIM_FROM_ID, to = rows[i].to_id - SIM_TO_ID;
        bool pair_begins =
            i == 0 || rows[i].from_id != rows[i - 1].from_id || rows[i].to_id != rows[i - 1].to_id;
        if (pair_begins)
            before = sim.crm[from][to];
        if (call == CLIENT_CREATE) {
            if (pair_begins && sim.world.replaces && sim.world.portal.api != DIALECT_V3)
                replace(rows, count, i);
            create(&rows[i], before);
        } else if (call == CLIENT_ARCHIVE && sim.world.portal.api != DIALECT_V3) {
            unlink_type(from, to, SIM_PLAIN);
        } else {
            unlink_type(from, to, rows[i].type);
        }
    }
}

/* A person, or another program, changes something. */
void sim_crm_foreign(void)
{
    size_t from = sim_below(SIM_FROMS), to = sim_below(SIM_TOS);
    uint32_t bit = (uint32_t)sim_below(SIM_TYPES);
    if (sim.merged[to] != to || !sim_may_link(from, to, bit))
        return;
    sim.drifted = true;
    if ((sim.crm[from][to] & BIT(bit)) != 0)
        unlink_type(from, to, bit);
    else
        link_type(from, to, bit);
    sim_tell("somebody else: %zu -> %zu is now %02x", from, to, sim.crm[from][to]);
}

/* Requests that HubSpot carries out long after nobody waits for them any more. */
void sim_crm_late(bool all)
{
    for (size_t i = 0; i < sim.late_count;) {
        struct sim_late *late = &sim.late[i];
        if (!all && late->due_us > sim.now_us) {
            i++;
            continue;
        }
        sim_tell("late: a request of %zu rows is carried out now", late->count);
        sim_crm_write(late->call, late->rows, late->count);
        *late = sim.late[--sim.late_count];
    }
}

/* Standard object types only: their ids are known without asking. */
bool client_object_type(struct client *client, const char *name, char *id, struct error *err)
{
    (void)client;
    (void)err;
    (void)snprintf(id, OBJECT_TYPE_MAX, "%s", object_type_id(name, NULL));
    return true;
}
