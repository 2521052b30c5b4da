/*
 * sim_key_rows.c: the statements about rows with keys: by ids, what they hold, what moved, as
 * functions on arrays. Each does what the file of its name in sql/statement/ does.
 */
#include <stdlib.h>
#include <string.h>

#include "pg/statement.h"
#include "torture/sim_pg.h"

void sim_key_copy_row(struct pg *pg, char **cells)
{
    struct sim_key_tables *t = pg->keys;
    sim_check(t->count < SIM_KEY_ROWS_MAX, "too many rows with keys for the simulation");
    struct sim_key_row *row = &t->rows[t->count++];
    for (int side = 0; side < 2; side++) {
        const char *key = cells[2 * side], *id = cells[2 * side + 1];
        row->key[side] = (int8_t)(key != NULL ? sim_key_find(key) : -1);
        row->id[side] = id != NULL ? strtoull(id, NULL, 10) : 0;
    }
    row->type = strtoll(cells[4], NULL, 10);
}

/* What one side of a row is by now. */
struct end {
    bool keyed, resolved;
    uint8_t first; /* the record; SIM_NO_RECORD: none is known */
    uint8_t all; /* … and those beside it */
    uint8_t held, outcome;
};

static struct end end_of(const struct sim_key_tables *t, const struct sim_key_row *row, int side)
{
    uint64_t base = side == 0 ? SIM_FROM_ID : SIM_TO_ID, id = row->id[side];
    if (row->key[side] < 0) {
        uint8_t record = id != 0 ? (uint8_t)(id - base) : SIM_NO_RECORD;
        return (struct end){.first = record, .all = sim_set_of(record)};
    }
    const struct sim_key_meaning *meaning = &t->meaning[side][row->key[side]];
    return (struct end){.keyed = true,
        .resolved = meaning->outcome == KEY_RESOLVED,
        .first = meaning->record,
        .all = sim_set_of(meaning->record) | meaning->more,
        .held = meaning->held,
        .outcome = meaning->outcome};
}

uint8_t sim_key_row_from(const struct sim_key_tables *t, const struct sim_key_row *row)
{
    return sim_set_of(end_of(t, row, 0).first);
}

/* Lines of a COPY, gathered and put in order. */
struct line {
    int64_t a, b, type;
};
struct lines {
    struct line items[4 * SIM_KEY_ROWS_MAX];
    size_t count;
};
static struct lines lines;

static void add_line(int64_t a, int64_t b, int64_t type)
{
    sim_check(lines.count < ARRAY_COUNT(lines.items), "too many lines for the simulation");
    lines.items[lines.count++] = (struct line){a, b, type};
}

static int by_pair(const void *one, const void *other)
{
    const struct line *a = one, *b = other;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

/* A row of one from-record, which names none while its to-key waits. */
static void add_row(uint8_t from, struct end to, int64_t type)
{
    int64_t from_id = (int64_t)SIM_FROM_ID + from;
    bool waits = to.keyed && !to.resolved;
    if (waits || to.all == 0)
        add_line(from_id, 0, waits ? -1 : type);
    for (uint8_t record = 0; !waits && record < SIM_TOS; record++)
        if (sim_has(to.all, record))
            add_line(from_id, (int64_t)SIM_TO_ID + record, type);
}

static void add_rows(const struct sim_key_tables *t)
{
    for (size_t i = 0; i < t->count; i++) {
        struct end from = end_of(t, &t->rows[i], 0), to = end_of(t, &t->rows[i], 1);
        bool known = !from.keyed || from.resolved;
        for (uint8_t f = 0; known && f < SIM_FROMS; f++)
            if (sim_has(from.all, f))
                add_row(f, to, t->rows[i].type);
    }
}

static void add_held(const struct sim_key_tables *t)
{
    for (size_t i = 0; i < t->count; i++) {
        struct end from = end_of(t, &t->rows[i], 0), to = end_of(t, &t->rows[i], 1);
        bool from_known = !from.keyed || from.resolved, to_known = !to.keyed || to.resolved;
        if (from_known && to_known)
            continue;
        if (from_known)
            add_line(0, (int64_t)SIM_FROM_ID + from.first, 0);
        for (uint8_t f = 0; !from_known && f < SIM_FROMS; f++)
            if (sim_has(from.held, f))
                add_line(0, (int64_t)SIM_FROM_ID + f, 0);
        if (!from_known && to_known && to.first != SIM_NO_RECORD)
            add_line(1, (int64_t)SIM_TO_ID + to.first, 0);
        if (!from_known && !to_known && from.outcome == KEY_UNREAD && from.held == 0)
            add_line(2, 0, 0);
    }
}

static void add_move(uint8_t from, uint8_t to)
{
    if (from != SIM_NO_RECORD && to != SIM_NO_RECORD)
        add_line((int64_t)SIM_FROM_ID + from, (int64_t)SIM_TO_ID + to, 0);
}

static uint8_t former_of(const struct sim_key_row *row, int side)
{
    if (row->key[side] < 0 || !sim.tables->known[side][row->key[side]].there)
        return SIM_NO_RECORD;
    return sim.tables->known[side][row->key[side]].former;
}

static void add_moves(const struct sim_key_tables *t)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct sim_key_row *row = &t->rows[i];
        add_move(end_of(t, row, 0).first, former_of(row, 1));
        add_move(former_of(row, 0), end_of(t, row, 1).first);
        add_move(former_of(row, 0), former_of(row, 1));
    }
}

