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

static struct sides sides_of(struct session *session)
{
    const struct sync_definition *sync = session->sync;
    return (struct sides){
        .from = {.session = session, .object = sync->from, .type = session->from_type},
        .to = {.session = session, .object = sync->to, .type = session->to_type}};
}

/* Is a type among the creates of a pair, of which number `number` is the first? */
static bool is_created(const struct diff_list *changes, size_t number, uint32_t type)
{
    const struct change *items = changes->items;
    for (size_t i = number;
         i < changes->count && assoc_same_pair(&items[i].assoc, &items[number].assoc); i++)
        if (items[i].operation == CHANGE_CREATE && items[i].assoc.type == type)
            return true;
    return false;
}

/* Do the creates of a pair leave out a label that is shown? */
static bool may_wipe(const bool shown[static TYPES_MAX], const struct types *types,
    const struct diff_list *changes, size_t number)
{
    for (uint32_t type = 0; type < types->count; type++)
        if (shown[type] && !is_created(changes, number, type))
            return true;
    return false;
}

static void note_creates(struct plan *plan, const struct types *types, struct diff_rows observed,
    const struct diff_list *changes, size_t first)
{
    bool shown[TYPES_MAX] = {false};
    uint64_t done = 0; /* to-record of the last create */
    for (size_t i = 0; i < observed.count; i++)
        shown[observed.rows[i].type] = types->items[observed.rows[i].type].kind != TYPE_PLAIN;
    for (size_t i = first; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        if (change->operation != CHANGE_CREATE || change->verdict != CHANGE_PLANNED ||
            change->assoc.to_id == done)
            continue;
        done = change->assoc.to_id;
        if (diff_pair(observed.rows, observed.count, &change->assoc).count == 0 &&
            may_wipe(shown, types, changes, i))
            assoc_list_add(&plan->unseen, assoc_scope(done));
    }
}

void merged_note(struct plan *plan, const struct types *types, struct diff_rows observed,
    const struct diff_list *changes, size_t first)
{
    bool label = false;
    for (size_t i = 0; i < observed.count && first < changes->count; i++)
        label = label || types->items[observed.rows[i].type].kind != TYPE_PLAIN;
    if (label)
        note_creates(plan, types, observed, changes, first);
}

/* The to-records of merged_note, each once. */
static bool ask_unseen(struct plan *plan, struct lookup *to, struct error *err)
{
    plan->unseen.count = assoc_sort_unique(plan->unseen.rows, plan->unseen.count);
    for (size_t i = 0; i < plan->unseen.count; i++)
        if (!lookup_add(to, plan->unseen.rows[i].from_id, err))
            return false;
    return true;
}

static bool is_unseen(const struct plan *plan, uint64_t id)
{
    struct assoc pair = assoc_scope(id);
    size_t first = 0;
    return assoc_find_pair(plan->unseen.rows, plan->unseen.count, &pair, &first) > 0;
}

/* Do creates towards a record wait until HubSpot tells of it? An undo does not know what else their
 * from-records show. */
static bool must_be_told(const struct plan *plan, const struct lookup_record *record)
{
    return record->fate == LOOKUP_UNKNOWN &&
        (plan->scope->undoes != 0 || is_unseen(plan, record->id));
}

/* The records that a statement names, side by side: 0 from, 1 to. plan: NULL unless they are its
 * suspects. */
