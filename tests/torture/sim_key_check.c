/*
 * sim_key_check.c: what must never be otherwise where records are named by keys. It goes by the
 * rows that a run read and by what HubSpot has answered, in its own words (config/README.md, "Rows
 * by business keys"); nothing of assocd.record_key is used.
 */
#include <string.h>

#include "torture/sim.h"

static const struct key_side *key_side(int side)
{
    return side == 0 ? &sim.world.sync.key_from : &sim.world.sync.key_to;
}

/* ---- what HubSpot has said ---- */

void sim_key_begins(struct sim_run *run)
{
    run->keys_us = run->keys_us != 0 ? run->keys_us : sim.now_us;
}

void sim_key_asked(struct sim_run *run, int side, size_t key, bool told, uint8_t ids)
{
    run->said[side][key] = told ? ids : 0;
    run->unread[side] =
        (uint8_t)(told ? run->unread[side] & ~BIT(key) : run->unread[side] | BIT(key));
    sim_tell("%s: %s %02x", sim_key_text(side, key), told ? "is of" : "no answer", ids);
}

/* Several records: what the sync wants then. */
static uint8_t wanted_of(int side, uint8_t ids)
{
    if ((ids & (ids - 1)) == 0 || key_side(side)->on_many == MANY_ALL)
        return ids;
    return key_side(side)->on_many == MANY_OLDEST ? sim_set_of(sim_lowest(ids)) : 0;
}

void sim_key_stored(struct sim_run *run, int side, size_t key, uint8_t ids)
{
    struct sim_key_answer *answer = &sim.tables->answers[side][key];
    sim_check((run->unread[side] & BIT(key)) == 0 && run->said[side][key] == ids,
        "key %s is noted as of %02x, and HubSpot said %s %02x", sim_key_text(side, key), ids,
        (run->unread[side] & BIT(key)) != 0 ? "nothing of" : "it is of", run->said[side][key]);
    bool one = ids != 0 && (ids & (ids - 1)) == 0;
    if (!answer->told)
        *answer = (struct sim_key_answer){.now = SIM_NO_RECORD, .former = SIM_NO_RECORD};
    answer->told = true;
    answer->ids = ids;
    answer->us = sim.now_us;
    if (ids != 0)
        answer->absent_us = 0;
    else if (answer->absent_us == 0)
        answer->absent_us = sim.now_us;
    if (one && answer->now != sim_lowest(ids)) {
        answer->former = answer->now;
        answer->now = sim_lowest(ids);
    }
    if (ids != 0)
        answer->meant = ids | sim_set_of(answer->now);
    for (struct sim_run *each = run; each != NULL; each = each->outer)
        each->key_told[side][key] |= wanted_of(side, ids);
}

/* Two searches, a minute apart, show that no record has it; one answer does by a unique property.
 */
static bool is_absent(int side, const struct sim_key_answer *answer)
{
    return answer->told && answer->ids == 0 &&
        (!key_side(side)->search || answer->us - answer->absent_us >= 60000000);
}

/* What is not resolved is asked for again after an hour at most. */
static bool is_fresh(const struct sim_key_answer *answer, int64_t began_us)
{
    int64_t age_us = sim.world.sync.key_refresh_ms * 1000;
    bool many = (answer->ids & (answer->ids - 1)) != 0;
    if (many && age_us < INT64_C(3600000000))
        age_us = INT64_C(3600000000);
    return answer->told && answer->us >= began_us - age_us;
}

/* One side of a row. */
struct end {
    uint8_t means; /* 0: nothing, or it is not resolved */
    uint8_t may; /* … which may mean these */
    bool waits, unread, pending; /* pending: not an ignored key */
};

static struct end end_of(const struct sim_run *run, int side, size_t key)
{
    const struct sim_key_answer *answer = &sim.tables->answers[side][key];
    int64_t began_us = run != NULL ? run->keys_us : 0;
    bool away = run != NULL && (run->unread[side] & BIT(key)) != 0;
    if (!sim.world.key[side].on)
        return (struct end){.means = BIT(key)};
    if ((sim.world.key[side].ignored & BIT(key)) != 0)
        return (struct end){.may = answer->meant, .waits = true};
    uint8_t means = wanted_of(side, answer->ids);
    if (!away && is_fresh(answer, began_us) && means != 0)
        return (struct end){.means = means};
    return (struct end){.may = answer->meant,
        .waits = true,
        .pending = true,
        .unread = away || !(answer->ids != 0 || is_absent(side, answer)) ||
            (answer->ids != 0 && !is_fresh(answer, began_us))};
}

/* ---- rows by ids ---- */

