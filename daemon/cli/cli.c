/*
 * cli.c: what the verbs share: configuration, database, token.
 */
#include "cli/cli.h"
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/near.h"
#include "config/config.h"
#include "pg/schema.h"
#include "pg/sqlstate.h"

bool cli_reason(const char *reason, struct error *err)
{
    size_t length = 0;
    for (const char *at = reason; at != NULL && *at != '\0'; at++)
        length += ((unsigned char)*at & 0xC0) != 0x80;
    return length <= REASON_MAX ||
        error_set(err, ERROR_USAGE, "--reason is too long: %zu characters, expected at most %d",
            length, REASON_MAX);
}

bool cli_load(struct cli *cli, struct error *err)
{
    if (!cli->loaded && !config_load(cli->config_path, &cli->definitions, err)) {
        if (access(cli->config_path, F_OK) != 0 && errno == ENOENT)
            return error_set(err, ERROR_CONFIG,
                "the configuration %s does not exist; name another with -c FILE (an example: "
                "config/assocd.yaml, explained in man assocd.yaml)",
                cli->config_path);
        return false;
    }
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

bool cli_steers(const struct cli *cli, const char *verb, struct error *err)
{
    if (pg_failure(cli->state) != SQLSTATE_INSUFFICIENT_PRIVILEGE)
        return false;
    return error_set(err, ERROR_STATE,
        "%s needs role assocd_operator (for people, never the daemon's role): grant "
        "assocd_operator to \"%s\"",
        verb, pg_user(cli->state));
}

static void add_sync_names(const struct cli *cli, struct buf *names)
{
    for (size_t i = 0; i < cli->definitions.syncs_count; i++)
        buf_addf(names, "%s%s", i > 0 ? ", " : "", cli->definitions.syncs[i]->name);
}

bool cli_sync(
    struct cli *cli, const char *name, const struct sync_definition **sync, struct error *err)
{
    if (!cli_load(cli, err))
        return false;
    *sync = definitions_sync(&cli->definitions, name);
    if (*sync != NULL)
        return true;
    if (!cli_some_sync(cli, err))
        return false;
    CLEANUP(buf_clear) struct buf names = {0};
    struct near near = {.wanted = name};
    for (size_t i = 0; i < cli->definitions.syncs_count; i++)
        near_offer(&near, cli->definitions.syncs[i]->name);
    if (near.best != NULL)
        return error_set(
            err, ERROR_USAGE, "unknown sync \"%s\" (did you mean \"%s\"?)", name, near.best);
    add_sync_names(cli, &names);
    return error_set(err, ERROR_USAGE, "unknown sync \"%s\" (%s defines: %s)", name,
        cli->config_path, buf_text(&names));
}

bool cli_some_sync(struct cli *cli, struct error *err)
{
    return cli_load(cli, err) &&
        (cli->definitions.syncs_count > 0 ||
            error_set(err, ERROR_CONFIG,
                "no syncs configured in %s; add one under syncs:", cli->config_path));
}

bool cli_chosen_sync(struct cli *cli, const struct words *words,
    const struct sync_definition **sync, struct error *err)
{
    if (words->count > 0)
        return cli_sync(cli, words->items[0], sync, err);
    if (!cli_some_sync(cli, err))
        return false;
    *sync = cli->definitions.syncs[0];
    if (cli->definitions.syncs_count == 1)
        return true;
    CLEANUP(buf_clear) struct buf names = {0};
    add_sync_names(cli, &names);
    return error_set(
        err, ERROR_USAGE, "SYNC is missing (%s defines: %s)", cli->config_path, buf_text(&names));
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
        error_set(err, ERROR_USAGE, "unknown run %lld; see assocd history", (long long)run_id);
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
    CLEANUP(buf_clear) struct buf json = {0};
    buf_add_text(&json, array ? "[" : "");
    for (int i = 0; i < rows.count; i++)
        buf_addf(&json, "%s%s", i > 0 ? ",\n " : "", pg_rows_text(&rows, i, 0));
    buf_add_text(&json, array ? "]" : "");
    output_json(buf_text(&json));
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
