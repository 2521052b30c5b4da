/*
 * control_data.c: filling the account, dumping it, and changes by somebody else.
 */
#include "sandbox/control.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/json_get.h"

int control_object(struct sandbox *sandbox, const char *name, struct error *err)
{
    uint64_t portal_id = (uint64_t)sandbox->portal.settings.values[SET_PORTAL_ID];
    int object = object_find(&sandbox->portal.objects, name, portal_id);
    if (object < 0)
        (void)error_set(err, ERROR_USAGE, "unknown object type \"%s\"", name);
    return object;
}

struct direction *control_direction(
    struct sandbox *sandbox, const char *from, const char *to, struct error *err)
{
    int from_object = control_object(sandbox, from != NULL ? from : "", err);
    int to_object = from_object < 0 ? -1 : control_object(sandbox, to != NULL ? to : "", err);
    return to_object < 0 ? NULL : portal_direction(&sandbox->portal, from_object, to_object);
}

int control_type(const struct direction *direction, const char *text)
{
    if (strcmp(text, "plain") == 0)
        return direction->plain;
    if (strcmp(text, "primary") == 0)
        return direction->primary;
    int bit = direction_kind_by_name(direction, text);
    for (int i = 0; bit < 0 && i < direction->kinds_count; i++) {
        const struct kind *kind = &direction->kinds[i];
        if (kind->label != NULL && strcmp(kind->label, text) == 0 && !kind->gone)
            bit = i;
    }
    return bit;
}

static int type_of(const struct direction *direction, struct json_object *type)
{
    if (json_object_is_type(type, json_type_string))
        return control_type(direction, json_object_get_string(type));
    enum category category;
    if (!category_parse(json_text(type, "category", "HUBSPOT_DEFINED"), &category))
        return -1;
    return direction_kind_by_id(direction, category, (uint32_t)json_number(type, "typeId", 0));
}

bool control_types(
    const struct direction *direction, struct json_object *types, uint64_t *bits, struct error *err)
{
    *bits = 0;
    if (types == NULL && direction->plain >= 0)
        *bits = UINT64_C(1) << direction->plain;
    for (size_t i = 0; i < json_length(types); i++) {
        int bit = type_of(direction, json_item(types, i));
        if (bit < 0)
            return error_set(err, ERROR_USAGE, "unknown type %s",
                json_object_to_json_string(json_item(types, i)));
        *bits |= UINT64_C(1) << bit;
    }
    return *bits != 0 || error_set(err, ERROR_USAGE, "no types");
}

static bool seed_objects(struct sandbox *sandbox, struct json_object *list, struct error *err)
{
    for (size_t i = 0; i < json_length(list); i++) {
        struct json_object *item = json_item(list, i);
        const char *id = json_text(item, "id", "");
        if (object_add(&sandbox->portal.objects, id, json_text(item, "name", "")) < 0)
            return error_set(err, ERROR_USAGE, "cannot add object type \"%s\"", id);
    }
    return true;
}

/* {from,to,category,typeId,name,label[,plain][,single][,inverse:{typeId,label,name}]} */
static bool seed_type(struct sandbox *sandbox, struct json_object *item, struct error *err)
{
    struct direction *direction =
        control_direction(sandbox, json_text(item, "from", NULL), json_text(item, "to", NULL), err);
    if (direction == NULL)
        return false;
    const char *name = json_text(item, "name", NULL);
    const char *label = json_text(item, "label", NULL);
    struct json_object *inverse = json_member(item, "inverse");
    const char *back = json_text(inverse, "label", label);
    struct kind kind = {.mirror = -1};
    if (name == NULL ||
        !category_parse(json_text(item, "category", "USER_DEFINED"), &kind.category))
        return error_set(err, ERROR_USAGE, "a type needs a name and a known category");
    if (json_member(item, "typeId") == NULL) {
        if (label == NULL || portal_add_label(&sandbox->portal, direction, name, label, back) < 0)
            return error_set(err, ERROR_USAGE, "cannot add label \"%s\"", name);
        return true;
    }
    kind.id = (uint32_t)json_number(item, "typeId", 0);
    int known = direction_kind_by_id(direction, kind.category, kind.id);
    if (known >= 0) {
        direction_rename(direction, known, name);
        return true;
    }
    kind.plain = json_flag(item, "plain", false);
    kind.single = json_flag(item, "single", false);
    kind.name = (char *)(uintptr_t)name;
    kind.label = (char *)(uintptr_t)label;
    struct kind mirror = kind;
    mirror.id = (uint32_t)json_number(inverse, "typeId", kind.id);
    mirror.name = (char *)(uintptr_t)json_text(inverse, "name", name);
    mirror.label = (char *)(uintptr_t)back;
    bool added = portal_add_kind(direction, &kind, &mirror) >= 0;
    return added || error_set(err, ERROR_USAGE, "too many types");
}

