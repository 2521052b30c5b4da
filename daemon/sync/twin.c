/*
 * twin.c: planned archives, turned round and in order -> beside the desired rows -> skipped.
 */
#include "sync/twin.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "hubspot/client.h"
#include "model/object_type.h"
#include "pg/pg.h"
#include "pg/statement.h"
#include "pg/text.h"
#include "sync/source.h"
#include "sync/spool.h"

enum { PAGE_ROWS = 10000 };

struct twins {
    struct run *run;
    struct spool *archives; /* turned round: from the other record's side */
    struct spool *asked; /* desired rows read here */
    uint64_t *from_ids; /* of archives, ascending */
    size_t from_count, from_room;
    struct buf from, to, category, type_id; /* of what is to be skipped: arrays */
    size_t count;
    uint64_t skipped;
};

static void twins_clear(struct twins *twins)
{
    spool_close(twins->archives);
    spool_close(twins->asked);
    free(twins->from_ids);
    buf_clear(&twins->from);
    buf_clear(&twins->to);
    buf_clear(&twins->category);
    buf_clear(&twins->type_id);
}

static bool same_objects(const struct sync_definition *sync)
{
    const char *from = object_type_id(sync->from, NULL);
    const char *to = object_type_id(sync->to, NULL);
    return from != NULL && to != NULL && strcmp(from, to) == 0;
}

static bool add_archive(struct twins *twins, char *line, struct error *err)
{
    char *cells[4];
    struct assoc row = {0};
    if (pg_copy_split(line, cells, 4) != 4 ||
        !assoc_parse_id(cells[0], strlen(cells[0]), &row.from_id) ||
        !assoc_parse_id(cells[1], strlen(cells[1]), &row.to_id))
        return error_set(err, ERROR_STATE, "assocd.change has a row that is no association");
    row.type = types_find(&twins->run->types, cells[3], (uint32_t)strtoul(cells[2], NULL, 10));
    if (row.type == TYPE_NONE)
        return error_set(
            err, ERROR_INTERNAL, "the plan's type %s:%s is not known", cells[3], cells[2]);
    if (twins->from_count == 0 || twins->from_ids[twins->from_count - 1] != row.from_id) {
        mem_grow(
            &twins->from_ids, &twins->from_room, twins->from_count + 1, sizeof twins->from_ids[0]);
        twins->from_ids[twins->from_count++] = row.from_id;
    }
    return spool_add(twins->archives, row, err);
}

static bool load_archives(struct twins *twins, struct error *err)
{
    struct pg *state = twins->run->state;
    struct pg_args args = {0};
    pg_arg_int(&args, twins->run->run_id);
    if (!spool_open(&twins->archives, "planned archives", SPOOL_SORTED, err) ||
        !pg_run(state, STATEMENT_TWIN_SCOPE, &args, NULL, err) ||
        !pg_copy_out(state, statements[STATEMENT_TWIN_COPY].text, err))
        return false;
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(state, &line, &length, err))
            return false;
        if (line == NULL)
            return spool_rewind(twins->archives, err);
        if (!add_archive(twins, line, err))
            return false;
    }
}

/* A row that cannot be meant could name any of them: the guards withhold the archives. */
static bool ask_source(struct twins *twins, struct error *err)
{
    struct run *run = twins->run;
    struct source *source = NULL;
    struct source_row row = {.kind = SOURCE_ROW};
    struct source_wish wish = {.sync = run->options.sync,
        .database_url = run->options.database_url,
        .types = &run->types,
        .from_ids = twins->from_ids,
        .from_count = twins->from_count};
    bool ok = spool_open(&twins->asked, "desired rows of the other records", SPOOL_SORTED, err) &&
        source_open(&source, &wish, err);
    while (ok) {
        ok = source_next(source, &row, err);
        if (!ok || row.kind == SOURCE_END)
            break;
        if (row.kind == SOURCE_INVALID)
            run->counts.invalid++;
        else
            ok = spool_add(twins->asked, row.assoc, err);
    }
    source_close(source);
    return ok;
}