/* A record that the row names, or that its keys meant before, keeps what it has. */
static void keep(struct sim_desired *ids, struct sim_kept *kept, struct end from, struct end to)
{
    if (!from.waits && !to.waits)
        return;
    ids->waits = true;
    kept->from |= from.waits ? from.may : from.means;
    if (from.waits && !to.waits)
        kept->to |= to.means;
    if (from.waits && to.waits && from.unread && from.may == 0)
        kept->everything = true; /* it may be about any two */
}

bool sim_key_keeps(const struct sim_kept *kept, size_t from, size_t to)
{
    return kept->everything || sim_has(kept->from, (uint8_t)from) || sim_has(kept->to, (uint8_t)to);
}

static void add_pairs(struct sim_desired *by_ids, struct end from, struct end to, uint8_t types)
{
    for (uint8_t f = 0; f < SIM_FROMS; f++)
        for (uint8_t t = 0; t < SIM_TOS; t++)
            if (sim_has(from.means, f) && sim_has(to.means, t))
                by_ids->want[f][t] |= types;
}

/* All rows of `rows` by ids, and what those that wait keep. */
static void by_ids(const struct sim_run *run, const struct sim_desired *rows,
    struct sim_desired *ids, struct sim_kept *kept)
{
    *ids = (struct sim_desired){.invalid = rows->invalid, .repeats = rows->repeats};
    for (size_t f = 0; f < SIM_FROMS; f++) {
        struct end from = end_of(run, 0, f);
        if ((rows->named & BIT(f)) != 0) {
            ids->named |= from.means;
            keep(ids, kept, from, (struct end){0});
        }
        for (size_t t = 0; t < SIM_TOS; t++) {
            struct end to = end_of(run, 1, t);
            if (rows->want[f][t] == 0)
                continue;
            ids->named |= to.waits ? from.means : 0;
            add_pairs(ids, from, to, rows->want[f][t]);
            keep(ids, kept, from, to);
        }
    }
    for (size_t f = 0; f < SIM_FROMS; f++)
        ids->unclear = ids->unclear || sim_is_unclear(ids, f);
}

/* Keys that are not resolved wait; those of rows that wait are counted. */
static int64_t count_rows(const struct sim_run *run, const struct sim_desired *rows, bool waiting)
{
    int64_t count = 0, each = rows->repeats ? 2 : 1;
    for (size_t f = 0; f < SIM_FROMS; f++) {
        bool from = end_of(run, 0, f).pending;
        if ((rows->named & BIT(f)) != 0 && (from || !waiting))
            count += each;
        for (size_t t = 0; t < SIM_TOS; t++)
            if (from || !waiting || end_of(run, 1, t).pending)
                count += each * __builtin_popcount(rows->want[f][t]);
    }
    return count;
}

void sim_key_read(struct sim_run *run)
{
    struct sim_kept kept = {0};
    struct sim_desired ids;
    by_ids(run, &run->rows_latest, &ids, &kept);
    run->latest = ids;
    run->kept.from |= kept.from;
    run->kept.to |= kept.to;
    run->kept.everything |= kept.everything;
    if (!run->keys_read) {
        run->keys_read = true;
        run->desired = ids;
        run->rows_waiting = count_rows(run, &run->rows, true);
        run->rows_all = count_rows(run, &run->rows, false);
        for (size_t f = 0; f < SIM_FROMS; f++) {
            struct end from = end_of(run, 0, f);
            run->keys_mean[f] = from.means;
        }
    }
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++) {
            run->told[f][t] |= ids.want[f][t];
            if (ids.want[f][t] != 0)
                sim.named[f][t] |= ids.want[f][t] | BIT(SIM_PLAIN); /* comes along */
        }
    if (!sim.verbose)
        return;
    sim_tell("rows by ids are read; kept: from %02x, to %02x%s, %lld of %lld wait", kept.from,
        kept.to, kept.everything ? ", everything" : "", (long long)run->rows_waiting,
        (long long)run->rows_all);
}

int64_t sim_key_waiting(const struct sim_run *run)
{
    return run->rows_waiting;
}

/* ---- at a write ---- */

static bool is_asked(const struct sim_run *run, int side, size_t key)
{
    const struct sim_key_answer *answer = &sim.tables->answers[side][key];
    return !sim.world.key[side].on || (sim.world.key[side].ignored & BIT(key)) != 0 ||
        (answer->told && answer->us >= run->keys_us);
}

static bool has_row(const struct sim_desired *rows, size_t key)
{
    bool any = (rows->named & BIT(key)) != 0;
    for (size_t t = 0; t < SIM_TOS; t++)
        any = any || rows->want[key][t] != 0;
    return any;
}

static bool meant_before(size_t key, uint8_t record)
{
    const struct sim_key_answer *answer = &sim.tables->answers[0][key];
    return answer->told && (answer->now == record || answer->former == record);
}

/* What the keys of the record's rows mean was asked in this run, and of those that meant it before
 * as well. */
