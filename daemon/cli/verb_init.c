/*
 * verb_init.c: assocd init: the schema, created or brought up to date, and the triggers of watched
 * tables; harmless when repeated.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "pg/schema.h"
#include "pg/sqlstate.h"
#include "pg/statement.h"
#include "source/watch_site.h"
#include "service/state.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"

struct init_request {
    bool sql, watch, unwatch, roles;
    struct words words;
};

static void print_schema(void)
{
    puts("begin;");
    for (const struct statement *file = schema_files; file->name != NULL; file++) {
        output_lines(file->text);
        output_print("insert into assocd.schema_version (version) values (%.3s);\n", file->name);
    }
    output_lines(sql_grants);
    puts("commit;");
}

/* One sync: printed, or added to json (else NULL). */
static bool watch_one(struct cli *cli, const struct init_request *request,
    const struct sync_definition *sync, struct json_object *json, struct error *err)
{
    CLEANUP(buf_clear) struct buf text = {0};
    const char *url = cli->definitions.database_url;
    bool ok = request->sql ? watch_sql(sync, url, &text, err)
        : request->watch   ? watch_install(sync, url, &text, err)
                           : watch_remove(sync, url, &text, err);
    if (!ok)
        return false;
    if (request->sql) {
        output_lines(buf_text(&text));
    } else if (json != NULL) {
        struct json_object *one = json_out_object();
        json_out_text(one, "sync", sync->name);
        json_out_text(one, "text", buf_text(&text));
        json_out_put(json, NULL, one);
    } else {
        output_print("%s: %s\n", sync->name, buf_text(&text));
    }
    return true;
}

/* Without names: every sync with watch: true; to take triggers away, every sync. */
static bool watch_all(struct cli *cli, const struct init_request *request, struct error *err)
{
    const struct sync_definition *sync;
    const struct words *words = &request->words;
    bool ok = true;
    int number = 0;
    for (int i = 0; i < words->count; i++) {
        if (!cli_sync(cli, words->items[i], &sync, err))
            return false;
        if (request->watch && !sync->watch)
            return error_set(err, ERROR_USAGE,
                "sync %s is not to be watched: set watch: true in %s first", sync->name,
                cli->config_path);
    }
    CLEANUP(json_out_free)
    struct json_object *json = cli->json && !request->sql ? json_out_array() : NULL;
    for (size_t i = 0; ok && i < cli->definitions.syncs_count; i++) {
        sync = cli->definitions.syncs[i];
        bool named = words->count == 0 && (request->unwatch || sync->watch);
        for (int j = 0; j < words->count; j++)
            named = named || definitions_sync(&cli->definitions, words->items[j]) == sync;
        number += named;
        ok = !named || watch_one(cli, request, sync, json, err);
    }
    if (json != NULL)
        json_out_print(json); /* what was done before a failure, too */
    if (number == 0 && !request->sql && !cli->json)
        puts("no sync has watch: true");
    return ok;
}

/* Rights that an upgrade took: somebody may miss them. */
static void report_lost(const struct schema_change *change)
{
    if (change->lost.length > 0) {
        output_tell("assocd: these rights were more than needed and are revoked:\n");
        output_tell_lines(buf_text(&change->lost));
        output_tell(
            "assocd: what each role may do: assocd init --roles --sql; applications that call "
            "assocd.touch need: grant assocd_writer to ROLE\n");
    }
}

/* Rights that came with the objects that were made. */
static void report_gained(const struct schema_change *change)
{
    if (change->gained.length > 0) {
        output_tell("assocd: default privileges (alter default privileges) gave these rights with "
                    "the new objects; they are revoked, and may be granted again where meant:\n");
        output_tell_lines(buf_text(&change->gained));
    }
}

/* They are known from here on, to assocd.touch, too. Who may not write the state is no owner, and
 * then the daemon does it. */
static bool enter_syncs(struct cli *cli, struct error *err)
{
    struct error why;
    return state_enter(cli->state, &cli->definitions, &why) ||
        pg_failure(cli->state) == SQLSTATE_INSUFFICIENT_PRIVILEGE ||
        error_set(err, why.kind, "%s", why.text);
}

static bool upgrade(struct cli *cli, bool quiet, struct error *err)
{
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    if (!pg_open(&cli->state, cli->definitions.database_url, "assocd init", ERROR_STATE, err) ||
        !schema_upgrade(cli->state, &change, err) || !enter_syncs(cli, err))
        return false;
    if (quiet)
        return true;
    if (cli->json) {
        CLEANUP(json_out_free) struct json_object *json = json_out_object();
        json_out_number(json, "from_version", change.from);
        json_out_number(json, "version", change.to);
        json_out_print(json);
    } else if (change.from == change.to) {
        output_print("schema assocd is up to date (version %d)\n", change.to);
    } else {
        output_print("schema assocd: version %d -> %d\n", change.from, change.to);
    }
    report_lost(&change);
    report_gained(&change);
    return true;
}

static bool grant(struct cli *cli, struct error *err)
{
    if (!pg_exec(cli->state, sql_roles, NULL, err) || !pg_exec(cli->state, sql_grants, NULL, err))
        return error_prefix(err, "roles (sql/roles.sql, sql/grants.tsv)");
    if (!cli->json)
        puts("roles assocd_daemon, assocd_operator, assocd_reader and assocd_writer have their "
             "grants");
    return true;
}

bool verb_init(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    struct init_request request = {0};
    const struct option_row options[] = {{.name = "sql", .flag = &request.sql},
        {.name = "roles", .flag = &request.roles}, {.name = "watch", .flag = &request.watch},
        {.name = "unwatch", .flag = &request.unwatch}, {0}};
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &request.words, err))
        return false;
    bool tables = request.watch || request.unwatch;
    if (!tables && !cli_words(&request.words, "init", 0, 0, err))
        return false;
    if (request.unwatch && (request.watch || request.sql))
        return error_set(err, ERROR_USAGE, "init: --unwatch goes with neither --watch nor --sql");
    if (request.sql && !tables) {
        if (request.roles)
            output_lines(sql_roles), output_lines(sql_grants);
        else
            print_schema();
        return true;
    }
    return cli_load(cli, err) && (request.sql || upgrade(cli, tables, err)) &&
        (!request.roles || grant(cli, err)) && (!tables || watch_all(cli, &request, err));
}
