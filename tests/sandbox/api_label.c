/*
 * api_label.c: listing association types, and custom labels (v4 and later).
 */
#include "sandbox/api.h"

#include <string.h>

#include "sandbox/json_get.h"

static void add_name(struct call *call, const struct kind *kind)
{
    struct buf *body = &call->reply->body;
    buf_addf(body, "{\"id\":\"%u\",\"name\":", kind->id);
    buf_add_json(body, kind->name);
    buf_add_char(body, '}');
}

/* The types of the direction, each as `add` tells it. */
static void list(struct call *call, void add(struct call *, const struct kind *))
{
    struct buf *body = &call->reply->body;
    const struct direction *direction = call->direction;
    const char *comma = "";
    buf_add_text(body, "{\"results\":[");
    for (int i = 0; i < direction->kinds_count; i++) {
        const struct kind *kind = &direction->kinds[direction->order[i]];
        if (kind->gone)
            continue;
        buf_add_text(body, comma);
        add(call, kind);
        comma = ",";
    }
    buf_add_text(body, "]}");
}

static void add_label(struct call *call, const struct kind *kind)
{
    call_add_type(&call->reply->body, kind);
}

void api_types(struct call *call)
{
    list(call, add_name);
}

void api_labels(struct call *call)
{
    list(call, add_label);
}

static bool is_good_name(const char *name)
{
    if (name[0] == '\0' || (name[0] >= '0' && name[0] <= '9'))
        return false;
    return strchr(name, '-') == NULL;
}

static bool may_create(struct call *call, const char *name, const char *label)
{
    int64_t max = call->portal->settings.values[SET_MAX_LABELS];
    const struct object *objects = call->portal->objects.items;
    if (name == NULL || label == NULL) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "Invalid input JSON on line 1, column 3. Some required fields were not set: "
            "[name, label]");
    } else if (!is_good_name(name)) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "Association definition name \"%s\" may not contain hyphens nor start with a digit",
            name);
    } else if (direction_kind_by_name(call->direction, name) >= 0) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "Association definition with name %s already exists", name);
    } else if (portal_count_labels(call->direction) >= max) {
        call_fail(call, 437, "VALIDATION_ERROR",
            "No more than %lld association types are allowed between %s and %s", (long long)max,
            objects[call->from].id, objects[call->to].id);
    } else {
        return true;
    }
    return false;
}

void api_label_create(struct call *call)
{
    const char *name = json_text(call->json, "name", NULL);
    const char *label = json_text(call->json, "label", NULL);
    const char *inverse = json_text(call->json, "inverseLabel", NULL);
    if (!may_create(call, name, label))
        return;
    int bit = portal_add_label(call->portal, call->direction, name, label, inverse);
    if (bit < 0) {
        call_fail(call, 500, NULL, "internal error");
        return;
    }
    const struct kind *kind = &call->direction->kinds[bit];
    buf_add_text(&call->reply->body, "{\"results\":[");
    call_add_type(&call->reply->body, kind);
    if (kind->mirror >= 0 && &call->direction->mirror->kinds[kind->mirror] != kind) {
        buf_add_char(&call->reply->body, ',');
        call_add_type(&call->reply->body, &call->direction->mirror->kinds[kind->mirror]);
    }
    buf_add_text(&call->reply->body, "]}");
}

/* The bit of a custom type by its id, -1 when the call was answered with an error. */
static int find_custom(struct call *call, uint64_t id)
{
    int bit = direction_kind_by_id(call->direction, USER_DEFINED, (uint32_t)id);
    if (bit >= 0)
        return bit;
    if (direction_kind_by_id(call->direction, HUBSPOT_DEFINED, (uint32_t)id) >= 0)
        call_fail(call, 400, "VALIDATION_ERROR",
            "Association type %llu is defined by HubSpot and cannot be changed",
            (unsigned long long)id);
    else
        call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
    return -1;
}

void api_label_rename(struct call *call)
{
    uint64_t id = 0;
    const char *label = json_text(call->json, "label", NULL);
    (void)json_id(json_member(call->json, "associationTypeId"), &id);
    if (label == NULL || id == 0) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "Invalid input JSON on line 1, column 3. Some required fields were not set: "
            "[associationTypeId, label]");
        return;
    }
    int bit = find_custom(call, id);
    if (bit < 0)
        return;
    portal_rename(call->direction, bit, label, json_text(call->json, "inverseLabel", NULL));
    call->reply->status = 204;
}

void api_label_delete(struct call *call)
{
    uint64_t id = 0;
    (void)parse_id(call->name, &id);
    int bit = find_custom(call, id);
    if (bit < 0)
        return;
    if (call->direction->kinds[bit].plain && portal_count_labels(call->direction) > 0) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "Definition with label still exists; Cannot delete unlabeled type %llu",
            (unsigned long long)id);
        return;
    }
    portal_delete_kind(call->direction, bit);
    call->reply->status = 204;
}
