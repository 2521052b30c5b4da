/*
 * record_key_report.c: what became of keys: rows that wait, plans that a key has overtaken.
 */
#include "base/buf.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "journal/record_key.h"
#include "journal/record_key_side.h"

static void property_args(
    const struct session *session, int number, bool called, struct pg_args *args)
{
    struct side side = record_key_side(session, number);
    if (called)
        pg_arg_text(args, side.called);
    pg_arg_text(args, side.object);
    pg_arg_text(args, side.key->property);
}

bool record_keys_leave_moved(struct record_keys *keys, struct error *err)
{
    struct session *session = keys->session;
    struct plan *plan = keys->plan;
    CLEANUP(buf_clear) struct buf ids = {0}, messages = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0}, skip = {0};
    pg_arg_text(&args, keys->began);
    pg_arg_int(&args, (int64_t)session->access.portal_id);
    property_args(session, 0, false, &args);
    pg_arg_text(&args, on_many_words[session->sync->key_from.on_many]);
    property_args(session, 1, false, &args);
    pg_arg_text(&args, on_many_words[session->sync->key_to.on_many]);
    if (!pg_run(keys->session->state, STATEMENT_KEYS_MOVED, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    for (int i = 0; i < rows.count; i++) {
        pg_array_int(&ids, pg_rows_int(&rows, i, 0));
        pg_array_text(&messages, pg_rows_text(&rows, i, 1));
    }
    pg_arg_int(&skip, session->run_id);
    pg_arg_text(&skip, pg_array_end(&ids));
    pg_arg_text(&skip, pg_array_end(&messages));
    plan->untold += (uint64_t)rows.count;
    session_note(session, "%s; the next run goes by what it means now", pg_rows_text(&rows, 0, 1));
    return pg_run(keys->session->state, STATEMENT_CHANGE_SKIP, &skip, NULL, err);
}

bool record_keys_bad_row(struct error *err)
{
    return error_set(err, ERROR_STATE,
        "assocd.record_key has an invalid row (expected a record ID from 1 to "
        "9223372036854775807)");
}

/* For people who look at the run later: which keys stand beside its ids. */
static bool note_keys(const struct session *session, struct error *err)
{
    CLEANUP(buf_clear) struct buf objects = {0}, properties = {0};
    struct pg_args args = {0};
    for (int number = 0; number < 2; number++) {
        struct side side = record_key_side(session, number);
        pg_array_text(&objects, side.key->column != NULL ? side.object : NULL);
        pg_array_text(&properties, side.key->column != NULL ? side.key->property : NULL);
    }
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&objects));
    pg_arg_text(&args, pg_array_end(&properties));
    return pg_run(session->state, STATEMENT_RUN_KEYS, &args, NULL, err);
}

bool record_keys_report(struct record_keys *keys, struct error *err)
{
    struct session *session = keys->session;
    struct plan *plan = keys->plan;
    struct plan_pending *pending = &plan->pending;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0}, gone = {0};
    if (!pg_run(keys->session->state, STATEMENT_KEY_COUNTS, NULL, &rows, err))
        return false;
    pending->missing = (uint64_t)pg_rows_int(&rows, 0, 0);
    pending->ambiguous = (uint64_t)pg_rows_int(&rows, 0, 1);
    pending->unread = (uint64_t)pg_rows_int(&rows, 0, 2);
    pending->of_rows = (uint64_t)pg_rows_int(&rows, 0, 3);
    plan->counts.pending = pending->missing + pending->ambiguous + pending->unread;
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    gone = args;
    pg_arg_int(&args, (int64_t)session->access.portal_id);
    property_args(session, 0, true, &args);
    property_args(session, 1, true, &args);
    return note_keys(session, err) &&
        pg_run(keys->session->state, STATEMENT_REJECT_KEYS, &args, NULL, err) &&
        pg_run(keys->session->state, STATEMENT_REJECT_KEYS_GONE, &gone, NULL, err);
}
