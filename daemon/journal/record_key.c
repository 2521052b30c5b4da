/*
 * record_key.c: rows -> their keys -> what is known of them -> HubSpot for the rest.
 */
#include "journal/record_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/client_key.h"
#include "journal/progress.h"
#include "journal/record_key_side.h"

enum {
    FLUSH_BYTES = 256 * 1024,
    PAGE = 10000, /* keys in memory at once */
    SEARCH_PAGE_KEYS = 1000, /* of those that are searched for, which takes some seconds */
    SINGLES_MAX = 200, /* look-ups of keys that a batch says nothing of, of one run */
};

struct side record_key_side(const struct session *session, int number)
{
    const struct sync_definition *sync = session->sync;
    if (number == 0)
        return (struct side){0, &sync->key_from, session->from_type, sync->from};
    return (struct side){1, &sync->key_to, session->to_type, sync->to};
}

/* What is done for a side that has keys. */
typedef bool side_step(
    struct record_keys *keys, const struct side *side, const void *context, struct error *err);

static bool each_side(
    struct record_keys *keys, side_step *step, const void *context, struct error *err)
{
    for (int number = 0; number < 2; number++) {
        struct side side = record_key_side(keys->session, number);
        if (side.key->column != NULL && !step(keys, &side, context, err))
            return false;
    }
    return true;
}

static struct pg *state_of(const struct record_keys *keys)
{
    return keys->session->state;
}

bool record_keys_begin(struct record_keys *keys, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(state_of(keys), STATEMENT_KEYS_BEGIN, NULL, &rows, err))
        return false;
    (void)snprintf(keys->began, sizeof keys->began, "%s", pg_rows_text(&rows, 0, 0));
    keys->away = false;
    return true;
}

void record_keys_clear(struct record_keys *keys)
{
    buf_clear(&keys->rows);
}

static bool flush(struct record_keys *keys, struct error *err)
{
    return pg_copy_rows(state_of(keys), STATEMENT_KEY_ROW_COPY, &keys->rows, err);
}

static void add_side(struct buf *rows, const char *key, uint64_t id)
{
    pg_copy_text(rows, key);
    if (id != 0)
        pg_copy_int(rows, (int64_t)id);
    else
        pg_copy_text(rows, NULL);
}

bool record_keys_add(struct record_keys *keys, const struct source_row *row, struct error *err)
{
    add_side(&keys->rows, row->from_key, row->assoc.from_id);
    add_side(&keys->rows, row->to_key, row->assoc.to_id);
    pg_copy_int(&keys->rows, row->assoc.type == TYPE_NONE ? -1 : (int64_t)row->assoc.type);
    pg_copy_row_end(&keys->rows);
    return keys->rows.length < FLUSH_BYTES || flush(keys, err);
}

static void side_args(const struct record_keys *keys, const struct side *side, struct pg_args *args)
{
    pg_arg_int(args, side->number);
    pg_arg_int(args, (int64_t)keys->session->access.portal_id);
    pg_arg_text(args, side->object);
    pg_arg_text(args, side->key->property);
}

static void age_args(const struct record_keys *keys, struct pg_args *args)
{
    pg_arg_int(args, keys->session->sync->key_refresh_ms);
    pg_arg_text(args, keys->began);
}

