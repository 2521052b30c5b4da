/*
 * verb_rejects.c: assocd rejects: source rows that cannot be meant and inputs that HubSpot refuses,
 * with the time of the next try.
 */
#include "cli/cli.h"
#include "cli/output.h"

/* What is not shown is said. */
static bool report_rest(struct cli *cli, const char *name, int64_t shown, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    char more[COUNT_TEXT_MAX];
    pg_arg_text(&args, name);
    if (!pg_run(cli->state, STATEMENT_REJECTS_COUNT, &args, &rows, err))
        return false;
    int64_t all = pg_rows_int(&rows, 0, 0);
    if (all > shown)
        output_print("%s: assocd rejects%s%s --limit %lld\n",
            output_count((uint64_t)(all - shown), "more rejects", more), name != NULL ? " " : "",
            name != NULL ? name : "", (long long)all);
    return true;
}

bool verb_rejects(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    int64_t limit = 50;
    const char *name;
    bool retry = false;
    const struct option_row options[] = {
        {.name = "limit", .number = &limit}, {.name = "retry", .flag = &retry}, {0}};
    struct words words;
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "rejects", 0, 1, err) ||
        !cli_past_sync(cli, &words, &name, err))
        return false;
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    if (retry && !pg_run(cli->state, STATEMENT_REJECT_RETRY, &args, NULL, err))
        return false;
    pg_arg_int(&args, limit);
    if (cli->json)
        return cli_print_json(cli, STATEMENT_REJECTS_JSON, &args, true, err);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(cli->state, STATEMENT_REJECTS, &args, &rows, err))
        return false;
    output_table(&rows, 0x80, "no rejects");
    return rows.count < limit || report_rest(cli, name, limit, err);
}