static bool ask(const struct session *session, struct plan *plan, enum statement_id statement,
    struct sides *sides, struct error *err)
{
    int64_t side = 0, last = 0;
    if (plan != NULL && !ask_unseen(plan, &sides->to, err))
        return false;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    do {
        struct pg_args args = {0};
        pg_arg_int(&args, session->run_id);
        pg_arg_int(&args, side);
        pg_arg_int(&args, last);
        pg_arg_int(&args, PAGE);
        if (plan != NULL) {
            pg_arg_bool(&args, plan->counts.reported <= LATER);
            pg_arg_bool(&args, !plan->merges_unasked);
        }
        if (!pg_run(session->state, statement, &args, &rows, err))
            return false;
        for (int i = 0; i < rows.count; i++) {
            side = pg_rows_int(&rows, i, 0);
            last = pg_rows_int(&rows, i, 1);
            if (side == 1 && plan != NULL && is_unseen(plan, (uint64_t)last))
                continue;
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

static bool is_one_type(const struct session *session)
{
    return strcmp(session->from_type, session->to_type) == 0;
}

/* Does the plan show every association that others have added to what the sync owns? */
static bool shows_all(const struct session *session, const struct plan *plan)
{
    return (plan->scope->mode == RUN_FULL || plan->scope->mode == RUN_PLAN) &&
        plan->scope->undoes == 0 && session->sync->policy == POLICY_MIRROR && plan_has_read(plan) &&
        plan->counts.invalid + plan->counts.pending == 0;
}

/* What a merge explains is left out; rows that name a merged to-record become rejects. */
static bool leave_out(struct session *session, struct plan *plan, const struct assoc_list *from,
    const struct assoc_list *to, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    CLEANUP(buf_clear) struct buf from_old = {0}, from_now = {0}, to_old = {0}, to_now = {0};
    CLEANUP(buf_clear) struct buf mapping = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    bool same = is_one_type(session);
    add_merges(from, &from_old, &from_now);
    add_merges(to, &to_old, &to_now);
    if (same) { /* both sides are about the same records */
        add_merges(to, &from_old, &from_now);
        add_merges(from, &to_old, &to_now);
    }
    if (from_old.length == 0 && to_old.length == 0)
        return true;
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, sync->name);
    pg_arg_text(&args, pg_array_end(&from_old));
    pg_arg_text(&args, pg_array_end(&from_now));
    pg_arg_text(&args, pg_array_end(&to_old));
    pg_arg_text(&args, pg_array_end(&to_now));
    pg_arg_text(&args, sync->to);
    pg_arg_bool(&args, same);
    pg_arg_text(&args, mapping_text(&session->mapping, &mapping));
    pg_arg_bool(&args, shows_all(session, plan));
    if (!pg_run(session->state, STATEMENT_MERGED_SKIP, &args, &rows, err))
        return false;
    plan->told += (uint64_t)rows.count;
    if (rows.count > 0)
        session_note(
            session, "%s%s", pg_rows_text(&rows, 0, 0), rows.count > 1 ? ", and others" : "");
    return true;
}

static void add_unknown(const struct lookup *lookup, struct buf *unknown)
{
    for (size_t i = 0; i < lookup->count; i++)
        if (lookup->records[i].fate == LOOKUP_UNKNOWN)
            pg_array_int(unknown, (int64_t)lookup->records[i].id);
}

/* Archives that a record which HubSpot does not tell about may have come into, and creates that may
 * wipe a label. */
static bool leave_unknown(struct session *session, struct plan *plan, const struct sides *sides,
    const struct assoc_list *missing, struct error *err)
{
    CLEANUP(buf_clear) struct buf from = {0}, to = {0}, unseen = {0};
    struct pg_args args = {0};
    bool same = is_one_type(session);
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
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&to));
    pg_arg_bool(&args, same);
    pg_arg_text(&args, pg_array_end(&from));
    pg_arg_text(&args, session->sync->name);
    for (size_t i = 0; i < sides->to.count; i++)
        if (must_be_told(plan, &sides->to.records[i]))
            pg_array_int(&unseen, (int64_t)sides->to.records[i].id);
    pg_arg_text(&args, pg_array_end(&unseen));
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_MERGED_UNKNOWN, &args, &rows, err))
        return false;
    plan->untold += (uint64_t)rows.count;
    if (rows.count > 0)
        session_note(session,
            "%d changes are left out, because HubSpot does not tell whether their "
            "records were merged",
            rows.count);
    return true;
}

/* Many archives beyond the guard's limit are going to be withheld: to ask for their records would
 * cost thousands of requests for nothing. */
static bool is_for_later(
    const struct session *session, const struct plan *plan, bool *later, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *later = false;
    if (plan->archives <= LATER)
        return true;
    pg_arg_int(&args, session->run_id);
    if (!pg_run(session->state, STATEMENT_CHANGE_COUNTS, &args, &rows, err))
        return false;
    uint64_t archives = (uint64_t)pg_rows_int(&rows, 0, 1);
    *later = plan->scope->mode != RUN_APPLY && archives > LATER &&
        archives > guard_archive_limit(&session->sync->guards, plan->counts.managed);
    return true;
}

/* Needs no look-up: what an earlier run knew, and what is known of missing records. */
static bool leave_known(
    struct session *session, struct plan *plan, const struct assoc_list *missing, struct error *err)
{
    const struct assoc_list none = {0};
    const struct sides unasked = {0};
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, session->sync->name);
    return (plan->archives == 0 ||
               pg_run(session->state, STATEMENT_MERGED_KEPT, &args, NULL, err)) &&
        leave_out(session, plan, missing, &none, err) &&
        leave_unknown(session, plan, &unasked, missing, err);
}

bool merged_find(struct session *session, struct plan *plan, const struct assoc_list *unnamed,
    const struct assoc_list *missing, struct error *err)
{
    bool ok = leave_known(session, plan, missing, err) &&
        is_for_later(session, plan, &plan->merges_unasked, err) &&
        merged_look(session, plan, unnamed, err);
    plan->beside_labels = plan->unseen.count;
    assoc_list_clear(&plan->unseen);
    return ok;
}

bool merged_look(
    struct session *session, struct plan *plan, const struct assoc_list *unnamed, struct error *err)
{
    const struct assoc_list none = {0};
    CLEANUP(sides_clear) struct sides sides = sides_of(session);
    return ask(session, plan, STATEMENT_MERGED_SUSPECTS, &sides, err) &&
        leave_out(session, plan, &sides.from.merges, &sides.to.merges, err) &&
        deleted_records_report(session, plan, &sides.from, unnamed, err) &&
        leave_unknown(session, plan, &sides, &none, err);
}

static bool explain(
    const struct session *session, const struct lookup *lookup, bool to, struct error *err)
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
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, session->sync->name);
    pg_arg_bool(&args, to);
    pg_arg_text(&args, pg_array_end(&ids));
    pg_arg_text(&args, pg_array_end(&categories));
    pg_arg_text(&args, pg_array_end(&texts));
    return pg_run(session->state, STATEMENT_MERGED_EXPLAIN, &args, NULL, err);
}

bool merged_explain(struct session *session, struct error *err)
{
    CLEANUP(sides_clear) struct sides sides = sides_of(session);
    return ask(session, NULL, STATEMENT_MERGED_REFUSED, &sides, err) &&
        explain(session, &sides.from, false, err) && explain(session, &sides.to, true, err);
}
