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
#include "hubspot/search.h"

enum {
    SPLITS_MAX = 100, /* of batches that HubSpot refuses, in one query */
    RECORDS_A_KEY = 8, /* more in an answer about a unique property are nonsense */
};

/* Keys that are asked for in one request. */
struct key_batch {
    const struct client_key_query *query;
    struct client_key *keys;
    size_t count;
    size_t results; /* told in the page under way */
    /* of a search */
    uint64_t total; /* records that it finds, as its page says */
    uint64_t told; /* in the pages before */
    uint32_t after; /* how many the page under way leaves out */
    uint32_t next; /* where the next one begins; 0: there is none */
    struct buf body;
};

static void add_id(struct client_key *key, uint64_t id)
{
    size_t at = 0;
    while (at < key->count && key->ids[at] < id)
        at++;
    if (at < key->count && key->ids[at] == id)
        return;
    key->more = key->more || key->count == CLIENT_KEY_IDS_MAX;
    if (at == CLIENT_KEY_IDS_MAX)
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
        batch->results++ > (batch->query->search ? SEARCH_PAGE : 2 * RECORDS_A_KEY * batch->count))
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

/* "total": 3, and "paging": {"next": {"after": "200"}}; no paging: it is the last page. */
static bool consume_rest(struct key_batch *batch, const struct envelope_item *item)
{
    if (!batch->query->search || item->element)
        return json_tree_is_good(item->text, item->length);
    if (!json_tree_is_good(item->text, item->length))
        return false;
    if (strcmp(item->key, "total") == 0) {
        batch->total = strtoull(item->text, NULL, 10);
        return item->text[0] >= '0' && item->text[0] <= '9';
    }
    if (strcmp(item->key, "paging") != 0)
        return true;
    CLEANUP(json_tree_free) struct json_object *paging = json_tree(item->text, item->length);
    const struct json_object *next = json_tree_member(paging, "next");
    return next == NULL ||
        (json_tree_u32(next, "after", &batch->next) && batch->next > batch->after);
}

static bool consume(struct list *list, const struct envelope_item *item)
{
    struct key_batch *batch = list->owner;
    bool results = strcmp(item->key, "results") == 0, errors = strcmp(item->key, "errors") == 0;
    if (item->array && results) {
        list->has_results = true;
        batch->results = 0; /* of this attempt */
    }
    if (item->array)
        return true;
    if (!item->element || (!results && !errors))
        return !results && consume_rest(batch, item);
    CLEANUP(json_tree_free) struct json_object *entry = json_tree(item->text, item->length);
    if (!json_tree_is_object(entry))
        return false;
    if (results)
        return consume_result(batch, entry);
    consume_error(batch, entry);
    return true;
}

/* An attempt may have been cut off. What earlier pages told is forgotten with it. */
static void forget(struct key_batch *batch)
{
    batch->results = 0;
    batch->told = 0;
    batch->after = 0;
    for (size_t i = 0; i < batch->count; i++)
        batch->keys[i] = (struct client_key){.key = batch->keys[i].key};
}

static struct search search_of(const struct key_batch *batch, const char **values)
{
    for (size_t i = 0; i < batch->count; i++)
        values[i] = batch->keys[i].key;
    return (struct search){.property = batch->query->property,
        .values = values,
        .count = batch->count,
        .after = batch->after};
}

static void write_search(struct key_batch *batch)
{
    const char *values[SEARCH_VALUES_MAX];
    struct search search = search_of(batch, values);
    batch->next = 0;
    batch->total = UINT64_MAX; /* not told */
    search_write(&search, &batch->body);
}

static void write_body(struct key_batch *batch)
{
    const struct client_key_query *query = batch->query;
    if (query->search) {
        write_search(batch);
        return;
    }
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

static bool halve(struct key_work *work, const struct key_batch *batch)
{
    struct key_batch half = *batch;
    if (batch->count < 2 || work->splits == SPLITS_MAX)
        return false;
    work->splits++;
    half.count = batch->count / 2;
    push(work, half);
    half.keys += half.count;
    half.count = batch->count - half.count;
    push(work, half);
    return true;
}

/* The search goes on, or has told all that it finds: what it has not found, no record has. It tells
 * of so many records only; of one key they are more than anybody asks for long before. */
static void end_page(struct key_work *work, struct key_batch *batch)
{
    bool enough = batch->count == 1 && batch->keys[0].more;
    batch->told += batch->results;
    if (batch->next >= SEARCH_RECORDS_MAX && !enough) {
        forget(batch);
        (void)halve(work, batch);
    } else if (batch->next > 0 && !enough) {
        batch->after = batch->next;
        push(work, *batch);
    } else if (!enough && batch->told != batch->total) { /* it has left some out */
        forget(batch);
    } else {
        for (size_t i = 0; i < batch->count; i++)
            if (batch->keys[i].state == CLIENT_KEY_UNREAD)
                batch->keys[i].state = CLIENT_KEY_MISSING;
    }
}

/* One key may spoil the request (two that lead to one record): it is tried again in halves. What is
 * refused for every key is about the property. */
static bool accept_answer(
    struct key_work *work, struct key_batch *batch, const struct list *list, struct error *err)
{
    const struct error *why = &list->why;
    if (why->kind == ERROR_NONE && list->has_results) {
        work->answered = true;
        if (batch->query->search)
            end_page(work, batch);
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
    if (halve(work, batch))
        return true;
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
        if (batches[i].after == 0)
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

static size_t fit(const struct key_batch *batch)
{
    const char *values[SEARCH_VALUES_MAX];
    struct search search = search_of(batch, values);
    return search_fits(&search);
}

bool client_keys(struct client *client, const struct client_key_query *query, struct error *err)
{
    CLEANUP(buf_clear) struct buf path = {0};
    struct key_work work = {.client = client};
    const struct dialect_row *row = dialect_row(client->settings.dialect);
    dialect_path(
        &path, query->search ? row->search : row->records, query->object, query->object, "");
    for (size_t i = 0; i < query->count; i++)
        query->keys[i] = (struct client_key){.key = query->keys[i].key};
    for (size_t at = 0; at < query->count;) {
        struct key_batch batch = {.query = query, .keys = query->keys + at};
        size_t left = query->count - at;
        batch.count = left < CLIENT_RECORDS_MAX ? left : CLIENT_RECORDS_MAX;
        batch.count = query->search ? fit(&batch) : batch.count;
        push(&work, batch);
        at += batch.count;
    }
    bool ok = true;
    while (ok && work.count > 0)
        ok = ask_some(&work, buf_text(&path), err);
    free(work.waiting);
    return ok;
}