static void link_records(struct sandbox *sandbox, struct direction *direction, struct edge edge)
{
    portal_add_record(&sandbox->portal, direction->from, edge.from);
    portal_add_record(&sandbox->portal, direction->to, edge.to);
    portal_associate(&sandbox->portal, direction, &edge, false, NULL);
}

/* {from,to,types,pairs}: added, or with remove taken away (without types: the whole link). */
static bool change_pairs(
    struct sandbox *sandbox, struct json_object *item, bool remove, struct error *err)
{
    struct direction *direction =
        control_direction(sandbox, json_text(item, "from", NULL), json_text(item, "to", NULL), err);
    struct json_object *types = json_member(item, "types");
    struct json_object *pairs = json_member(item, "pairs");
    struct edge edge = {0};
    if (direction == NULL)
        return false;
    bool whole = remove && types == NULL;
    if (!whole && !control_types(direction, types, &edge.types, err))
        return false;
    for (size_t i = 0; i < json_length(pairs); i++) {
        struct json_object *pair = json_item(pairs, i);
        if (json_length(pair) != 2 || !json_id(json_item(pair, 0), &edge.from) ||
            !json_id(json_item(pair, 1), &edge.to))
            return error_set(err, ERROR_USAGE, "a pair is not two ids");
        if (remove)
            portal_dissociate(direction, &edge, NULL);
        else
            link_records(sandbox, direction, edge);
    }
    return true;
}

static bool change_all(
    struct sandbox *sandbox, struct json_object *list, bool remove, struct error *err)
{
    for (size_t i = 0; i < json_length(list); i++)
        if (!change_pairs(sandbox, json_item(list, i), remove, err))
            return false;
    return true;
}

bool control_seed(struct sandbox *sandbox, struct json_object *json, struct error *err)
{
    struct json_object *types = json_member(json, "types");
    if (!seed_objects(sandbox, json_member(json, "objects"), err))
        return false;
    for (size_t i = 0; i < json_length(types); i++)
        if (!seed_type(sandbox, json_item(types, i), err))
            return false;
    return control_properties(sandbox, json_member(json, "properties"), err) &&
        control_records(sandbox, json_member(json, "records"), RECORDS_SEED, err) &&
        change_all(sandbox, json_member(json, "associations"), false, err);
}

/* {"contacts":[kept,gone]} */
static bool merge_records(struct sandbox *sandbox, struct json_object *merges, struct error *err)
{
    if (!json_object_is_type(merges, json_type_object))
        return true;
    json_object_object_foreach(merges, name, ids)
    {
        uint64_t kept = 0;
        uint64_t gone = 0;
        int object = control_object(sandbox, name, err);
        if (object < 0)
            return false;
        uint64_t new_id = 0;
        if (!json_id(json_item(ids, 0), &kept) || !json_id(json_item(ids, 1), &gone) ||
            (json_length(ids) == 3 && !json_id(json_item(ids, 2), &new_id)))
            return error_set(err, ERROR_USAGE, "merge needs two ids, or three");
        if (new_id != 0)
            portal_merge(&sandbox->portal, object, new_id, kept);
        portal_merge(&sandbox->portal, object, new_id != 0 ? new_id : kept, gone);
    }
    return true;
}

