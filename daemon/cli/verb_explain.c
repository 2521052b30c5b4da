/*
 * verb_explain.c: assocd explain: everything that is known of one pair: what the source says now,
 * what HubSpot has now, whose it is, what runs did about it and why. Changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/assoc.h"
#include "model/id_list.h"
#include "model/object_type.h"
#include "hubspot/client.h"
#include "source/source.h"
#include "journal/account.h"
#include "journal/account_types.h"
#include "journal/object_types.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"
#include "cli/record_word.h"

struct pair_query {
    struct record_word from, to;
};

/* One sync's view of the pair. */
struct view {
    struct cli *cli;
    const struct sync_definition *sync;
    struct assoc pair;
    struct object_pair ids; /* of the sync's object types */
    struct types types;
    struct record_names from_names, to_names;
    struct type_list {
        struct buf text;
        struct json_object *json;
        struct error unasked; /* why it is not known */
    } desired, observed;
};

static void view_clear(struct view *view)
{
    types_clear(&view->types);
    record_names_clear(&view->from_names);
    record_names_clear(&view->to_names);
    buf_clear(&view->desired.text);
    buf_clear(&view->observed.text);
    json_out_free(&view->desired.json);
    json_out_free(&view->observed.json);
}

static bool fits(struct cli *cli, const struct sync_definition *sync,
    const struct pair_query *query, bool *ret_fits, struct error *err)
{
    const char *const from[] = {sync->from, query->from.type},
                      *const to[] = {sync->to, query->to.type};
    bool same_from, same_to;
    if (!object_types_same(cli->state, sync->portal, from, &same_from, err) ||
        !object_types_same(cli->state, sync->portal, to, &same_to, err))
        return false;
    *ret_fits = same_from && same_to;
    return true;
}

static void add_type(struct view *view, struct type_list *list, uint32_t index)
{
    char space[64];
    const char *text = types_text(&view->types, index, space);
    buf_addf(&list->text, "%s%s", list->text.length > 0 ? ", " : "", text);
    json_out_text(list->json, NULL, text);
}

/* The keys that the source may name the two records by. */
static bool load_names(struct view *view, struct error *err)
{
    const struct sync_definition *sync = view->sync;
    record_names_clear(&view->from_names);
    record_names_clear(&view->to_names);
    view->from_names = (struct record_names){
        .portal = sync->portal, .object = sync->from, .side = &sync->key_from};
    view->to_names =
        (struct record_names){.portal = sync->portal, .object = sync->to, .side = &sync->key_to};
    return record_names_load(&view->from_names, view->cli->state, view->pair.from_id, err) &&
        record_names_load(&view->to_names, view->cli->state, view->pair.to_id, err);
}

static bool is_named(
    const struct record_names *names, const char *key, uint64_t id, uint64_t wanted)
{
    return key != NULL ? record_names_has(names, key) : id == wanted;
}

/* What the source says of the pair now; rows that name the record alone do not count. */
static bool ask_source(struct view *view, struct error *err)
{
    struct source *source = NULL;
    struct source_row row = {.kind = SOURCE_ROW};
    struct source_query query = {.sync = view->sync,
        .database_url = view->cli->definitions.database_url,
        .types = &view->types,
        .from_ids = &(struct id_list){.ids = &view->pair.from_id, .count = 1}};
    bool ok = load_names(view, err) && source_open(&source, &query, err);
    while (ok && row.kind != SOURCE_END) {
        ok = source_next(source, &row, err);
        if (ok && row.kind == SOURCE_ROW &&
            is_named(&view->from_names, row.from_key, row.assoc.from_id, view->pair.from_id) &&
            is_named(&view->to_names, row.to_key, row.assoc.to_id, view->pair.to_id))
            add_type(view, &view->desired, row.assoc.type);
    }
    source_close(source);
    return ok;
}

static bool ask_hubspot(struct view *view, struct client *client, struct error *err)
{
    const struct client_reply *reply;
    size_t first;
    struct client_request request = {
        .call = CLIENT_READ, .from_ids = &view->pair.from_id, .from_count = 1};
    client_bind(client, view->ids.from, view->ids.to, &view->types);
    client_submit(client, &request);
    if (!client_next(client, &reply, err))
        return false;
    if (reply == NULL || reply->outcome != CLIENT_ANSWERED || reply->records[0] != RECORD_COMPLETE)
        return error_set(err, ERROR_REMOTE, "%s record %llu could not be read: %s",
            view->sync->from, (unsigned long long)view->pair.from_id,
            reply != NULL ? reply->message : "no answer");
    size_t count = assoc_find_pair(reply->rows, reply->rows_count, &view->pair, &first);
    for (size_t i = first; i < first + count; i++)
        add_type(view, &view->observed, reply->rows[i].type);
    return true;
}

