/*
 * keyed.c: source -> tables of the session -> keys -> rows by ids -> spool.
 */
#include "plan/keyed.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/stop.h"
#include "model/id_list.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "source/source_once.h"

struct giving {
    struct keyed *keyed;
    const struct source_query *query;
    const struct drain *drain;
    struct source_once once;
    struct buf from, to; /* of an invalid row */
};

static void giving_clear(struct giving *giving)
{
    source_once_clear(&giving->once);
    buf_clear(&giving->from);
    buf_clear(&giving->to);
}

struct taking {
    struct keyed *keyed;
    const struct drain *drain;
};

static bool read_row(void *context, const struct source_row *row, struct error *err)
{
    struct taking *taking = context;
    return record_keys_add(&taking->keyed->keys, row, err);
}

static bool read_invalid(void *context, const struct source_row *row, struct error *err)
{
    struct taking *taking = context;
    return taking->drain->invalid(taking->drain->context, row, err);
}

static void read_progress(void *context, uint64_t rows)
{
    struct taking *taking = context;
    if (taking->drain->progress != NULL)
        taking->drain->progress(taking->drain->context, rows);
}

bool keyed_read(
    struct keyed *keyed, struct source *source, const struct drain *drain, struct error *err)
{
    struct taking taking = {.keyed = keyed, .drain = drain};
    struct drain rows = {
        .valid = read_row, .invalid = read_invalid, .progress = read_progress, .context = &taking};
    return record_keys_begin(&keyed->keys, err) && source_drain(source, &rows, err);
}

static bool give_invalid(struct giving *giving, struct source_row *row, struct error *err)
{
    buf_reset(&giving->from);
    buf_reset(&giving->to);
    buf_add_u64(&giving->from, row->assoc.from_id);
    buf_add_u64(&giving->to, row->assoc.to_id);
    row->from = buf_text(&giving->from);
    row->to = buf_text(&giving->to);
    return giving->drain->invalid(giving->drain->context, row, err);
}

static bool is_wanted(const struct source_query *query, uint64_t from_id)
{
    return query->from_ids == NULL || id_list_has(query->from_ids, from_id);
}

/* "17\t\N\t-1" */
static bool read_line(char *line, struct assoc *assoc, struct error *err)
{
    char *cells[3];
    bool good = pg_copy_split(line, cells, 3) == 3 && cells[0] != NULL &&
        assoc_parse_id(cells[0], strlen(cells[0]), &assoc->from_id) &&
        (cells[1] == NULL || assoc_parse_id(cells[1], strlen(cells[1]), &assoc->to_id));
    if (!good)
        return record_keys_bad_row(err);
    assoc->type = (uint32_t)strtoul(cells[2], NULL, 10);
    if (cells[1] == NULL)
        *assoc = assoc_scope(assoc->from_id);
    return true;
}

static bool give_row(struct giving *giving, char *line, struct error *err)
{
    struct source_row row = {.kind = SOURCE_ROW}, first;
    if (!read_line(line, &row.assoc, err))
        return false;
    struct assoc assoc = row.assoc;
    if (assoc.to_id != 0 && !source_once_check(&giving->once, &row, err))
        return false;
    if (row.kind == SOURCE_INVALID && !give_invalid(giving, &row, err))
        return false;
    if (source_once_first(&giving->once, &first) && !give_invalid(giving, &first, err))
        return false;
    return row.kind == SOURCE_INVALID || !is_wanted(giving->query, assoc.from_id) ||
        spool_add(giving->drain->rows, assoc, err);
}

static bool give_rows(struct giving *giving, struct error *err)
{
    struct pg *state = giving->keyed->keys.session->state;
    const char *name = giving->query->sync->name;
    if (!pg_copy_statement(state, STATEMENT_KEY_ROWS, NULL, err))
        return false;
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(state, &line, &length, err))
            return false;
        if (line == NULL)
            return true;
        if (!give_row(giving, line, err))
            return error_prefix(err, "source of %s", name);
    }
}

/* What depends on the answer is about to be written. */
static bool ask_again(struct keyed *keyed, const struct source_query *query, struct error *err)
{
    CLEANUP(buf_clear) struct buf ids = {0};
    if (query->from_ids == NULL)
        return true;
    for (size_t i = 0; i < query->from_ids->count; i++)
        pg_array_int(&ids, (int64_t)query->from_ids->ids[i]);
    return record_keys_again(
               &keyed->keys, pg_array_end(&ids), query->sync->guards.max_plan_age_ms, err) &&
        record_keys_renew(&keyed->keys, err);
}

bool keyed_resolve(struct keyed *keyed, struct error *err)
{
    return record_keys_resolve(&keyed->keys, err);
}

bool keyed_give(struct keyed *keyed, const struct source_query *query, const struct drain *drain,
    struct error *err)
{
    CLEANUP(giving_clear)
    struct giving giving = {.keyed = keyed, .query = query, .drain = drain, .once.query = query};
    return ask_again(keyed, query, err) &&
        pending_load(&keyed->pending, keyed->keys.session, err) &&
        key_moves_load(&keyed->moves, keyed->keys.session, err) && give_rows(&giving, err);
}

bool keyed_drain_query(struct keyed *keyed, const struct source_query *query,
    const struct drain *drain, struct error *err)
{
    struct source *source = NULL;
    if (!sync_has_keys(query->sync))
        return source_drain_query(query, drain, err);
    bool ok = source_open(&source, query, err) && keyed_read(keyed, source, drain, err);
    source_close(source);
    return ok && keyed_resolve(keyed, err) && keyed_give(keyed, query, drain, err);
}

void keyed_clear(struct keyed *keyed)
{
    record_keys_clear(&keyed->keys);
    pending_clear(&keyed->pending);
    key_moves_clear(&keyed->moves);
}
