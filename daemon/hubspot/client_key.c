/*
 * client_key.c: keys -> batches of 100 -> records -> the keys that they have.
 */
#include "hubspot/client_key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hubspot/call.h"
#include "hubspot/json_tree.h"

enum { SPLITS_MAX = 100 }; /* of batches that HubSpot refuses, in one query */

/* Keys that are asked for in one request. */
struct key_batch {
    const struct client_key_query *query;
    struct client_key *keys;
    size_t count;
    size_t results; /* told so far */
    struct buf body;
};

static void add_id(struct client_key *key, uint64_t id)
{
    size_t at = 0;
    while (at < key->count && key->ids[at] < id)
        at++;
    if (at == CLIENT_KEY_IDS_MAX || (at < key->count && key->ids[at] == id))
        return;
    key->count -= key->count == CLIENT_KEY_IDS_MAX;
    memmove(&key->ids[at + 1], &key->ids[at], (key->count - at) * sizeof key->ids[0]);
    key->ids[at] = id;
    key->count++;
}

/* A record has this value. What is the same but for upper and lower case counts for keys that no
 * record has as they are written. */
static void note_value(struct key_batch *batch, const char *value, uint64_t id)
{
    char key[RECORD_KEY_MAX + 1];
    if (record_key_normalize(batch->query->kind, value, key) != NULL)
        return;
    for (size_t i = 0; i < batch->count; i++) {
        struct client_key *asked = &batch->keys[i];
        bool exact = strcmp(asked->key, key) == 0;
        if (!exact && !record_key_same_letters(asked->key, key))
            continue;
        bool better = exact && asked->other_case, worse = !exact && asked->count > 0;
        if (worse && !asked->other_case)
            continue;
        if (better)
            asked->count = 0;
        asked->other_case = !exact;
        asked->state = CLIENT_KEY_FOUND;
        add_id(asked, id);
    }
}

/* "a@x.example;b@x.example" */
static void note_values(struct key_batch *batch, const char *values, uint64_t id)
{
    CLEANUP(buf_clear) struct buf value = {0};
    while (*values != '\0') {
        size_t length = strcspn(values, ";");
        buf_reset(&value);
        buf_add(&value, values, length);
        note_value(batch, buf_text(&value), id);
        values += length;
        values += *values == ';';
    }
}

/* {"id": "1", "properties": {"email": "a@x.example", "hs_additional_emails": …}} */
static bool consume_result(struct key_batch *batch, const struct json_object *entry)
{
    const char *text = json_tree_text(entry, "id");
    const struct json_object *properties = json_tree_member(entry, "properties");
    const char *others = record_key_others(batch->query->kind);
    uint64_t id;
    if (text == NULL || !assoc_parse_id(text, strlen(text), &id) ||
        batch->results++ > 2 * CLIENT_KEY_IDS_MAX * batch->count)
        return false;
    const char *value = json_tree_text(properties, batch->query->property);
    const char *more = others != NULL ? json_tree_text(properties, others) : NULL;
    if (value != NULL)
        note_value(batch, value, id);
    if (more != NULL)
        note_values(batch, more, id);
    return true;
}

static void note_missing(struct key_batch *batch, const char *sent)
{
    char key[RECORD_KEY_MAX + 1];
    if (record_key_normalize(batch->query->kind, sent, key) != NULL)
        return;
    for (size_t i = 0; i < batch->count; i++)
        if (strcmp(batch->keys[i].key, key) == 0 && batch->keys[i].state == CLIENT_KEY_UNREAD)
            batch->keys[i].state = CLIENT_KEY_MISSING;
}

/* {"category": "OBJECT_NOT_FOUND", "context": {"ids": ["nobody@x.example"]}} */
static void consume_error(struct key_batch *batch, const struct json_object *entry)
{
    const char *category = json_tree_text(entry, "category");
    const struct json_object *ids = json_tree_member(json_tree_member(entry, "context"), "ids");
    if (category == NULL || strcmp(category, "OBJECT_NOT_FOUND") != 0)
        return;
    for (size_t i = 0; i < json_tree_length(ids); i++) {
        const char *sent = json_tree_string(json_tree_at(ids, i));
        if (sent != NULL)
            note_missing(batch, sent);
    }
}

