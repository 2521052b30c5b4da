/*
 * undo.c: the run's changes, record by record, beside a fresh reading; undo_rules.c decides, the
 * rows go into assocd.change like any plan's.
 */
#include "plan/undo.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "model/change_state.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/client.h"
#include "source/spool.h"
#include "journal/mapping_row.h"
#include "journal/progress.h"
#include "journal/record_ids.h"
#include "plan/fetch.h"
#include "plan/link_evidence.h"
#include "plan/merged.h"
#include "plan/moves.h"
#include "plan/undo_history.h"
#include "plan/undo_rules.h"

enum { FLUSH_BYTES = 256 * 1024 };

struct undo {
    struct session *session;
    struct plan *plan;
    struct cardinality_rules single;
    struct diff_rules rules;
    struct spool *records; /* that it changed */
    struct buf rows; /* of assocd.change, in COPY form */
    int64_t ordinals[2]; /* last ordinal of creates and archives */
};

static bool check_scope(const struct session *session, const struct scope *scope, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, scope->undoes);
    if (!pg_run(session->state, STATEMENT_UNDO_RUN, &args, &rows, err))
        return false;
    CLEANUP(mapping_clear) struct mapping then = {0};
    CLEANUP(buf_clear) struct buf was = {0}, is = {0};
    if (rows.count > 0)
        mapping_row_read(&then, &rows, 0, 2);
    return mapping_same_scope(&then, &session->mapping, session->sync) ||
        error_set(err, ERROR_REFUSED,
            "run %lld cannot be undone: it was about %s, and sync %s is now about %s",
            (long long)scope->undoes, mapping_scope_text(&then, &was), session->sync->name,
            mapping_scope_text(&session->mapping, &is));
}

static bool count_managed(const struct session *session, struct plan *plan, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, session->sync->name);
    if (!pg_run(session->state, STATEMENT_OWNERSHIP_COUNT, &args, &rows, err))
        return false;
    plan->counts.managed = (uint64_t)pg_rows_int(&rows, 0, 0);
    return true;
}

static bool load_records(const struct session *session, const struct scope *scope,
    struct spool *records, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, scope->undoes);
    return record_ids_load(session->state, STATEMENT_UNDO_FROM_IDS, &args, records, err);
}

/* The rows of one record, judged. */
struct record {
    struct undo_row *items;
    size_t count;
    struct diff_rows observed;
    bool read;
};

static bool is_made(const struct undo_row *item)
{
    return item->did == UNDO_CREATED || item->did == UNDO_CAME;
}

/* Is the association, or for `type` TYPE_NONE any of its pair, created by the undo? */
static bool is_created(const struct record *record, const struct assoc *pair, uint32_t type)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct undo_row *item = &record->items[i];
        if (!is_made(item) && item->verdict == UNDO_DO && item->assoc.type == type &&
            (pair == NULL || assoc_same_pair(&item->assoc, pair)))
            return true;
    }
    return false;
}

static void add_type(const struct undo *undo, uint32_t number, struct buf *array)
{
    const struct type *type = &undo->session->types.items[number];
    pg_array_type(array, type->category, type->type_id);
}

/* With a create travels what is on the pair now; with an archive of the plain type goes what is on
 * the pair and is not archived in its own right. */
static void add_along(const struct undo *undo, const struct record *record,
    const struct undo_row *item, struct buf *array)
{
    struct diff_rows pair = diff_pair(record->observed.rows, record->observed.count, &item->assoc);
    for (size_t i = 0; i < pair.count; i++) {
        const struct assoc *there = &pair.rows[i];
        bool apart = undo->session->types.items[there->type].kind == TYPE_PLAIN;
        for (size_t k = 0; is_made(item) && k < record->count; k++)
            apart = apart ||
                (record->items[k].verdict == UNDO_DO &&
                    assoc_compare(&record->items[k].assoc, there) == 0);
        if (!apart && !undo_moves(&undo->rules, record->items, record->count, there))
            add_type(undo, there->type, array);
    }
}

/* What HubSpot adds by itself with a create, or may add: as in diff.c. */
static void add_implied(const struct undo *undo, const struct record *record,
    const struct undo_row *item, struct buf *array)
{
    uint32_t first = undo->single.first;
    if (diff_pair(record->observed.rows, record->observed.count, &item->assoc).count > 0)
        return;
    for (uint32_t type = 0; type < undo->session->types.count; type++)
        if (undo->session->types.items[type].kind == TYPE_PLAIN &&
            !is_created(record, &item->assoc, type))
            add_type(undo, type, array);
    if (record->observed.count == 0 && first != TYPE_NONE && !is_created(record, NULL, first))
        add_type(undo, first, array);
}

static const char *why_not(struct undo *undo, const struct undo_history *done,
    const struct record *record, const struct undo_row *item)
{
    static const char unclear[] =
        "HubSpot does not tell whether a label of the link is the other side of one that the run "
        "gave it; the link is kept";
    if (!record->read)
        return "the record could not be read";
    if (item->verdict != UNDO_CHANGED || !undo_history_is_unclear(done, &item->assoc))
        return undo_text(item->verdict);
    undo->plan->undecided++;
    session_note(undo->session, "%s", unclear);
    return unclear;
}

