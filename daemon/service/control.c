/*
 * control.c: the verbs of assocd.signal, one function each. Of several daemons the one whose UPDATE
 * finds the row unhandled takes it up.
 */
#include "service/control.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/text.h"
#include "model/near.h"
#include "pg/pg.h"
#include "service/worker_pool.h"
#include "service/log.h"
#include "service/state.h"

/* A daemon that knows the sync or runs on the host comes by every second. */
enum { NOBODY_S = 10 };

enum column {
    REQUEST_ID,
    REQUEST_VERB,
    REQUEST_SYNC,
    REQUEST_RUN,
    REQUEST_BY,
    REQUEST_AGE_S,
    REQUEST_HOST,
    REQUEST_PID,
    REQUEST_STATUS,
    REQUEST_UNDER_WAY,
    REQUEST_HAS_PLAN,
};

/* One request; texts are borrowed from the rows. */
struct request {
    int64_t request_id;
    const char *verb;
    const char *sync;
    int64_t run_id;
    const char *by;
    int64_t age_s;
    const char *host; /* of the run */
    int64_t pid;
    const char *status;
    bool under_way;
    bool has_plan;
};

static void report(const struct request *request, const char *outcome)
{
    struct log_about about = {
        .sync = request->sync, .request_id = request->request_id, .run_id = request->run_id};
    log_event(LOG_NOTICE, &about, "request %lld (%s %s%.0lld by %s): %s",
        (long long)request->request_id, request->verb, request->run_id != 0 ? "" : request->sync,
        (long long)request->run_id, request->by, outcome);
}

/* Takes it up with this outcome; *won: no other daemon was faster. */
static bool claim(struct supervisor *supervisor, const struct request *request, const char *outcome,
    bool *won, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, request->request_id);
    pg_arg_text(&args, supervisor->name);
    pg_arg_text(&args, outcome);
    if (!pg_run(supervisor->state.pg, STATEMENT_REQUEST_CLAIM, &args, &rows, err))
        return false;
    *won = rows.count > 0;
    if (*won)
        report(request, outcome);
    return true;
}

static bool refuse(struct supervisor *supervisor, const struct request *request, struct error *err,
    const char *format, ...) PRINTF(4, 5);

static bool refuse(struct supervisor *supervisor, const struct request *request, struct error *err,
    const char *format, ...)
{
    char outcome[ERROR_TEXT_MAX] = "refused: ";
    size_t length = strlen(outcome);
    bool won;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(outcome + length, sizeof outcome - length, format, args);
    va_end(args);
    text_trim(outcome); /* a cut character would be no text to PostgreSQL, now and ever again */
    return claim(supervisor, request, outcome, &won, err);
}

static bool unknown_sync(
    struct supervisor *supervisor, const struct request *request, struct error *err)
{
    if (request->run_id != 0 && request->sync[0] == '\0')
        return refuse(supervisor, request, err, "unknown run %lld", (long long)request->run_id);
    if (request->age_s < NOBODY_S)
        return true;
    struct near near = {.wanted = request->sync};
    for (size_t i = 0; i < supervisor->syncs.count; i++)
        near_offer(&near, supervisor->syncs.entries[i].sync->name);
    return refuse(supervisor, request, err,
        "no daemon has a sync \"%s\" in its configuration%s%s%s", request->sync,
        near.best != NULL ? " (did you mean \"" : "", near.best != NULL ? near.best : "",
        near.best != NULL ? "\"?)" : "");
}

/* Lets the database do what the request asks for, in the name of who asked. */
static bool consume(struct supervisor *supervisor, const struct request *request,
    const char *outcome, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, request->request_id);
    pg_arg_text(&args, supervisor->name);
    pg_arg_text(&args, outcome);
    if (!pg_run(supervisor->state.pg, STATEMENT_REQUEST_CONSUME, &args, &rows, err))
        return false;
    if (!pg_rows_null(&rows, 0, 0))
        report(request, outcome);
    return true;
}

/* pause and resume. */
static bool change_pause(struct supervisor *supervisor, const struct request *request,
    struct entry *entry, struct error *err)
{
    bool pause = strcmp(request->verb, "pause") == 0;
    bool busy;
    if (!consume(supervisor, request, pause ? "paused" : "resumed", err) ||
        !state_refresh(supervisor, entry, &busy, err))
        return false;
    if (!entry->state.paused || !entry->state.wanted || entry->working > 0)
        return true;
    struct pg_args args = {0}; /* who asked for a run was told that it starts */
    pg_arg_int(&args, entry->request_id);
    pg_arg_text(&args, "waits: the sync was paused meanwhile; it starts when it is resumed");
    return pg_run(supervisor->state.pg, STATEMENT_REQUEST_OUTCOME, &args, NULL, err);
}

