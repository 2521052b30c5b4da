/*
 * journal.c: the run, its batches and the states of its changes, as statements.
 */
#include "journal/journal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "pg/pg.h"
#include "pg/schema.h"
#include "pg/text.h"
#include "journal/lock_holder.h"
#include "journal/mapping_row.h"

/* For a holder that is known to be dead. */
enum { LOCK_WAIT_MS = 5000, LOCK_AGAIN_MS = 50 };

/* Its process ran on this host and is no more: its session ends, and its lock with it, as soon as
 * PostgreSQL notices (client_connection_check_interval: two seconds). */
static bool is_gone(const struct holder *holder)
{
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    return strcmp(holder->host, host) == 0 && kill((pid_t)holder->pid, 0) != 0 && errno == ESRCH;
}

static bool lock_sync(struct run *run, struct error *err)
{
    const char *name = run->session.sync->name;
    int64_t until_ms = clock_now_ms() + LOCK_WAIT_MS;
    struct holder holder;
    bool held;
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    pg_arg_text(&args, run->session.sync->portal->name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    do {
        if (!pg_run(run->session.state, STATEMENT_SYNC_LOCK, &args, &rows, err))
            return false;
        if (pg_rows_bool(&rows, 0, 0))
            return true;
        if (!holder_find(run->session.state, name, &holder, &held, err))
            return false;
    } while ((!held || is_gone(&holder)) && clock_now_ms() < until_ms && stop_wait(LOCK_AGAIN_MS));
    return held ? error_set(err, ERROR_LOCKED, "%s", holder.text)
                : error_set(err, ERROR_LOCKED,
                      "other runs of %s keep taking its lock; try again later", name);
}

static bool enter_sync(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_text(&args, run->session.sync->portal->name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_SYNC_ENTER, &args, &rows, err))
        return false;
    run->session.epoch = pg_rows_int(&rows, 0, 0);
    mapping_row_read(&run->session.baseline.mapping, &rows, 0, 1);
    run->session.baseline.known = !pg_rows_null(&rows, 0, 2);
    run->session.baseline.desired = (uint64_t)pg_rows_int(&rows, 0, 2);
    return true;
}

static bool insert_run(struct run *run, struct error *err)
{
    const struct sync_definition *sync = run->session.sync;
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    struct pg_args args = {0};
    pg_arg_text(&args, sync->name);
    pg_arg_text(&args, sync->portal->name);
    pg_arg_text(&args, dialect_text(sync->portal->api));
    pg_arg_text(&args, run->session.cause);
    if (run->scope.mode == RUN_APPLY)
        pg_arg_int(&args, run->scope.plan_id);
    else
        pg_arg_text(&args, NULL);
    pg_arg_int(&args, run->session.epoch);
    pg_arg_text(&args, host);
    pg_arg_int(&args, getpid());
    if (run->scope.undoes != 0)
        pg_arg_int(&args, run->scope.undoes);
    else
        pg_arg_text(&args, NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_RUN_INSERT, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return error_set(err, ERROR_LOCKED,
            "the lock of %s was lost before its run began: another run took it, or the server "
            "process behind the connection has changed (a connection pooler?)",
            sync->name);
    run->session.run_id = pg_rows_int(&rows, 0, 0);
    run->session.started_us = pg_rows_int(&rows, 0, 1);
    run->session.started_local = clock_now_us();
    return true;
}

bool journal_open(struct run *run, struct error *err)
{
    char name[96];
    (void)snprintf(name, sizeof name, "assocd run %s", run->session.sync->name);
    struct pg_args args = {0};
    pg_arg_text(&args, run->session.sync->name);
    return schema_open(&run->session.state, run->session.database_url, name, err) &&
        lock_sync(run, err) && enter_sync(run, err) &&
        pg_run(run->session.state, STATEMENT_RUN_INTERRUPT, &args, NULL, err) &&
        insert_run(run, err);
}

bool journal_status(struct run *run, enum run_status status, struct error *err)
{
    run->ending.status = status;
    const struct plan_counts *planned = &run->plan.counts;
    const struct outcome_counts *done = &run->outcome.counts;
    const uint64_t numbers[] = {run->session.access.portal_id, planned->desired, planned->records,
        planned->unread, planned->observed, planned->unchanged, planned->duplicates,
        planned->invalid, planned->managed, planned->to_create, planned->to_archive, planned->drift,
        planned->reported, planned->blocked, done->created, done->archived, done->rejected,
        done->unverified, done->skipped, done->withheld,
        run->session.client != NULL ? client_requests(run->session.client) : 0};
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf text = {0}, fields = {0};
    bool known = run->session.mapping.fields[MAPPING_FROM] != NULL;
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run_status_text(status));
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        pg_arg_int(&args, (int64_t)numbers[i]);
    pg_arg_text(&args, run->verdict.guard[0] != '\0' ? run->verdict.text : NULL);
    pg_arg_text(&args,
        run->ending.failure.kind != ERROR_NONE ? run->ending.failure.text
            : run->session.reason[0] != '\0'   ? run->session.reason
                                               : NULL);
    pg_arg_text(&args, run->plan.digest[0] != '\0' ? run->plan.digest : NULL);
    pg_arg_text(&args, known ? mapping_text(&run->session.mapping, &text) : NULL);
    pg_arg_bool(&args, run->ending.changes_left);
    pg_arg_int(&args, (int64_t)done->abandoned);
    pg_arg_int(&args, (int64_t)planned->pending);
    pg_arg_text(&args, known ? mapping_row_array(&run->session.mapping, &fields) : NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_RUN_UPDATE, &args, &rows, err))
        return false;
    return rows.count > 0 ||
        error_set(err, ERROR_LOCKED,
            "run %lld of %s was interrupted: its session had lost the lock of the sync, so that "
            "another process closed the run; it stops here",
            (long long)run->session.run_id, run->session.sync->name);
}

