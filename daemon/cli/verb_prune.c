/*
 * verb_prune.c: assocd prune: what runs forget a portion at a time, at once. Each portion is a
 * transaction of its own, so that it can be stopped at any time and holds nobody up.
 */
#include "base/amount.h"
#include "base/stop.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"
#include "service/log.h"

static bool prune_portion(struct cli *cli, int64_t *gone, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, cli->definitions.retention_days);
    pg_arg_int(&args, cli->definitions.run_retention_days);
    if (!pg_run(cli->state, STATEMENT_HISTORY_PRUNE, &args, &rows, err))
        return error_prefix(err, "history was not pruned");
    *gone = pg_rows_int(&rows, 0, 0);
    struct pg_args keys = {0};
    pg_arg_int(&keys, cli->definitions.retention_days);
    if (!pg_run(cli->state, STATEMENT_KEYS_PRUNE, &keys, &rows, err))
        return error_prefix(err, "keys were not pruned");
    *gone += pg_rows_int(&rows, 0, 0);
    return true;
}

/* What the daemon's process did: its end code says the rest. */
static bool report_log(bool ok, bool complete, int *code, const struct error *err)
{
    if (ok)
        *code = complete ? 0 : EXIT_STOPPED;
    else
        *code = error_exit_code(err->kind);
    if (!ok && err->kind != ERROR_STOPPED)
        log_event(LOG_WARNING, NULL, "%s; it is tried again in an hour", err->text);
    return true;
}

bool verb_prune(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    int64_t all = 0, gone = 1;
    char text[AMOUNT_TEXT_MAX];
    struct words words;
    const char *log_format = NULL; /* of the daemon: nobody reads a report */
    const struct option_row options[] = {
        {.name = "log-format", .hidden = true, .text = &log_format}, {0}};
    (void)argc;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "prune", 0, 0, err) ||
        (log_format != NULL && !log_open(log_format, err)))
        return false;
    bool ok = cli_state(cli, err);
    while (ok && gone > 0 && !stop_requested()) {
        ok = prune_portion(cli, &gone, err);
        all += ok ? gone : 0;
    }
    if (log_format != NULL)
        return report_log(ok, gone == 0, code, err);
    if (!ok)
        return false;
    if (cli->json) {
        CLEANUP(json_out_free) struct json_object *json = json_out_object();
        json_out_number(json, "rows", all);
        json_out_print(json);
    } else {
        output_print("%s of old history forgotten\n", amount_text((uint64_t)all, "rows", text));
    }
    return gone == 0 || error_set(err, ERROR_STOPPED, "stopped; run assocd prune again to go on");
}
