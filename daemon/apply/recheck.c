/*
 * recheck.c: a window's from-records -> source again -> HubSpot again -> archives that still stand.
 */
#include "apply/recheck.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "model/id_list.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/client.h"
#include "source/drain.h"
#include "source/spool.h"
#include "journal/change_row.h"
#include "journal/record_ids.h"
#include "plan/diff.h"
#include "plan/fetch.h"
#include "plan/keyed.h"
#include "plan/reciprocal_plan.h"
#include "apply/queue.h"

/* Two hundred archive calls: a window's last batch, which is not full, costs half a percent. */
enum { WINDOW_ROWS = 20000 };

static const char names_again[] = "back in the source";
static const char gone_already[] = "already removed";
static const char changed_since[] = "the pair changed in HubSpot since the plan was made";
static const char not_read[] = "the record could not be read again";
static const char not_resolved[] = "a key of the source is not resolved";
static const char not_clear[] = "the source has an invalid row for the record";

struct recheck {
    struct session *session;
    struct plan *plan;
    const struct archive_window *window;
    struct outcome *outcome;
    struct spool *records; /* the window's from-records, to_id 0 */
    struct spool *desired; /* what the source says of them now */
    struct id_list from_ids;
    struct keyed keyed;
    uint64_t invalid; /* rows */
    struct buf ordinals, messages; /* of what is to be skipped: arrays */
};

/* The planned archives of a pair, and why each is not to be done any more. */
struct planned {
    struct assoc assoc;
    int64_t ordinal;
    const char *along; /* plain: what else the plan knew to go, "CATEGORY:id …"; lent by the rows */
    const char *why; /* NULL: it stands */
};

static void recheck_clear(struct recheck *recheck)
{
    spool_close(recheck->records);
    spool_close(recheck->desired);
    id_list_clear(&recheck->from_ids);
    keyed_clear(&recheck->keyed);
    buf_clear(&recheck->ordinals);
    buf_clear(&recheck->messages);
}

static bool next_window(
    const struct session *session, struct archive_window *window, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    int64_t last = window->last;
    pg_arg_int(&args, session->run_id);
    pg_arg_int(&args, last);
    pg_arg_int(&args, WINDOW_ROWS);
    if (!pg_run(session->state, STATEMENT_ARCHIVE_WINDOW, &args, &rows, err))
        return false;
    *window = (struct archive_window){.first = last + 1, .last = pg_rows_int(&rows, 0, 0)};
    return true;
}

static bool load_records(struct recheck *recheck, struct error *err)
{
    const struct session *session = recheck->session;
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_int(&args, recheck->window->first);
    pg_arg_int(&args, recheck->window->last);
    if (!record_ids_load(session->state, STATEMENT_ARCHIVE_FROM_IDS, &args, recheck->records, err))
        return false;
    for (;;) {
        const struct assoc *row;
        if (!spool_peek(recheck->records, &row, err))
            return false;
        if (row == NULL)
            return spool_rewind(recheck->records, err);
        id_list_add(&recheck->from_ids, row->from_id);
        spool_take(recheck->records);
    }
}

static bool add_invalid(void *context, const struct source_row *row, struct error *err)
{
    struct recheck *recheck = context;
    (void)err;
    session_note(recheck->session,
        "some archives were left out because a source row is invalid: %s", row->message);
    recheck->invalid++;
    return true;
}

/* An undo does not ask the source. */
static bool load_desired(struct recheck *recheck, struct error *err)
{
    const struct session *session = recheck->session;
    struct source_query query = {.sync = session->sync,
        .database_url = session->database_url,
        .types = &session->types,
        .from_ids = &recheck->from_ids};
    struct drain drain = {.rows = recheck->desired, .invalid = add_invalid, .context = recheck};
    return (recheck->plan->scope->undoes != 0 ||
               keyed_drain_query(&recheck->keyed, &query, &drain, err)) &&
        spool_rewind(recheck->desired, err);
}

/* Within one object type the run may archive it from the other record. */
static bool is_along(const struct planned *planned, const struct type *type)
{
    char word[128];
    int length = snprintf(word, sizeof word, "%s:%u", type->category, type->type_id);
    for (const char *at = planned->along; (at = strstr(at, word)) != NULL; at += length)
        if ((at == planned->along || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* Has the pair got a type since, that would go with the plain one? */
static bool has_more(const struct session *session, const struct planned *planned, size_t count,
    struct diff_rows observed)
{
    for (size_t i = 0; i < observed.count; i++) {
        const struct type *type = &session->types.items[observed.rows[i].type];
        bool known = type->kind == TYPE_PLAIN || diff_goes_along(session->sync->policy, type);
        for (size_t k = 0; k < count && !known; k++)
            known = planned[k].assoc.type == observed.rows[i].type || is_along(&planned[k], type);
        if (!known)
            return true;
    }
    return false;
}

/* A pair that is to be unlinked goes as a whole or not at all. */
static void check_pair(const struct session *session, struct planned *planned, size_t count,
    const struct diff_rows sides[static 2])
{
    struct diff_rows desired = sides[0], observed = sides[1];
    const char *all = NULL;
    bool unlinks = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t type = planned[i].assoc.type;
        unlinks = unlinks || (type != TYPE_NONE && session->types.items[type].kind == TYPE_PLAIN);
        if (diff_rows_has(desired, type))
            planned[i].why = names_again;
        else if (!diff_rows_has(observed, type))
            planned[i].why = gone_already;
    }
    if (unlinks && desired.count > 0)
        all = names_again;
    else if (unlinks && has_more(session, planned, count, observed))
        all = changed_since;
    for (size_t i = 0; all != NULL && i < count; i++)
        planned[i].why = planned[i].why != NULL ? planned[i].why : all;
}

static void note_skips(struct recheck *recheck, const struct planned *planned, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (planned[i].why == NULL)
            continue;
        pg_array_int(&recheck->ordinals, planned[i].ordinal);
        pg_array_text(&recheck->messages, planned[i].why);
        /* What could not be looked at is not finished. */
        if (planned[i].why != not_read && planned[i].why != not_clear &&
            planned[i].why != not_resolved)
            recheck->outcome->changed_since++;
    }
}

static bool load_planned(const struct recheck *recheck, const struct chunk *chunk,
    struct pg_rows *rows, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, recheck->session->run_id);
    pg_arg_int(&args, recheck->window->first);
    pg_arg_int(&args, recheck->window->last);
    pg_arg_int(&args, (int64_t)chunk->from_ids[0]);
    pg_arg_int(&args, (int64_t)chunk->from_ids[chunk->from_count - 1]);
    return pg_run(recheck->session->state, STATEMENT_ARCHIVE_PLANNED, &args, rows, err);
}

