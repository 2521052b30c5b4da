/*
 * twin.c: planned archives, turned round and in order -> beside the desired rows -> skipped. If
 * some of them cannot be decided, links are read from both of their records, and all is compared
 * again.
 */
#include "sync/twin.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "hubspot/client.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "sync/diff.h"
#include "sync/read.h"
#include "sync/source.h"
#include "sync/spool.h"

enum {
    PAGE_ROWS = 10000,
    LEARN_PAIRS_MAX = 100, /* links that are read from both records: one request, nearly always */
    LEARN_PAIRS_OF_TYPE = 4,
    LEARN_READINGS_MAX = 1000, /* of what a run reads anyway: what these do not tell, none does */
};

static const char names_it[] = "kept: defined by the source on the other record";
static const char undecided[] =
    "the source names the link from its other record, and HubSpot does not tell whether this label "
    "is the other side of what is named there; it is kept";

struct twins {
    struct run *run;
    bool last; /* what is not known now is skipped, too */
    struct spool *archives; /* turned round: from the other record's side */
    struct spool *asked; /* desired rows read here */
    uint64_t *from_ids; /* of archives, ascending */
    size_t from_count, from_room;
    struct buf from, to, category, type_id, messages; /* of what is to be skipped: arrays */
    size_t count;
    uint64_t skipped;
    struct assoc_list unknown; /* some of those that could not be decided, a pair each */
    size_t unknown_of[TYPES_MAX];
    struct assoc_list seen; /* what was read of them */
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
    buf_clear(&twins->messages);
    assoc_list_clear(&twins->unknown);
    assoc_list_clear(&twins->seen);
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
        !pg_copy_statement(state, STATEMENT_TWIN_COPY, &args, err))
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
    pg_arg_text(&args, pg_array_end(&twins->messages));
    if (!pg_run(twins->run->state, STATEMENT_TWIN_SKIP, &args, &rows, err))
        return false;
    twins->skipped += (uint64_t)rows.count;
    buf_reset(&twins->from);
    buf_reset(&twins->to);
    buf_reset(&twins->category);
    buf_reset(&twins->type_id);
    buf_reset(&twins->messages);
    return true;
}