/* trigger and approve: a run that is wanted until one opens for it. */
static bool want_run(struct supervisor *supervisor, const struct request *request,
    struct entry *entry, struct error *err)
{
    bool approve = strcmp(request->verb, "approve") == 0;
    bool busy, won;
    if (approve && !request->has_plan)
        return refuse(
            supervisor, request, err, "run %lld has no complete plan", (long long)request->run_id);
    if (!state_refresh(supervisor, entry, &busy, err))
        return false;
    if (entry->state.paused)
        return refuse(supervisor, request, err, "%s is paused; resume it first: assocd resume %s",
            request->sync, request->sync);
    if (entry->state.wanted && !approve && entry->plan_id == 0)
        return claim(supervisor, request, "merged with an earlier pending request", &won, err);
    if (entry->state.wanted)
        return true; /* one after the other */
    const char *outcome =
        busy || entry->working > 0 ? "starts when the current run ends" : "starts now";
    return consume(supervisor, request, outcome, err) &&
        state_refresh(supervisor, entry, &busy, err);
}

/* A run on this host that is not our child: typed by hand, or of a daemon that is gone. Its process
 * id may be somebody else's by now, so the name is checked on the very process that gets the
 * signal. */
static bool stop_stranger(int64_t pid)
{
    char path[64], name[16] = "";
    int pidfd = pidfd_open((pid_t)pid, 0);
    if (pidfd < 0)
        return false;
    (void)snprintf(path, sizeof path, "/proc/%lld/comm", (long long)pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool ours = file >= 0 && read(file, name, sizeof name - 1) > 0 && strcmp(name, "assocd\n") == 0;
    if (file >= 0)
        (void)close(file);
    bool sent = ours && pidfd_send_signal(pidfd, SIGTERM, NULL, 0) == 0;
    (void)close(pidfd);
    return sent;
}

static bool cancel_run(
    struct supervisor *supervisor, const struct request *request, struct error *err)
{
    bool here = strcmp(request->host, supervisor->host) == 0;
    bool won;
    if (request->status[0] == '\0')
        return refuse(supervisor, request, err, "unknown run %lld", (long long)request->run_id);
    if (!request->under_way)
        return refuse(supervisor, request, err, "run %lld has already ended: %s",
            (long long)request->run_id, request->status);
    if (!here)
        return request->age_s < NOBODY_S ||
            refuse(supervisor, request, err,
                "run %lld is running on %s (pid %lld), but no daemon is active there",
                (long long)request->run_id, request->host, (long long)request->pid);
    struct worker *worker = worker_pool_find(supervisor, request->pid);
    bool again = worker != NULL && worker->canceled_by != 0;
    if (!claim(supervisor, request, again ? "stop was already requested" : "stop requested", &won,
            err))
        return false;
    if (!won || again)
        return true;
    if (worker != NULL) {
        worker->canceled_by = request->request_id;
        worker_signal(worker, SIGTERM);
        return true;
    }
    struct pg_args args = {0};
    pg_arg_int(&args, request->request_id);
    pg_arg_text(&args, "failed: process not found, or not owned by this daemon");
    return stop_stranger(request->pid) ||
        pg_run(supervisor->state.pg, STATEMENT_REQUEST_OUTCOME, &args, NULL, err);
}

static bool handle(struct supervisor *supervisor, const struct request *request, struct error *err)
{
    if (strcmp(request->verb, "cancel") == 0)
        return cancel_run(supervisor, request, err);
    struct entry *entry = sync_table_find(&supervisor->syncs, request->sync);
    if (entry == NULL)
        return unknown_sync(supervisor, request, err);
    if (strcmp(request->verb, "pause") == 0 || strcmp(request->verb, "resume") == 0)
        return change_pause(supervisor, request, entry, err);
    return want_run(supervisor, request, entry, err);
}

bool control_requests(struct supervisor *supervisor, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(supervisor->state.pg, STATEMENT_REQUEST_WAITING, NULL, &rows, err))
        return false;
    supervisor->waiting = rows.count > 0; /* the next look knows which of them are done */
    for (int i = 0; i < rows.count; i++) {
        struct request request = {
            .request_id = pg_rows_int(&rows, i, REQUEST_ID),
            .verb = pg_rows_text(&rows, i, REQUEST_VERB),
            .sync = pg_rows_text(&rows, i, REQUEST_SYNC),
            .run_id = pg_rows_int(&rows, i, REQUEST_RUN),
            .by = pg_rows_text(&rows, i, REQUEST_BY),
            .age_s = pg_rows_int(&rows, i, REQUEST_AGE_S),
            .host = pg_rows_text(&rows, i, REQUEST_HOST),
            .pid = pg_rows_int(&rows, i, REQUEST_PID),
            .status = pg_rows_text(&rows, i, REQUEST_STATUS),
            .under_way = pg_rows_bool(&rows, i, REQUEST_UNDER_WAY),
            .has_plan = pg_rows_bool(&rows, i, REQUEST_HAS_PLAN),
        };
        if (!handle(supervisor, &request, err))
            return false;
    }
    return true;
}
