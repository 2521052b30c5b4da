/*
 * verb_request.c: assocd trigger, pause, resume and cancel: a row in assocd.signal, and what a
 * daemon makes of it within a few seconds.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/output.h"

/* Daemons look at once, and every second in any case. */
enum { PATIENCE_MS = 8000, LOOK_EVERY_MS = 100 };

struct request {
    const char *verb;
    const char *sync; /* or NULL */
    int64_t run_id; /* or 0 */
    const char *reason;
};

static bool insert(
    struct cli *cli, const struct request *request, int64_t *request_id, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, request->verb);
    pg_arg_text(&args, request->sync);
    if (request->run_id != 0)
        pg_arg_int(&args, request->run_id);
    else
        pg_arg_text(&args, NULL);
    pg_arg_text(&args, request->reason);
    if (!pg_run(cli->state, STATEMENT_REQUEST_INSERT, &args, &rows, err))
        return cli_steers(cli, request->verb, err);
    *request_id = pg_rows_int(&rows, 0, 0);
    return true;
}

/* Waits until a daemon has taken it up; rows has the row in any case. */
static bool await(struct cli *cli, int64_t request_id, int64_t patience_ms, struct pg_rows *rows,
    struct error *err)
{
    int64_t until_ms = clock_now_ms() + patience_ms;
    struct pg_args args = {0};
    pg_arg_int(&args, request_id);
    for (;;) {
        if (!pg_run(cli->state, STATEMENT_REQUEST_GET, &args, rows, err))
            return false;
        if (pg_rows_bool(rows, 0, 0) || clock_now_ms() >= until_ms)
            return true;
        struct pollfd stop = {.fd = stop_fd(), .events = POLLIN};
        if (poll(&stop, 1, LOOK_EVERY_MS) > 0)
            return error_set(
                err, ERROR_STOPPED, "request %lld stays queued", (long long)request_id);
    }
}

static bool ask(struct cli *cli, const struct request *request, int *code, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows alive = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    int64_t request_id;
    if (!cli_reason(request->reason, err) || !cli_state(cli, err) ||
        !insert(cli, request, &request_id, err) ||
        !pg_run(cli->state, STATEMENT_DAEMONS_ALIVE, NULL, &alive, err) ||
        !await(cli, request_id, pg_rows_int(&alive, 0, 0) > 0 ? PATIENCE_MS : 0, &rows, err))
        return false;
    bool handled = pg_rows_bool(&rows, 0, 0);
    const char *outcome = pg_rows_text(&rows, 0, 2);
    if (cli->json)
        output_json(pg_rows_text(&rows, 0, 3));
    else if (handled)
        output_print("request %lld: %s\n", (long long)request_id, outcome);
    if (!handled)
        output_tell("assocd: queued as request %lld; %s%s\n", (long long)request_id,
            pg_rows_int(&alive, 0, 0) > 0 ? "no daemon has taken it up yet"
                                          : "no daemon is connected to this database",
            strcmp(request->verb, "pause") == 0 && pg_rows_int(&alive, 0, 0) == 0
                ? ": not in force until a daemon starts"
                : "");
    if (handled && !cli->json && strcmp(outcome, "paused") == 0)
        output_print("note: daemons do not start it until it is resumed; assocd run, typed, still "
                     "does\n");
    if (handled && strncmp(outcome, "refused", 7) == 0)
        *code = error_exit_code(ERROR_STALE);
    return true;
}

/* A daemon would refuse it; who asks need not wait for one to hear that. */
static bool is_going(struct cli *cli, const char *sync, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, sync);
    if (!cli_state(cli, err) || !pg_run(cli->state, STATEMENT_SYNC_PAUSED, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    const char *reason = pg_rows_text(&rows, 0, 2);
    return error_set(err, ERROR_STALE,
        "%s is paused by %s since %s%s%s; resume it first: assocd resume %s", sync,
        pg_rows_text(&rows, 0, 0), pg_rows_text(&rows, 0, 1), reason[0] != '\0' ? ": " : "", reason,
        sync);
}

static bool of_sync(struct cli *cli, char **argv, int *code, struct error *err)
{
    struct request request = {.verb = argv[0]};
    const struct option_row options[] = {{.name = "reason", .text = &request.reason}, {0}};
    const struct sync_definition *sync;
    struct words words;
    if (!cli_options(cli, argv, options, &words, err) ||
        !cli_words(&words, request.verb, 1, 1, err) || !cli_sync(cli, words.items[0], &sync, err))
        return false;
    request.sync = sync->name;
    if (strcmp(request.verb, "trigger") == 0 && !is_going(cli, sync->name, err))
        return false;
    return ask(cli, &request, code, err);
}

bool verb_trigger(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    (void)argc;
    return of_sync(cli, argv, code, err);
}

bool verb_pause(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    (void)argc;
    return of_sync(cli, argv, code, err);
}

bool verb_resume(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    (void)argc;
    return of_sync(cli, argv, code, err);
}

/* Columns of STATEMENT_SHOW_RUN. */
enum { SHOWN_STATUS = 6, SHOWN_COMPLETED = 10 };

static bool is_under_way(struct cli *cli, int64_t run_id, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!cli_run(cli, run_id, &rows, err))
        return false;
    return pg_rows_null(&rows, 0, SHOWN_COMPLETED) ||
        error_set(err, ERROR_STALE, "run %lld has already ended: %s", (long long)run_id,
            pg_rows_text(&rows, 0, SHOWN_STATUS));
}

bool verb_cancel(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    struct request request = {.verb = argv[0]};
    const struct option_row options[] = {{.name = "reason", .text = &request.reason}, {0}};
    struct words words;
    (void)argc;
    return cli_options(cli, argv, options, &words, err) &&
        cli_words(&words, request.verb, 1, 1, err) &&
        cli_number(words.items[0], "run", &request.run_id, err) &&
        is_under_way(cli, request.run_id, err) && ask(cli, &request, code, err);
}
