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
#include "source/drain.h"
#include "source/spool.h"
#include "journal/known_reciprocals.h"
#include "plan/diff.h"
#include "plan/keyed.h"
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

struct reciprocal_plan {
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

static void twins_clear(struct reciprocal_plan *plan)
{
    spool_close(plan->archives);
    spool_close(plan->asked);
    free(plan->from_ids);
    buf_clear(&plan->from);
    buf_clear(&plan->to);
    buf_clear(&plan->category);
    buf_clear(&plan->type_id);
    buf_clear(&plan->messages);
    assoc_list_clear(&plan->unknown);
}

static bool add_archive(struct reciprocal_plan *plan, char *line, struct error *err)
{
    char *cells[5];
    struct assoc row = {0};
    if (pg_copy_split(line, cells, 5) != 5 ||
        !assoc_parse_id(cells[0], strlen(cells[0]), &row.from_id) ||
        !assoc_parse_id(cells[1], strlen(cells[1]), &row.to_id))
        return error_set(err, ERROR_STATE,
            "assocd.change has an invalid row (expected two record IDs and a type)");
    row.flags = strcmp(cells[4], "planned") != 0 ? IS_IDLE : 0;
    row.type =
        types_find(&plan->run->session.types, cells[3], (uint32_t)strtoul(cells[2], NULL, 10));
    if (row.type == TYPE_NONE)
        return error_set(
            err, ERROR_INTERNAL, "the plan's type %s:%s is not known", cells[3], cells[2]);
    if (plan->from_count == 0 || plan->from_ids[plan->from_count - 1] != row.from_id) {
        mem_grow(&plan->from_ids, &plan->from_room, plan->from_count + 1, sizeof plan->from_ids[0]);
        plan->from_ids[plan->from_count++] = row.from_id;
    }
    return spool_add(plan->archives, row, err);
}

static bool load_archives(struct reciprocal_plan *plan, struct error *err)
{
    struct pg *state = plan->run->session.state;
    struct pg_args args = {0};
    pg_arg_int(&args, plan->run->session.run_id);
    pg_arg_bool(&args, plan->planning);
    if (!spool_open(&plan->archives, "planned archives", SPOOL_SORTED, err) ||
        !pg_copy_statement(state, STATEMENT_RECIPROCAL_COPY, &args, err))
        return false;
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(state, &line, &length, err))
            return false;
        if (line == NULL)
            return spool_rewind(plan->archives, err);
        if (!add_archive(plan, line, err))
            return false;
    }
}

/* An invalid row could name any of them: the guards withhold the archives. */
static bool count_invalid(void *context, const struct source_row *row, struct error *err)
{
    struct reciprocal_plan *plan = context;
    (void)row;
    (void)err;
    plan->run->plan.counts.invalid++;
    return true;
}

static bool ask_source(struct reciprocal_plan *plan, struct error *err)
{
    struct run *run = plan->run;
    struct source_query query = {.sync = run->session.sync,
        .database_url = run->session.database_url,
        .types = &run->session.types,
        .from_ids = plan->from_ids,
        .from_count = plan->from_count};
    if (!spool_open(&plan->asked, "desired rows of the other records", SPOOL_SORTED, err))
        return false;
    struct drain drain = {.rows = plan->asked, .invalid = count_invalid, .context = plan};
    CLEANUP(keyed_clear) struct keyed keyed = {.keys.run = run};
    return keyed_drain_query(&keyed, &query, &drain, err);
}

/* rows: what those that are skipped were until now. */
static void count_skipped(struct reciprocal_plan *plan, const struct pg_rows *rows)
{
    struct plan_counts *counts = &plan->run->plan.counts;
    for (int i = 0; i < rows->count; i++) {
        const char *state = pg_rows_text(rows, i, 0);
        counts->reported -= strcmp(state, "reported") == 0;
        counts->blocked -= strcmp(state, "blocked") == 0;
        plan->skipped++;
    }
}

static bool flush(struct reciprocal_plan *plan, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (plan->count == 0)
        return true;
    plan->count = 0;
    pg_arg_int(&args, plan->run->session.run_id);
    pg_arg_text(&args, pg_array_end(&plan->from));
    pg_arg_text(&args, pg_array_end(&plan->to));
    pg_arg_text(&args, pg_array_end(&plan->category));
    pg_arg_text(&args, pg_array_end(&plan->type_id));
    pg_arg_text(&args, pg_array_end(&plan->messages));
    if (!pg_run(plan->run->session.state, STATEMENT_RECIPROCAL_SKIP, &args, &rows, err))
        return false;
    count_skipped(plan, &rows);
    buf_reset(&plan->from);
    buf_reset(&plan->to);
    buf_reset(&plan->category);
    buf_reset(&plan->type_id);
    buf_reset(&plan->messages);
    return true;
}

