/*
 * sim_world.c: a seed becomes a world: an account, a sync, desired rows, and how they change.
 */
#include <string.h>

#include "torture/sim.h"

static char *text(const char *words)
{
    return (char *)(uintptr_t)words;
}

void sim_world_manage(uint8_t mask)
{
    static struct type_want wants[SIM_TYPES];
    struct sync_definition *sync = &sim.world.sync;
    sim.world.managed = mask;
    sync->types = wants;
    sync->types_count = 0;
    for (uint32_t bit = 0; bit < SIM_TYPES; bit++)
        if ((mask & BIT(bit)) != 0)
            wants[sync->types_count++] = (struct type_want){.kind = TYPE_WANT_ID,
                .category = sim_types[bit].category,
                .type_id = sim_types[bit].type_id};
}

static uint8_t some_mask(void)
{
    static const uint8_t masks[] = {BIT(SIM_PLAIN), BIT(SIM_PLAIN), BIT(SIM_LABEL_A),
        BIT(SIM_PLAIN) | BIT(SIM_LABEL_A), BIT(SIM_LABEL_A) | BIT(SIM_LABEL_B),
        BIT(SIM_PLAIN) | BIT(SIM_LABEL_A) | BIT(SIM_LABEL_B), BIT(SIM_PLAIN) | BIT(SIM_PRIMARY),
        BIT(SIM_PLAIN) | BIT(SIM_PRIMARY) | BIT(SIM_LABEL_C), BIT(SIM_LABEL_C),
        BIT(SIM_PLAIN) | BIT(SIM_LABEL_A) | BIT(SIM_LABEL_B) | BIT(SIM_LABEL_C)};
    return masks[sim_below(ARRAY_COUNT(masks))];
}

/* Whoever manages one direction of a label manages both: it is one label. */
static uint8_t one_type_mask(void)
{
    const uint8_t pair = BIT(SIM_LABEL_A) | BIT(SIM_LABEL_B);
    uint8_t mask = some_mask() & (uint8_t)~BIT(SIM_PRIMARY);
    return (mask & pair) != 0 ? mask | pair : mask;
}

static void make_guards(struct guards *guards)
{
    *guards = (struct guards){
        .max_archive = 500, .max_archive_percent = 100, .max_source_shrink_percent = 100};
    guards->allow_empty_source = sim_chance(20);
    guards->max_plan_age_ms = sim_chance(50) ? 0 : 60000;
    if (sim_chance(50))
        return;
    guards->max_archive = 2 + (int64_t)sim_below(8);
    guards->max_archive_per_record = (int64_t)sim_below(6);
    guards->max_archive_percent = (double)sim_below(60);
    guards->max_source_shrink_percent = (double)sim_below(50);
}

static void make_portal(struct portal_definition *portal)
{
    *portal = (struct portal_definition){.name = text("main"),
        .base_url = text("http://127.0.0.1"),
        .api = (enum dialect)(sim.world.one_type ? 1 + sim_below(3) : sim_below(4)),
        .portal_id = 1,
        .timeout_ms = 30000};
    portal->limits = (struct limits){.requests_per_10s = 100,
        .requests_per_day = 1000,
        .in_flight = 1 + (int64_t)sim_below(3),
        .read_inputs = 1 + (int64_t)sim_below(SIM_FROMS),
        .create_inputs = 1 + (int64_t)sim_below(12),
        .archive_inputs = 1 + (int64_t)sim_below(12),
        .archive_from_ids = 1 + (int64_t)sim_below(4)};
}

static void make_sync(struct sync_definition *sync)
{
    uint64_t policy = sim_below(100);
    *sync = (struct sync_definition){.name = text("s"),
        .portal = &sim.world.portal,
        .from = text("contacts"),
        .to = text(sim.world.one_type ? "contacts" : "companies"),
        .source_table = text("t"),
        .column_from = text("f"),
        .column_to = text("t"),
        .verify_delays_ms = {2000, 10000, 60000},
        .verify_delays_count = 3};
    sync->policy = policy < 50 ? POLICY_MIRROR_OWNED
        : policy < 85          ? POLICY_MIRROR
                               : POLICY_CREATE_ONLY;
    sync->on_drift = sim_chance(15) ? DRIFT_REPORT : DRIFT_RESTORE;
    sync->verify = sim_chance(12) ? VERIFY_NONE : VERIFY_ALL;
    sync->watch = sim.world.watched;
    make_guards(&sync->guards);
}

static void touch(size_t from)
{
    if (sim.world.watched)
        sim.tables->touched[from] = sim.tables->transaction;
}

static void fill_record(size_t from)
{
    struct sim_desired *d = &sim.desired;
    bool any = false, primary = false;
    memset(d->want[from], 0, sizeof d->want[from]);
    d->named &= (uint8_t)~BIT(from);
    for (size_t t = 0; t < SIM_TOS && sim_chance(75); t++) {
        uint8_t want = sim_chance(45) ? (uint8_t)sim_below(1 << SIM_TYPES) & sim.world.managed : 0;
        bool merged = sim.merged[t] != t && !sim.world.key[1].on;
        if ((sim.calm && merged) || !sim_may_link(from, t, SIM_PLAIN))
            want = 0;
        if (primary)
            want &= (uint8_t)~BIT(SIM_PRIMARY);
        primary = primary || (want & BIT(SIM_PRIMARY)) != 0;
        d->want[from][t] = want;
        any = any || want != 0;
    }
    if (!any && sim_chance(50))
        d->named |= BIT(from);
    touch(from);
}

