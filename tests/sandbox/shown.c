/*
 * shown.c: see shown.h.
 */
#include "sandbox/shown.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/json_get.h"
#include "sandbox/stamp.h"

void shown_clear(struct shown *shown)
{
    free(shown->items);
    *shown = (struct shown){0};
}

static void add(struct shown *shown, int property)
{
    for (size_t i = 0; i < shown->count; i++)
        if (shown->items[i] == property)
            return;
    if (property < 0)
        return;
    mem_grow(&shown->items, &shown->room, shown->count + 1, sizeof *shown->items);
    shown->items[shown->count++] = property;
}

void shown_hide(struct shown *shown, int property)
{
    for (size_t i = 0; i < shown->count; i++)
        if (shown->items[i] == property)
            shown->items[i] = shown->items[--shown->count];
}

static void add_names(struct shown *shown, const struct record_list *list, const char *names)
{
    while (*names != '\0') {
        size_t length = strcspn(names, ",");
        char *name = mem_text_part(names, length);
        add(shown, record_property(list, name));
        free(name);
        names += length + (names[length] == ',');
    }
}

static bool is_always(const struct property *property)
{
    return property->origin == ORIGIN_ID || property->origin == ORIGIN_CREATED ||
        property->origin == ORIGIN_CHANGED;
}

void shown_read(struct call *call, struct shown *shown)
{
    const struct record_list *list = portal_records(call->portal, call->from);
    struct json_object *names = json_member(call->json, "properties");
    bool asked = json_length(names) > 0;
    for (size_t i = 0; i < json_length(names); i++)
        add(shown, record_property(list, json_object_get_string(json_item(names, i))));
    for (size_t i = 0; i < call->request->query_count; i++) {
        if (strcmp(call->request->query[i].key, "properties") != 0)
            continue;
        asked = true;
        add_names(shown, list, call->request->query[i].value);
    }
    for (int i = 0; i < list->properties_count; i++)
        if (is_always(&list->properties[i]) || (!asked && list->properties[i].usual))
            add(shown, i);
}

bool shown_history(const struct call *call)
{
    return json_length(json_member(call->json, "propertiesWithHistory")) > 0 ||
        request_query(call->request, "propertiesWithHistory") != NULL;
}

void shown_add(struct call *call, const struct shown *shown, const struct sight *sight)
{
    const struct record_list *list = &call->portal->contents[call->from];
    bool extra = call->portal->settings.values[SET_EXTRA_PROPERTY] != 0;
    char created[STAMP_ROOM];
    char changed[STAMP_ROOM];
    struct buf *body = &call->reply->body;
    struct buf value = {0};
    buf_addf(body, "{\"id\":\"%" PRIu64 "\",\"properties\":{", sight->id);
    for (size_t i = 0; i < shown->count; i++) {
        bool given = portal_value(call->portal, sight, shown->items[i], &value);
        if (i > 0)
            buf_add_char(body, ',');
        buf_add_json(body, list->properties[shown->items[i]].name);
        buf_add_char(body, ':');
        buf_add_json(body, given ? buf_text(&value) : NULL);
    }
    if (extra)
        buf_add_text(body, ",\"hs_new_of_late\":\"{\\\"a\\\":[1]}\",\"hs_empty_of_late\":null");
    stamp_iso(sight->created_ms, created);
    stamp_iso(sight->changed_ms, changed);
    buf_addf(body, "},\"createdAt\":\"%s\",\"updatedAt\":\"%s\",\"archived\":%s", created, changed,
        sight->archived ? "true" : "false");
    if (extra)
        buf_add_text(body, ",\"url\":\"https://app.hubspot.com/\",\"of_late\":{\"id\":\"7\"}");
    buf_clear(&value);
}
