/*
 * sim_key_tables.c: the statements about what keys mean, as functions on arrays. Each does what the
 * file of its name in sql/statement/ does; the tables of the session are the session's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "torture/sim_pg.h"

static struct sim_key_known *known_of(int side, size_t key)
{
    return &sim.tables->known[side][key];
}

static int64_t time_of(const struct pg_args *args, int number)
{
    return strtoll(args->text[number - 1], NULL, 10);
}

STATEMENT(keys_begin)
{
    UNUSED(args);
    if (pg->keys == NULL)
        pg->keys = mem_new(1, sizeof *pg->keys);
    memset(pg->keys, 0, sizeof *pg->keys);
    sim_key_begins(pg->run);
    sim_row(rows, NUMBER(sim.now_us));
    return true;
}

void sim_key_close(struct pg *pg)
{
    free(pg->keys);
    pg->keys = NULL;
    buf_clear(&pg->lines);
}

STATEMENT(key_names)
{
    UNUSED(args), UNUSED(rows);
    struct sim_key_tables *t = pg->keys;
    for (size_t i = 0; i < t->count; i++)
        for (int side = 0; side < 2; side++)
            if (t->rows[i].key[side] >= 0)
                t->name[side][t->rows[i].key[side]] = true;
    return true;
}

static uint8_t may_mean(const struct sim_key_known *known)
{
    return known->there ? known->ids | sim_set_of(known->record) : 0;
}

STATEMENT(keys_ignore)
{
    UNUSED(rows);
    char space[512];
    const char *names[SIM_KEYS];
    int side = (int)sim_int(args, 1);
    size_t count = sim_array(args->text[4], space, names, SIM_KEYS);
    for (size_t i = 0; i < count; i++) {
        size_t key = (size_t)sim_key_find(names[i]);
        if (!pg->keys->name[side][key])
            continue;
        pg->keys->name[side][key] = false;
        pg->keys->meaning[side][key] = (struct sim_key_meaning){.there = true,
            .outcome = KEY_IGNORED,
            .record = SIM_NO_RECORD,
            .held = may_mean(known_of(side, key))};
    }
    return true;
}

/* part/key_is_due.sql */
static bool is_due(const struct sim_key_known *known, int64_t refresh_ms, int64_t began_us)
{
    if (!known->there)
        return true;
    if (known->outcome == KEY_RESOLVED)
        return known->checked_us < began_us - refresh_ms * 1000;
    return known->retry_us <= began_us;
}

STATEMENT(keys_wanted)
{
    int side = (int)sim_int(args, 1);
    for (size_t key = 0; key < SIM_KEYS; key++)
        if (pg->keys->name[side][key] && strcmp(sim_key_text(side, key), args->text[6]) > 0 &&
            is_due(known_of(side, key), sim_int(args, 5), time_of(args, 6)) &&
            rows->count < sim_int(args, 8))
            sim_row(rows, TEXT(sim_key_text(side, key)));
    return true;
}

static int64_t next_try(const struct sim_key_known *was, uint8_t outcome)
{
    const int64_t minute = 60000000;
    int64_t absent_us = was->absent_us != 0 ? was->absent_us : sim.now_us;
    if (outcome == KEY_RESOLVED)
        return INT64_MAX;
    if (outcome == KEY_UNREAD && absent_us > sim.now_us - minute)
        return absent_us + minute;
    if (was->outcome == KEY_RESOLVED)
        return sim.now_us;
    int32_t doubled = was->attempts - 1 < 6 ? was->attempts - 1 : 6;
    int64_t later = minute << doubled;
    return sim.now_us + (later < 60 * minute ? later : 60 * minute);
}

/* What HubSpot said of a key: ids; `absent`: a search has not found it. */
static void answer(struct sim_key_known *known, uint8_t ids, bool search)
{
    bool absent = ids == 0 && search;
    int count = __builtin_popcount(ids);
    uint8_t outcome = (uint8_t)(absent ? KEY_UNREAD
            : count == 0               ? KEY_MISSING
            : count == 1               ? KEY_RESOLVED
                                       : KEY_AMBIGUOUS);
    uint8_t record = count == 1 ? sim_lowest(ids) : SIM_NO_RECORD;
    struct sim_key_known was = *known;
    known->checked_us = sim.now_us;
    if (!was.there) {
        *known = (struct sim_key_known){.there = true,
            .outcome = outcome,
            .ids = count > 1 ? ids : 0,
            .record = record,
            .former = SIM_NO_RECORD,
            .attempts = 1,
            .absent_us = absent ? sim.now_us : 0,
            .checked_us = sim.now_us,
            .retry_us = absent ? sim.now_us + 60000000
                : count == 1   ? INT64_MAX
                               : sim.now_us};
        return;
    }
    if (absent && was.absent_us != 0 && was.absent_us <= sim.now_us - 60000000)
        known->outcome = KEY_MISSING;
    else
        known->outcome = outcome;
    if (outcome != KEY_MISSING && outcome != KEY_UNREAD)
        known->ids = count > 1 ? ids : 0;
    if (record != SIM_NO_RECORD) {
        if (was.record != SIM_NO_RECORD && was.record != record)
            known->former = was.record;
        known->record = record;
    }
    known->absent_us = !absent ? 0 : was.absent_us != 0 ? was.absent_us : sim.now_us;
    bool first = outcome == KEY_RESOLVED || was.outcome == KEY_RESOLVED;
    known->attempts = first ? 1 : was.attempts + 1;
    known->retry_us = next_try(&was, outcome);
}