static void note_unclear(void)
{
    sim.desired.unclear = false;
    for (size_t f = 0; f < SIM_FROMS; f++)
        sim.desired.unclear = sim.desired.unclear || sim_is_unclear(&sim.desired, f);
}

void sim_desired_make(void)
{
    sim.tables->transaction++;
    for (size_t f = 0; f < SIM_FROMS; f++)
        fill_record(f);
    note_unclear();
}

static void truncate_from(size_t first)
{
    for (size_t f = first; f < SIM_FROMS; f++) {
        memset(sim.desired.want[f], 0, sizeof sim.desired.want[f]);
        sim.desired.named &= (uint8_t)~BIT(f);
        touch(f);
    }
    if (first == 0 && sim.world.watched)
        sim.tables->touched_all = sim.tables->transaction;
}

/* Two primaries of one record: nobody knows which is meant. */
static void blur(void)
{
    size_t from = sim_below(SIM_FROMS);
    if ((sim.world.managed & BIT(SIM_PRIMARY)) == 0)
        return;
    sim.desired.want[from][0] |= BIT(SIM_PRIMARY);
    sim.desired.want[from][3] |= BIT(SIM_PRIMARY);
    touch(from);
}

void sim_desired_change(void)
{
    uint64_t what = sim_below(100);
    sim.tables->transaction++;
    if (what < 10)
        sim_desired_make();
    else if (what < 20)
        truncate_from(1 + sim_below(SIM_FROMS - 1));
    else if (what < 25)
        truncate_from(0);
    else if (what < 32)
        sim.desired.invalid = (uint8_t)sim_below(3);
    else if (what < 35)
        blur();
    else
        for (uint64_t n = 1 + sim_below(3); n > 0; n--)
            fill_record(sim_below(SIM_FROMS));
    sim.desired.repeats = sim_chance(20);
    if (sim.desired.invalid > 0 && sim.world.watched)
        sim.tables->touched_all = sim.tables->transaction;
    note_unclear();
}

/* Rows that name a merged record name the survivor now. */
static void name_survivors(void)
{
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++) {
            uint8_t *old = &sim.desired.want[f][t], want = *old;
            if (sim.merged[t] == t || want == 0)
                continue;
            *old = 0;
            sim.desired.want[f][sim.merged[t]] |= want;
            touch(f);
        }
}

void sim_desired_repair(void)
{
    for (size_t t = 0; t < SIM_TOS && !sim.world.key[1].on; t++) /* chains */
        name_survivors();
    sim.tables->transaction++;
    sim.desired.invalid = 0;
    sim.desired.unclear = false;
    for (size_t f = 0; f < SIM_FROMS; f++)
        if (sim_is_unclear(&sim.desired, f))
            fill_record(f);
    if (sim_is_empty(&sim.desired) && !sim.world.sync.guards.allow_empty_source)
        sim_desired_make();
    if (sim_keyed() && sim_key_unclear()) /* two keys may be one record */
        for (size_t i = 0; i < SIM_FROMS * SIM_TOS; i++)
            sim.desired.want[i / SIM_TOS][i % SIM_TOS] &= (uint8_t)~BIT(SIM_PRIMARY);
    if (sim_is_empty(&sim.desired))
        sim.desired.named = 1;
}

void sim_world_make(void)
{
    struct sim_world *w = &sim.world;
    /* By the seed itself, too. */
    bool keyed = sim.seed % 4 == 3;
    w->watched = sim_chance(30) && !keyed;
    w->one_type = sim_chance(20) && !keyed;
    w->merges = !w->one_type && sim_chance(20);
    /* By the seed itself: nothing else of a world depends on it. */
    bool nameless = sim.seed % 2 == 0;
    sim_types = !w->one_type ? sim_two_types : nameless ? sim_nameless_types() : sim_one_types;
    w->replica = sim_chance(5);
    make_portal(&w->portal);
    make_sync(&w->sync);
    sim_world_manage(w->one_type ? one_type_mask() : some_mask());
    w->replaces = sim_chance(40);
    w->first_primary = !w->one_type && sim_chance(50);
    if (!w->one_type && sim_chance(25))
        w->poison = BIT(sim_below(SIM_TOS));
    w->poison_named = sim_chance(50);
    w->poison_whole = sim_chance(60);
    w->foreign = sim_chance(30) ? (uint8_t)sim_below(100) : 0;
    for (uint8_t i = 0; i < SIM_TYPES; i++)
        w->order[i] = i;
    for (size_t i = SIM_TYPES - 1; i > 0; i--) {
        size_t k = sim_below(i + 1);
        uint8_t other = w->order[k];
        w->order[k] = w->order[i];
        w->order[i] = other;
    }
    for (uint64_t n = sim_below(20); n > 0; n--)
        sim_crm_foreign();
    sim.drifted = false;
    if (keyed)
        sim_key_world();
    sim_desired_make();
}
