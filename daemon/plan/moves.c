/*
 * moves.c: creates of the plan -> their to-records, read from the other side -> who has the type
 * now -> rows of the plan.
 */
#include "plan/moves.h"

#include <string.h>

#include "base/buf.h"
#include "model/association_types.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/cardinality.h"
#include "hubspot/client.h"
#include "source/spool.h"
#include "journal/account_types.h"
#include "journal/lookup.h"
#include "journal/record_ids.h"
#include "plan/fetch.h"
#include "plan/undo_rules.h"

enum { HELD_ROWS = 50000 }; /* are settled at once */

static const char not_read[] =
    "the to-record could not be read: it is not known from which record this would take the type";

static const char not_resolved[] =
    "a key of the source is not resolved: it is not known whether this would take the type from "
    "a record that the source names";

struct moves {
    struct session *session;
    struct plan *plan;
    const struct pending *pending;
    struct types types; /* of the direction from its to-records to its from-records */
    uint32_t sought[CARDINALITY_ONCE_MAX]; /* types that a to-record can have only once … */
    uint32_t seen_as[CARDINALITY_ONCE_MAX]; /* … and their type_id from the to-record's side */
    size_t count;
    struct buf texts, turned_texts; /* the same as arrays of CATEGORY:id */
    struct spool *records; /* to-records of creates */
    struct buf from, to, type; /* who has them now: arrays */
    size_t held;
    struct assoc_list unread; /* to-records */
    struct buf kept, kept_messages; /* to-records whose type must stay where it is: arrays */
};

static void moves_clear(struct moves *moves)
{
    types_clear(&moves->types);
    buf_clear(&moves->texts);
    buf_clear(&moves->turned_texts);
    spool_close(moves->records);
    buf_clear(&moves->from);
    buf_clear(&moves->to);
    buf_clear(&moves->type);
    assoc_list_clear(&moves->unread);
    buf_clear(&moves->kept);
    buf_clear(&moves->kept_messages);
}

/* All of them are HubSpot's own. What a run does not manage it does not create. */
static void seek_types(struct moves *moves)
{
    const struct session *session = moves->session;
    const struct plan *plan = moves->plan;
    struct cardinality_rules single = cardinality_rules(session->sync, &session->types);
    for (size_t i = 0; i < single.there_count; i++) {
        const struct type *type = &session->types.items[single.there[i]];
        const struct association_type *own =
            association_type_find(session->from_type, session->to_type, type->type_id);
        const struct association_type *other = own != NULL ? association_type_inverse(own) : NULL;
        if (other == NULL || (plan->scope->undoes == 0 && !type->managed))
            continue;
        moves->sought[moves->count] = single.there[i];
        moves->seen_as[moves->count++] = other->type_id;
        pg_array_type(&moves->texts, type->category, type->type_id);
        pg_array_type(&moves->turned_texts, type->category, other->type_id);
    }
}

static bool flush(struct moves *moves, struct error *err)
{
    const struct session *session = moves->session;
    struct pg_args args = {0};
    if (moves->held == 0)
        return true;
    moves->held = 0;
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&moves->from));
    pg_arg_text(&args, pg_array_end(&moves->to));
    pg_arg_text(&args, pg_array_end(&moves->type));
    pg_arg_text(&args, undo_text(UNDO_TAKEN_THERE));
    pg_arg_text(&args, session->reciprocals != NULL ? buf_text(&moves->texts) : "{}");
    pg_arg_text(&args, session->reciprocals != NULL ? buf_text(&moves->turned_texts) : "{}");
    bool ok = pg_run(session->state, STATEMENT_MOVES_FINISH, &args, NULL, err);
    buf_reset(&moves->from);
    buf_reset(&moves->to);
    buf_reset(&moves->type);
    return ok;
}

/* A row as the to-record sees it. */
static void note_held(struct moves *moves, const struct assoc *row)
{
    const struct type *there = &moves->types.items[row->type];
    for (size_t i = 0; i < moves->count; i++) {
        if (strcmp(there->category, "HUBSPOT_DEFINED") != 0 || there->type_id != moves->seen_as[i])
            continue;
        const struct type *type = &moves->session->types.items[moves->sought[i]];
        if (pending_holds(moves->pending, row->to_id, row->from_id)) {
            pg_array_int(&moves->kept, (int64_t)row->from_id);
            pg_array_text(&moves->kept_messages, not_resolved);
            continue;
        }
        pg_array_int(&moves->from, (int64_t)row->to_id);
        pg_array_int(&moves->to, (int64_t)row->from_id);
        pg_array_type(&moves->type, type->category, type->type_id);
        moves->held++;
    }
}

