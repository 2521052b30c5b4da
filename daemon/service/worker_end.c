/*
 * worker_end.c: how a worker ended, by its exit code and by the row of its run. Invariant: a run
 * that was asked for gets an answer, also when its worker died before it could open one.
 */
#include "service/worker_end.h"

#include <stdio.h>

#include "base/amount.h"
#include "pg/pg.h"
#include "service/log.h"
#include "service/state.h"

enum { CLOCKS_APART_US = 5 * 1000000 }; /* clocks were compared seconds ago */

/* What the worker did, as its run's row says. */
static bool report_worker(struct supervisor *supervisor, const struct worker *worker,
    struct worker_end *ended, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, worker->sync);
    pg_arg_text(&args, supervisor->host);
    pg_arg_int(&args, worker->pid);
    pg_arg_int(&args, worker->began_us - CLOCKS_APART_US);
    if (!pg_run(supervisor->state.pg, STATEMENT_WORKER_RUN, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    *ended = (struct worker_end){pg_rows_int(&rows, 0, 0), pg_rows_bool(&rows, 0, 6)};
    const char *why = pg_rows_text(&rows, 0, 4);
    struct log_about about = {.sync = worker->sync,
        .run_id = ended->run_id,
        .worker = worker->pid,
        .status = pg_rows_text(&rows, 0, 1)};
    const struct exit_code *end = error_exit(worker->status);
    bool well = end != NULL && end->as_asked;
    char text[WORKER_TEXT_MAX], requests[AMOUNT_TEXT_MAX];
    if (worker->status > 128) /* it could not write down why */
        why = worker_status_text(worker->status, text);
    log_event(well ? LOG_INFO : LOG_WARNING, &about,
        "run %lld of %s: %s, %s created, %s archived, %s%s%s", (long long)ended->run_id,
        worker->sync, about.status, pg_rows_text(&rows, 0, 2), pg_rows_text(&rows, 0, 3),
        amount_text((uint64_t)pg_rows_int(&rows, 0, 5), "requests", requests),
        why[0] != '\0' ? ": " : "", why);
    return true;
}

/* A worker that could not even open a run: nobody else would know. Without PostgreSQL it says so
 * itself, and who asked for a run still waits for it. */
static bool report_failure(
    struct supervisor *supervisor, const struct worker *worker, struct error *err)
{
    char text[WORKER_TEXT_MAX], message[WORKER_TEXT_MAX + 64];
    bool cut_off = worker->status == EXIT_DATABASE;
    (void)snprintf(message, sizeof message, "worker failed before its run started: %s; see the log",
        worker_status_text(worker->status, text));
    struct log_about about = {.sync = worker->sync, .worker = worker->pid};
    if (!cut_off)
        log_event(LOG_WARNING, &about, "worker of %s failed before its run started: %s",
            worker->sync, text);
    struct pg_args args = {0};
    pg_arg_text(&args, worker->sync);
    pg_arg_text(&args, message);
    pg_arg_bool(&args, worker->kind == WORKER_FULL && !cut_off);
    pg_arg_int(&args, cut_off ? 0 : worker->request_id);
    return worker->kind == WORKER_CHANGED ||
        pg_run(supervisor->state.pg, STATEMENT_STATE_FAIL, &args, NULL, err);
}

static bool report_canceler(
    struct supervisor *supervisor, const struct worker *worker, int64_t run_id, struct error *err)
{
    char text[WORKER_TEXT_MAX], message[WORKER_TEXT_MAX + 64];
    if (worker->canceled_by == 0)
        return true;
    (void)snprintf(message, sizeof message, "run %lld stopped: %s", (long long)run_id,
        worker_status_text(worker->status, text));
    struct pg_args args = {0};
    pg_arg_int(&args, worker->canceled_by);
    pg_arg_text(&args, message);
    return pg_run(supervisor->state.pg, STATEMENT_REQUEST_OUTCOME, &args, NULL, err);
}

/* Only a worker that closed its run itself ends with the code of its outcome. */
static bool left_run_open(int status)
{
    return status > 128 || status == EXIT_DATABASE || status == EXIT_INTERNAL;
}

/* Whether its end needs a word although no run tells of it. */
static bool has_failed(const struct worker *worker)
{
    if (worker->stopped)
        return false;
    const struct exit_code *end = error_exit(worker->status);
    return end == NULL || !end->as_asked;
}

bool worker_end_report(struct supervisor *supervisor, const struct worker *worker,
    struct worker_end *ended, struct error *err)
{
    struct pg_args args = {0};
    if (left_run_open(worker->status) && !state_interrupt(supervisor, worker->sync, err))
        return false;
    if (!report_worker(supervisor, worker, ended, err) ||
        !report_canceler(supervisor, worker, ended->run_id, err))
        return false;
    bool for_the_daemon = worker->stopped && worker->canceled_by == 0;
    if (for_the_daemon && worker->kind == WORKER_FULL) {
        pg_arg_text(&args, worker->sync);
        return pg_run(supervisor->state.pg, STATEMENT_STATE_RESUME, &args, NULL, err);
    }
    if (ended->run_id != 0 || !has_failed(worker))
        return true;
    return report_failure(supervisor, worker, err);
}
