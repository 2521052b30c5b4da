/*
 * merged.c: records of the plan -> look-ups -> changes that are left out, and rejects.
 */
#include "plan/merged.h"

#include <string.h>

#include "base/buf.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "journal/lookup.h"
#include "plan/deleted_records.h"
#include "plan/guard.h"

enum {
    PAGE = 100000,
    LATER = 5000, /* more archives than these are asked for only if they are really to be sent, and
                   * what is only reported not at all */
};

struct sides {
    struct lookup from, to;
};

static void sides_clear(struct sides *sides)
{
    lookup_clear(&sides->from);
    lookup_clear(&sides->to);
}

static struct sides sides_of(struct run *run)
{
    const struct sync_definition *sync = run->session.sync;
    return (struct sides){
        .from = {.run = run, .object = sync->from, .type = run->session.from_type},
        .to = {.run = run, .object = sync->to, .type = run->session.to_type}};
}

/* The records that a statement names, side by side: 0 from, 1 to. */
static bool ask(
    struct run *run, enum statement_id statement, struct sides *sides, struct error *err)
{
    int64_t side = 0, last = 0;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    do {
        struct pg_args args = {0};
        pg_arg_int(&args, run->session.run_id);
        pg_arg_int(&args, side);
        pg_arg_int(&args, last);
        pg_arg_int(&args, PAGE);
        if (statement == STATEMENT_MERGED_SUSPECTS)
            pg_arg_bool(&args, run->plan.counts.reported <= LATER);
        if (!pg_run(run->session.state, statement, &args, &rows, err))
            return false;
        for (int i = 0; i < rows.count; i++) {
            side = pg_rows_int(&rows, i, 0);
            last = pg_rows_int(&rows, i, 1);
            if (!lookup_add(side == 0 ? &sides->from : &sides->to, (uint64_t)last, err))
                return false;
        }
    } while (rows.count == PAGE);
    return lookup_end(&sides->from, err) && lookup_end(&sides->to, err);
}

static void add_merges(const struct assoc_list *merges, struct buf *old, struct buf *now)
{
    for (size_t i = 0; i < merges->count; i++) {
        if (merges->rows[i].to_id == 0)
            continue;
        pg_array_int(old, (int64_t)merges->rows[i].from_id);
        pg_array_int(now, (int64_t)merges->rows[i].to_id);
    }
}

static bool is_one_type(const struct run *run)
{
    return strcmp(run->session.from_type, run->session.to_type) == 0;
}

/* Does the plan show every association that others have added to what the sync owns? */
static bool shows_all(const struct run *run)
{
    return (run->scope.mode == RUN_FULL || run->scope.mode == RUN_PLAN) && run->scope.undoes == 0 &&
        run->session.sync->policy == POLICY_MIRROR && run_has_read(run) &&
        run->plan.counts.invalid + run->plan.counts.pending == 0;
}

/* What a merge explains is left out; rows that name a merged to-record become rejects. */
static bool leave_out(
    struct run *run, const struct assoc_list *from, const struct assoc_list *to, struct error *err)
{
    const struct sync_definition *sync = run->session.sync;
    CLEANUP(buf_clear) struct buf from_old = {0}, from_now = {0}, to_old = {0}, to_now = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    bool same = is_one_type(run);
    add_merges(from, &from_old, &from_now);
    add_merges(to, &to_old, &to_now);
    if (same) { /* both sides are about the same records */
        add_merges(to, &from_old, &from_now);
        add_merges(from, &to_old, &to_now);
    }
    if (from_old.length == 0 && to_old.length == 0)
        return true;
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, sync->name);
    pg_arg_text(&args, pg_array_end(&from_old));
    pg_arg_text(&args, pg_array_end(&from_now));
    pg_arg_text(&args, pg_array_end(&to_old));
    pg_arg_text(&args, pg_array_end(&to_now));
    pg_arg_text(&args, sync->to);
    pg_arg_bool(&args, same);
    pg_arg_text(&args, run->session.mapping);
    pg_arg_bool(&args, shows_all(run));
    if (!pg_run(run->session.state, STATEMENT_MERGED_SKIP, &args, &rows, err))
        return false;
    run->plan.told += (uint64_t)rows.count;
    if (rows.count > 0)
        run_note(run, "%s%s", pg_rows_text(&rows, 0, 0), rows.count > 1 ? ", and others" : "");
    return true;
}

static void add_unknown(const struct lookup *lookup, struct buf *unknown)
{
    for (size_t i = 0; i < lookup->count; i++)
        if (lookup->records[i].fate == LOOKUP_UNKNOWN)
            pg_array_int(unknown, (int64_t)lookup->records[i].id);
}

