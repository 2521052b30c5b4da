/*
 * verb_history.c: assocd history and show: the journal for people.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/output.h"

/* Of a run that are shown as text. */
enum { BATCHES_MOST = 200 };

bool verb_history(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    int64_t limit = 20;
    const char *name;
    const struct option_row options[] = {{.name = "limit", .number = &limit}, {0}};
    struct words words;
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "history", 0, 1, err) ||
        !cli_past_sync(cli, &words, &name, err))
        return false;
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    pg_arg_int(&args, limit);
    if (cli->json)
        return cli_print_json(cli, STATEMENT_HISTORY_JSON, &args, true, err);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(cli->state, STATEMENT_HISTORY, &args, &rows, err))
        return false;
    output_table(&rows, 0xFE1, "no runs yet");
    return true;
}

static bool show_part(struct cli *cli, enum statement_id id, const struct pg_args *args,
    uint64_t right_columns, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(cli->state, id, args, &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    puts("");
    output_table(&rows, right_columns, "");
    return true;
}

/* What is not shown is said. */
static bool show_rest_of_batches(struct cli *cli, int64_t run_id, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    char more[COUNT_TEXT_MAX];
    pg_arg_int(&args, run_id);
    if (!pg_run(cli->state, STATEMENT_SHOW_BATCHES_COUNT, &args, &rows, err))
        return false;
    int64_t left = pg_rows_int(&rows, 0, 0) - BATCHES_MOST;
    if (left > 0)
        output_print("%s: assocd show %lld --json\n",
            output_count((uint64_t)left, "more batches", more), (long long)run_id);
    return true;
}

static bool show_rest(struct cli *cli, int64_t run_id, int64_t shown, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    char more[COUNT_TEXT_MAX];
    pg_arg_int(&args, run_id);
    if (!pg_run(cli->state, STATEMENT_SHOW_COUNT, &args, &rows, err))
        return false;
    int64_t all = pg_rows_int(&rows, 0, 0);
    if (all > shown)
        output_print("%s: assocd show %lld --changes %lld\n",
            output_count((uint64_t)(all - shown), "more changes", more), (long long)run_id,
            (long long)all);
    return true;
}

static bool show_run(struct cli *cli, int64_t run_id, int64_t changes, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!cli_run(cli, run_id, &rows, err))
        return false;
    char space[CELL_TEXT_MAX];
    for (int c = 0; c < pg_rows_columns(&rows); c++)
        if (!pg_rows_null(&rows, 0, c))
            output_print("%-13s %s\n", pg_rows_name(&rows, c), output_cell(&rows, 0, c, space));
    struct pg_args batches = {0}, limited = {0};
    pg_arg_int(&batches, run_id);
    pg_arg_int(&batches, BATCHES_MOST);
    pg_arg_int(&limited, run_id);
    pg_arg_int(&limited, changes);
    return show_part(cli, STATEMENT_SHOW_BATCHES, &batches, 0x39, err) &&
        show_rest_of_batches(cli, run_id, err) &&
        show_part(cli, STATEMENT_SHOW_CHANGES, &limited, 0x6, err) &&
        show_rest(cli, run_id, changes, err);
}

bool verb_show(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    int64_t changes = 10, run_id;
    const struct option_row options[] = {{.name = "changes", .number = &changes}, {0}};
    struct words words;
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "show", 1, 1, err) ||
        !cli_number(words.items[0], "run", &run_id, err) || !cli_state(cli, err))
        return false;
    if (!cli->json)
        return show_run(cli, run_id, changes, err);
    CLEANUP(pg_rows_clear) struct pg_rows run = {0};
    struct pg_args args = {0};
    pg_arg_int(&args, run_id);
    return cli_run(cli, run_id, &run, err) &&
        cli_print_json(cli, STATEMENT_SHOW_JSON, &args, false, err);
}