static bool read_chunk(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct moves *moves = context;
    for (size_t i = 0; i < chunk->from_count; i++)
        if (!fetch_complete(chunk, reply, chunk->from_ids[i]))
            assoc_list_add(&moves->unread, assoc_scope(chunk->from_ids[i]));
    for (size_t i = 0; i < reply->rows_count; i++)
        note_held(moves, &reply->rows[i]);
    return moves->held < HELD_ROWS || flush(moves, err);
}

static bool load_records(struct moves *moves, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, moves->session->run_id);
    pg_arg_text(&args, pg_array_end(&moves->texts));
    (void)pg_array_end(&moves->turned_texts);
    return spool_open(&moves->records, "to-records of creates", SPOOL_SORTED, err) &&
        record_ids_load(moves->session->state, STATEMENT_MOVES_TO_IDS, &args, moves->records, err);
}

/* The client speaks of one direction at a time. */
static bool read_turned(struct moves *moves, struct error *err)
{
    struct session *session = moves->session;
    struct plan *plan = moves->plan;
    const struct sync_definition *sync = session->sync;
    struct fetch_scope scope = {.desired = moves->records, .operation = "read"};
    const struct account_pair turned = {sync->portal, session->to_type, session->from_type};
    uint64_t before = client_requests(session->client);
    if (!account_types(session->client, session->state, &turned, &moves->types, err))
        return error_prefix(err, "sync %s", sync->name);
    client_bind(session->client, session->to_type, session->from_type, &moves->types);
    bool ok = fetch_each(session, &scope, read_chunk, moves, err);
    client_bind(session->client, session->from_type, session->to_type, &session->types);
    plan->moves_requests += client_requests(session->client) - before;
    return ok && flush(moves, err);
}

/* Of those that are gone it is told what became of them. An undo has no source that could name
 * another. */
static bool leave_unread(struct moves *moves, struct error *err)
{
    struct session *session = moves->session;
    struct plan *plan = moves->plan;
    CLEANUP(lookup_clear)
    struct lookup lookup = {
        .session = session, .object = session->sync->to, .type = session->to_type};
    CLEANUP(buf_clear) struct buf ids = {0}, messages = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    char text[LOOKUP_TEXT_MAX];
    if (moves->unread.count == 0)
        return true;
    for (size_t i = 0; i < moves->unread.count; i++)
        if (!lookup_add(&lookup, moves->unread.rows[i].from_id, err))
            return false;
    if (!lookup_end(&lookup, err))
        return false;
    for (size_t i = 0; i < lookup.count; i++) {
        enum lookup_fate fate = lookup.records[i].fate;
        bool gone = fate == LOOKUP_MERGED || fate == LOOKUP_DELETED;
        if (gone)
            lookup_text(lookup.object, &lookup.records[i], text);
        pg_array_int(&ids, (int64_t)lookup.records[i].id);
        pg_array_text(&messages, gone && plan->scope->undoes == 0 ? text : not_read);
    }
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&ids));
    pg_arg_text(&args, pg_array_end(&messages));
    pg_arg_text(&args, buf_text(&moves->texts));
    if (!pg_run(session->state, STATEMENT_MOVES_SKIP, &args, &rows, err))
        return false;
    plan->told += (uint64_t)rows.count;
    if (rows.count > 0)
        session_note(session, "%s (assocd show %lld)", pg_rows_text(&rows, 0, 0),
            (long long)session->run_id);
    return true;
}

/* Creates by which HubSpot would take a type from where a row that waits may want it. */
static bool leave_kept(struct moves *moves, struct error *err)
{
    struct session *session = moves->session;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    if (moves->kept.length == 0)
        return true;
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&moves->kept));
    pg_arg_text(&args, pg_array_end(&moves->kept_messages));
    pg_arg_text(&args, buf_text(&moves->texts));
    return pg_run(session->state, STATEMENT_MOVES_SKIP, &args, &rows, err);
}

bool moves_find(
    struct session *session, struct plan *plan, const struct pending *pending, struct error *err)
{
    CLEANUP(moves_clear)
    struct moves moves = {.session = session, .plan = plan, .pending = pending};
    seek_types(&moves);
    if (moves.count == 0)
        return true;
    if (!load_records(&moves, err))
        return false;
    return spool_records(moves.records) == 0 ||
        (read_turned(&moves, err) && leave_kept(&moves, err) && leave_unread(&moves, err));
}
