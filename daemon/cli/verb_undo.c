/*
 * verb_undo.c: assocd undo: a run whose plan is the inverse of what an earlier one did.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/verb_run.h"

/* What the journal says of the run that is to be undone. */
static bool check_run(struct cli *cli, int64_t run_id, char sync[static 64], struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, run_id);
    if (!pg_run(cli->state, STATEMENT_UNDO_RUN, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return error_set(
            err, ERROR_USAGE, "unknown run %lld; see assocd history", (long long)run_id);
    (void)snprintf(sync, 64, "%s", pg_rows_text(&rows, 0, 0));
    if (!pg_rows_bool(&rows, 0, 1))
        return error_set(err, ERROR_LOCKED,
            "run %lld of %s is still %s; wait for its end, or end it with: assocd cancel %lld",
            (long long)run_id, sync, pg_rows_text(&rows, 0, 5), (long long)run_id);
    int64_t known = pg_rows_int(&rows, 0, 4);
    if (known > 0 && known >= pg_rows_int(&rows, 0, 3))
        return true;
    if (pg_rows_int(&rows, 0, 3) > 0)
        return error_set(err, ERROR_STALE,
            "run %lld of %s created %s and archived %s, but the journal no longer knows all of "
            "them (history.retention_days)",
            (long long)run_id, sync, pg_rows_text(&rows, 0, 6), pg_rows_text(&rows, 0, 7));
    return error_set(err, ERROR_STALE, "run %lld of %s (%s) changed nothing that could be undone",
        (long long)run_id, sync, pg_rows_text(&rows, 0, 5));
}

bool verb_undo(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    bool dry_run = false;
    char sync[64];
    const struct option_row options[] = {{.name = "dry-run", .flag = &dry_run}, {0}};
    struct words words;
    struct engine_request request = {.cause = "undo", .scope.mode = RUN_FULL};
    (void)argc;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "undo", 1, 1, err) ||
        !cli_number(words.items[0], "run", &request.scope.undoes, err) || !cli_state(cli, err) ||
        !check_run(cli, request.scope.undoes, sync, err) ||
        !cli_sync(cli, sync, &request.sync, err))
        return false;
    request.scope.mode = dry_run ? RUN_PLAN : RUN_FULL;
    return engine_run(cli, &request, code, err);
}