static uint8_t ids_of(int side, const char *list)
{
    uint8_t ids = 0;
    char *end = (char *)(uintptr_t)list;
    while (*end != '\0') {
        uint64_t id = strtoull(end, &end, 10);
        ids |= (uint8_t)(1u << (id - (side == 0 ? SIM_FROM_ID : SIM_TO_ID)));
        end += *end == ',';
    }
    return ids;
}

STATEMENT(key_answers)
{
    UNUSED(rows);
    char space[2][512];
    const char *names[SIM_KEYS], *lists[SIM_KEYS];
    int side = sim_key_object(args->text[1]);
    size_t count = sim_array(args->text[3], space[0], names, SIM_KEYS);
    (void)sim_array(args->text[4], space[1], lists, SIM_KEYS);
    for (size_t i = 0; i < count; i++) {
        size_t key = (size_t)sim_key_find(names[i]);
        uint8_t ids = ids_of(side, lists[i]);
        sim_key_stored(pg->run, side, key, ids);
        answer(known_of(side, key), ids, strcmp(args->text[6], "true") == 0);
    }
    return true;
}

/* part/key_means.sql */
uint8_t sim_key_known_ids(const struct sim_key_known *known, const char *on_many)
{
    if (!known->there)
        return 0;
    if (known->outcome == KEY_RESOLVED)
        return sim_set_of(known->record);
    if (known->outcome != KEY_AMBIGUOUS || strcmp(on_many, "reject") == 0)
        return 0;
    return strcmp(on_many, "oldest") == 0 ? sim_set_of(sim_lowest(known->ids)) : known->ids;
}

STATEMENT(keys_mean)
{
    UNUSED(rows);
    int side = (int)sim_int(args, 1);
    for (size_t key = 0; key < SIM_KEYS; key++) {
        const struct sim_key_known *known = known_of(side, key);
        if (!pg->keys->name[side][key])
            continue;
        bool away = pg->keys->again[side][key] && known->checked_us < time_of(args, 6);
        bool due = away || is_due(known, sim_int(args, 5), time_of(args, 6));
        uint8_t ids = due ? 0 : sim_key_known_ids(known, args->text[6]);
        uint8_t first = sim_lowest(ids);
        pg->keys->meaning[side][key] = (struct sim_key_meaning){.there = true,
            .outcome = due ? KEY_UNREAD
                : ids != 0 ? KEY_RESOLVED
                           : known->outcome,
            .record = first,
            .held = ids == 0 ? may_mean(known) : 0,
            .more = ids & (uint8_t)~sim_set_of(first)};
    }
    return true;
}

/* The from-records of an array of ids; NULL: those that the run's plan changes. */
static uint8_t records_of(int64_t run_id, const char *ids)
{
    char space[1024];
    const char *items[SIM_FROMS];
    uint8_t records = 0;
    size_t count = ids != NULL ? sim_array(ids, space, items, SIM_FROMS) : 0;
    for (size_t i = 0; i < count; i++)
        records |= BIT(strtoull(items[i], NULL, 10) - SIM_FROM_ID);
    EACH_CHANGE(c, run_id)
    if (ids == NULL && c->state == STATE_PLANNED)
        records |= BIT(c->from);
    return records;
}

static bool is_named_again(const struct pg *pg, int side, size_t key, uint8_t records)
{
    const struct sim_key_tables *t = pg->keys;
    const struct sim_key_known *known = known_of(side, key);
    for (size_t i = 0; i < t->count; i++)
        if (t->rows[i].key[side] == (int)key && (sim_key_row_from(t, &t->rows[i]) & records) != 0)
            return true;
    return side == 0 && known->there &&
        (sim_has(records, known->record) || sim_has(records, known->former));
}

STATEMENT(keys_again)
{
    UNUSED(rows);
    int side = (int)sim_int(args, 1);
    int64_t before_us = time_of(args, 5) - sim_int(args, 8) * 1000;
    uint8_t records = records_of(sim_int(args, 6), args->text[6]);
    for (size_t key = 0; key < SIM_KEYS; key++) {
        const struct sim_key_known *known = known_of(side, key);
        if (pg->keys->name[side][key] && is_named_again(pg, side, key, records) &&
            (!known->there || known->checked_us < before_us))
            pg->keys->again[side][key] = true;
    }
    return true;
}

STATEMENT(keys_asked)
{
    int side = (int)sim_int(args, 1);
    for (size_t key = 0; key < SIM_KEYS; key++)
        if (pg->keys->again[side][key] && strcmp(sim_key_text(side, key), args->text[1]) > 0 &&
            rows->count < sim_int(args, 3))
            sim_row(rows, TEXT(sim_key_text(side, key)));
    return true;
}

/* For people, or of what the simulation's worlds never get so old. */
STATEMENT(for_people)
{
    UNUSED(pg), UNUSED(args), UNUSED(rows);
    return true;
}

const struct sim_named sim_key_statements[] = {
    {"keys_begin", keys_begin},
    {"key_names", key_names},
    {"keys_ignore", keys_ignore},
    {"keys_wanted", keys_wanted},
    {"key_answers", key_answers},
    {"keys_mean", keys_mean},
    {"keys_again", keys_again},
    {"keys_asked", keys_asked},
    {"run_keys", for_people},
    {"reject_keys", for_people},
    {"reject_keys_gone", for_people},
    {"keys_prune", for_people},
    {NULL, NULL},
};