static bool skip(
    struct reciprocal_plan *plan, const struct assoc *archive, const char *why, struct error *err)
{
    const struct type *type = &plan->run->session.types.items[archive->type];
    pg_array_int(&plan->from, (int64_t)archive->from_id);
    pg_array_int(&plan->to, (int64_t)archive->to_id);
    pg_array_text(&plan->category, type->category);
    pg_array_int(&plan->type_id, type->type_id);
    pg_array_text(&plan->messages, why);
    return ++plan->count < PAGE_ROWS || flush(plan, err);
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
static void note_unknown(struct reciprocal_plan *plan, const struct assoc *archive)
{
    const struct assoc_list *unknown = &plan->unknown;
    bool noted = unknown->count > 0 && assoc_same_pair(&unknown->rows[unknown->count - 1], archive);
    if (!noted && unknown->count < LEARN_PAIRS_MAX &&
        plan->unknown_of[archive->type]++ < LEARN_PAIRS_OF_TYPE)
        assoc_list_add(&plan->unknown, *archive);
}

static bool decide(struct reciprocal_plan *plan, const struct assoc *archive,
    const struct assoc_list *named, struct error *err)
{
    switch (reciprocal_takes(
        plan->run->session.reciprocals, archive->type, named->rows, named->count)) {
    case RECIPROCAL_YES:
        return skip(plan, archive, names_it, err);
    case RECIPROCAL_UNKNOWN:
        note_unknown(plan, archive);
        if (!plan->last || (archive->flags & IS_IDLE) != 0)
            return true;
        plan->run->plan.undecided++;
        return skip(plan, archive, undecided, err);
    case RECIPROCAL_NO:
        break;
    }
    return true;
}

static bool compare(struct reciprocal_plan *plan, struct spool *desired, struct error *err)
{
    CLEANUP(assoc_list_clear) struct assoc_list named = {0};
    struct assoc pair = {0};
    if (!spool_rewind(desired, err) || !spool_rewind(plan->archives, err))
        return false;
    for (;;) {
        const struct assoc *archive;
        if (!spool_peek(plan->archives, &archive, err))
            return false;
        if (archive == NULL)
            return flush(plan, err);
        if (by_pair(archive, &pair) != 0 && !desired_of(desired, archive, &named, err))
            return false;
        pair = *archive;
        if (!decide(plan, &pair, &named, err))
            return false;
        spool_take(plan->archives);
    }
}

static bool settle(struct reciprocal_plan *plan, struct spool *desired, struct error *err)
{
    if (!compare(plan, desired, err))
        return false;
    if (plan->unknown.count == 0)
        return true;
    if (!link_evidence_read(plan->run, &plan->unknown, err))
        return false;
    plan->last = true;
    return compare(plan, desired, err);
}

void reciprocal_plan_types(const struct run *run, struct buf *there, struct buf *here)
{
    const struct types *types = &run->session.types;
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other = reciprocal_of(run->session.reciprocals, i);
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
    if (run->plan.counts.blocked == 0)
        return true;
    reciprocal_plan_types(run, &there, &here);
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, pg_array_end(&there));
    pg_arg_text(&args, pg_array_end(&here));
    if (!pg_run(run->session.state, STATEMENT_RECIPROCAL_UNBLOCK, &args, &rows, err))
        return false;
    run->plan.counts.blocked -= (uint64_t)rows.count;
    return true;
}

static bool settle_archives(
    struct run *run, struct spool *desired, uint64_t *skipped, struct error *err)
{
    CLEANUP(twins_clear)
    struct reciprocal_plan plan = {.run = run, .planning = run->ending.status == RUN_PLANNING};
    if (!load_archives(&plan, err))
        return false;
    if (plan.from_count == 0)
        return true;
    if (desired == NULL && !ask_source(&plan, err))
        return false;
    bool ok = settle(&plan, desired != NULL ? desired : plan.asked, err);
    *skipped += plan.skipped;
    return ok && (!plan.planning || unblock(run, err));
}

bool reciprocal_plan_finish(
    struct run *run, struct spool *desired, uint64_t *skipped, struct error *err)
{
    uint64_t before = run->plan.undecided;
    if (run->session.reciprocals == NULL)
        return true;
    if (!settle_archives(run, desired, skipped, err))
        return false;
    if (run->plan.undecided > before)
        run_note(run,
            "HubSpot does not tell which labels are the two sides of one, so some are kept that "
            "the "
            "source does not name (assocd show %lld)",
            (long long)run->session.run_id);
    return known_reciprocals_store(run, err);
}