static bool flush(struct twins *twins, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (twins->count == 0)
        return true;
    twins->count = 0;
    pg_arg_int(&args, twins->run->run_id);
    pg_arg_text(&args, pg_array_end(&twins->from));
    pg_arg_text(&args, pg_array_end(&twins->to));
    pg_arg_text(&args, pg_array_end(&twins->category));
    pg_arg_text(&args, pg_array_end(&twins->type_id));
    if (!pg_run(twins->run->state, STATEMENT_TWIN_SKIP, &args, &rows, err))
        return false;
    twins->skipped += (uint64_t)rows.count;
    buf_reset(&twins->from);
    buf_reset(&twins->to);
    buf_reset(&twins->category);
    buf_reset(&twins->type_id);
    return true;
}

static bool skip(struct twins *twins, const struct assoc *archive, struct error *err)
{
    const struct type *type = &twins->run->types.items[archive->type];
    pg_array_int(&twins->from, (int64_t)archive->from_id);
    pg_array_int(&twins->to, (int64_t)archive->to_id);
    pg_array_text(&twins->category, type->category);
    pg_array_int(&twins->type_id, type->type_id);
    return ++twins->count < PAGE_ROWS || flush(twins, err);
}

/* May archiving one type of a pair take another type of it, seen from the other side? The plain
 * type takes all of them, a label its own twin and never the plain one. */
static bool takes(const struct types *types, uint32_t archived, uint32_t desired)
{
    const struct type *a = &types->items[archived], *d = &types->items[desired];
    if (a->kind == TYPE_PLAIN)
        return true;
    return d->kind != TYPE_PLAIN && strcmp(a->category, d->category) == 0;
}

static int by_pair(const struct assoc *a, const struct assoc *b)
{
    if (a->from_id != b->from_id)
        return a->from_id < b->from_id ? -1 : 1;
    return a->to_id < b->to_id ? -1 : a->to_id > b->to_id;
}

/* The desired rows of a pair, or of none, into list; the spool stands behind them then. */
static bool desired_of(
    struct spool *desired, const struct assoc *pair, struct assoc_list *list, struct error *err)
{
    list->count = 0;
    for (;;) {
        const struct assoc *row;
        if (!spool_peek(desired, &row, err))
            return false;
        int order = row != NULL ? by_pair(row, pair) : 1;
        if (order > 0)
            return true;
        if (order == 0)
            assoc_list_add(list, *row);
        spool_take(desired);
    }
}

static bool compare(
    struct twins *twins, struct spool *desired, struct assoc_list *named, struct error *err)
{
    struct assoc pair = {0};
    for (;;) {
        const struct assoc *archive;
        if (!spool_peek(twins->archives, &archive, err))
            return false;
        if (archive == NULL)
            return flush(twins, err);
        if (by_pair(archive, &pair) != 0 && !desired_of(desired, archive, named, err))
            return false;
        pair = *archive;
        size_t i = 0;
        while (i < named->count && !takes(&twins->run->types, pair.type, named->rows[i].type))
            i++;
        if (i < named->count && !skip(twins, &pair, err))
            return false;
        spool_take(twins->archives);
    }
}

bool twin_settle(struct run *run, struct spool *desired, uint64_t *skipped, struct error *err)
{
    CLEANUP(twins_clear) struct twins twins = {.run = run};
    struct assoc_list named = {0};
    if (!same_objects(run->options.sync))
        return true;
    if (!load_archives(&twins, err))
        return false;
    if (twins.from_count == 0)
        return true;
    if (desired == NULL && !ask_source(&twins, err))
        return false;
    desired = desired != NULL ? desired : twins.asked;
    bool ok = spool_rewind(desired, err) && compare(&twins, desired, &named, err);
    *skipped += twins.skipped;
    assoc_list_clear(&named);
    return ok;
}
