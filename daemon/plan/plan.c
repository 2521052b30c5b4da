/*
 * plan.c: source -> spool, owned -> spool, chunks -> reads -> diff -> COPY into assocd.change.
 */
#include "plan/plan.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "model/change_state.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "source/spool.h"
#include "journal/changed_records.h"
#include "journal/ownership.h"
#include "journal/progress.h"
#include "journal/record_ids.h"
#include "plan/chunk.h"
#include "plan/deleted_records.h"
#include "plan/desired.h"
#include "plan/diff.h"
#include "plan/fetch.h"
#include "plan/guard.h"
#include "plan/link_evidence.h"
#include "plan/merged.h"
#include "plan/moves.h"
#include "plan/reciprocal_plan.h"
#include "plan/unreadable.h"

enum { FLUSH_BYTES = 256 * 1024 };

/* The plan while it is being made. */
struct draft {
    struct session *session;
    struct plan *plan;
    struct desired desired;
    struct spool *owned, *only;
    struct diff_list changes;
    struct buf rows; /* of assocd.change, in COPY form */
    uint64_t ordinals[2]; /* last ordinal of creates and archives */
    struct diff_rows observed; /* of the chunk being compared */
    struct assoc_list missing; /* from-records whose associations are all gone at once, or that
                                * the answer says nothing about (flags: DELETED_UNREAD) */
    struct unreadable unreadable;
    struct assoc_list
        unnamed; /* from-records that the owned set knows and the source does not name */
};

static void draft_clear(struct draft *draft)
{
    desired_clear(&draft->desired);
    spool_close(draft->owned);
    spool_close(draft->only);
    diff_list_clear(&draft->changes);
    assoc_list_clear(&draft->missing);
    assoc_list_clear(&draft->unnamed);
    unreadable_clear(&draft->unreadable);
    buf_clear(&draft->rows);
}

/* False in *on: a guard says that an empty source cannot be meant; HubSpot is not asked. */
static bool read_source(struct draft *draft, bool *on, struct error *err)
{
    struct plan *plan = draft->plan;
    if (!desired_read(draft->session, plan, &draft->desired, err))
        return false;
    struct guard_facts facts = {
        .source_rows = draft->desired.empty ? 0 : 1, .invalid = plan->counts.invalid};
    struct verdict verdict = guard_source(&draft->session->sync->guards, &facts);
    plan->source_refused = verdict.kind == VERDICT_REFUSE;
    *on = !plan->source_refused;
    return true;
}

/* The from-records of the saved plan that is being applied: nothing else needs to be read. */
static bool read_only(struct draft *draft, struct error *err)
{
    struct pg_args args = {0};
    if (draft->plan->scope->mode != RUN_APPLY)
        return true;
    pg_arg_int(&args, draft->plan->scope->plan_id);
    return spool_open(&draft->only, "records of the plan", SPOOL_SORTED, err) &&
        record_ids_load(draft->session->state, STATEMENT_PLAN_FROM_IDS, &args, draft->only, err);
}

static bool open_spools(struct draft *draft, struct error *err)
{
    struct session *session = draft->session;
    struct plan *plan = draft->plan;
    return spool_open(&draft->owned, "owned associations", SPOOL_SORTED, err) &&
        ownership_load(session, plan, draft->owned, err) &&
        spool_open(&plan->to_own, "adopted associations", SPOOL_AS_IS, err) &&
        spool_open(&plan->to_disown, "forgotten associations", SPOOL_AS_IS, err) &&
        read_only(draft, err);
}

static bool flush_changes(struct draft *draft, struct error *err)
{
    return pg_copy_rows(draft->session->state, STATEMENT_CHANGE_COPY, &draft->rows, err);
}

static void add_type(const struct draft *draft, uint32_t number, struct buf *array)
{
    const struct type *type = &draft->session->types.items[number];
    pg_array_type(array, type->category, type->type_id);
}

/* The types that travel with a create, or come by themselves with it: those of its pair that follow
 * it in the list. */
static void add_companions(
    const struct draft *draft, size_t number, enum change_operation operation, struct buf *array)
{
    const struct change *items = draft->changes.items;
    for (size_t i = number + 1; i < draft->changes.count; i++) {
        if (!assoc_same_pair(&items[i].assoc, &items[number].assoc))
            break;
        if (items[i].operation == operation)
            add_type(draft, items[i].assoc.type, array);
    }
}

/* Of the pair of a plain type that is archived: what goes with it, the primary type that HubSpot
 * had set, if it is not archived in its own right; of a blocked one: what it would take along, and
 * must not. */
