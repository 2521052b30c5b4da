/*
 * deleted_records.c: suspects -> objects API -> rejects, and changes that are left out of the plan.
 */
#include "plan/deleted_records.h"

#include <stdio.h>

#include "base/buf.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "journal/changed_records.h"
#include "journal/journal.h"
#include "journal/lookup.h"

/* The first row of a record, if it names a to-record not before to_id. */
static bool has_rows_from(const struct assoc_list *list, uint64_t from_id, uint64_t to_id)
{
    struct assoc key = {.from_id = from_id, .to_id = to_id};
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assoc_compare(&list->rows[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && list->rows[low].from_id == from_id;
}

static bool names(const struct assoc_list *list, uint64_t from_id)
{
    return has_rows_from(list, from_id, 0);
}

static bool has_rows(const struct assoc_list *list, uint64_t from_id)
{
    return has_rows_from(list, from_id, 1);
}

void deleted_records_note(struct assoc_list *suspects, const struct chunk *chunk,
    const struct client_reply *reply, size_t number)
{
    struct assoc suspect = {.from_id = chunk->from_ids[number]};
    struct assoc_list have = {(struct assoc *)(uintptr_t)reply->rows, reply->rows_count, 0};
    if (reply->outcome != CLIENT_ANSWERED)
        return;
    bool read = reply->records[number] == RECORD_COMPLETE;
    bool gone = read && !has_rows(&have, suspect.from_id) &&
        has_rows(&chunk->desired, suspect.from_id) && has_rows(&chunk->owned, suspect.from_id);
    bool unsaid = reply->records[number] == RECORD_UNKNOWN && reply->refusals_count == 0;
    suspect.flags = (unsaid ? DELETED_UNREAD : 0) |
        (names(&chunk->desired, suspect.from_id) ? 0 : DELETED_UNNAMED);
    if (gone || unsaid)
        assoc_list_add(suspects, suspect);
}

static const char gone_text[] = "the record was deleted or merged in HubSpot";

struct findings {
    struct buf from, category, message, into; /* rejects, as array literals */
    struct buf skipped, why; /* from-records that are left alone */
    struct buf forgotten; /* those that only the owned set knows */
    size_t count;
    size_t unknown; /* records that HubSpot does not tell about */
    char first[LOOKUP_TEXT_MAX];
};

static void findings_clear(struct findings *findings)
{
    buf_clear(&findings->from);
    buf_clear(&findings->category);
    buf_clear(&findings->message);
    buf_clear(&findings->into);
    buf_clear(&findings->skipped);
    buf_clear(&findings->why);
    buf_clear(&findings->forgotten);
}

static void skip(struct findings *findings, uint64_t from_id, const char *why)
{
    pg_array_int(&findings->skipped, (int64_t)from_id);
    pg_array_text(&findings->why, why);
}

static void add_gone(
    struct findings *findings, const char *object, const struct lookup_record *record)
{
    char text[LOOKUP_TEXT_MAX];
    lookup_text(object, record, text);
    pg_array_int(&findings->from, (int64_t)record->id);
    pg_array_text(&findings->category, record->fate == LOOKUP_MERGED ? "merged" : "deleted");
    pg_array_text(&findings->message, text);
    pg_array_int(&findings->into, (int64_t)record->now);
    skip(findings, record->id, gone_text);
    if (findings->count++ == 0)
        (void)snprintf(findings->first, sizeof findings->first, "%s", text);
}

static void add_record(
    struct findings *findings, const char *object, const struct lookup_record *record)
{
    if (record->fate == LOOKUP_MERGED || record->fate == LOOKUP_DELETED)
        add_gone(findings, object, record);
    if (record->fate != LOOKUP_UNKNOWN)
        return;
    skip(findings, record->id, "HubSpot does not tell whether the record was deleted or merged");
    findings->unknown++;
}

static bool store_skips(const struct session *session, struct findings *findings, struct error *err)
{
    struct pg_args args = {0};
    if (findings->skipped.length == 0)
        return true;
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&findings->skipped));
    pg_arg_text(&args, pg_array_end(&findings->why));
    return pg_run(session->state, STATEMENT_CHANGE_SKIP, &args, NULL, err);
}

static bool store(struct session *session, const struct scope *scope, struct findings *findings,
    struct error *err)
{
    struct pg_args args = {0};
    if (!store_skips(session, findings, err))
        return false;
    if (findings->count == 0 || scope->undoes != 0) /* no row of a source is to blame */
        return true;
    if (findings->unknown > 0)
        session_note(session,
            "%s%s; of %zu more it is not known yet whether they were deleted or merged: HubSpot "
            "is asked in the next runs",
            findings->first, findings->count > 1 ? ", and others" : "", findings->unknown);
    else
        session_note(session, "%s%s", findings->first, findings->count > 1 ? ", and others" : "");
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&findings->from));
    pg_arg_text(&args, pg_array_end(&findings->category));
    pg_arg_text(&args, pg_array_end(&findings->message));
    pg_arg_text(&args, pg_array_end(&findings->into));
    return pg_run(session->state, STATEMENT_REJECT_MISSING, &args, NULL, err);
}

/* What earlier runs were told of records that the source names; the owned set lets go of others
 * only when HubSpot says so now. */