/* Archives that a record which HubSpot does not tell about may have come into. */
static bool leave_unknown(
    struct run *run, const struct sides *sides, const struct assoc_list *missing, struct error *err)
{
    CLEANUP(buf_clear) struct buf from = {0}, to = {0};
    struct pg_args args = {0};
    bool same = is_one_type(run);
    add_unknown(&sides->from, &from);
    add_unknown(&sides->to, &to);
    if (same)
        add_unknown(&sides->from, &to);
    for (size_t i = 0; i < missing->count; i++)
        if ((missing->rows[i].flags & DELETED_UNTOLD) != 0) {
            pg_array_int(&from, (int64_t)missing->rows[i].from_id);
            if (same)
                pg_array_int(&to, (int64_t)missing->rows[i].from_id);
        }
    if (from.length == 0 && to.length == 0)
        return true;
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, pg_array_end(&to));
    pg_arg_bool(&args, same);
    pg_arg_text(&args, pg_array_end(&from));
    pg_arg_text(&args, run->session.sync->name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_MERGED_UNKNOWN, &args, &rows, err))
        return false;
    run->plan.untold += (uint64_t)rows.count;
    if (rows.count > 0)
        run_note(run,
            "%d archives are left out, because HubSpot does not tell whether their "
            "records were merged",
            rows.count);
    return true;
}

/* Many archives beyond the guard's limit are going to be withheld: to ask for their records would
 * cost thousands of requests for nothing. */
static bool is_for_later(struct run *run, bool *later, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *later = false;
    if (run->plan.archives <= LATER)
        return true;
    pg_arg_int(&args, run->session.run_id);
    if (!pg_run(run->session.state, STATEMENT_CHANGE_COUNTS, &args, &rows, err))
        return false;
    uint64_t archives = (uint64_t)pg_rows_int(&rows, 0, 1);
    *later = run->scope.mode != RUN_APPLY && archives > LATER &&
        archives > guard_archive_limit(&run->session.sync->guards, run->plan.counts.managed);
    return true;
}

/* Needs no look-up: what an earlier run knew, and what is known of missing records. */
static bool leave_known(struct run *run, const struct assoc_list *missing, struct error *err)
{
    const struct assoc_list none = {0};
    const struct sides unasked = {0};
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run->session.sync->name);
    return (run->plan.archives == 0 ||
               pg_run(run->session.state, STATEMENT_MERGED_KEPT, &args, NULL, err)) &&
        leave_out(run, missing, &none, err) && leave_unknown(run, &unasked, missing, err);
}

bool merged_settle(struct run *run, const struct assoc_list *unnamed,
    const struct assoc_list *missing, struct error *err)
{
    return leave_known(run, missing, err) && is_for_later(run, &run->plan.merges_unasked, err) &&
        (run->plan.merges_unasked || merged_look(run, unnamed, err));
}

bool merged_look(struct run *run, const struct assoc_list *unnamed, struct error *err)
{
    const struct assoc_list none = {0};
    CLEANUP(sides_clear) struct sides sides = sides_of(run);
    return ask(run, STATEMENT_MERGED_SUSPECTS, &sides, err) &&
        leave_out(run, &sides.from.merges, &sides.to.merges, err) &&
        deleted_records_report(run, &sides.from, unnamed, err) &&
        leave_unknown(run, &sides, &none, err);
}

static bool explain(struct run *run, const struct lookup *lookup, bool to, struct error *err)
{
    CLEANUP(buf_clear) struct buf ids = {0}, categories = {0}, texts = {0};
    char text[LOOKUP_TEXT_MAX];
    struct pg_args args = {0};
    for (size_t i = 0; i < lookup->count; i++) {
        const struct lookup_record *record = &lookup->records[i];
        if (record->fate != LOOKUP_MERGED && record->fate != LOOKUP_DELETED)
            continue;
        lookup_text(lookup->object, record, text);
        pg_array_int(&ids, (int64_t)record->id);
        pg_array_text(&categories, record->fate == LOOKUP_MERGED ? "merged" : "deleted");
        pg_array_text(&texts, text);
    }
    if (ids.length == 0)
        return true;
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_bool(&args, to);
    pg_arg_text(&args, pg_array_end(&ids));
    pg_arg_text(&args, pg_array_end(&categories));
    pg_arg_text(&args, pg_array_end(&texts));
    return pg_run(run->session.state, STATEMENT_MERGED_EXPLAIN, &args, NULL, err);
}

bool merged_explain(struct run *run, struct error *err)
{
    CLEANUP(sides_clear) struct sides sides = sides_of(run);
    return ask(run, STATEMENT_MERGED_REFUSED, &sides, err) &&
        explain(run, &sides.from, false, err) && explain(run, &sides.to, true, err);
}