bool journal_unlock(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, run->session.run_id);
    return pg_run(run->session.state, STATEMENT_SYNC_UNLOCK, &args, NULL, err);
}

bool journal_results(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_CHANGE_RESULTS, &args, &rows, err))
        return false;
    struct outcome_counts *done = &run->outcome.counts;
    uint64_t *const fields[] = {&done->created, &done->archived, &done->rejected, &done->unverified,
        &done->skipped, &done->withheld, &done->abandoned};
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
        *fields[i] = (uint64_t)pg_rows_int(&rows, 0, (int)i);
    return true;
}

bool journal_abandon(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    return pg_run(run->session.state, STATEMENT_CHANGE_ABANDON, &args, NULL, err);
}

/* HubSpot's own words go into timestamptz columns only if PostgreSQL will take them. */
static const char *time_or_null(const char *text)
{
    return clock_is_time(text) ? text : NULL;
}

static const char *text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

void journal_note_read(const struct session *session, struct buf *rows, const char *operation,
    const struct client_reply *reply, int64_t began_us)
{
    char sent[CLOCK_TEXT_MAX], completed[CLOCK_TEXT_MAX];
    int64_t offset = session->started_us - session->started_local;
    clock_utc_text(began_us + offset, sent);
    clock_utc_text(clock_now_us() + offset, completed);
    static const char *const statuses[] = {
        [CLIENT_ANSWERED] = "done",
        [CLIENT_REFUSED] = "failed",
        [CLIENT_TOO_LARGE] = "failed",
        [CLIENT_UNKNOWN] = "failed",
        [CLIENT_NOT_SENT] = "failed",
    };
    pg_copy_int(rows, session->run_id);
    pg_copy_text(rows, operation);
    pg_copy_text(rows, statuses[reply->outcome]);
    pg_copy_int(rows, (int64_t)reply->request->from_count);
    pg_copy_int(rows, reply->attempts);
    pg_copy_int(rows, reply->http_status);
    pg_copy_text(rows, sent);
    pg_copy_text(rows, completed);
    pg_copy_text(rows, time_or_null(reply->api_started_at));
    pg_copy_text(rows, time_or_null(reply->api_completed_at));
    pg_copy_text(rows, text_or_null(reply->correlation_id));
    pg_copy_text(rows, text_or_null(reply->message));
    pg_copy_row_end(rows);
}

