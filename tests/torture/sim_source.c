/*
 * sim_source.c: stand-in for source/source: the current generation of desired rows, in order, with
 * its repeats, its records without associations and its rows that cannot be meant.
 */
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/id_list.h"
#include "torture/sim.h"

struct source {
    const struct source_query *query;
    struct sim_run *run;
    struct sim_desired desired;
    uint32_t invalid_left;
    bool repeated, primary_met;
    size_t from, to, bit; /* to 0: the row that names none; else to-record to - 1 */
    uint32_t types[SIM_TYPES];
};

bool source_open(struct source **source, const struct source_query *query, struct error *err)
{
    struct sim_run *run = sim.top;
    if (run->dead || sim_strike(run, CLASS_SOURCE) == FAULT_SOURCE)
        return error_set(err, ERROR_SOURCE, "source of %s: unreachable", query->sync->name);
    struct source *s = *source = mem_new(1, sizeof *s);
    s->query = query;
    s->run = run;
    s->desired = run->rows_latest = sim.desired;
    if (!run->source_read)
        run->rows = sim.desired;
    if (!sim_keyed())
        run->latest = sim.desired;
    if (!sim_keyed() && !run->source_read)
        run->desired = sim.desired;
    s->invalid_left = s->desired.invalid;
    for (size_t i = 0; i < SIM_TYPES; i++)
        s->types[i] = types_find(query->types, sim_types[i].category, sim_types[i].type_id);
    return true;
}

void source_close(struct source *source)
{
    free(source);
}

static bool is_asked(const struct source *s, size_t from)
{
    const struct id_list *asked = s->query->from_ids;
    return asked == NULL || sim_keyed() || id_list_has(asked, SIM_FROM_ID + from);
}

/* One step through records, the row that names none, which comes first, and types. */
static void step(struct source *s)
{
    if (++s->bit < SIM_TYPES && s->to > 0)
        return;
    s->bit = 0;
    if (++s->to <= SIM_TOS)
        return;
    s->to = 0;
    s->from++;
    s->primary_met = false;
}

static bool find(struct source *s)
{
    for (; s->from < SIM_FROMS; step(s)) {
        bool row = s->to == 0 ? (s->desired.named & BIT(s->from)) != 0
                              : (s->desired.want[s->from][s->to - 1] & BIT(s->bit)) != 0;
        if (row && is_asked(s, s->from))
            return true;
    }
    return false;
}

static void say_invalid(struct source_row *row, const char *wrong, bool unclear)
{
    row->kind = SOURCE_INVALID;
    row->from = "x";
    row->to = "1";
    row->type = "";
    row->wrong = wrong;
    row->message = "it cannot be meant";
    row->unclear = unclear;
}

/* What this run was told, and with it what later ones may take away again. */
static void note_named(struct source *s)
{
    s->run->source_read = true;
    for (size_t f = 0; !sim_keyed() && f < SIM_FROMS; f++)
        for (size_t t = 0; is_asked(s, f) && t < SIM_TOS; t++) {
            s->run->told[f][t] |= s->desired.want[f][t];
            if (s->desired.want[f][t] != 0)
                sim.named[f][t] |= s->desired.want[f][t] | BIT(SIM_PLAIN); /* comes along */
        }
}

static void name_by_keys(struct source_row *row)
{
    struct assoc *assoc = &row->assoc;
    if (sim.world.key[0].on) {
        row->from_key = sim_key_text(0, assoc->from_id - SIM_FROM_ID);
        assoc->from_id = 0;
    }
    if (sim.world.key[1].on && assoc->to_id != 0) {
        row->to_key = sim_key_text(1, assoc->to_id - SIM_TO_ID);
        assoc->to_id = 0;
    }
}

bool source_next(struct source *s, struct source_row *row, struct error *err)
{
    *row = (struct source_row){.kind = SOURCE_ROW};
    if (s->run->dead || sim_strike(s->run, CLASS_SOURCE) == FAULT_SOURCE)
        return error_set(err, ERROR_SOURCE, "source: reading stopped in the middle");
    if (s->invalid_left > 0 && (s->query->from_ids == NULL || sim_keyed())) {
        s->invalid_left--;
        say_invalid(row, "from_id", false);
        return true;
    }
    if (!find(s)) {
        row->kind = SOURCE_END;
        note_named(s);
        return true;
    }
    row->assoc = assoc_scope(SIM_FROM_ID + s->from);
    if (s->to > 0) {
        row->assoc.to_id = SIM_TO_ID + s->to - 1;
        row->assoc.type = s->types[s->bit];
    }
    name_by_keys(row);
    bool again = s->desired.repeats && !s->repeated;
    s->repeated = again;
    if (again || s->to == 0 || s->bit != SIM_PRIMARY || sim_keyed()) {
        if (!again)
            step(s);
        return true;
    }
    bool second = s->primary_met;
    s->primary_met = true;
    step(s);
    if (second)
        say_invalid(row, "type", true);
    return true;
}

bool source_empty(const struct source *s)
{
    if (s->desired.named != 0 || s->desired.invalid != 0)
        return false;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++)
            if (s->desired.want[f][t] != 0)
                return false;
    return true;
}

bool source_replica(const struct source *s)
{
    (void)s;
    return sim.world.replica;
}

const char *source_sync(const struct source *s)
{
    return s->query->sync->name;
}

const char *source_shape(const struct source *s)
{
    (void)s;
    return "as ever";
}

const char *source_database(const struct source *s)
{
    (void)s;
    return "the only one";
}

const char *source_name(const struct sync_definition *sync)
{
    return sync->source_table;
}