static bool consume(struct list *list, const struct envelope_item *item)
{
    struct key_batch *batch = list->owner;
    bool results = strcmp(item->key, "results") == 0, errors = strcmp(item->key, "errors") == 0;
    list->has_results = list->has_results || (results && item->array);
    if (item->array)
        return true;
    if (!item->element || (!results && !errors))
        return !results && json_tree_is_good(item->text, item->length);
    CLEANUP(json_tree_free) struct json_object *entry = json_tree(item->text, item->length);
    if (!json_tree_is_object(entry))
        return false;
    if (results)
        return consume_result(batch, entry);
    consume_error(batch, entry);
    return true;
}

/* An attempt may have been cut off. */
static void forget(struct key_batch *batch)
{
    batch->results = 0;
    for (size_t i = 0; i < batch->count; i++)
        batch->keys[i] = (struct client_key){.key = batch->keys[i].key};
}

static void write_body(struct key_batch *batch)
{
    const struct client_key_query *query = batch->query;
    const char *others = record_key_others(query->kind);
    struct buf *body = &batch->body;
    buf_reset(body);
    buf_add_text(body, "{\"idProperty\":");
    buf_add_json(body, query->property);
    buf_add_text(body, ",\"properties\":[");
    buf_add_json(body, query->property);
    if (others != NULL) {
        buf_add_char(body, ',');
        buf_add_json(body, others);
    }
    buf_add_text(body, "],\"inputs\":[");
    for (size_t i = 0; i < batch->count; i++) {
        buf_add_text(body, i > 0 ? ",{\"id\":" : "{\"id\":");
        buf_add_json(body, batch->keys[i].key);
        buf_add_char(body, '}');
    }
    buf_add_text(body, "]}");
}

/* The batches of a query: those that wait, as a stack. */
struct key_work {
    struct client *client;
    struct key_batch *waiting;
    size_t count, room;
    size_t splits;
    bool answered; /* HubSpot took one of them */
};

static void push(struct key_work *work, struct key_batch batch)
{
    batch.body = (struct buf){0};
    mem_grow(&work->waiting, &work->room, work->count + 1, sizeof work->waiting[0]);
    work->waiting[work->count++] = batch;
}

/* One key may spoil the request (two that lead to one record): it is tried again in halves. What is
 * refused for every key is about the property. */
static bool accept_answer(
    struct key_work *work, struct key_batch *batch, const struct list *list, struct error *err)
{
    const struct error *why = &list->why;
    if (why->kind == ERROR_NONE && list->has_results) {
        work->answered = true;
        return true;
    }
    forget(batch);
    if (why->kind == ERROR_NONE)
        return error_set(
            err, ERROR_REMOTE, "POST %s: HubSpot's answer holds no results", list->path);
    if (list->http_status == 404) /* some say so where none of them exists */
        return true;
    if (list->http_status != 400)
        return error_set(err, why->kind, "%s", why->text);
    if (batch->count > 1 && work->splits < SPLITS_MAX) {
        struct key_batch half = *batch;
        work->splits++;
        half.count = batch->count / 2;
        push(work, half);
        half.keys += half.count;
        half.count = batch->count - half.count;
        push(work, half);
        return true;
    }
    return work->answered || error_set(err, ERROR_CONFIG, "%s", why->text);
}

/* Several batches at once, the last of those that wait. */
static bool ask_some(struct key_work *work, const char *path, struct error *err)
{
    size_t room = client_room(work->client);
    size_t count = work->count < room ? work->count : room;
    if (work->splits > 0 && !work->answered)
        count = 1; /* what is refused may be refused for ever */
    struct key_batch *batches = mem_new(count, sizeof *batches);
    struct list *lists = mem_new(count, sizeof *lists);
    for (size_t i = 0; i < count; i++) {
        batches[i] = work->waiting[--work->count];
        write_body(&batches[i]);
        forget(&batches[i]);
        lists[i] = (struct list){
            .consume = consume, .owner = &batches[i], .body = &batches[i].body, .path = path};
    }
    bool ok = call_lists(work->client, lists, count, err);
    for (size_t i = 0; i < count; i++) {
        if (ok)
            ok = accept_answer(work, &batches[i], &lists[i], err);
        else if (lists[i].why.kind != ERROR_NONE || !lists[i].has_results)
            forget(&batches[i]);
        buf_clear(&batches[i].body);
    }
    free(batches);
    free(lists);
    return ok;
}

