/*
 * desired.c: source -> spool, invalid rows -> assocd.reject.
 */
#include "plan/desired.h"

#include <string.h>

#include "base/buf.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "source/drain.h"
#include "journal/account.h"
#include "journal/changed_records.h"
#include "journal/progress.h"

/* Of one run's invalid rows; all of them are counted. */
enum { REJECTS_STORED_MAX = 1000 };

/* Rows on their way from the source. */
struct reading {
    struct session *session;
    struct plan *plan;
    struct desired *desired;
    struct buf rejects[5]; /* from, to, type, wrong, message: array literals */
    uint64_t rejects_stored;
    bool stray_stored; /* one of them has a wrong from_id */
};

static bool add_reject(void *context, const struct source_row *row, struct error *err)
{
    struct reading *reading = context;
    reading->plan->counts.invalid++;
    if (row->unclear && !unclear_add(&reading->desired->unclear, row->assoc))
        return error_set(err, ERROR_SOURCE, "more than %d rows: %s", UNCLEAR_MAX, row->message);
    /* One whose record nobody knows is stored in any case: runs of changes look for it. */
    bool stray = strcmp(row->wrong, "from_id") == 0 && !reading->stray_stored;
    if (reading->rejects_stored >= REJECTS_STORED_MAX && !stray)
        return true;
    reading->stray_stored = reading->stray_stored || stray;
    reading->rejects_stored++;
    const char *const cells[] = {row->from, row->to, row->type, row->wrong, row->message};
    for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
        pg_array_text(&reading->rejects[i], cells[i]);
    return true;
}

static bool store_rejects(struct reading *reading, struct error *err)
{
    const struct session *session = reading->session;
    const struct plan *plan = reading->plan;
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    struct pg_args gone = args;
    enum statement_id gone_id = STATEMENT_REJECT_SOURCE_GONE;
    CLEANUP(buf_clear) struct buf ids = {0};
    const char *of = changed_records_array(plan->scope, &ids);
    if (of != NULL && !sync_has_keys(session->sync)) { /* with keys all rows were read */
        gone_id = STATEMENT_REJECT_SOURCE_GONE_OF;
        pg_arg_text(&gone, of);
    }
    if (reading->rejects_stored > 0) {
        for (size_t i = 0; i < ARRAY_COUNT(reading->rejects); i++)
            pg_arg_text(&args, pg_array_end(&reading->rejects[i]));
        if (!pg_run(session->state, STATEMENT_REJECT_SOURCE, &args, NULL, err))
            return false;
    }
    return pg_run(session->state, gone_id, &gone, NULL, err);
}

static void show_rows(void *context, uint64_t rows)
{
    const struct reading *reading = context;
    progress_show(reading->session, "source", rows, 0);
}

/* All rows of a source with keys are read, whatever changed: what waits for its key may be about
 * any of them, and two keys about one record. */
static bool give_keyed(struct reading *reading, struct source_query *query,
    const struct drain *drain, struct error *err)
{
    const struct scope *scope = reading->plan->scope;
    struct keyed *keyed = &reading->desired->keyed;
    if (!keyed_resolve(keyed, err) || !changed_records_find(reading->session, scope, err))
        return false;
    query->from_ids = changed_records_ids(scope);
    return keyed_give(keyed, query, drain, err) && record_keys_report(&keyed->keys, err);
}

static bool read_rows(struct reading *reading, struct error *err)
{
    struct session *session = reading->session;
    struct plan *plan = reading->plan;
    struct source *source = NULL;
    struct source_query query = {
        .sync = session->sync, .database_url = session->database_url, .types = &session->types};
    struct drain drain = {.rows = reading->desired->rows,
        .invalid = add_reject,
        .progress = show_rows,
        .context = reading};
    bool keys = sync_has_keys(query.sync);
    query.from_ids = keys ? NULL : changed_records_ids(plan->scope);
    query.rivals = true;
    if (!source_open(&source, &query, err))
        return false;
    account_note_source(session, source);
    plan->source_replica = source_replica(source);
    struct keyed *keyed = &reading->desired->keyed;
    keyed->keys.session = session;
    keyed->keys.plan = plan;
    bool ok = keys ? keyed_read(keyed, source, &drain, err) : source_drain(source, &drain, err);
    reading->desired->empty = ok && source_empty(source);
    source_close(source);
    return ok && (!keys || give_keyed(reading, &query, &drain, err));
}

bool desired_read(
    struct session *session, struct plan *plan, struct desired *desired, struct error *err)
{
    struct reading reading = {.session = session, .plan = plan, .desired = desired};
    bool ok = spool_open(&desired->rows, "desired rows", SPOOL_SORTED, err) &&
        read_rows(&reading, err) && spool_rewind(desired->rows, err) &&
        store_rejects(&reading, err);
    for (size_t i = 0; i < ARRAY_COUNT(reading.rejects); i++)
        buf_clear(&reading.rejects[i]);
    plan->counts.desired = ok ? spool_count(desired->rows) : 0;
    plan->counts.duplicates = ok ? spool_duplicates(desired->rows) : 0;
    return ok;
}

void desired_clear(struct desired *desired)
{
    spool_close(desired->rows);
    keyed_clear(&desired->keyed);
    unclear_clear(&desired->unclear);
}