static void add_others(const struct draft *draft, size_t number, struct buf *array)
{
    const struct session *session = draft->session;
    const struct change *change = &draft->changes.items[number];
    struct diff_rows pair = diff_pair(draft->observed.rows, draft->observed.count, &change->assoc);
    for (size_t i = 0; i < pair.count; i++) {
        uint32_t type = pair.rows[i].type;
        bool plain = session->types.items[type].kind == TYPE_PLAIN;
        bool goes = diff_goes_along(session->sync->policy, &session->types.items[type]);
        if (change->verdict == CHANGE_BLOCKED
                ? !plain && !goes
                : goes && !diff_pair_has(&draft->changes, number, type))
            add_type(draft, type, array);
    }
}

static const char *company_text(const struct draft *draft, size_t number, struct buf *array)
{
    const struct change *change = &draft->changes.items[number];
    if (change->operation == CHANGE_CREATE)
        add_companions(draft, number, CHANGE_ALONG, array);
    else if (change->operation == CHANGE_ARCHIVE &&
        draft->session->types.items[change->assoc.type].kind == TYPE_PLAIN)
        add_others(draft, number, array);
    return array->length > 0 ? pg_array_end(array) : NULL;
}

static void add_row(struct draft *draft, size_t number)
{
    const struct change *change = &draft->changes.items[number];
    CLEANUP(buf_clear) struct buf along = {0};
    CLEANUP(buf_clear) struct buf implied = {0};
    static const char *const reasons[] = {
        [REASON_SOURCE_ADDED] = "source_added",
        [REASON_SOURCE_REMOVED] = "source_removed",
        [REASON_KEY_MOVED] = "key_moved",
        [REASON_DRIFT_ADDED] = "drift_added",
        [REASON_DRIFT_REMOVED] = "drift_removed",
    };
    static const enum change_state states[] = {[CHANGE_PLANNED] = STATE_PLANNED,
        [CHANGE_REPORTED] = STATE_REPORTED,
        [CHANGE_BLOCKED] = STATE_BLOCKED};
    const struct session *session = draft->session;
    struct plan *plan = draft->plan;
    const struct type *type = &session->types.items[change->assoc.type];
    bool moved = change->operation == CHANGE_MOVED;
    bool archive = change->operation == CHANGE_ARCHIVE || moved;
    struct buf *rows = &draft->rows;
    pg_copy_int(rows, session->run_id);
    pg_copy_text(rows, archive ? "archive" : "create");
    pg_copy_int(rows, (int64_t)++draft->ordinals[archive]);
    pg_copy_int(rows, (int64_t)change->assoc.from_id);
    pg_copy_int(rows, (int64_t)change->assoc.to_id);
    pg_copy_text(rows, type->category);
    pg_copy_int(rows, type->type_id);
    pg_copy_text(rows, moved ? "moved" : reasons[change->reason]);
    pg_copy_text(rows, change_state_text(moved ? STATE_IMPLIED : states[change->verdict]));
    pg_copy_text(rows,
        change->verdict == CHANGE_BLOCKED
            ? "archiving it would also remove a label this sync does not manage"
            : NULL);
    pg_copy_text(rows, company_text(draft, number, &along));
    if (!archive)
        add_companions(draft, number, CHANGE_IMPLIED, &implied);
    pg_copy_text(rows, archive ? NULL : pg_array_end(&implied));
    pg_copy_row_end(rows);
    plan->counts.reported += change->verdict == CHANGE_REPORTED;
    plan->counts.blocked += change->verdict == CHANGE_BLOCKED;
}

/* Moves the changes of one chunk to where they belong. */
static bool file_changes(struct draft *draft, struct error *err)
{
    struct diff_list *changes = &draft->changes;
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];
        if (change->operation == CHANGE_OWN || change->operation == CHANGE_DISOWN) {
            struct spool *spool =
                change->operation == CHANGE_OWN ? draft->plan->to_own : draft->plan->to_disown;
            if (!spool_add(spool, change->assoc, err))
                return false;
        } else if (change->operation != CHANGE_ALONG && change->operation != CHANGE_IMPLIED) {
            add_row(draft, i);
        }
    }
    changes->count = 0;
    return true;
}

static bool more_pages(const struct session *session, uint64_t from_id, struct error *err)
{
    return error_set(err, ERROR_REFUSED,
        "sync %s: %s record %llu has more associations than one page, and the v3 API cannot be "
        "trusted to "
        "list the others; nothing was changed",
        session->sync->name, session->sync->from, (unsigned long long)from_id);
}

