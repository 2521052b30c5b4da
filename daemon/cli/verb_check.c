/*
 * verb_check.c: assocd check: goes through everything a run needs, says what is wrong with each
 * thing, and ends with the exit code of the first that is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/show.h"
#include "config/config.h"
#include "pg/pg.h"
#include "pg/schema.h"
#include "hubspot/client.h"
#include "hubspot/client_key.h"
#include "source/source.h"
#include "source/watch.h"
#include "source/watch_site.h"
#include "journal/account.h"
#include "journal/account_types.h"
#include "journal/overlap.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"

/* What was found so far, and the first failure. Lines of failures wait for the end. */
struct findings {
    struct cli *cli;
    int code;
    struct json_object *json; /* an array, or NULL: lines are printed */
    struct buf failures;
};

/* A warning is nothing that keeps runs from working. */
enum finding { FINDING_OK, FINDING_WARNING, FINDING_FAILED };

static void add_finding(
    struct findings *findings, enum finding finding, const char *what, const char *text)
{
    static const char *const words[] = {"ok  ", "warn", "FAIL"};
    if (findings->json == NULL) {
        struct buf line = {0};
        show_addf(&line, "%s  %-28s %s\n", words[finding], what, text);
        if (finding == FINDING_FAILED)
            buf_add_text(&findings->failures, buf_text(&line));
        else
            fputs(buf_text(&line), stdout);
        buf_clear(&line);
        return;
    }
    struct json_object *json = json_out_object();
    json_out_bool(json, "ok", finding != FINDING_FAILED);
    json_out_bool(json, "warning", finding == FINDING_WARNING);
    json_out_text(json, "what", what);
    json_out_text(json, "text", text);
    json_out_put(findings->json, NULL, json);
}

static void found(struct findings *findings, const char *what, const char *text)
{
    add_finding(findings, FINDING_OK, what, text);
}

static void failed(struct findings *findings, const char *what, const struct error *err)
{
    add_finding(findings, FINDING_FAILED, what, err->text);
    if (findings->code == 0)
        findings->code = error_exit_code(err->kind);
}

static void check_source(struct findings *findings, const struct sync_definition *sync,
    struct types *types, const char *what)
{
    struct source *source = NULL;
    struct source_row row;
    struct error err = {0};
    char text[160];
    struct source_query query = {
        .sync = sync, .database_url = findings->cli->definitions.database_url, .types = types};
    if (source_open(&source, &query, &err) && source_next(source, &row, &err)) {
        (void)snprintf(text, sizeof text, "source %.100s %s", source_name(sync),
            row.kind == SOURCE_END ? "is readable and empty" : "is readable");
        found(findings, what, text);
    } else {
        failed(findings, what, &err);
    }
    source_close(source);
}

/* The short v3 name, or the id 1, looks like the plain type and is not (hubspot-api, trap 9.21). */
static void add_type(struct buf *text, const struct types *types, uint32_t index)
{
    const struct type *type = &types->items[index];
    char space[64];
    buf_addf(text, " %s (%s:%u)", types_text(types, index, space), type->category, type->type_id);
    if (type->kind != TYPE_PRIMARY)
        return;
    buf_add_text(text, ", this is the PRIMARY type: it decides the primary company");
    for (uint32_t i = 0; i < types->count; i++)
        if (types->items[i].kind == TYPE_PLAIN)
            buf_addf(text, " (plain is %s)", types_text(types, i, space));
}

/* One side: is the property there, unique, and may the token read by it? Asked of HubSpot as a run
 * would ask it, and only if it refuses, why. */