bool sandbox_edit(struct sandbox *sandbox, struct json_object *edit, struct error *err)
{
    return change_all(sandbox, json_member(edit, "remove"), true, err) &&
        change_all(sandbox, json_member(edit, "add"), false, err) &&
        control_records(sandbox, json_member(edit, "delete_records"), RECORDS_DELETE, err) &&
        control_records(sandbox, json_member(edit, "change_records"), RECORDS_CHANGE, err) &&
        control_records(sandbox, json_member(edit, "create_records"), RECORDS_CREATE, err) &&
        control_records(sandbox, json_member(edit, "restore_records"), RECORDS_CREATE, err) &&
        merge_records(sandbox, json_member(edit, "merge"), err);
}

/* Reads "from<TAB>to" and moves *at behind the line; false when it is not two ids. */
static bool read_line(const char **at, struct edge *edge)
{
    char *end = NULL;
    errno = 0;
    edge->from = strtoull(*at, &end, 10);
    if (errno != 0 || *end != '\t')
        return false;
    edge->to = strtoull(end + 1, &end, 10);
    if (errno != 0 || edge->from == 0 || edge->to == 0 || edge->from > INT64_MAX ||
        edge->to > INT64_MAX || (*end != '\n' && *end != '\0'))
        return false;
    *at = end + (*end == '\n');
    return true;
}

bool control_load(
    struct sandbox *sandbox, const struct request *request, size_t *rows, struct error *err)
{
    const char *type = request_query(request, "type");
    const char *strict = request_query(request, "strict");
    struct direction *direction = control_direction(
        sandbox, request_query(request, "from"), request_query(request, "to"), err);
    if (direction == NULL)
        return false;
    int bit = control_type(direction, type != NULL ? type : "plain");
    if (bit < 0)
        return error_set(err, ERROR_USAGE, "unknown type \"%s\"", type != NULL ? type : "plain");
    struct edge edge = {.types = UINT64_C(1) << bit};
    for (const char *at = request->body; *at != '\0'; (*rows)++) {
        if (!read_line(&at, &edge))
            return error_set(err, ERROR_USAGE, "line %zu is not two ids", *rows + 1);
        if (strict != NULL &&
            (!portal_is_live(&sandbox->portal, direction->from, edge.from) ||
                !portal_is_live(&sandbox->portal, direction->to, edge.to)))
            return error_set(err, ERROR_USAGE, "line %zu: unknown record", *rows + 1);
        link_records(sandbox, direction, edge);
    }
    return true;
}

static void dump_link(
    const struct direction *direction, uint64_t from, const struct link *link, struct buf *out)
{
    for (int i = 0; i < direction->kinds_count; i++) {
        const struct kind *kind = &direction->kinds[direction->order[i]];
        if ((link->types >> direction->order[i] & 1) == 0)
            continue;
        buf_add_u64(out, from);
        buf_add_char(out, '\t');
        buf_add_u64(out, link->to);
        buf_addf(out, "\t%s\t%u\t%s\n", category_text(kind->category), kind->id, kind->name);
    }
}

bool control_dump(
    struct sandbox *sandbox, const struct request *request, struct buf *out, struct error *err)
{
    struct links scratch = {0};
    size_t count = 0;
    struct direction *direction = control_direction(
        sandbox, request_query(request, "from"), request_query(request, "to"), err);
    if (direction == NULL)
        return false;
    uint64_t *ids = idmap_keys(&direction->at, &count);
    for (size_t i = 0; i < count; i++) {
        const struct links *links =
            portal_visible_links(&sandbox->portal, direction, ids[i], &scratch);
        for (size_t k = 0; links != NULL && k < links->count; k++)
            dump_link(direction, ids[i], &links->items[k], out);
    }
    free(ids);
    free(scratch.items);
    return true;
}