/* One row of the plan: the inverse of one item. */
static void add_row(struct undo *undo, const struct undo_history *done, const struct record *record,
    const struct undo_row *item)
{
    CLEANUP(buf_clear) struct buf along = {0};
    CLEANUP(buf_clear) struct buf implied = {0};
    const struct type *type = &undo->session->types.items[item->assoc.type];
    struct buf *rows = &undo->rows;
    bool archive = is_made(item);
    const char *why = why_not(undo, done, record, item);
    const char *origin = archive ? NULL : "foreign";
    if (item->did == UNDO_ARCHIVED)
        origin = undo_history_origin(done, item);
    if (why == NULL && (!archive || type->kind == TYPE_PLAIN))
        add_along(undo, record, item, &along);
    if (!archive)
        add_implied(undo, record, item, &implied);
    pg_copy_int(rows, undo->session->run_id);
    pg_copy_text(rows, archive ? "archive" : "create");
    pg_copy_int(rows, ++undo->ordinals[archive]);
    pg_copy_int(rows, (int64_t)item->assoc.from_id);
    pg_copy_int(rows, (int64_t)item->assoc.to_id);
    pg_copy_text(rows, type->category);
    pg_copy_int(rows, type->type_id);
    bool own = item->did == UNDO_CREATED || item->did == UNDO_ARCHIVED;
    pg_copy_text(rows, own ? "undo" : "companion");
    pg_copy_text(rows, change_state_text(why != NULL ? STATE_SKIPPED : STATE_PLANNED));
    pg_copy_text(rows, why);
    pg_copy_text(rows, along.length > 0 ? pg_array_end(&along) : NULL);
    pg_copy_text(rows, origin);
    pg_copy_text(rows, archive ? NULL : pg_array_end(&implied));
    pg_copy_row_end(rows);
}

static bool flush(struct undo *undo, struct error *err)
{
    return pg_copy_rows(undo->session->state, STATEMENT_UNDO_COPY, &undo->rows, err);
}

static void invert_record(struct undo *undo, const struct undo_history *done, struct record *record)
{
    if (record->read)
        undo_record(&undo->rules, record->items, record->count, record->observed);
    for (size_t i = 0; i < record->count; i++) {
        const struct undo_row *item = &record->items[i];
        bool own = item->did == UNDO_CREATED || item->did == UNDO_ARCHIVED;
        if (item->other_side)
            continue; /* undone from there */
        if (record->read ? item->verdict != UNDO_NOTHING : own)
            add_row(undo, done, record, item);
    }
}

static bool invert_chunk(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct undo *undo = context;
    CLEANUP(undo_history_clear) struct undo_history done = {0};
    struct session *session = undo->session;
    struct plan *plan = undo->plan;
    link_evidence_add(session, chunk, reply);
    if (!undo_history_load(session, plan->scope, chunk, &done, err))
        return false;
    for (size_t i = 0; i < chunk->from_count; i++)
        plan->counts.unread += !fetch_complete(chunk, reply, chunk->from_ids[i]);
    plan->counts.records += chunk->from_count;
    struct record record;
    for (size_t first = 0; first < done.count; first += record.count) {
        uint64_t from_id = done.items[first].assoc.from_id;
        record = (struct record){
            .items = done.items + first, .read = fetch_complete(chunk, reply, from_id)};
        if (record.read)
            record.observed = diff_rows_of(reply->rows, reply->rows_count, from_id);
        while (first + record.count < done.count &&
            done.items[first + record.count].assoc.from_id == from_id)
            record.count++;
        invert_record(undo, &done, &record);
    }
    progress_show(session, "read", plan->counts.records, spool_records(undo->records));
    return undo->rows.length <= FLUSH_BYTES || flush(undo, err);
}

static bool invert(
    struct session *session, struct plan *plan, struct spool *records, struct error *err)
{
    struct undo undo = {.session = session,
        .plan = plan,
        .records = records,
        .single = cardinality_rules(session->sync, &session->types),
        .rules = {.policy = session->sync->policy, .types = &session->types}};
    undo.rules.single = &undo.single;
    struct fetch_scope reading = {.desired = records, .operation = "read"};
    bool ok = load_records(session, plan->scope, records, err) &&
        fetch_each(session, &reading, invert_chunk, &undo, err) && flush(&undo, err);
    plan->archives = (uint64_t)undo.ordinals[1];
    buf_clear(&undo.rows);
    return ok;
}

bool undo_build(
    struct session *session, const struct scope *scope, struct plan *plan, struct error *err)
{
    *plan = (struct plan){.scope = scope, .read_ms = clock_now_ms()};
    struct spool *records = NULL;
    const struct assoc_list none = {0};
    const struct pending nothing_waits = {0}; /* the source is not read */
    bool ok = check_scope(session, scope, err) && count_managed(session, plan, err) &&
        spool_open(&plan->to_own, "nothing", SPOOL_AS_IS, err) &&
        spool_open(&plan->to_disown, "nothing", SPOOL_AS_IS, err) &&
        spool_open(&records, "records of the run", SPOOL_SORTED, err) &&
        undo_history_learn(session, scope, err) && invert(session, plan, records, err) &&
        merged_find(session, plan, &none, &none, err) &&
        moves_find(session, plan, &nothing_waits, err);
    spool_close(records);
    return ok;
}
