/*
 * verb_init.c: assocd init: the schema, created or brought up to date; harmless when repeated.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "pg/schema.h"
#include "pg/statement.h"

static void print_sql(void)
{
    puts("begin;");
    for (const struct statement *file = schema_files; file->name != NULL; file++)
        printf("%sinsert into assocd.schema_version (version) values (%.3s);\n", file->text,
            file->name);
    puts("commit;");
}

bool verb_init(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    bool sql = false;
    const struct option_row options[] = {{.name = "sql", .flag = &sql}, {0}};
    struct words words;
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "init", 0, 0, err))
        return false;
    if (sql) {
        print_sql();
        return true;
    }
    int from, to;
    if (!cli_load(cli, err) ||
        !pg_open(&cli->state, cli->definitions.database_url, "assocd init", ERROR_STATE, err) ||
        !schema_upgrade(cli->state, &from, &to, err))
        return false;
    if (cli->json)
        printf("{\"from_version\": %d, \"version\": %d}\n", from, to);
    else if (from == to)
        printf("schema assocd is up to date (version %d)\n", to);
    else
        printf("schema assocd: version %d -> %d\n", from, to);
    return true;
}