static bool mark_managed(struct view *view, struct error *err)
{
    for (size_t i = 0; i < view->sync->types_count; i++) {
        uint32_t index;
        if (!types_resolve(&view->types, &view->sync->types[i], &index, ERROR_CONFIG, err))
            return false;
        view->types.items[index].managed = true;
    }
    return true;
}

/* What can be said only after HubSpot was reached. */
static bool reach(struct view *view, struct client *client, uint64_t portal_id, struct error *err)
{
    const struct object_types where = {client, view->cli->state, portal_id};
    if (!object_types_pair(&where, view->sync, &view->ids, err))
        return false;
    const struct account_pair pair = {view->sync->portal, view->ids.from, view->ids.to};
    return account_types(client, view->cli->state, &pair, &view->types, err);
}

/* Not the person's mistake, and it says nothing of the database or the source. */
static bool is_hubspots(const struct error *why)
{
    return why->kind == ERROR_REMOTE || why->kind == ERROR_QUOTA || why->kind == ERROR_DENIED;
}

/* The source, with the types as they were when HubSpot was reached last. */
static bool ask_source_alone(struct view *view, struct error *err)
{
    struct error *why = &view->desired.unasked;
    const char *from = object_type_id(view->sync->from, NULL);
    const char *to = object_type_id(view->sync->to, NULL);
    const struct account_pair pair = {view->sync->portal, from != NULL ? from : view->sync->from,
        to != NULL ? to : view->sync->to};
    types_clear(&view->types);
    if (account_types_kept(view->cli->state, &pair, &view->types, why))
        return mark_managed(view, err) && ask_source(view, err);
    return is_hubspots(why) || error_set(err, why->kind, "%s", why->text);
}

static bool look(struct view *view, struct error *err)
{
    struct client *client = NULL;
    struct account_access access = {.portal = view->sync->portal};
    if (!cli_token(view->cli, view->sync->portal, err))
        return false;
    access.token = view->cli->token;
    access.token_stamp = view->cli->token_stamp[0] != '\0' ? view->cli->token_stamp : NULL;
    struct error *why = &view->observed.unasked;
    bool reached = account_client(&client, view->cli->state, &access, why) &&
        reach(view, client, access.portal_id, why);
    bool ok = reached      ? mark_managed(view, err) && ask_source(view, err)
        : is_hubspots(why) ? ask_source_alone(view, err)
                           : error_set(err, why->kind, "%s", why->text);
    if (reached && ok && !ask_hubspot(view, client, why))
        ok = is_hubspots(why) || error_set(err, why->kind, "%s", why->text);
    client_close(client);
    return ok;
}

static void journal_args(const struct view *view, struct pg_args *args)
{
    pg_arg_text(args, view->sync->name);
    pg_arg_int(args, (int64_t)view->pair.from_id);
    pg_arg_int(args, (int64_t)view->pair.to_id);
    pg_arg_text(args, view->sync->portal->name);
}

static bool print_table(
    struct view *view, enum statement_id id, const char *title, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    journal_args(view, &args);
    if (!pg_run(view->cli->state, id, &args, &rows, err))
        return false;
    output_print("\n%s\n", title);
    output_table(&rows, 0, "  none");
    return true;
}

static void print_side(const char *head, const struct type_list *side, const char *nothing)
{
    if (side->unasked.kind != ERROR_NONE)
        output_print("%scould not be asked: %s\n", head, side->unasked.text);
    else
        output_print("%s%s\n", head, side->text.length > 0 ? buf_text(&side->text) : nothing);
}

/* "keys     contacts:10 has email c10@x.example" */
static void print_keys(const char *object, uint64_t id, const struct record_names *names)
{
    for (int i = 0; i < names->keys.count && i < 5; i++)
        output_print("keys     %s:%llu has %s %s\n", object, (unsigned long long)id,
            names->side->property, pg_rows_text(&names->keys, i, 0));
}

static void put_keys(struct json_object *json, const char *name, const struct record_names *names)
{
    struct json_object *list = json_out_array();
    for (int i = 0; i < names->keys.count; i++)
        json_out_text(list, NULL, pg_rows_text(&names->keys, i, 0));
    json_out_put(json, name, list);
}