static bool skip(
    struct twins *twins, const struct assoc *archive, const char *why, struct error *err)
{
    const struct type *type = &twins->run->types.items[archive->type];
    pg_array_int(&twins->from, (int64_t)archive->from_id);
    pg_array_int(&twins->to, (int64_t)archive->to_id);
    pg_array_text(&twins->category, type->category);
    pg_array_int(&twins->type_id, type->type_id);
    pg_array_text(&twins->messages, why);
    return ++twins->count < PAGE_ROWS || flush(twins, err);
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

/* Notes a link by which it may be found out which types are one. */
static void note_unknown(struct twins *twins, const struct assoc *archive)
{
    const struct assoc_list *unknown = &twins->unknown;
    bool noted = unknown->count > 0 && assoc_same_pair(&unknown->rows[unknown->count - 1], archive);
    if (!noted && unknown->count < LEARN_PAIRS_MAX &&
        twins->unknown_of[archive->type]++ < LEARN_PAIRS_OF_TYPE)
        assoc_list_add(&twins->unknown, *archive);
}

static bool decide(struct twins *twins, const struct assoc *archive, const struct assoc_list *named,
    struct error *err)
{
    switch (reciprocal_takes(twins->run->reciprocals, archive->type, named->rows, named->count)) {
    case RECIPROCAL_YES:
        return skip(twins, archive, names_it, err);
    case RECIPROCAL_UNKNOWN:
        note_unknown(twins, archive);
        twins->run->undecided += twins->last;
        return !twins->last || skip(twins, archive, undecided, err);
    case RECIPROCAL_NO:
        break;
    }
    return true;
}

static bool compare(struct twins *twins, struct spool *desired, struct error *err)
{
    CLEANUP(assoc_list_clear) struct assoc_list named = {0};
    struct assoc pair = {0};
    if (!spool_rewind(desired, err) || !spool_rewind(twins->archives, err))
        return false;
    for (;;) {
        const struct assoc *archive;
        if (!spool_peek(twins->archives, &archive, err))
            return false;
        if (archive == NULL)
            return flush(twins, err);
        if (by_pair(archive, &pair) != 0 && !desired_of(desired, archive, &named, err))
            return false;
        pair = *archive;
        if (!decide(twins, &pair, &named, err))
            return false;
        spool_take(twins->archives);
    }
}

/* ---- which types are one ---- */

static bool has_unknown(struct run *run, struct diff_rows rows)
{
    for (size_t i = 0; i < rows.count; i++)
        if (reciprocal_of(run->reciprocals, rows.rows[i].type) == TYPE_NONE)
            return true;
    return false;
}

void twin_learn(struct run *run, const struct chunk *chunk, const struct client_reply *reply)
{
    for (size_t i = 0; run->reciprocals != NULL && i < reply->rows_count;) {
        const struct assoc *pair = &reply->rows[i];
        struct assoc turned = {.from_id = pair->to_id, .to_id = pair->from_id};
        struct diff_rows forth = diff_pair(reply->rows, reply->rows_count, pair);
        i += forth.count;
        if (run->reciprocals->readings >= LEARN_READINGS_MAX)
            return;
        if (pair->from_id >= pair->to_id || !has_unknown(run, forth) ||
            !read_complete(chunk, reply, pair->to_id))
            continue;
        struct diff_rows back = diff_pair(reply->rows, reply->rows_count, &turned);
        reciprocal_observe(run->reciprocals, forth.rows, forth.count, back.rows, back.count);
    }
}

static int by_row(const void *a, const void *b)
{
    return assoc_compare(a, b);
}

static bool is_unknown(const struct twins *twins, const struct assoc *row)
{
    const struct assoc_list *unknown = &twins->unknown;
    for (size_t i = 0; i < unknown->count; i++)
        if ((row->from_id == unknown->rows[i].from_id && row->to_id == unknown->rows[i].to_id) ||
            (row->from_id == unknown->rows[i].to_id && row->to_id == unknown->rows[i].from_id))
            return true;
    return false;
}

/* A record that could not be read shows no links, and a link that one side alone shows teaches
 * nothing. */
static bool keep_seen(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct twins *twins = context;
    (void)chunk;
    (void)err;
    for (size_t i = 0; i < reply->rows_count; i++)
        if (is_unknown(twins, &reply->rows[i]))
            assoc_list_add(&twins->seen, reply->rows[i]);
    return true;
}

static bool add_records(struct twins *twins, struct spool *records, struct error *err)
{
    CLEANUP(assoc_list_clear) struct assoc_list ids = {0};
    for (size_t i = 0; i < twins->unknown.count; i++) {
        assoc_list_add(&ids, assoc_scope(twins->unknown.rows[i].from_id));
        assoc_list_add(&ids, assoc_scope(twins->unknown.rows[i].to_id));
    }
    ids.count = assoc_sort_unique(ids.rows, ids.count);
    for (size_t i = 0; i < ids.count; i++)
        if (!spool_add(records, ids.rows[i], err))
            return false;
    return spool_rewind(records, err);
}

static bool learn(struct twins *twins, struct error *err)
{
    struct spool *records = NULL;
    bool ok = spool_open(&records, "records of links seen from both sides", SPOOL_SORTED, err) &&
        add_records(twins, records, err);
    struct read_scope scope = {.desired = records, .operation = "read"};
    ok = ok && read_each(twins->run, &scope, keep_seen, twins, err);
    spool_close(records);
    if (!ok)
        return false;
    struct assoc_list *seen = &twins->seen;
    if (seen->count > 0)
        qsort(seen->rows, seen->count, sizeof seen->rows[0], by_row);
    for (size_t i = 0; i < twins->unknown.count; i++) {
        const struct assoc *pair = &twins->unknown.rows[i];
        struct assoc turned = {.from_id = pair->to_id, .to_id = pair->from_id};
        struct diff_rows forth = diff_pair(seen->rows, seen->count, pair);
        struct diff_rows back = diff_pair(seen->rows, seen->count, &turned);
        reciprocal_observe(twins->run->reciprocals, forth.rows, forth.count, back.rows, back.count);
    }
    return true;
}

static bool settle(struct twins *twins, struct spool *desired, struct error *err)
{
    if (!compare(twins, desired, err))
        return false;
    if (twins->unknown.count == 0)
        return true;
    if (!learn(twins, err))
        return false;
    twins->last = true;
    reciprocal_trust_names(twins->run->reciprocals, true);
    bool ok = compare(twins, desired, err);
    reciprocal_trust_names(twins->run->reciprocals, false);
    return ok;
}

bool twin_settle(struct run *run, struct spool *desired, uint64_t *skipped, struct error *err)
{
    CLEANUP(twins_clear) struct twins twins = {.run = run};
    if (run->reciprocals == NULL)
        return true;
    if (!load_archives(&twins, err))
        return false;
    if (twins.from_count == 0)
        return true;
    if (desired == NULL && !ask_source(&twins, err))
        return false;
    bool ok = settle(&twins, desired != NULL ? desired : twins.asked, err);
    *skipped += twins.skipped;
    return ok;
}