static bool recall(struct lookup *lookup, const struct assoc_list *records, struct error *err)
{
    const struct session *session = lookup->session;
    CLEANUP(buf_clear) struct buf named = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    for (size_t i = 0; i < records->count; i++)
        if ((records->rows[i].flags & DELETED_UNNAMED) == 0)
            pg_array_int(&named, (int64_t)records->rows[i].from_id);
    if (named.length == 0)
        return true;
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&named));
    if (!pg_run(session->state, STATEMENT_REJECT_MISSING_KNOWN, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        assoc_list_add(&lookup->known,
            (struct assoc){.from_id = (uint64_t)pg_rows_int(&rows, i, 0),
                .to_id = (uint64_t)pg_rows_int(&rows, i, 1)});
    return true;
}

static bool ask(struct lookup *lookup, const struct assoc_list *records, struct error *err)
{
    if (!recall(lookup, records, err))
        return false;
    for (size_t i = 0; i < records->count; i++)
        if (!lookup_add(lookup, records->rows[i].from_id, err))
            return false;
    return lookup_end(lookup, err);
}

/* A record that was read as empty and is none is unread; one that is told about is settled. */
static void count(struct plan *plan, uint32_t flags, enum lookup_fate fate)
{
    bool unread = (flags & DELETED_UNREAD) != 0;
    bool gone = fate == LOOKUP_MERGED || fate == LOOKUP_DELETED;
    if (gone && (flags & DELETED_UNNAMED) != 0) {
        plan->counts.unread -= unread; /* nobody asks for it any more */
        return;
    }
    plan->counts.unread += !unread && fate != LOOKUP_ALIVE;
    plan->unread_told += gone;
}

/* Is it one that the owned set lets go? */
static bool add_suspect(struct findings *findings, const char *object, uint32_t flags,
    const struct lookup_record *record)
{
    bool gone = record->fate == LOOKUP_MERGED || record->fate == LOOKUP_DELETED;
    if (!gone || (flags & DELETED_UNNAMED) == 0) {
        add_record(findings, object, record);
        return false;
    }
    pg_array_int(&findings->forgotten, (int64_t)record->id);
    skip(findings, record->id, gone_text);
    return true;
}

static bool forget(const struct session *session, struct findings *findings, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (findings->forgotten.length == 0)
        return true;
    pg_arg_text(&args, session->sync->name);
    pg_arg_text(&args, pg_array_end(&findings->forgotten));
    pg_arg_int(&args, session->epoch);
    return pg_run(session->state, STATEMENT_OWNERSHIP_REMOVE_RECORDS, &args, &rows, err) &&
        (pg_rows_int(&rows, 0, 0) == 1 || journal_overtaken(session, err));
}

bool deleted_records_finish(
    struct session *session, struct plan *plan, struct assoc_list *records, struct error *err)
{
    CLEANUP(findings_clear) struct findings findings = {0};
    CLEANUP(lookup_clear)
    struct lookup lookup = {
        .session = session, .object = session->sync->from, .type = session->from_type};
    if (records->count == 0)
        return true;
    if (!ask(&lookup, records, err))
        return false;
    for (size_t i = 0; i < lookup.count; i++) {
        const struct lookup_record *told = &lookup.records[i];
        count(plan, records->rows[i].flags, told->fate);
        records->rows[i].to_id = told->fate == LOOKUP_MERGED ? told->now : 0;
        records->rows[i].flags |= told->fate == LOOKUP_UNKNOWN ? DELETED_UNTOLD : 0;
        if (add_suspect(&findings, lookup.object, records->rows[i].flags, told))
            records->rows[i].flags |= DELETED_LEFT;
    }
    if (session->reason_unread && plan_has_read(plan))
        session->reason[0] = '\0'; /* now it is known why */
    return store(session, plan->scope, &findings, err);
}

bool deleted_records_forget(const struct session *session, const struct plan *plan,
    const struct assoc_list *records, struct error *err)
{
    CLEANUP(findings_clear) struct findings findings = {0};
    for (size_t i = 0; i < records->count && !plan->merges_unasked; i++)
        if ((records->rows[i].flags & DELETED_LEFT) != 0)
            pg_array_int(&findings.forgotten, (int64_t)records->rows[i].from_id);
    return forget(session, &findings, err);
}

static bool is_among(const struct assoc_list *list, uint64_t from_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].from_id == from_id)
            return true;
    return false;
}

bool deleted_records_report(struct session *session, struct plan *plan, const struct lookup *lookup,
    const struct assoc_list *unnamed, struct error *err)
{
    CLEANUP(findings_clear) struct findings findings = {0};
    for (size_t i = 0; i < lookup->count; i++) {
        const struct lookup_record *record = &lookup->records[i];
        bool gone = record->fate == LOOKUP_MERGED || record->fate == LOOKUP_DELETED;
        uint32_t flags = gone && is_among(unnamed, record->id) ? DELETED_UNNAMED : 0;
        (void)add_suspect(&findings, lookup->object, flags, record);
    }
    plan->told += plan->scope->undoes == 0 ? findings.count : 0;
    plan->untold += findings.unknown;
    return store(session, plan->scope, &findings, err) && forget(session, &findings, err);
}

bool deleted_records_end(
    const struct session *session, const struct scope *scope, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf ids = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, changed_records_array(scope, &ids));
    return pg_run(session->state, STATEMENT_REJECT_MISSING_GONE, &args, NULL, err);
}