static void compare_record(
    struct draft *draft, const struct diff_rules *rules, const struct unclear_record *record)
{
    size_t first = draft->changes.count;
    unclear_diff_record(&draft->desired.unclear, rules, record, &draft->changes);
    pending_leave(&draft->desired.keyed.pending, &draft->changes, first);
    key_moves_mark(&draft->desired.keyed.moves, &draft->changes, first);
    merged_note(draft->plan, rules->types, record->observed, &draft->changes, first);
}

static bool compare_chunk(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct draft *draft = context;
    struct session *session = draft->session;
    struct plan *plan = draft->plan;
    const struct sync_definition *sync = session->sync;
    struct cardinality_rules single = cardinality_rules(sync, &session->types);
    struct diff_rules rules = {.policy = sync->policy,
        .on_drift = sync->on_drift,
        .types = &session->types,
        .single = &single};
    struct diff_rows desired = {chunk->desired.rows, chunk->desired.count};
    struct diff_rows owned = {chunk->owned.rows, chunk->owned.count};
    struct diff_rows observed = {reply->rows, reply->rows_count};
    draft->observed = observed;
    link_evidence_add(session, chunk, reply);
    unreadable_note(&draft->unreadable, reply);
    for (size_t i = 0; i < chunk->from_count; i++) {
        uint64_t from_id = chunk->from_ids[i];
        struct unclear_record record = {.from_id = from_id,
            .desired = diff_rows_next_record(&desired, from_id),
            .owned = diff_rows_next_record(&owned, from_id),
            .observed = diff_rows_next_record(&observed, from_id)};
        plan->counts.records++;
        if (reply->records[i] == RECORD_MORE)
            return more_pages(session, from_id, err);
        if (reply->outcome != CLIENT_ANSWERED || reply->records[i] != RECORD_COMPLETE)
            plan->counts.unread++;
        else
            compare_record(draft, &rules, &record);
        if (record.desired.count == 0 && record.observed.count > 0)
            assoc_list_add(&draft->unnamed, assoc_scope(from_id));
        deleted_records_note(&draft->missing, chunk, reply, i);
    }
    progress_show(session, "read", plan->counts.records, spool_records(draft->desired.rows));
    return file_changes(draft, err) &&
        (draft->rows.length <= FLUSH_BYTES || flush_changes(draft, err));
}

static bool compare(struct draft *draft, struct error *err)
{
    struct fetch_scope scope = {.desired = draft->desired.rows,
        .owned = draft->owned,
        .only = draft->only,
        .waits = &draft->unreadable,
        .operation = "read"};
    bool ok = unreadable_load(&draft->unreadable, draft->session, err) &&
        fetch_each(draft->session, &scope, compare_chunk, draft, err) &&
        flush_changes(draft, err) &&
        unreadable_store(&draft->unreadable, draft->session, draft->plan, err);
    draft->plan->archives = draft->ordinals[1];
    draft->plan->counts.observed = draft->changes.observed;
    draft->plan->counts.unchanged = draft->changes.unchanged;
    return ok;
}

/* What keys mean is read again before the plan writes by them: an address can move to another
 * record. */
static bool confirm_keys(struct draft *draft, struct error *err)
{
    struct record_keys *keys = &draft->desired.keyed.keys;
    if (!sync_has_keys(draft->session->sync) || draft->ordinals[0] + draft->ordinals[1] == 0)
        return true;
    return record_keys_again(keys, NULL, 0, err) && record_keys_leave_moved(keys, err);
}

static bool find_changes(struct draft *draft, struct error *err)
{
    struct session *session = draft->session;
    struct plan *plan = draft->plan;
    struct spool *desired = plan->scope->mode == RUN_CHANGED ? NULL : draft->desired.rows;
    return open_spools(draft, err) && compare(draft, err) && confirm_keys(draft, err) &&
        deleted_records_finish(session, plan, &draft->missing, err) &&
        merged_find(session, plan, &draft->unnamed, &draft->missing, err) &&
        deleted_records_end(session, plan->scope, err) &&
        deleted_records_forget(session, plan, &draft->missing, err) &&
        reciprocal_plan_finish(session, plan, desired, NULL, err) &&
        moves_find(session, plan, &draft->desired.keyed.pending, err);
}

bool plan_build(
    struct session *session, const struct scope *scope, struct plan *plan, struct error *err)
{
    bool on = false;
    *plan = (struct plan){.scope = scope, .read_ms = clock_now_ms()};
    struct draft draft = {.session = session, .plan = plan};
    bool ok = read_source(&draft, &on, err) && (!on || find_changes(&draft, err));
    draft_clear(&draft);
    return ok;
}
