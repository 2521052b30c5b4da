/*
 * verb_run.c: assocd run, apply and plan: one engine, three ways to start it.
 */
#include "cli/verb_run.h"

#include <stdio.h>
#include <unistd.h>

#include "service/log.h"
#include "cli/run_limits.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/report.h"

bool engine_worker(
    struct engine_request *request, const struct worker_options *options, struct error *err)
{
    request->worker = options->log_format != NULL;
    if (options->cause != NULL)
        request->cause = options->cause;
    return !request->worker || log_open(options->log_format, err);
}

/* A worker's failure is told by the daemon from the run's row; without a row, here. */
static void worker_failed(
    const struct engine_request *request, const struct run *run, int *code, const struct error *err)
{
    struct log_about about = {.sync = request->sync->name, .worker = getpid()};
    if (run->session.run_id == 0 && err->kind != ERROR_LOCKED)
        log_event(LOG_ERROR, &about, "%s: %s", request->sync->name, err->text);
    *code = error_exit_code(err->kind);
}

/* What a request asks of a run, whoever starts it: the one place where its session is made. */
static struct session engine_session(const struct cli *cli, const struct engine_request *request)
{
    return (struct session){
        .sync = request->sync,
        .definitions = &cli->definitions,
        .database_url = cli->definitions.database_url,
        .token = cli->token,
        .token_stamp = cli->token_stamp[0] != '\0' ? cli->token_stamp : NULL,
        .cause = request->cause,
        .retention_days = cli->definitions.retention_days,
        .run_retention_days = cli->definitions.run_retention_days,
        .show = request->worker ? NULL : output_progress,
    };
}

/* The run is what it is; that its history was not pruned is news of its own. */
static void report_unpruned(const struct engine_request *request, const struct run *run)
{
    struct log_about about = {
        .sync = request->sync->name, .run_id = run->session.run_id, .worker = getpid()};
    static const char text[] = "old history was not pruned (history.retention_days); the next run "
                               "tries again";
    if (run->ending.unpruned.kind == ERROR_NONE)
        return;
    if (request->worker)
        log_event(LOG_WARNING, &about, "%s: %s: %s", request->sync->name, text,
            run->ending.unpruned.text);
    else
        output_tell("assocd: %s: %s: %s\n", request->sync->name, text, run->ending.unpruned.text);
}

static bool run_worker(struct cli *cli, const struct engine_request *request, int *code)
{
    struct error err;
    struct run run = {0};
    bool ok = cli_token(cli, request->sync->portal, &err);
    struct session session = engine_session(cli, request);
    ok = ok && run_execute(&run, &session, &request->scope, &err);
    if (ok)
        *code = run_exit_code(&run, false);
    else
        worker_failed(request, &run, code, &err);
    report_unpruned(request, &run);
    run_clear(&run);
    return true;
}

bool engine_run(struct cli *cli, const struct engine_request *request, int *code, struct error *err)
{
    if (request->worker)
        return run_worker(cli, request, code);
    if (!cli_token(cli, request->sync->portal, err))
        return false;
    struct session session = engine_session(cli, request);
    struct run run;
    bool ok = run_execute(&run, &session, &request->scope, err);
    output_progress_end();
    struct error later;
    /* What was found is printed for a run that a guard refused, too: it is the news. */
    if (run.session.run_id != 0 && (ok || run.verdict.kind == VERDICT_REFUSE))
        ok = report_run(cli, &run, ok ? err : &later) && ok;
    if (ok)
        *code = run_exit_code(&run, request->detailed);
    report_unpruned(request, &run);
    run_clear(&run);
    return ok;
}

bool verb_plan(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    struct engine_request request = {.cause = "plan", .scope.mode = RUN_PLAN};
    const struct option_row options[] = {
        {.name = "detailed-exitcode", .flag = &request.detailed}, {0}};
    struct words words;
    (void)argc;
    return cli_options(cli, argv, options, &words, err) && cli_words(&words, "plan", 0, 1, err) &&
        cli_chosen_sync(cli, &words, &request.sync, err) && engine_run(cli, &request, code, err);
}

/* Runs one sync after the other as `request` says; a failure of one is printed and does not stop
 * the others. The worst exit code is the first that is not 0. */
static bool run_all(struct cli *cli, const struct words *words, struct engine_request request,
    int *code, struct error *err)
{
    bool changed = request.scope.mode == RUN_CHANGED;
    size_t count = words->count > 0 ? (size_t)words->count : cli->definitions.syncs_count;
    for (size_t i = 0; i < count; i++) {
        int one = 0;
        request.sync = words->count > 0 ? definitions_sync(&cli->definitions, words->items[i])
                                        : cli->definitions.syncs[i];
        if (changed && words->count == 0 && !request.sync->watch)
            continue;
        if (!engine_run(cli, &request, &one, err)) {
            if (count == 1 || err->kind == ERROR_STOPPED)
                return false;
            output_error(request.sync->name, err);
            one = error_exit_code(err->kind);
        }
        *code = *code != 0 ? *code : one;
    }
    return true;
}

bool verb_run(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    bool changed = false;
    struct worker_options hidden = {0};
    struct run_limits limits = {0};
    const struct option_row options[] = {{.name = "touched", .flag = &changed},
        {.name = "max-duration", .text = &limits.max_duration},
        {.name = "max-requests", .number = &limits.max_requests},
        {.name = "until", .text = &limits.until},
        {.name = "cause", .hidden = true, .text = &hidden.cause},
        {.name = "log-format", .hidden = true, .text = &hidden.log_format}, {0}};
    const struct sync_definition *sync;
    struct words words;
    (void)argc;
    if (!cli_options(cli, argv, options, &words, err) || !run_limits_start(&limits, err) ||
        !cli_some_sync(cli, err))
        return false;
    for (int i = 0; i < words.count; i++) {
        if (!cli_sync(cli, words.items[i], &sync, err))
            return false;
        if (changed && !sync->watch)
            return error_set(err, ERROR_USAGE, "sync %s is not watched (watch: true)", sync->name);
    }
    struct engine_request request = {
        .cause = changed ? "watch" : "manual", .scope.mode = changed ? RUN_CHANGED : RUN_FULL};
    return engine_worker(&request, &hidden, err) && run_all(cli, &words, request, code, err);
}