static void check_asked(const struct sim_run *run, const struct sim_change *c)
{
    const struct sim_desired *rows = &run->rows;
    for (size_t f = 0; f < SIM_FROMS; f++) {
        bool means = sim_has(run->keys_mean[f], c->from);
        bool before = sim.world.key[0].on && meant_before(f, c->from);
        if (!has_row(rows, f))
            continue;
        sim_check(!(means || before) || is_asked(run, 0, f),
            "%d -> %d is written, and what key %s means was not asked in this run", c->from, c->to,
            sim_key_text(0, f));
        for (size_t t = 0; means && t < SIM_TOS; t++)
            sim_check(rows->want[f][t] == 0 || is_asked(run, 1, t),
                "%d -> %d is written, and what key %s means was not asked in this run", c->from,
                c->to, sim_key_text(1, t));
    }
}

static bool may_mean(const struct sim_run *run, int side, size_t key, uint8_t record)
{
    uint8_t told = (uint8_t)(sim.world.key[side].on ? run->key_told[side][key] : BIT(key));
    return sim_has(told, record);
}

/* Some row names the two records, by answers of this run. */
static void check_create(const struct sim_run *run, const struct sim_change *c)
{
    bool named = false;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++) {
            uint8_t want = run->rows.want[f][t];
            bool type = (want & BIT(c->type)) != 0 || (want != 0 && c->type == SIM_PLAIN);
            named = named || (type && may_mean(run, 0, f, c->from) && may_mean(run, 1, t, c->to));
        }
    sim_check(named, "%d -> %d type %d is created, and no key of a row means that in this run",
        c->from, c->to, c->type);
}

/* HubSpot takes a primary type from the pair that had it when the plan was made. */
static void check_mark(const struct sim_run *run, const struct sim_change *c)
{
    for (size_t t = 0; c->type == SIM_PRIMARY && t < SIM_TOS; t++)
        sim_check(t == c->to || (run->seen[c->from][t] & BIT(SIM_PRIMARY)) == 0 ||
                !sim_key_keeps(&run->kept, c->from, t),
            "%d -> %d gets the primary type, and a row that waits may want it on %zu", c->from,
            c->to, t);
}

void sim_key_check_write(const struct sim_run *run, const struct sim_change *change)
{
    if (!sim_keyed())
        return;
    sim_check(!change->archive || !sim_key_keeps(&run->kept, change->from, change->to),
        "%d -> %d is archived, and a row that waits for its key may be about it", change->from,
        change->to);
    check_asked(run, change);
    if (change->archive)
        return;
    check_create(run, change);
    check_mark(run, change);
}

void sim_key_check_volume(const struct sim_run *run)
{
    sim_check((double)run->rows_waiting * 100.0 <=
            (double)run->rows_all * sim.world.sync.guards.max_pending_percent,
        "archives although %lld of %lld rows wait for their keys", (long long)run->rows_waiting,
        (long long)run->rows_all);
}

/* One side of a row that named the pair when a key of it was of another record. */
static bool meant(
    const struct sim_run *run, int side, size_t key, const struct sim_change *change, bool *moved)
{
    const struct sim_key_answer *answer = &run->moves[side][key];
    uint8_t record = side == 0 ? change->from : change->to;
    if (!sim.world.key[side].on)
        return key == record;
    if (answer->told && answer->former == record && answer->now != record) {
        *moved = true;
        return true;
    }
    return answer->told && sim_has(answer->meant, record);
}

void sim_key_check_moved(const struct sim_run *run, const struct sim_change *change)
{
    bool any = false;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++) {
            bool moved = false;
            any = any ||
                (run->rows.want[f][t] != 0 && meant(run, 0, f, change, &moved) &&
                    meant(run, 1, t, change, &moved) && moved);
        }
    sim_check(
        any, "%d -> %d is archived for a moved key, and none has moved", change->from, change->to);
}

/* ---- in the end ---- */

void sim_key_final(struct sim_desired *desired, struct sim_kept *kept)
{
    *kept = (struct sim_kept){0};
    for (int side = 0; side < 2; side++)
        for (size_t key = 0; sim.world.key[side].on && key < (side == 0 ? SIM_FROMS : SIM_TOS);
             key++) {
            const struct sim_key_answer *answer = &sim.tables->answers[side][key];
            bool named = side == 0 && has_row(&sim.desired, key);
            for (size_t f = 0; side == 1 && f < SIM_FROMS; f++)
                named = named || sim.desired.want[f][key] != 0;
            if (!named || (sim.world.key[side].ignored & BIT(key)) != 0)
                continue;
            sim_check(answer->told && answer->ids == sim.keys[side][key].has,
                "key %s is known as of %02x, and is of %02x", sim_key_text(side, key), answer->ids,
                sim.keys[side][key].has);
        }
    by_ids(NULL, &sim.desired, desired, kept);
}