/* Keys that were answered for go into assocd.record_key; the others stay what they were. */
static bool store(struct record_keys *keys, const struct client_key_query *query, struct error *err)
{
    CLEANUP(buf_clear) struct buf names = {0}, ids = {0}, messages = {0}, list = {0}, more = {0};
    struct pg_args args = {0};
    for (size_t i = 0; i < query->count; i++) {
        const struct client_key *key = &query->keys[i];
        if (key->state == CLIENT_KEY_UNREAD)
            continue;
        buf_reset(&list);
        for (size_t k = 0; k < key->count; k++)
            buf_addf(&list, "%s%llu", k > 0 ? "," : "", (unsigned long long)key->ids[k]);
        pg_array_text(&names, key->key);
        pg_array_text(&more, key->more ? "true" : "false");
        pg_array_text(&ids, buf_text(&list));
        pg_array_text(&messages,
            key->other_case ? "HubSpot has it with other upper and lower case letters" : NULL);
    }
    if (names.length == 0)
        return true;
    pg_arg_int(&args, (int64_t)keys->session->access.portal_id);
    pg_arg_text(&args, query->object);
    pg_arg_text(&args, query->property);
    pg_arg_text(&args, pg_array_end(&names));
    pg_arg_text(&args, pg_array_end(&ids));
    pg_arg_text(&args, pg_array_end(&messages));
    pg_arg_text(&args, query->search ? "true" : "false");
    pg_arg_text(&args, pg_array_end(&more));
    return pg_run(state_of(keys), STATEMENT_KEY_ANSWERS, &args, NULL, err);
}

/* An outage of the objects API leaves keys unread; what is wrong with the configuration or the
 * token, a stop, the day's quota and the database end the run. */
static bool give_up(
    struct record_keys *keys, const struct side *side, const struct error *why, struct error *err)
{
    struct session *session = keys->session;
    if (why->kind == ERROR_CONFIG)
        return error_set(err, why->kind, "sync %s: keys.%s.property %s of %s: %s",
            session->sync->name, side->number == 0 ? "from" : "to", side->key->property,
            side->called, why->text);
    if (why->kind != ERROR_REMOTE)
        return error_set(err, why->kind, "%s", why->text);
    keys->away = true;
    session_note(session,
        "HubSpot does not tell which %s some keys mean, so that their rows wait and what depends "
        "on them is left as it is: %s",
        side->called, why->text);
    return true;
}

/* Those that the answer to a batch says nothing of. */
static bool ask_singles(struct record_keys *keys, const struct side *side,
    const struct client_key_query *query, struct error *err)
{
    for (size_t i = 0; i < query->count && !keys->away; i++) {
        struct error why = {0};
        struct client_key_query one = *query;
        if (query->keys[i].state != CLIENT_KEY_UNREAD || keys->singles >= SINGLES_MAX)
            continue;
        keys->singles++;
        one.keys = &query->keys[i];
        one.count = 1;
        if (!client_key_alone(keys->session->client, &one, &why) && !give_up(keys, side, &why, err))
            return false;
    }
    return true;
}

static bool ask(struct record_keys *keys, const struct side *side, const struct pg_rows *rows,
    struct error *err)
{
    struct session *session = keys->session;
    struct rate_budget *permits = &session->access.permits;
    struct error why = {0};
    size_t count = (size_t)rows->count;
    struct client_key_query query = {.object = side->object,
        .property = side->key->property,
        .kind = record_key_kind(side->object, side->key->property),
        .search = side->key->search,
        .keys = mem_new(count + 1, sizeof query.keys[0]),
        .count = count};
    for (size_t i = 0; i < count; i++)
        query.keys[i].key = pg_rows_text(rows, (int)i, 0);
    rate_budget_allow(permits, count / CLIENT_RECORDS_MAX + 1);
    uint64_t before = client_requests(session->client);
    permits->searching = query.search;
    bool told = client_keys(session->client, &query, &why);
    permits->searching = false;
    bool ok = (told || give_up(keys, side, &why, err)) &&
        (query.search || ask_singles(keys, side, &query, err)) && store(keys, &query, err);
    free(query.keys);
    if (keys->plan != NULL)
        keys->plan->keys_requests += client_requests(session->client) - before;
    keys->asked += count;
    progress_show(session, "keys", keys->asked, 0);
    return ok;
}

/* Asks for the keys of a side that the statement lists, a page at a time: after args come the last
 * key that it gave, and how many it may give. */
