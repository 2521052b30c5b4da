/*
 * api_limit.c: configured maximums, records near them, object schemas.
 */
#include "sandbox/api.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sandbox/json_get.h"

enum { NO_MAXIMUM = 500000 }; /* how HubSpot's schema shows "no limit" */

static void add_maximum(
    struct call *call, const struct direction *direction, int bit, const char *comma)
{
    struct buf *body = &call->reply->body;
    const struct kind *kind = &direction->kinds[bit];
    buf_addf(body,
        "%s{\"fromObjectTypeId\":\"%s\",\"toObjectTypeId\":\"%s\",\"category\":\"%s\","
        "\"typeId\":%u,\"label\":",
        comma, call->portal->objects.items[direction->from].id,
        call->portal->objects.items[direction->to].id, category_text(kind->category), kind->id);
    buf_add_json(body, kind->label);
    buf_addf(body, ",\"userEnforcedMaxToObjectIds\":%u}", kind->max_to);
}

static const char *add_maximums(
    struct call *call, const struct direction *direction, const char *comma)
{
    for (int bit = 0; bit < direction->kinds_count; bit++) {
        if (direction->kinds[bit].max_to == 0 || direction->kinds[bit].gone)
            continue;
        add_maximum(call, direction, bit, comma);
        comma = ",";
    }
    return comma;
}

void api_maximums(struct call *call)
{
    buf_add_text(&call->reply->body, "{\"results\":[");
    (void)add_maximums(call, call->direction, "");
    buf_add_text(&call->reply->body, "]}");
}

void api_maximums_all(struct call *call)
{
    const char *comma = "";
    buf_add_text(&call->reply->body, "{\"results\":[");
    for (int from = 0; from < OBJECTS_MAX; from++)
        for (int to = 0; to < OBJECTS_MAX; to++)
            if (call->portal->directions[from][to] != NULL)
                comma = add_maximums(call, call->portal->directions[from][to], comma);
    buf_add_text(&call->reply->body, "]}");
}

/* The bit an element {"category":…,"typeId":…} means, -1: none. */
static int find_kind(const struct call *call, struct json_object *element)
{
    enum category category;
    uint64_t id = 0;
    if (!category_parse(json_text(element, "category", ""), &category) ||
        !json_id(json_member(element, "typeId"), &id))
        return -1;
    return direction_kind_by_id(call->direction, category, (uint32_t)id);
}

static void set_maximums(struct call *call, bool purge)
{
    struct json_object *inputs = json_member(call->json, "inputs");
    const char *comma = "";
    for (size_t i = 0; i < json_length(inputs); i++) {
        if (find_kind(call, json_item(inputs, i)) >= 0)
            continue;
        call_fail(call, 400, "VALIDATION_ERROR", "One or more associations are invalid");
        return;
    }
    batch_open(call);
    for (size_t i = 0; i < json_length(inputs); i++) {
        struct json_object *element = json_item(inputs, i);
        int bit = find_kind(call, element);
        call->direction->kinds[bit].max_to =
            purge ? 0 : (uint32_t)json_number(element, "maxToObjectIds", 0);
        if (purge)
            continue;
        add_maximum(call, call->direction, bit, comma);
        comma = ",";
    }
    batch_close(call, NULL, 0);
}

void api_maximums_set(struct call *call)
{
    set_maximums(call, false);
}

void api_maximums_purge(struct call *call)
{
    set_maximums(call, true);
    if (call->reply->status == 200)
        call->reply->status = 204;
}

void api_limits(struct call *call)
{
    const struct direction *direction = call->direction;
    const char *comma = "";
    buf_add_text(&call->reply->body, "{\"results\":[");
    for (int bit = 0; bit < direction->kinds_count; bit++) {
        uint32_t max = direction->kinds[bit].max_to;
        size_t count = 0;
        uint64_t *ids = idmap_keys(&direction->at, &count);
        for (size_t i = 0; max > 0 && i < count; i++) {
            size_t used = portal_count_type(direction, ids[i], bit);
            if (used * 10 < (size_t)max * 8)
                continue; /* near the limit means 80 % of it */
            buf_addf(&call->reply->body,
                "%s{\"recordId\":\"%" PRIu64 "\",\"usage\":%zu,\"limit\":%u,\"percentage\":%zu}",
                comma, ids[i], used, max, used * 100 / max);
            comma = ",";
        }
        free(ids);
    }
    buf_add_text(&call->reply->body, "]}");
}

static const char *add_schema_types(
    struct call *call, const struct direction *direction, const char *comma)
{
    struct buf *body = &call->reply->body;
    for (int i = 0; i < direction->kinds_count; i++) {
        const struct kind *kind = &direction->kinds[i];
        if (kind->gone)
            continue;
        buf_addf(body,
            "%s{\"id\":\"%u\",\"fromObjectTypeId\":\"%s\",\"toObjectTypeId\":\"%s\",\"name\":",
            comma, kind->id, call->portal->objects.items[direction->from].id,
            call->portal->objects.items[direction->to].id);
        buf_add_json(body, kind->name);
        buf_addf(body,
            ",\"maxToObjectIds\":%u,\"hasUserEnforcedMaxToObjectIds\":%s,\"maxFromObjectIds\":%u,"
            "\"hasUserEnforcedMaxFromObjectIds\":false}",
            kind->max_to > 0 ? kind->max_to : NO_MAXIMUM, kind->max_to > 0 ? "true" : "false",
            NO_MAXIMUM);
        comma = ",";
    }
    return comma;
}

void api_schema(struct call *call)
{
    const struct object *object = &call->portal->objects.items[call->from];
    const char *comma = "";
    buf_addf(&call->reply->body,
        "{\"objectTypeId\":\"%s\",\"name\":\"%s\",\"fullyQualifiedName\":\"%s\","
        "\"associations\":[",
        object->id, object->singular, object->singular);
    for (int to = 0; to < OBJECTS_MAX; to++)
        if (call->portal->directions[call->from][to] != NULL)
            comma = add_schema_types(call, call->portal->directions[call->from][to], comma);
    buf_add_text(&call->reply->body, "]}");
}

void api_report(struct call *call)
{
    buf_addf(
        &call->reply->body, "{\"userId\":\"%s\",\"userEmail\":\"user@example.com\"}", call->name);
}