static bool check_key(const struct object_types *where, const char *object, const char *called,
    const struct key_side *side, struct error *err)
{
    struct client_key key = {.key = "assocd check"};
    struct client_key_query query = {.object = object,
        .property = side->property,
        .kind = record_key_kind(object, side->property),
        .search = side->search,
        .keys = &key,
        .count = 1};
    struct client_property property;
    struct error why = {0}, unasked = {0};
    if (query.kind == RECORD_KEY_EMAIL)
        key.key = "check@assocd.invalid";
    if (query.kind == RECORD_KEY_DOMAIN)
        key.key = "assocd.invalid";
    if (client_keys(where->client, &query, &why))
        return true;
    if (why.kind != ERROR_CONFIG ||
        !client_property(where->client, object, side->property, &property, &unasked))
        return error_set(err, why.kind, "property %s of %s: %s", side->property, called, why.text);
    if (!property.exists)
        return error_set(
            err, ERROR_CONFIG, "%s have no property %s in HubSpot", called, side->property);
    return error_set(err, ERROR_CONFIG, "property %s of %s cannot be a key: %s.%s", side->property,
        called, why.text,
        side->search ? ""
                     : " Its values must be unique, which HubSpot sets when a property is made and "
                       "never later; make one with unique values, or set search: true beside it");
}

static void check_keys(struct findings *findings, const struct object_types *where,
    const struct sync_definition *sync, const struct object_pair *ids, const char *what)
{
    const struct key_side *sides[] = {&sync->key_from, &sync->key_to};
    const char *objects[] = {ids->from, ids->to}, *called[] = {sync->from, sync->to};
    char text[256];
    for (size_t i = 0; i < ARRAY_COUNT(sides); i++) {
        struct error err = {0};
        if (sides[i]->column == NULL)
            continue;
        (void)snprintf(text, sizeof text, "%s are found by %s", called[i], sides[i]->property);
        if (check_key(where, objects[i], called[i], sides[i], &err))
            found(findings, what, text);
        else
            failed(findings, what, &err);
    }
}

static void check_watch(
    struct findings *findings, const struct sync_definition *sync, const char *what)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    enum watch_state state;
    if (!sync->watch)
        return;
    if (!watch_look(sync, findings->cli->definitions.database_url, &state, &text, &err)) {
        failed(findings, what, &err);
    } else if (state == WATCH_MISSING) {
        (void)error_set(&err, ERROR_SOURCE, "%s", buf_text(&text));
        failed(findings, what, &err);
    } else {
        add_finding(findings, state == WATCH_OUTDATED ? FINDING_WARNING : FINDING_OK, what,
            buf_text(&text));
    }
}

/* The account's types of the sync, of which its own are managed. */
static bool list_types(const struct object_types *where, const struct sync_definition *sync,
    struct object_pair *ids, struct types *types, struct error *err)
{
    if (!object_types_pair(where, sync, ids, err))
        return false;
    const struct account_pair pair = {sync->portal, ids->from, ids->to};
    return account_types(where->client, where->state, &pair, types, err);
}

static void check_elsewhere(
    struct findings *findings, const struct overlap *overlap, const char *what)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    if (!overlap_elsewhere(overlap, &text, &err))
        failed(findings, what, &err);
    else if (text.length > 0)
        add_finding(findings, FINDING_WARNING, what, buf_text(&text));
}

static void check_sync(
    struct findings *findings, const struct object_types *where, const struct sync_definition *sync)
{
    struct error err = {0};
    struct types types = {0};
    struct buf text = {0};
    struct object_pair ids;
    char what[96];
    bool ok = list_types(where, sync, &ids, &types, &err);
    (void)snprintf(what, sizeof what, "sync %s", sync->name);
    buf_addf(&text, "%s to %s:", sync->from, sync->to);
    for (size_t i = 0; ok && i < sync->types_count; i++) {
        uint32_t index;
        ok = types_resolve(&types, &sync->types[i], &index, ERROR_CONFIG, &err);
        if (!ok)
            break;
        types.items[index].managed = true;
        buf_add_text(&text, i > 0 ? ";" : "");
        add_type(&text, &types, index);
    }
    const struct overlap overlap = {.definitions = &findings->cli->definitions,
        .sync = sync,
        .pair = &ids,
        .types = &types,
        .where = *where};
    ok = ok && overlap_check(&overlap, &err);
    if (ok) {
        found(findings, what, buf_text(&text));
        check_source(findings, sync, &types, what);
        check_keys(findings, where, sync, &ids, what);
        check_watch(findings, sync, what);
        check_elsewhere(findings, &overlap, what);
    } else {
        failed(findings, what, &err);
    }
    buf_clear(&text);
    types_clear(&types);
}