bool journal_reads(const struct session *session, struct buf *rows, struct error *err)
{
    return pg_copy_rows(session->state, STATEMENT_BATCH_COPY, rows, err);
}

/* The array of the batch's changes; returns how many they are. */
static int64_t add_ordinals(const struct journal_batch *batch, struct buf *array)
{
    int64_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->ordinals[i] == 0)
            continue;
        pg_array_int(array, batch->ordinals[i]);
        count++;
    }
    return count;
}

bool journal_overtaken(const struct session *session, struct error *err)
{
    return error_set(err, ERROR_LOCKED,
        "run %lld of %s lost its fencing token to a newer run; writing stopped",
        (long long)session->run_id, session->sync->name);
}

bool journal_sent(struct run *run, struct journal_batch *batch, struct error *err)
{
    CLEANUP(buf_clear) struct buf ordinals = {0};
    int64_t count = add_ordinals(batch, &ordinals);
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, run->session.epoch);
    pg_arg_text(&args, batch->operation);
    pg_arg_int(&args, (int64_t)batch->inputs);
    pg_arg_text(&args, batch->create ? "create" : "archive");
    pg_arg_text(&args, pg_array_end(&ordinals));
    pg_arg_bool(&args, batch->create && run->session.reciprocals != NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_BATCH_SENT, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return journal_overtaken(&run->session, err);
    batch->batch_id = pg_rows_int(&rows, 0, 0);
    if (pg_rows_int(&rows, 0, 1) != count)
        return error_set(err, ERROR_INTERNAL,
            "batch %lld was not sent: only %lld of its %lld changes were still planned",
            (long long)batch->batch_id, (long long)pg_rows_int(&rows, 0, 1), (long long)count);
    return true;
}

bool journal_done(struct run *run, const struct journal_batch *batch,
    const struct client_reply *reply, const struct journal_answer *answer, struct error *err)
{
    CLEANUP(buf_clear) struct buf ordinals = {0};
    CLEANUP(buf_clear) struct buf exceptions = {0};
    CLEANUP(buf_clear) struct buf states = {0};
    CLEANUP(buf_clear) struct buf messages = {0};
    (void)add_ordinals(batch, &ordinals);
    for (size_t i = 0; i < answer->exceptions_count; i++) {
        pg_array_int(&exceptions, answer->exceptions[i].ordinal);
        pg_array_text(&states, answer->exceptions[i].state);
        pg_array_text(&messages, answer->exceptions[i].message);
    }
    struct pg_args args = {0};
    pg_arg_int(&args, batch->batch_id);
    pg_arg_text(&args, answer->status);
    pg_arg_int(&args, reply->attempts);
    pg_arg_int(&args, reply->http_status);
    pg_arg_text(&args, time_or_null(reply->api_started_at));
    pg_arg_text(&args, time_or_null(reply->api_completed_at));
    pg_arg_text(&args, text_or_null(reply->correlation_id));
    pg_arg_text(&args, text_or_null(reply->message));
    pg_arg_text(&args, answer->state);
    pg_arg_text(&args, batch->create ? "create" : "archive");
    pg_arg_text(&args, pg_array_end(&ordinals));
    pg_arg_text(&args, pg_array_end(&exceptions));
    pg_arg_text(&args, pg_array_end(&states));
    pg_arg_text(&args, pg_array_end(&messages));
    pg_arg_bool(&args, reply->late);
    return pg_run(run->session.state, STATEMENT_BATCH_DONE, &args, NULL, err);
}

bool journal_quarantine(
    struct run *run, int64_t batch_id, const struct client_reply *reply, struct error *err)
{
    struct pg_args args = {0};
    const char *why = reply->message[0] == '\0' && reply->refusals_count > 0
        ? reply->refusals[0].message
        : reply->message;
    session_note(&run->session, "HubSpot refused some changes (assocd rejects %s): %s",
        run->session.sync->name, why);
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, batch_id);
    pg_arg_text(&args, reply->category[0] != '\0' ? reply->category : "REFUSED");
    pg_arg_text(&args, text_or_null(reply->correlation_id));
    pg_arg_int(&args, run->session.run_id);
    return pg_run(run->session.state, STATEMENT_REJECT_HUBSPOT, &args, NULL, err);
}
