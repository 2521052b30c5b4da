/*
 * unreadable.c: earlier read rejects -> what is left out of the reading -> rejects again.
 */
#include "plan/unreadable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pg/pg.h"
#include "pg/text.h"

/* More of them in one run are no single bad records; all of them are counted as unread. */
enum { REFUSED_MAX = 1000 };

enum fate {
    FATE_WAITS = 1, /* its time has not come */
    FATE_MET = 2, /* it is in scope */
    FATE_READ = 4,
};

bool unreadable_load(struct unreadable *list, const struct session *session, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    if (!pg_run(session->state, STATEMENT_REJECT_READS, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        assoc_list_add(&list->known,
            (struct assoc){.from_id = (uint64_t)pg_rows_int(&rows, i, 0),
                .flags = pg_rows_bool(&rows, i, 1) ? FATE_WAITS : 0});
    return true;
}

static int by_record(const void *a, const void *b)
{
    return assoc_compare(a, b);
}

static struct assoc *find(struct unreadable *list, uint64_t from_id)
{
    struct assoc key = {.from_id = from_id};
    if (list->known.count == 0)
        return NULL;
    return bsearch(&key, list->known.rows, list->known.count, sizeof key, by_record);
}

void unreadable_skip(struct unreadable *list, struct chunk *chunk)
{
    for (size_t i = chunk->from_count; i-- > 0 && list->known.count > 0;) {
        struct assoc *known = find(list, chunk->from_ids[i]);
        if (known == NULL)
            continue;
        known->flags |= FATE_MET;
        if ((known->flags & FATE_WAITS) == 0)
            continue;
        list->waiting++;
        chunk_drop(chunk, i);
    }
}

static void add(struct unreadable *list, const struct client_reply *reply, uint64_t from_id,
    const struct client_refusal *refusal)
{
    const char *category = refusal != NULL ? refusal->category : reply->category;
    const char *message = refusal != NULL ? refusal->message : reply->message;
    if (list->refused == REFUSED_MAX)
        return;
    if (list->refused++ == 0)
        (void)snprintf(list->first, sizeof list->first, "record %llu: %s",
            (unsigned long long)from_id, message);
    text_trim(list->first);
    pg_array_int(&list->from, (int64_t)from_id);
    pg_array_text(&list->category, category[0] != '\0' ? category : "REFUSED");
    pg_array_text(&list->message, message);
    pg_array_text(
        &list->correlation, reply->correlation_id[0] != '\0' ? reply->correlation_id : NULL);
}

static const struct client_refusal *refusal_of(const struct client_reply *reply, uint64_t from_id)
{
    for (size_t i = 0; i < reply->refusals_count; i++)
        if (reply->refusals[i].from_id == from_id)
            return &reply->refusals[i];
    return NULL;
}

void unreadable_note(struct unreadable *list, const struct client_reply *reply)
{
    const struct client_request *request = reply->request;
    if (reply->outcome == CLIENT_REFUSED && request->from_count == 1)
        add(list, reply, request->from_ids[0], NULL);
    for (size_t i = 0; i < request->from_count && reply->outcome == CLIENT_ANSWERED; i++) {
        uint64_t from_id = request->from_ids[i];
        bool read = reply->records[i] == RECORD_COMPLETE;
        struct assoc *known = find(list, from_id);
        if (known != NULL && read)
            known->flags |= FATE_READ;
        const struct client_refusal *refusal = read ? NULL : refusal_of(reply, from_id);
        if (refusal != NULL)
            add(list, reply, from_id, refusal);
    }
}

static bool put_refused(struct unreadable *list, const struct session *session, struct error *err)
{
    struct pg_args args = {0};
    if (list->refused == 0)
        return true;
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&list->from));
    pg_arg_text(&args, pg_array_end(&list->category));
    pg_arg_text(&args, pg_array_end(&list->message));
    pg_arg_text(&args, pg_array_end(&list->correlation));
    return pg_run(session->state, STATEMENT_REJECT_READ, &args, NULL, err);
}

/* A run of some records says nothing of the others. */
static bool drop_read(struct unreadable *list, const struct session *session,
    const struct scope *scope, struct error *err)
{
    CLEANUP(buf_clear) struct buf gone = {0};
    struct pg_args args = {0};
    bool whole = scope->mode == RUN_FULL || scope->mode == RUN_PLAN;
    for (size_t i = 0; i < list->known.count; i++) {
        const struct assoc *known = &list->known.rows[i];
        if ((known->flags & FATE_READ) != 0 || (whole && (known->flags & FATE_MET) == 0))
            pg_array_int(&gone, (int64_t)known->from_id);
    }
    if (gone.length == 0)
        return true;
    pg_arg_text(&args, session->sync->name);
    pg_arg_text(&args, pg_array_end(&gone));
    return pg_run(session->state, STATEMENT_REJECT_READ_GONE, &args, NULL, err);
}

bool unreadable_store(
    struct unreadable *list, struct session *session, struct plan *plan, struct error *err)
{
    plan->counts.records += list->waiting;
    plan->counts.unread += list->waiting;
    plan->unread_told += list->waiting + list->refused;
    if (list->refused > 0)
        session_note(session, "%llu %s could not be read (assocd rejects %s): %s",
            (unsigned long long)list->refused, session->sync->from, session->sync->name,
            list->first);
    else if (list->waiting > 0)
        session_note(session,
            "%llu %s that HubSpot refused to read wait for their next try (assocd rejects %s)",
            (unsigned long long)list->waiting, session->sync->from, session->sync->name);
    return put_refused(list, session, err) && drop_read(list, session, plan->scope, err);
}

void unreadable_clear(struct unreadable *list)
{
    assoc_list_clear(&list->known);
    buf_clear(&list->from);
    buf_clear(&list->category);
    buf_clear(&list->message);
    buf_clear(&list->correlation);
}