bool client_keys(struct client *client, const struct client_key_query *query, struct error *err)
{
    CLEANUP(buf_clear) struct buf path = {0};
    struct key_work work = {.client = client};
    dialect_path(
        &path, dialect_row(client->settings.dialect)->records, query->object, query->object, "");
    for (size_t i = 0; i < query->count; i++)
        query->keys[i] = (struct client_key){.key = query->keys[i].key};
    for (size_t at = 0; at < query->count; at += CLIENT_RECORDS_MAX) {
        size_t left = query->count - at;
        push(&work,
            (struct key_batch){.query = query,
                .keys = query->keys + at,
                .count = left < CLIENT_RECORDS_MAX ? left : CLIENT_RECORDS_MAX});
    }
    bool ok = true;
    while (ok && work.count > 0)
        ok = ask_some(&work, buf_text(&path), err);
    free(work.waiting);
    return ok;
}

/* As a part of a path. */
static void add_escaped(struct buf *path, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL)
            buf_add_char(path, *text);
        else
            buf_addf(path, "%%%02X", (unsigned)(unsigned char)*text);
}

/* {"id": "1", "properties": {…}}: it says itself which record the key means. */
static bool consume_one(struct list *list, const struct envelope_item *item)
{
    struct client_key *key = list->owner;
    uint64_t id;
    if (item->array || item->element || strcmp(item->key, "id") != 0)
        return item->array || json_tree_is_good(item->text, item->length);
    if (!json_tree_id_text(item->text, item->length, &id))
        return false;
    list->has_results = true;
    key->count = 0;
    add_id(key, id);
    return true;
}

bool client_key_alone(
    struct client *client, const struct client_key_query *query, struct error *err)
{
    CLEANUP(buf_clear) struct buf path = {0}, key = {0};
    struct error why = {0};
    struct client_key *asked = query->keys;
    struct list list = {.consume = consume_one, .owner = asked};
    assert(query->count == 1);
    add_escaped(&key, asked->key);
    dialect_path(&path, dialect_row(client->settings.dialect)->record, query->object, query->object,
        buf_text(&key));
    buf_addf(&path, "?idProperty=%s", query->property);
    *asked = (struct client_key){.key = asked->key};
    bool answered = call_list(client, buf_text(&path), &list, &why);
    if (answered && list.has_results)
        asked->state = CLIENT_KEY_FOUND;
    else if (list.http_status == 404)
        asked->state = CLIENT_KEY_MISSING;
    else if (answered)
        return error_set(
            err, ERROR_REMOTE, "GET %s: HubSpot's answer holds no id", buf_text(&path));
    else if (list.http_status != 400) /* a key that HubSpot cannot take */
        return error_set(err, why.kind, "%s", why.text);
    return true;
}

static bool consume_property(struct list *list, const struct envelope_item *item)
{
    struct client_property *property = list->owner;
    if (!item->array && !item->element && strcmp(item->key, "name") == 0)
        list->has_results = true;
    if (!item->array && !item->element && strcmp(item->key, "hasUniqueValue") == 0)
        property->unique = item->length == 4 && strncmp(item->text, "true", 4) == 0;
    return item->array || json_tree_is_good(item->text, item->length);
}

bool client_property(struct client *client, const char *object, const char *name,
    struct client_property *property, struct error *err)
{
    CLEANUP(buf_clear) struct buf path = {0};
    struct error why = {0};
    struct list list = {.consume = consume_property, .owner = property};
    *property = (struct client_property){0};
    dialect_path(&path, dialect_row(client->settings.dialect)->property, object, object, name);
    if (!call_list(client, buf_text(&path), &list, &why))
        return list.http_status == 404 || error_set(err, why.kind, "%s", why.text);
    property->exists = list.has_results;
    return property->exists ||
        error_set(err, ERROR_REMOTE, "GET %s: HubSpot's answer holds no name", buf_text(&path));
}