static const char *why_unknown(const struct recheck *recheck, const struct chunk *chunk,
    const struct client_reply *reply, const struct assoc *pair)
{
    if (pending_holds(&recheck->keyed.pending, pair->from_id, pair->to_id))
        return not_resolved;
    if (recheck->invalid > recheck->plan->invalid_approved)
        return not_clear;
    return fetch_complete(chunk, reply, pair->from_id) ? NULL : not_read;
}

/* The planned row number i; the account's list may have lost its type by now. */
static struct planned planned_row(const struct session *session, const struct pg_rows *rows, int i)
{
    return (struct planned){
        .assoc = change_row_assoc(&session->types, rows, i, 1),
        .ordinal = pg_rows_int(rows, i, 0),
        .along = pg_rows_text(rows, i, 5),
    };
}

static bool check_chunk(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct recheck *recheck = context;
    const struct session *session = recheck->session;
    struct planned planned[TYPES_MAX];
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!load_planned(recheck, chunk, &rows, err))
        return false;
    for (int i = 0; i < rows.count;) {
        size_t count = 0;
        struct planned first = planned_row(session, &rows, i);
        for (; i < rows.count && count < TYPES_MAX; i++, count++) {
            planned[count] = planned_row(session, &rows, i);
            planned[count].why = why_unknown(recheck, chunk, reply, &first.assoc);
            if (planned[count].assoc.from_id != first.assoc.from_id ||
                planned[count].assoc.to_id != first.assoc.to_id)
                break;
        }
        const struct diff_rows sides[] = {
            diff_pair(chunk->desired.rows, chunk->desired.count, &first.assoc),
            diff_pair(reply->rows, reply->rows_count, &first.assoc)};
        if (planned[0].why == NULL)
            check_pair(session, planned, count, sides);
        note_skips(recheck, planned, count);
    }
    return true;
}

static bool read_again(struct recheck *recheck, struct error *err)
{
    struct session *session = recheck->session;
    struct fetch_scope scope = {
        .desired = recheck->desired, .owned = recheck->records, .operation = "read"};
    bool ok = fetch_each(session, &scope, check_chunk, recheck, err);
    if (!ok || recheck->ordinals.length == 0)
        return ok;
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&recheck->ordinals));
    pg_arg_text(&args, pg_array_end(&recheck->messages));
    return pg_run(session->state, STATEMENT_ARCHIVE_SKIP, &args, NULL, err);
}

/* The other records of links within one object type may name them by now. An undo does not ask the
 * source. */
static bool check_reciprocals(struct recheck *recheck, struct error *err)
{
    struct plan *plan = recheck->plan;
    uint64_t invalid = plan->counts.invalid;
    if (plan->scope->undoes != 0)
        return true;
    if (!reciprocal_plan_finish(
            recheck->session, plan, NULL, &recheck->outcome->changed_since, err))
        return false;
    return plan->counts.invalid - invalid <= plan->invalid_approved ||
        error_set(err, ERROR_SOURCE,
            "source rows have become invalid since the plan was made. Archiving stopped, because a "
            "skipped row would look like a deletion. Fix them and run again");
}

bool recheck_window(struct session *session, struct plan *plan, struct archive_window *window,
    struct outcome *outcome, struct error *err)
{
    CLEANUP(recheck_clear)
    struct recheck recheck = {.session = session,
        .plan = plan,
        .window = window,
        .outcome = outcome,
        .keyed.keys = {.session = session, .plan = plan}};
    if (!next_window(session, window, err))
        return false;
    if (window->last == 0 || clock_now_ms() - plan->read_ms < session->sync->guards.max_plan_age_ms)
        return true;
    return spool_open(&recheck.records, "records to archive from", SPOOL_SORTED, err) &&
        spool_open(&recheck.desired, "desired rows of them", SPOOL_SORTED, err) &&
        load_records(&recheck, err) && load_desired(&recheck, err) && read_again(&recheck, err) &&
        check_reciprocals(&recheck, err);
}
