/*
 * cli.c: what the verbs share: options, configuration, database, token.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "config/config.h"
#include "pg/schema.h"

static const struct option_row *find_option(const struct option_row *options, const char *word)
{
    size_t length = strcspn(word, "=");
    for (; options->name != NULL; options++)
        if (strlen(options->name) == length && strncmp(options->name, word, length) == 0)
            return options;
    return NULL;
}

/* Takes one option; returns how many words it used, 0 on error. */
static int take_option(char **argv, const struct option_row *options, struct error *err)
{
    const char *word = argv[0] + 2;
    const struct option_row *option = find_option(options, word);
    const char *value = strchr(word, '=');
    int used = 1;
    if (option == NULL) {
        (void)error_set(err, ERROR_USAGE, "unknown option %s", argv[0]);
        return 0;
    }
    if (option->flag != NULL) {
        *option->flag = true;
        return 1;
    }
    if (value != NULL) {
        value++;
    } else {
        value = argv[1];
        used = 2;
    }
    if (value == NULL) {
        (void)error_set(err, ERROR_USAGE, "option --%s needs a value", option->name);
        return 0;
    }
    if (option->text != NULL)
        *option->text = value;
    else if (!cli_number(value, option->name, option->number, err))
        return 0;
    return used;
}

bool cli_options(struct cli *cli, char **argv, const struct option_row *options,
    struct words *words, struct error *err)
{
    const struct option_row common[] = {{.name = "json", .flag = &cli->json}, {0}};
    words->items = argv + 1;
    words->count = 0;
    bool only_words = false;
    for (char **at = argv + 1; *at != NULL;) {
        if (only_words || strncmp(*at, "--", 2) != 0) {
            words->items[words->count++] = *at++;
        } else if (strcmp(*at, "--") == 0) {
            only_words = true;
            at++;
        } else {
            bool is_common = find_option(common, *at + 2) != NULL;
            int used = take_option(at, is_common ? common : options, err);
            if (used == 0)
                return false;
            at += used;
        }
    }
    return true;
}

bool cli_words(const struct words *words, const char *verb, int min, int max, struct error *err)
{
    if (words->count < min)
        return error_set(
            err, ERROR_USAGE, "%s: an argument is missing; see assocd help %s", verb, verb);
    if (words->count > max)
        return error_set(err, ERROR_USAGE, "%s: unexpected argument %s; see assocd help %s", verb,
            words->items[max], verb);
    return true;
}

bool cli_number(const char *word, const char *what, int64_t *number, struct error *err)
{
    errno = 0;
    long long value = strtoll(word, NULL, 10);
    if (word[strspn(word, "0123456789")] != '\0' || errno != 0 || value < 1)
        return error_set(
            err, ERROR_USAGE, "%s: \"%s\" is no number (expected 1, 2, ...)", what, word);
    *number = value;
    return true;
}

bool cli_reason(const char *reason, struct error *err)
{
    size_t length = 0;
    for (const char *at = reason; at != NULL && *at != '\0'; at++)
        length += ((unsigned char)*at & 0xC0) != 0x80;
    return length <= REASON_MAX ||
        error_set(err, ERROR_USAGE, "--reason: %zu characters are too long, expected at most %d",
            length, REASON_MAX);
}

bool cli_load(struct cli *cli, struct error *err)
{
    if (!cli->loaded && !config_load(cli->config_path, &cli->definitions, err))
        return false;
    cli->loaded = true;
    return true;
}

bool cli_state(struct cli *cli, struct error *err)
{
    if (cli->state != NULL)
        return true;
    return cli_load(cli, err) &&
        schema_open(&cli->state, cli->definitions.database_url, "assocd", err);
}

bool cli_sync(
    struct cli *cli, const char *name, const struct sync_definition **sync, struct error *err)
{
    if (!cli_load(cli, err))
        return false;
    *sync = definitions_sync(&cli->definitions, name);
    if (*sync != NULL)
        return true;
    CLEANUP(buf_clear) struct buf names = {0};
    for (size_t i = 0; i < cli->definitions.syncs_count; i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", cli->definitions.syncs[i]->name);
    return error_set(err, ERROR_USAGE, "there is no sync \"%s\"; %s has: %s", name,
        cli->config_path, buf_text(&names));
}

bool cli_past_sync(struct cli *cli, const struct words *words, const char **name, struct error *err)
{
    const struct sync_definition *sync;
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *name = words->count == 1 ? words->items[0] : NULL;
    if (!cli_state(cli, err))
        return false;
    if (*name == NULL)
        return true;
    pg_arg_text(&args, *name);
    if (!pg_run(cli->state, STATEMENT_SYNC_KNOWN, &args, &rows, err))
        return false;
    return pg_rows_bool(&rows, 0, 0) || cli_sync(cli, *name, &sync, err);
}

bool cli_run(struct cli *cli, int64_t run_id, struct pg_rows *rows, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run_id);
    if (!cli_state(cli, err) || !pg_run(cli->state, STATEMENT_SHOW_RUN, &args, rows, err))
        return false;
    return rows->count > 0 ||
        error_set(err, ERROR_USAGE, "there is no run %lld; see assocd history", (long long)run_id);
}

static void wipe_tokens(struct cli *cli)
{
    for (size_t i = 0; cli->tokens != NULL && i < cli->definitions.portals_count; i++) {
        if (cli->tokens[i] != NULL)
            explicit_bzero(cli->tokens[i], strlen(cli->tokens[i]));
        free(cli->tokens[i]);
    }
    free(cli->tokens);
    cli->tokens = NULL;
}

bool cli_token(struct cli *cli, const struct portal_definition *portal, struct error *err)
{
    const struct definitions *definitions = &cli->definitions;
    size_t number = 0;
    while (definitions->portals[number] != portal)
        number++;
    cli->token_stamp[0] = '\0';
    struct stat file;
    if (portal->token_file != NULL && stat(portal->token_file, &file) == 0)
        (void)snprintf(cli->token_stamp, sizeof cli->token_stamp, "%llx:%llx:%llx:%lld.%09ld",
            (unsigned long long)file.st_dev, (unsigned long long)file.st_ino,
            (unsigned long long)file.st_size, (long long)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
    if (cli->tokens == NULL)
        cli->tokens = mem_new(definitions->portals_count, sizeof cli->tokens[0]);
    if (cli->tokens[number] == NULL && !config_token(portal, &cli->tokens[number], err))
        return false;
    cli->token = cli->tokens[number];
    return true;
}

bool cli_print_json(struct cli *cli, enum statement_id id, const struct pg_args *args, bool array,
    struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(cli->state, id, args, &rows, err))
        return false;
    fputs(array ? "[" : "", stdout);
    for (int i = 0; i < rows.count; i++)
        printf("%s%s", i > 0 ? ",\n " : "", pg_rows_text(&rows, i, 0));
    puts(array ? "]" : "");
    return true;
}

void cli_clear(struct cli *cli)
{
    wipe_tokens(cli);
    pg_close(cli->state);
    if (cli->loaded)
        definitions_clear(&cli->definitions);
    *cli = (struct cli){0};
}
