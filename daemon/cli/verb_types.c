/*
 * verb_types.c: assocd types FROM TO: what the account itself lists, in both directions.
 */
#include <stdio.h>
#include <string.h>

#include "hubspot/client.h"
#include "journal/account.h"
#include "journal/object_types.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"

static bool choose_portal(
    struct cli *cli, const char *name, const struct portal_definition **portal, struct error *err)
{
    const struct definitions *d = &cli->definitions;
    if (name == NULL && d->portals_count != 1)
        return error_set(err, ERROR_USAGE,
            "the configuration has %zu portals: say which with --portal NAME", d->portals_count);
    for (size_t i = 0; i < d->portals_count; i++) {
        *portal = d->portals[i];
        if (name == NULL || strcmp(name, d->portals[i]->name) == 0)
            return true;
    }
    return error_set(
        err, ERROR_USAGE, "unknown portal \"%s\"; see portals in %s", name, cli->config_path);
}

static const char *kind_text(enum type_kind kind)
{
    return kind == TYPE_PLAIN ? "plain" : kind == TYPE_PRIMARY ? "primary" : "label";
}

static void add_json(
    const char *from, const char *to, const struct types *types, struct json_object *list)
{
    for (uint32_t i = 0; i < types->count; i++) {
        const struct type *type = &types->items[i];
        struct json_object *json = json_out_object();
        json_out_text(json, "from", from);
        json_out_text(json, "to", to);
        json_out_text(json, "category", type->category);
        json_out_number(json, "type_id", type->type_id);
        json_out_text(json, "kind", kind_text(type->kind));
        json_out_text(json, "name", type->name);
        json_out_text(json, "label", type->label);
        json_out_put(list, NULL, json);
    }
}

static void print_table(const char *from, const char *to, const struct types *types)
{
    output_print("%s to %s\n", from, to);
    if (types->count == 0)
        puts("  none: these object types cannot be associated yet");
    for (uint32_t i = 0; i < types->count; i++) {
        const struct type *type = &types->items[i];
        output_print("  %-16s %6u  %-8s %-36s %s\n", type->category, type->type_id,
            kind_text(type->kind), type->name != NULL ? type->name : "-",
            type->label != NULL ? type->label : "");
    }
}

/* As a table on stdout at once, or into json (else NULL). */
static bool list_direction(struct client *client, const char *from, const char *to,
    struct json_object *json, struct error *err)
{
    struct types types = {0};
    bool ok = client_types(client, from, to, &types, err);
    if (ok && json != NULL)
        add_json(from, to, &types, json);
    else if (ok)
        print_table(from, to, &types);
    types_clear(&types);
    return ok;
}

static bool list_both(
    struct cli *cli, struct account_access *access, const struct words *words, struct error *err)
{
    const char *from = words->items[0], *to = words->items[1];
    struct client *client = NULL;
    CLEANUP(json_out_free) struct json_object *json = cli->json ? json_out_array() : NULL;
    const struct sync_definition pair = {
        .from = (char *)(uintptr_t)from, .to = (char *)(uintptr_t)to};
    struct object_pair ids;
    bool ok = account_client(&client, cli->state, access, err);
    const struct object_types where = {client, cli->state, access->portal_id};
    ok = ok && object_types_pair(&where, &pair, &ids, err) &&
        list_direction(client, from, to, json, err) &&
        (strcmp(ids.from, ids.to) == 0 || list_direction(client, to, from, json, err));
    client_close(client);
    if (ok && json != NULL)
        json_out_print(json);
    return ok;
}

bool verb_types(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    const char *name = NULL;
    const struct option_row options[] = {{.name = "portal", .text = &name}, {0}};
    struct words words;
    struct account_access access = {0};
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "types", 2, 2, err) ||
        !cli_state(cli, err) || !choose_portal(cli, name, &access.portal, err) ||
        !cli_token(cli, access.portal, err))
        return false;
    access.token = cli->token;
    access.token_stamp = cli->token_stamp[0] != '\0' ? cli->token_stamp : NULL;
    return list_both(cli, &access, &words, err);
}