static void check_portal(struct findings *findings, const struct portal_definition *portal)
{
    struct cli *cli = findings->cli;
    struct error err = {0};
    struct client *client = NULL;
    struct account_access access = {.portal = portal};
    char what[96], text[192], api[API_TEXT_MAX];
    (void)snprintf(what, sizeof what, "portal %s", portal->name);
    bool ok = cli_token(cli, portal, &err);
    access.token = cli->token;
    ok = ok && account_client(&client, cli->state, &access, &err);
    if (!ok) {
        failed(findings, what, &err);
        client_close(client);
        return;
    }
    (void)snprintf(text, sizeof text, "account %llu at %.60s, api %s",
        (unsigned long long)access.portal_id, portal->base_url, output_api(portal->api, api));
    found(findings, what, text);
    const struct object_types where = {client, cli->state, access.portal_id};
    for (size_t i = 0; i < cli->definitions.syncs_count; i++)
        if (cli->definitions.syncs[i]->portal == portal)
            check_sync(findings, &where, cli->definitions.syncs[i]);
    client_close(client);
}

/* What nobody will ever settle: a sync was renamed or dropped, its triggers were not. */
static void check_strays(struct findings *findings)
{
    const struct definitions *definitions = &findings->cli->definitions;
    const char **urls = mem_new(definitions->syncs_count + 2, sizeof *urls);
    size_t count = watch_databases(definitions, urls);
    size_t state = 0; /* the assocd database has the table in any case */
    while (state < count && strcmp(urls[state], definitions->database_url) != 0)
        state++;
    if (state == count)
        urls[count++] = definitions->database_url;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_clear) struct buf text = {0};
        struct error err; /* where a watched sync lives it is told with that */
        struct pg *pg;
        if (!pg_open_plain(&pg, urls[i], "assocd check", ERROR_SOURCE, &err))
            continue;
        if (pg_begin(pg, "read only", &err) &&
            watch_strays(pg, definitions, urls[i], &text, &err) && text.length > 0)
            add_finding(findings, FINDING_WARNING, "watched tables", buf_text(&text));
        pg_close(pg);
    }
    free(urls);
}

static void check_all(struct findings *findings)
{
    struct cli *cli = findings->cli;
    struct error err = {0};
    char text[128];
    if (!cli_state(cli, &err)) {
        failed(findings, "database", &err);
        return;
    }
    (void)snprintf(text, sizeof text, "schema version %d, %s", schema_version_known(),
        pg_transport(cli->state));
    found(findings, "database", text);
    for (size_t i = 0; i < cli->definitions.portals_count; i++)
        check_portal(findings, cli->definitions.portals[i]);
    check_strays(findings);
}

static void print_end(struct findings *findings, bool verbose)
{
    CLEANUP(buf_clear) struct buf settings = {0};
    if (findings->json != NULL) {
        json_out_print(findings->json);
        return;
    }
    if (verbose) {
        config_print(&findings->cli->definitions, &settings);
        fputs("\n", stdout);
        output_lines(buf_text(&settings));
    }
    if (findings->failures.length > 0)
        fputs(verbose ? "\n" : "", stdout);
    output_lines(buf_text(&findings->failures));
}

bool verb_check(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    bool verbose = false;
    const struct option_row options[] = {{.name = "verbose", .letter = 'v', .flag = &verbose}, {0}};
    struct words words;
    struct findings findings = {.cli = cli};
    (void)argc;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "check", 0, 0, err) ||
        !cli_load(cli, err))
        return false;
    findings.json = cli->json ? json_out_array() : NULL;
    found(&findings, "configuration", cli->config_path);
    check_all(&findings);
    if (!cli_some_sync(cli, err))
        failed(&findings, "syncs", err);
    *code = findings.code;
    print_end(&findings, verbose);
    json_out_free(&findings.json);
    buf_clear(&findings.failures);
    return true;
}
