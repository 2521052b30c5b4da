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

static bool lock_sync(const struct session *session, struct error *err)
{
    const char *name = session->sync->name;
    int64_t until_ms = clock_now_ms() + LOCK_WAIT_MS;
    struct holder holder;
    bool held;
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    pg_arg_text(&args, session->sync->portal->name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    do {
        if (!pg_run(session->state, STATEMENT_SYNC_LOCK, &args, &rows, err))
            return false;
        if (pg_rows_bool(&rows, 0, 0))
            return true;
        if (!holder_find(session->state, name, &holder, &held, err))
            return false;
    } while ((!held || is_gone(&holder)) && clock_now_ms() < until_ms && stop_wait(LOCK_AGAIN_MS));
    return held ? error_set(err, ERROR_LOCKED, "%s", holder.text)
                : error_set(err, ERROR_LOCKED,
                      "other runs of %s keep taking its lock; try again later", name);
}

static bool enter_sync(struct session *session, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_text(&args, session->sync->portal->name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_SYNC_ENTER, &args, &rows, err))
        return false;
    session->epoch = pg_rows_int(&rows, 0, 0);
    mapping_row_read(&session->baseline.mapping, &rows, 0, 1);
    session->baseline.known = !pg_rows_null(&rows, 0, 2);
    session->baseline.desired = (uint64_t)pg_rows_int(&rows, 0, 2);
    return true;
}

static bool insert_run(struct session *session, const struct scope *scope, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    struct pg_args args = {0};
    pg_arg_text(&args, sync->name);
    pg_arg_text(&args, sync->portal->name);
    pg_arg_text(&args, dialect_text(sync->portal->api));
    pg_arg_text(&args, session->cause);
    if (scope->mode == RUN_APPLY)
        pg_arg_int(&args, scope->plan_id);
    else
        pg_arg_text(&args, NULL);
    pg_arg_int(&args, session->epoch);
    pg_arg_text(&args, host);
    pg_arg_int(&args, getpid());
    if (scope->undoes != 0)
        pg_arg_int(&args, scope->undoes);
    else
        pg_arg_text(&args, NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_RUN_INSERT, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return error_set(err, ERROR_LOCKED,
            "the lock of %s was lost before its run began: another run took it, or the server "
            "process behind the connection has changed (a connection pooler?)",
            sync->name);
    session->run_id = pg_rows_int(&rows, 0, 0);
    session->started_us = pg_rows_int(&rows, 0, 1);
    session->started_local = clock_now_us();
    return true;
}

bool journal_open(struct session *session, const struct scope *scope, struct error *err)
{
    char name[96];
    (void)snprintf(name, sizeof name, "assocd run %s", session->sync->name);
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    return schema_open(&session->state, session->database_url, name, err) &&
        lock_sync(session, err) && enter_sync(session, err) &&
        pg_run(session->state, STATEMENT_RUN_INTERRUPT, &args, NULL, err) &&
        insert_run(session, scope, err);
}

bool journal_unlock(const struct session *session, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    return pg_run(session->state, STATEMENT_SYNC_UNLOCK, &args, NULL, err);
}

bool journal_results(const struct session *session, struct outcome *outcome, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_CHANGE_RESULTS, &args, &rows, err))
        return false;
    struct outcome_counts *done = &outcome->counts;
    uint64_t *const fields[] = {&done->created, &done->archived, &done->rejected, &done->unverified,
        &done->skipped, &done->withheld, &done->abandoned};
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
        *fields[i] = (uint64_t)pg_rows_int(&rows, 0, (int)i);
    return true;
}

bool journal_abandon(const struct session *session, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    return pg_run(session->state, STATEMENT_CHANGE_ABANDON, &args, NULL, err);
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

bool journal_sent(const struct session *session, struct journal_batch *batch, struct error *err)
{
    CLEANUP(buf_clear) struct buf ordinals = {0};
    int64_t count = add_ordinals(batch, &ordinals);
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->epoch);
    pg_arg_text(&args, batch->operation);
    pg_arg_int(&args, (int64_t)batch->inputs);
    pg_arg_text(&args, batch->create ? "create" : "archive");
    pg_arg_text(&args, pg_array_end(&ordinals));
    pg_arg_bool(&args, batch->create && session->reciprocals != NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_BATCH_SENT, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return journal_overtaken(session, err);
    batch->batch_id = pg_rows_int(&rows, 0, 0);
    if (pg_rows_int(&rows, 0, 1) != count)
        return error_set(err, ERROR_INTERNAL,
            "batch %lld was not sent: only %lld of its %lld changes were still planned",
            (long long)batch->batch_id, (long long)pg_rows_int(&rows, 0, 1), (long long)count);
    return true;
}

bool journal_done(const struct session *session, const struct journal_batch *batch,
    const struct client_reply *reply, const struct journal_answer *answer, struct error *err)
{
    CLEANUP(buf_clear) struct buf ordinals = {0};
    CLEANUP(buf_clear) struct buf exceptions = {0};
    CLEANUP(buf_clear) struct buf states = {0};
    CLEANUP(buf_clear) struct buf messages = {0};
    (void)add_ordinals(batch, &ordinals);
    for (size_t i = 0; i < answer->exceptions_count; i++) {
        pg_array_int(&exceptions, answer->exceptions[i].ordinal);
        pg_array_text(&states, change_state_text(answer->exceptions[i].state));
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
    pg_arg_text(&args, change_state_text(answer->state));
    pg_arg_text(&args, batch->create ? "create" : "archive");
    pg_arg_text(&args, pg_array_end(&ordinals));
    pg_arg_text(&args, pg_array_end(&exceptions));
    pg_arg_text(&args, pg_array_end(&states));
    pg_arg_text(&args, pg_array_end(&messages));
    pg_arg_bool(&args, reply->late);
    return pg_run(session->state, STATEMENT_BATCH_DONE, &args, NULL, err);
}

bool journal_quarantine(
    struct session *session, int64_t batch_id, const struct client_reply *reply, struct error *err)
{
    struct pg_args args = {0};
    const char *why = reply->message[0] == '\0' && reply->refusals_count > 0
        ? reply->refusals[0].message
        : reply->message;
    session_note(
        session, "HubSpot refused some changes (assocd rejects %s): %s", session->sync->name, why);
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, batch_id);
    pg_arg_text(&args, reply->category[0] != '\0' ? reply->category : "REFUSED");
    pg_arg_text(&args, text_or_null(reply->correlation_id));
    pg_arg_int(&args, session->run_id);
    return pg_run(session->state, STATEMENT_REJECT_HUBSPOT, &args, NULL, err);
}
