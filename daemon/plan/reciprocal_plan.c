/*
 * reciprocal_plan.c: archives, turned round and in order -> beside the desired rows -> skipped. If
 * some of them cannot be decided, links are read from both of their records, and all is compared
 * again.
 */
#include "plan/reciprocal_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "source/source.h"
#include "source/spool.h"
#include "journal/known_reciprocals.h"
#include "plan/diff.h"
#include "plan/link_evidence.h"

enum {
    PAGE_ROWS = 10000,
    LEARN_PAIRS_MAX = 100, /* links that are read from both records: one request, nearly always */
    LEARN_PAIRS_OF_TYPE = 4,
};

static const char names_it[] = "kept: defined by the source on the other record";
static const char undecided[] =
    "the source names the link from its other record, and HubSpot does not tell whether this label "
    "is the other side of what is named there; it is kept until a link that carries one of the two "
    "labels alone was read from both of its records; or remove it in HubSpot";

struct twins {
    struct run *run;
    bool planning; /* and not looking again before it archives */
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
};

/* A flag of an archive's row: it is reported or blocked, and will not be done anyway. */
enum { IS_IDLE = 1 };

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
}

static bool add_archive(struct twins *twins, char *line, struct error *err)
{
    char *cells[5];
    struct assoc row = {0};
    if (pg_copy_split(line, cells, 5) != 5 ||
        !assoc_parse_id(cells[0], strlen(cells[0]), &row.from_id) ||
        !assoc_parse_id(cells[1], strlen(cells[1]), &row.to_id))
        return error_set(err, ERROR_STATE, "assocd.change has a row that is no association");
    row.flags = strcmp(cells[4], "planned") != 0 ? IS_IDLE : 0;
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
    pg_arg_bool(&args, twins->planning);
    if (!spool_open(&twins->archives, "planned archives", SPOOL_SORTED, err) ||
        !pg_copy_statement(state, STATEMENT_RECIPROCAL_COPY, &args, err))
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

/* rows: what those that are skipped were until now. */
static void count_skipped(struct twins *twins, const struct pg_rows *rows)
{
    struct run_counts *counts = &twins->run->counts;
    for (int i = 0; i < rows->count; i++) {
        const char *state = pg_rows_text(rows, i, 0);
        counts->reported -= strcmp(state, "reported") == 0;
        counts->blocked -= strcmp(state, "blocked") == 0;
        twins->skipped++;
    }
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
    if (!pg_run(twins->run->state, STATEMENT_RECIPROCAL_SKIP, &args, &rows, err))
        return false;
    count_skipped(twins, &rows);
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
        if (!twins->last || (archive->flags & IS_IDLE) != 0)
            return true;
        twins->run->undecided++;
        return skip(twins, archive, undecided, err);
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

static bool settle(struct twins *twins, struct spool *desired, struct error *err)
{
    if (!compare(twins, desired, err))
        return false;
    if (twins->unknown.count == 0)
        return true;
    if (!link_evidence_read(twins->run, &twins->unknown, err))
        return false;
    twins->last = true;
    return compare(twins, desired, err);
}

void reciprocal_plan_types(const struct run *run, struct buf *there, struct buf *here)
{
    const struct types *types = &run->types;
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other = reciprocal_of(run->reciprocals, i);
        if (other == TYPE_NONE || types->items[i].kind == TYPE_PLAIN)
            continue;
        pg_array_type(there, types->items[i].category, types->items[i].type_id);
        pg_array_type(here, types->items[other].category, types->items[other].type_id);
    }
}

/* A plain type is not blocked by a label that the run archives from the other record. */
static bool unblock(struct run *run, struct error *err)
{
    CLEANUP(buf_clear) struct buf there = {0};
    CLEANUP(buf_clear) struct buf here = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    if (run->counts.blocked == 0)
        return true;
    reciprocal_plan_types(run, &there, &here);
    pg_arg_int(&args, run->run_id);
    pg_arg_text(&args, pg_array_end(&there));
    pg_arg_text(&args, pg_array_end(&here));
    if (!pg_run(run->state, STATEMENT_RECIPROCAL_UNBLOCK, &args, &rows, err))
        return false;
    run->counts.blocked -= (uint64_t)rows.count;
    return true;
}

static bool settle_archives(
    struct run *run, struct spool *desired, uint64_t *skipped, struct error *err)
{
    CLEANUP(twins_clear)
    struct twins twins = {.run = run, .planning = run->status == RUN_PLANNING};
    if (!load_archives(&twins, err))
        return false;
    if (twins.from_count == 0)
        return true;
    if (desired == NULL && !ask_source(&twins, err))
        return false;
    bool ok = settle(&twins, desired != NULL ? desired : twins.asked, err);
    *skipped += twins.skipped;
    return ok && (!twins.planning || unblock(run, err));
}

bool reciprocal_plan_finish(
    struct run *run, struct spool *desired, uint64_t *skipped, struct error *err)
{
    uint64_t before = run->undecided;
    if (run->reciprocals == NULL)
        return true;
    if (!settle_archives(run, desired, skipped, err))
        return false;
    if (run->undecided > before)
        run_note(run,
            "HubSpot does not tell which labels are the two sides of one, so some are kept that "
            "the "
            "source does not name (assocd show %lld)",
            (long long)run->run_id);
    return known_reciprocals_store(run, err);
}