static bool ask_pages(struct record_keys *keys, const struct side *side,
    enum statement_id statement, const struct pg_args *args, struct error *err)
{
    CLEANUP(buf_clear) struct buf last = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    const int most = side->key->search ? SEARCH_PAGE_KEYS : PAGE;
    do {
        struct pg_args page = *args;
        pg_arg_text(&page, buf_text(&last));
        pg_arg_int(&page, most);
        if (!pg_run(state_of(keys), statement, &page, &rows, err))
            return false;
        if (rows.count == 0)
            return true;
        buf_reset(&last);
        buf_add_text(&last, pg_rows_text(&rows, rows.count - 1, 0));
        if (!ask(keys, side, &rows, err))
            return false;
    } while (rows.count == most && !keys->away);
    return true;
}

/* Takes those that name no record out of what is asked for. */
static bool ignore_some(
    struct record_keys *keys, const struct side *side, const void *context, struct error *err)
{
    CLEANUP(buf_clear) struct buf list = {0};
    struct pg_args args = {0};
    char key[RECORD_KEY_MAX + 1];
    (void)context;
    for (size_t i = 0; i < side->key->ignore.count; i++)
        if (record_key_normalize(record_key_kind(side->object, side->key->property),
                side->key->ignore.items[i], key) == NULL)
            pg_array_text(&list, key);
    if (list.length == 0)
        return true;
    side_args(keys, side, &args);
    pg_arg_text(&args, pg_array_end(&list));
    return pg_run(state_of(keys), STATEMENT_KEYS_IGNORE, &args, NULL, err);
}

static bool find_names(struct record_keys *keys, struct error *err)
{
    struct pg *state = state_of(keys);
    return flush(keys, err) && pg_run(state, STATEMENT_KEY_NAMES, NULL, NULL, err) &&
        each_side(keys, ignore_some, NULL, err) &&
        pg_exec(state, "analyze pg_temp.key_row; analyze pg_temp.key_name", NULL, err);
}

static bool renew_side(
    struct record_keys *keys, const struct side *side, const void *context, struct error *err)
{
    struct pg_args args = {0};
    (void)context;
    side_args(keys, side, &args);
    age_args(keys, &args);
    pg_arg_text(&args, on_many_words[side->key->on_many]);
    return pg_run(state_of(keys), STATEMENT_KEYS_MEAN, &args, NULL, err);
}

bool record_keys_renew(struct record_keys *keys, struct error *err)
{
    return each_side(keys, renew_side, NULL, err) &&
        pg_exec(state_of(keys), "analyze pg_temp.key_meaning", NULL, err);
}

static bool resolve_side(
    struct record_keys *keys, const struct side *side, const void *context, struct error *err)
{
    struct pg_args args = {0};
    (void)context;
    side_args(keys, side, &args);
    age_args(keys, &args);
    return ask_pages(keys, side, STATEMENT_KEYS_WANTED, &args, err);
}

bool record_keys_resolve(struct record_keys *keys, struct error *err)
{
    return find_names(keys, err) && each_side(keys, resolve_side, NULL, err) &&
        record_keys_renew(keys, err);
}

struct again {
    const char *ids;
    int64_t age_ms;
};

static bool ask_side_again(
    struct record_keys *keys, const struct side *side, const void *context, struct error *err)
{
    const struct again *again = context;
    struct pg_args args = {0}, page = {0};
    side_args(keys, side, &args);
    pg_arg_text(&args, keys->began);
    pg_arg_int(&args, keys->session->run_id);
    pg_arg_text(&args, again->ids);
    pg_arg_int(&args, again->age_ms);
    pg_arg_int(&page, side->number);
    return pg_run(state_of(keys), STATEMENT_KEYS_AGAIN, &args, NULL, err) &&
        ask_pages(keys, side, STATEMENT_KEYS_ASKED, &page, err);
}

bool record_keys_again(struct record_keys *keys, const char *ids, int64_t age_ms, struct error *err)
{
    struct again again = {.ids = ids, .age_ms = age_ms};
    return each_side(keys, ask_side_again, &again, err);
}
