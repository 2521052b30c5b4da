/*
 * api_limit.c: configured maximums, records near them, object schemas, and which records exist.
 */
#include "sandbox/api.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sandbox/inputs.h"
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

static void add_missing(struct call *call, const struct inputs *inputs, struct buf *errors)
{
    const char *comma = "";
    buf_addf(errors,
        "{\"status\":\"error\",\"category\":\"OBJECT_NOT_FOUND\",\"message\":"
        "\"Could not get some %s objects, they may be deleted or not exist. Check that ids are "
        "valid.\",\"context\":{\"ids\":[",
        call->portal->objects.items[call->from].singular);
    for (size_t i = 0; i < inputs->count; i++) {
        uint64_t id = inputs->items[i].from;
        uint64_t now = portal_resolve(call->portal, call->from, id);
        int64_t mode = call->portal->settings.values[SET_MERGED_RECORDS];
        if (now == id ? portal_is_live(call->portal, call->from, id)
                      : mode != MERGED_ERROR && portal_is_live(call->portal, call->from, now))
            continue;
        buf_add_text(errors, comma);
        buf_add_json(errors, inputs->items[i].from_text);
        comma = ",";
    }
    buf_add_text(errors, "]}}");
}

static void add_record(struct call *call, uint64_t id, const char *comma)
{
    struct buf *body = &call->reply->body;
    const struct portal *portal = call->portal;
    buf_addf(body, "%s{\"id\":\"%" PRIu64 "\",\"properties\":{\"hs_object_id\":\"%" PRIu64 "\"",
        comma, id, id);
    comma = ",\"hs_merged_object_ids\":\"";
    for (size_t i = 0; i < portal->merges_count && i < MERGES_MAX; i++) {
        if (portal->merges[i].object != call->from || portal->merges[i].kept != id)
            continue;
        buf_addf(body, "%s%" PRIu64, comma, portal->merges[i].gone);
        comma = ";";
    }
    buf_add_text(body, *comma == ';' ? "\"}" : "}");
    buf_add_text(body,
        ",\"createdAt\":\"2026-01-01T00:00:00.000Z\","
        "\"updatedAt\":\"2026-01-01T00:00:00.000Z\",\"archived\":false}");
}

void api_records(struct call *call)
{
    struct inputs inputs = {0};
    struct buf errors = {0};
    const char *comma = "";
    size_t found = 0;
    if (!inputs_read(call, INPUTS_READ, &inputs)) {
        inputs_clear(&inputs);
        return;
    }
    batch_open(call);
    for (size_t i = 0; i < inputs.count; i++) {
        uint64_t id = portal_resolve(call->portal, call->from, inputs.items[i].from);
        bool merged = id != inputs.items[i].from;
        int64_t mode = call->portal->settings.values[SET_MERGED_RECORDS];
        if (!portal_is_live(call->portal, call->from, id) || (merged && mode == MERGED_ERROR))
            continue;
        found++;
        if (merged && mode == MERGED_OMIT)
            continue;
        add_record(call, id, comma);
        comma = ",";
    }
    if (found < inputs.count)
        add_missing(call, &inputs, &errors);
    batch_close(call, &errors, found < inputs.count ? 1 : 0);
    call->reply->status = found < inputs.count ? 207 : 200;
    buf_clear(&errors);
    inputs_clear(&inputs);
}

void api_record(struct call *call)
{
    uint64_t id = portal_resolve(call->portal, call->from, call->from_id);
    if (portal_is_live(call->portal, call->from, id))
        add_record(call, id, "");
    else
        call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
}

/* An id that no record has: the next after all that were given away by merges. */
static uint64_t new_id(const struct portal *portal)
{
    return UINT64_C(90000000000) + portal->merges_count;
}

void api_merge(struct call *call)
{
    uint64_t kept = 0;
    uint64_t gone = 0;
    if (!json_id(json_member(call->json, "primaryObjectId"), &kept) ||
        !json_id(json_member(call->json, "objectIdToMerge"), &gone) || kept == gone ||
        !portal_is_live(call->portal, call->from, kept) ||
        !portal_is_live(call->portal, call->from, gone)) {
        call_fail(call, 400, "VALIDATION_ERROR", "invalid ids to merge");
        return;
    }
    if (call->portal->settings.values[SET_MERGE] == MERGE_NEW_ID) {
        uint64_t survivor = new_id(call->portal);
        portal_merge(call->portal, call->from, survivor, kept);
        kept = survivor;
    }
    portal_merge(call->portal, call->from, kept, gone);
    add_record(call, kept, "");
}

void api_report(struct call *call)
{
    buf_addf(
        &call->reply->body, "{\"userId\":\"%s\",\"userEmail\":\"user@example.com\"}", call->name);
}