static bool print_text(struct view *view, struct error *err)
{
    const struct sync_definition *sync = view->sync;
    output_print("%s:%llu to %s:%llu in sync %s\n", sync->from,
        (unsigned long long)view->pair.from_id, sync->to, (unsigned long long)view->pair.to_id,
        sync->name);
    print_keys(sync->from, view->pair.from_id, &view->from_names);
    print_keys(sync->to, view->pair.to_id, &view->to_names);
    output_print("source   %s: ", source_name(sync));
    print_side("", &view->desired, "does not name it");
    print_side("HubSpot  ", &view->observed, "not associated");
    return print_table(view, STATEMENT_EXPLAIN_OWNER, "owned by this sync", err) &&
        print_table(view, STATEMENT_EXPLAIN_CHANGES, "in plans and runs, newest first", err) &&
        print_table(view, STATEMENT_EXPLAIN_REJECTS, "refused", err);
}

/* Moves the list of types into the object; what could not be asked is null. */
static void put_side(struct json_object *json, const char *key, struct type_list *side)
{
    if (side->unasked.kind != ERROR_NONE) {
        json_out_null(json, key);
        return;
    }
    json_out_put(json, key, side->json);
    side->json = NULL;
}

static bool add_json(struct view *view, struct json_object *list, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    journal_args(view, &args);
    if (!pg_run(view->cli->state, STATEMENT_EXPLAIN_JSON, &args, &rows, err))
        return false;
    struct json_object *json = json_out_object();
    json_out_text(json, "sync", view->sync->name);
    json_out_number(json, "from_id", (int64_t)view->pair.from_id);
    json_out_number(json, "to_id", (int64_t)view->pair.to_id);
    put_keys(json, "from_keys", &view->from_names);
    put_keys(json, "to_keys", &view->to_names);
    put_side(json, "desired", &view->desired);
    put_side(json, "observed", &view->observed);
    if (view->observed.unasked.kind != ERROR_NONE)
        json_out_text(json, "hubspot_error", view->observed.unasked.text);
    json_out_given(json, "journal", pg_rows_text(&rows, 0, 0));
    json_out_put(list, NULL, json);
    return true;
}

struct explained {
    struct json_object *list; /* NULL: text is printed */
    int code; /* of what could not be asked */
};

/* Printed, or added to the list. */
static bool explain(struct cli *cli, const struct sync_definition *sync,
    const struct pair_query *query, struct explained *said, struct error *err)
{
    struct json_object *list = said->list;
    CLEANUP(view_clear)
    struct view view = {.cli = cli,
        .sync = sync,
        .desired.json = json_out_array(),
        .observed.json = json_out_array()};
    const struct portal_definition *portal = sync->portal;
    if (!record_word_id(cli->state, portal, &query->from, &view.pair.from_id, err) ||
        !record_word_id(cli->state, portal, &query->to, &view.pair.to_id, err) || !look(&view, err))
        return false;
    if (view.observed.unasked.kind != ERROR_NONE)
        said->code = error_exit_code(view.observed.unasked.kind);
    return list != NULL ? add_json(&view, list, err) : print_text(&view, err);
}

/* Every sync of these object types, or the one that was named. */
static bool explain_all(
    struct cli *cli, const char *name, const struct pair_query *query, int *code, struct error *err)
{
    size_t found = 0;
    CLEANUP(json_out_free) struct json_object *list = cli->json ? json_out_array() : NULL;
    struct explained said = {.list = list};
    for (size_t i = 0; i < cli->definitions.syncs_count; i++) {
        const struct sync_definition *sync = cli->definitions.syncs[i];
        bool wanted;
        if (!fits(cli, sync, query, &wanted, err))
            return false;
        if (!wanted || (name != NULL && strcmp(name, sync->name) != 0))
            continue;
        if (found++ > 0 && list == NULL)
            puts("");
        if (!explain(cli, sync, query, &said, err))
            return false;
    }
    if (found == 0)
        return error_set(err, ERROR_USAGE, "no sync of %s goes from %s to %s%s%s", cli->config_path,
            query->from.type, query->to.type, name != NULL ? " and is called " : "",
            name != NULL ? name : "");
    if (list != NULL)
        json_out_print(list);
    *code = said.code;
    return true;
}

bool verb_explain(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    const char *name = NULL;
    const struct option_row options[] = {{.name = "sync", .text = &name}, {0}};
    struct words words;
    struct pair_query query = {0};
    (void)argc;
    return cli_options(cli, argv, options, &words, err) &&
        cli_words(&words, "explain", 2, 2, err) &&
        record_word_parse(words.items[0], &query.from, err) &&
        record_word_parse(words.items[1], &query.to, err) && cli_state(cli, err) &&
        explain_all(cli, name, &query, code, err);
}
