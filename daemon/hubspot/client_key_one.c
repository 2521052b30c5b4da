/*
 * client_key_one.c: one key by itself, and the property that keys are.
 */
#include <assert.h>
#include <string.h>

#include "hubspot/call.h"
#include "hubspot/client_key.h"
#include "hubspot/json_tree.h"

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
    key->ids[0] = id;
    key->count = 1;
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