static void write_id(struct buf *out, int64_t id)
{
    if (id == 0)
        buf_add_text(out, "\\N");
    else
        buf_addf(out, "%lld", (long long)id);
}

/* Rows may stand there several times, the lines of the others do not. */
static void write_lines(struct buf *out, bool rows)
{
    buf_reset(out);
    qsort(lines.items, lines.count, sizeof lines.items[0], by_pair);
    for (size_t i = 0; i < lines.count; i++) {
        const struct line *line = &lines.items[i];
        if (!rows && i > 0 && by_pair(line, line - 1) == 0)
            continue;
        if (rows)
            write_id(out, line->a);
        else
            buf_addf(out, "%lld", (long long)line->a);
        buf_add_char(out, '\t');
        if (rows)
            write_id(out, line->b);
        else
            buf_addf(out, "%lld", (long long)line->b);
        if (rows)
            buf_addf(out, "\t%lld", (long long)line->type);
        buf_add_char(out, '\n');
    }
}

bool sim_key_lines(struct pg *pg, int statement, const struct pg_args *args)
{
    UNUSED(args); /* the account and the properties: the simulation has one of each side */
    lines.count = 0;
    if (statement == STATEMENT_KEY_ROWS) {
        add_rows(pg->keys);
        sim_key_read(pg->run);
    } else if (statement == STATEMENT_KEYS_HELD) {
        add_held(pg->keys);
    } else if (statement == STATEMENT_KEY_MOVES) {
        add_moves(pg->keys);
        memcpy(pg->run->moves, sim.tables->answers, sizeof pg->run->moves);
    } else {
        return false;
    }
    write_lines(&pg->lines, statement == STATEMENT_KEY_ROWS);
    return true;
}

STATEMENT(key_counts)
{
    UNUSED(args);
    const struct sim_key_tables *t = pg->keys;
    int64_t n[KEY_IGNORED + 1] = {0};
    for (size_t i = 0; i < t->count; i++) {
        struct end from = end_of(t, &t->rows[i], 0), to = end_of(t, &t->rows[i], 1);
        static const uint8_t worst[] = {KEY_UNREAD, KEY_AMBIGUOUS, KEY_MISSING};
        size_t k = 0;
        while (k < 3 && !(from.keyed && from.outcome == worst[k]) &&
            !(to.keyed && to.outcome == worst[k]))
            k++;
        if (k < 3)
            n[worst[k]]++;
    }
    sim_row(rows, NUMBER(n[KEY_MISSING]), NUMBER(n[KEY_AMBIGUOUS]), NUMBER(n[KEY_UNREAD]),
        NUMBER(t->count));
    return true;
}

/* What became of a key since the plan was made by it: NULL: nothing. */
static const char *changed_how(
    const struct sim_key_tables *t, int side, size_t key, int64_t began_us, const char *on_many)
{
    const struct sim_key_meaning *meaning = &t->meaning[side][key];
    const struct sim_key_known *known = &sim.tables->known[side][key];
    if (!t->again[side][key] || !meaning->there)
        return NULL;
    if (!known->there || known->checked_us < began_us)
        return "could not be asked for again";
    uint8_t ids = sim_key_known_ids(known, on_many);
    uint8_t was =
        meaning->outcome == KEY_RESOLVED ? sim_set_of(meaning->record) | meaning->more : 0;
    if (ids == was && (ids != 0 || known->outcome == meaning->outcome))
        return NULL;
    return ids == 0 ? "is not resolved any more" : "means another record since";
}

/* The from-records whose changes depend on a key. */
static uint8_t depending(const struct sim_key_tables *t, int side, size_t key)
{
    const struct sim_key_meaning *meaning = &t->meaning[side][key];
    const struct sim_key_known *known = &sim.tables->known[side][key];
    uint8_t froms = 0;
    if (side == 0)
        return meaning->held | sim_set_of(meaning->record) | meaning->more |
            (known->there ? known->ids | sim_set_of(known->record) : 0);
    for (size_t i = 0; i < t->count; i++)
        if (t->rows[i].key[1] == (int)key)
            froms |= sim_key_row_from(t, &t->rows[i]);
    return froms;
}

STATEMENT(keys_moved)
{
    static char texts[SIM_FROMS][128];
    uint8_t moved = 0;
    int64_t began_us = strtoll(args->text[0], NULL, 10);
    for (int i = 0; i < 2 * SIM_KEYS; i++) {
        int side = i / SIM_KEYS;
        size_t key = (size_t)(i % SIM_KEYS);
        const char *on_many = args->text[side == 0 ? 4 : 7];
        const char *how = changed_how(pg->keys, side, key, began_us, on_many);
        uint8_t froms = how != NULL ? depending(pg->keys, side, key) : 0;
        moved |= froms;
        for (uint8_t f = 0; f < SIM_FROMS; f++)
            if (sim_has(froms, f))
                (void)snprintf(
                    texts[f], sizeof texts[f], "key %s %s", sim_key_text(side, key), how);
    }
    for (uint8_t f = 0; f < SIM_FROMS; f++)
        if (sim_has(moved, f))
            sim_row(rows, NUMBER(SIM_FROM_ID + f), TEXT(texts[f]));
    return true;
}

const struct sim_named sim_key_row_statements[] = {
    {"key_counts", key_counts},
    {"keys_moved", keys_moved},
    {NULL, NULL},
};
