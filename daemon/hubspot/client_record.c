/*
 * client_record.c: what became of records, asked of the objects API: the associations API says "no
 * associations" of a record without any, of one that was deleted and of one that was merged away
 * (hubspot-api 1.4, 3.14 to 3.16).
 */
#include "hubspot/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/object_type.h"
#include "hubspot/json_tree.h"

/* Merged into one record: far more than people ever merge. */
enum { MERGED_MAX = 1000 };

struct record_list {
    struct client_record *records;
    size_t count;
    struct assoc_list *merges; /* of a batch */
    size_t results; /* told so far */
};

static struct client_record *find_record(const struct record_list *list, uint64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->records[i].id == id)
            return &list->records[i];
    return NULL;
}

/* "12;345": the ids that were merged into `now`. */
static bool consume_merged(const struct record_list *list, const char *ids, uint64_t now)
{
    for (size_t count = 1; *ids != '\0'; count++) {
        size_t length = strcspn(ids, ";");
        uint64_t id;
        if (count > MERGED_MAX || !assoc_parse_id(ids, length, &id))
            return false;
        struct client_record *record = find_record(list, id);
        if (record != NULL && record->now != id)
            record->now = now;
        assoc_list_add(list->merges, (struct assoc){.from_id = id, .to_id = now});
        ids += length;
        ids += *ids == ';';
    }
    return true;
}

/* {"id": "1", "properties": {"hs_merged_object_ids": "12;345"}} */
static bool consume_record(struct list *owner, const struct envelope_item *item)
{
    struct record_list *list = owner->owner;
    bool results = strcmp(item->key, "results") == 0;
    owner->has_results = owner->has_results || (results && item->array);
    if (item->array || !results)
        return item->array || json_tree_is_good(item->text, item->length);
    CLEANUP(json_tree_free) struct json_object *entry = json_tree(item->text, item->length);
    const char *text = json_tree_text(entry, "id");
    uint64_t id;
    if (!item->element || text == NULL || !assoc_parse_id(text, strlen(text), &id) ||
        list->results++ > 2 * list->count)
        return false;
    struct client_record *record = find_record(list, id);
    if (record != NULL)
        record->now = id;
    else if (list->count == 1)
        list->records[0].now = id;
    const char *merged =
        json_tree_text(json_tree_member(entry, "properties"), "hs_merged_object_ids");
    return merged == NULL || consume_merged(list, merged, id);
}

/* An object by itself: {"id": "1", "properties": {…}} */
static bool consume_one(struct list *owner, const struct envelope_item *item)
{
    struct client_record *record = owner->owner;
    if (item->array || item->element)
        return item->array || json_tree_is_good(item->text, item->length);
    if (strcmp(item->key, "id") != 0)
        return json_tree_is_good(item->text, item->length);
    owner->has_results = json_tree_id_text(item->text, item->length, &record->now);
    return owner->has_results;
}

bool client_record_now(
    struct client *client, const char *object, struct client_record *record, struct error *err)
{
    const char *type = object_type_id(object, NULL);
    char id[24];
    struct error why = {0};
    CLEANUP(buf_clear) struct buf path = {0};
    struct list list = {.consume = consume_one, .owner = record};
    assert(type != NULL);
    (void)snprintf(id, sizeof id, "%llu", (unsigned long long)record->id);
    record->now = 0;
    dialect_path(&path, dialect_row(client->settings.dialect)->record, type, type, id);
    if (call_list(client, buf_text(&path), &list, &why))
        return list.has_results ||
            error_set(err, ERROR_REMOTE, "GET %s: HubSpot's answer holds no id", buf_text(&path));
    record->now = 0;
    return list.http_status == 404 || error_set(err, why.kind, "%s", why.text);
}

bool client_records(struct client *client, const struct client_lookup *lookup, struct error *err)
{
    struct client_record *records = lookup->records;
    size_t count = lookup->count;
    const char *id = object_type_id(lookup->object, NULL);
    struct record_list asked = {.records = records, .count = count, .merges = lookup->merges};
    CLEANUP(buf_clear) struct buf path = {0};
    CLEANUP(buf_clear) struct buf body = {0};
    struct list list = {.consume = consume_record, .owner = &asked, .body = &body};
    assert(count > 0 && count <= CLIENT_RECORDS_MAX && id != NULL);
    buf_add_text(&body, "{\"properties\":[\"hs_merged_object_ids\"],\"inputs\":[");
    for (size_t i = 0; i < count; i++) {
        records[i].now = 0;
        buf_addf(&body, "%s{\"id\":\"%llu\"}", i > 0 ? "," : "", (unsigned long long)records[i].id);
    }
    buf_add_text(&body, "]}");
    dialect_path(&path, dialect_row(client->settings.dialect)->records, id, id, "");
    struct error why = {0};
    if (!call_list(client, buf_text(&path), &list, &why)) /* one bad id may spoil the request */
        return list.http_status == 400 || error_set(err, why.kind, "%s", why.text);
    return list.has_results ||
        error_set(err, ERROR_REMOTE, "POST %s: HubSpot's answer holds no results", buf_text(&path));
}
