/*
 * control_record.c: records and their properties, made and changed by a test.
 */
#include "sandbox/control.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/json_get.h"

static bool define(struct sandbox *sandbox, int object, struct json_object *item, struct error *err)
{
    static const char *const types[PROPERTY_TYPES] = {
        "string", "number", "datetime", "enumeration", "bool"};
    const char *name = json_text(item, "name", NULL);
    const char *type = json_text(item, "type", "string");
    struct property property = {.type = PROPERTY_TYPES, .custom = true};
    for (int i = 0; i < PROPERTY_TYPES; i++)
        if (strcmp(types[i], type) == 0)
            property.type = (enum property_type)i;
    if (name == NULL || property.type == PROPERTY_TYPES)
        return error_set(err, ERROR_USAGE, "a property needs a name and a known type");
    property.name = (char *)(uintptr_t)name;
    property.label = (char *)(uintptr_t)json_text(item, "label", name);
    property.unique = json_flag(item, "unique", false);
    (void)record_define(portal_records(&sandbox->portal, object), &property);
    return true;
}

bool control_properties(struct sandbox *sandbox, struct json_object *json, struct error *err)
{
    if (!json_object_is_type(json, json_type_object))
        return true;
    json_object_object_foreach(json, name, items)
    {
        int object = control_object(sandbox, name, err);
        if (object < 0)
            return false;
        for (size_t i = 0; i < json_length(items); i++)
            if (!define(sandbox, object, json_item(items, i), err))
                return false;
    }
    return true;
}

/* False if a live record but this one has the key. */
static bool is_free(const struct portal *portal, const struct key *key, uint64_t id)
{
    struct links holders = {0};
    bool is_free = true;
    portal_holders(portal, key, &holders);
    for (size_t i = 0; i < holders.count; i++)
        is_free = is_free && holders.items[i].to == id;
    free(holders.items);
    return is_free;
}

/* Each address of a list, or the whole text, must be free. */
static bool check_free(const struct portal *portal, const struct key *key, uint64_t id)
{
    const struct record_list *list = &portal->contents[key->object];
    int email = record_property(list, "email");
    bool addresses = email >= 0 &&
        (key->property == email || key->property == record_property(list, "hs_additional_emails"));
    if (!addresses)
        return !list->properties[key->property].unique || is_free(portal, key, id);
    bool good = true;
    for (const char *at = key->text; *at != '\0' && good;) {
        size_t length = strcspn(at, ";");
        char *address = mem_text_part(at, length);
        const struct key one = {key->object, email, address, RECORD_LIVE};
        good = is_free(portal, &one, id);
        free(address);
        at += length + (at[length] == ';');
    }
    return good;
}

static bool set_value(
    struct sandbox *sandbox, const struct key *key, uint64_t id, struct error *err)
{
    struct portal *portal = &sandbox->portal;
    struct record_list *list = portal_records(portal, key->object);
    const char *object = portal->objects.items[key->object].plural;
    const struct property *property = &list->properties[key->property];
    if (property->origin != ORIGIN_STORED)
        return error_set(
            err, ERROR_USAGE, "HubSpot works %s of %s out by itself", property->name, object);
    if (key->text != NULL && !check_free(portal, key, id))
        return error_set(err, ERROR_USAGE, "another record of %s has %s = %s", object,
            property->name, key->text);
    record_set(list, record_at(list, id), key->property, key->text);
    return true;
}

static bool set_values(struct sandbox *sandbox, int object, uint64_t id,
    struct json_object *properties, struct error *err)
{
    struct key key = {.object = object, .state = RECORD_LIVE};
    if (!json_object_is_type(properties, json_type_object))
        return true;
    json_object_object_foreach(properties, name, value)
    {
        key.property = record_property(portal_records(&sandbox->portal, object), name);
        key.text = value == NULL ? NULL : json_object_get_string(value);
        if (key.property < 0)
            return error_set(err, ERROR_USAGE, "%s have no property %s: seed \"properties\" first",
                sandbox->portal.objects.items[object].plural, name);
        if (!set_value(sandbox, &key, id, err))
            return false;
    }
    return true;
}

/* An id, or {"id":…,"properties":{…}}. */
static bool change_one(struct sandbox *sandbox, int object, struct json_object *item,
    enum records_change change, struct error *err)
{
    struct portal *portal = &sandbox->portal;
    struct json_object *properties = json_member(item, "properties");
    uint64_t id = 0;
    if (!json_id(json_object_is_type(item, json_type_object) ? json_member(item, "id") : item, &id))
        return error_set(err, ERROR_USAGE, "a record id is no number");
    if (change != RECORDS_SEED)
        portal_touch(portal, object, id);
    if (change == RECORDS_SEED || change == RECORDS_CREATE)
        portal_set_record(portal, object, id, RECORD_LIVE);
    if (change == RECORDS_DELETE)
        portal_set_record(portal, object, id, RECORD_DELETED);
    return set_values(sandbox, object, id, properties, err);
}

static bool change_list(struct sandbox *sandbox, int object, struct json_object *list,
    enum records_change change, struct error *err)
{
    for (size_t i = 0; i < json_length(list); i++)
        if (!change_one(sandbox, object, json_item(list, i), change, err))
            return false;
    uint64_t first = 1;
    uint64_t last = 0;
    if (json_id(json_member(list, "from"), &first) && json_id(json_member(list, "to"), &last))
        for (uint64_t id = first; id <= last; id++)
            portal_set_record(&sandbox->portal, object, id,
                change == RECORDS_DELETE ? RECORD_DELETED : RECORD_LIVE);
    return true;
}

bool control_records(struct sandbox *sandbox, struct json_object *json, enum records_change change,
    struct error *err)
{
    if (!json_object_is_type(json, json_type_object))
        return true;
    json_object_object_foreach(json, name, list)
    {
        int object = control_object(sandbox, name, err);
        if (object < 0 || !change_list(sandbox, object, list, change, err))
            return false;
    }
    return true;
}

enum { COLUMNS_MAX = 16 };

/* Cuts a line at its tabs; returns how many cells there are. */
static size_t cut_line(char *line, char *cells[COLUMNS_MAX])
{
    size_t count = 0;
    for (char *at = line; at != NULL && count < COLUMNS_MAX;) {
        cells[count++] = at;
        at = strchr(at, '\t');
        if (at != NULL)
            *at++ = '\0';
    }
    return count;
}

static bool load_line(struct sandbox *sandbox, int object, char *cells[COLUMNS_MAX],
    const int *properties, struct error *err)
{
    uint64_t id = 0;
    if (!parse_id(cells[0], &id))
        return error_set(err, ERROR_USAGE, "%s is no record id", cells[0]);
    portal_set_record(&sandbox->portal, object, id, RECORD_LIVE);
    for (size_t i = 1; properties[i] >= 0; i++) {
        struct key key = {object, properties[i], cells[i], RECORD_LIVE};
        if (cells[i][0] != '\0' && !set_value(sandbox, &key, id, err))
            return false;
    }
    return true;
}

static bool load_lines(
    struct sandbox *sandbox, int object, char *body, size_t *rows, struct error *err)
{
    char *cells[COLUMNS_MAX] = {0};
    char *rest = body;
    char *line = strsep(&rest, "\n");
    size_t columns = cut_line(line, cells);
    int properties[COLUMNS_MAX + 1] = {0};
    for (size_t i = 1; i < columns; i++) {
        properties[i] = record_property(portal_records(&sandbox->portal, object), cells[i]);
        if (properties[i] < 0)
            return error_set(err, ERROR_USAGE, "no property %s", cells[i]);
    }
    properties[columns] = -1;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (*line == '\0')
            continue;
        if (cut_line(line, cells) != columns)
            return error_set(err, ERROR_USAGE, "line %zu has not %zu cells", *rows + 2, columns);
        if (!load_line(sandbox, object, cells, properties, err))
            return false;
        (*rows)++;
    }
    return true;
}

bool control_load_records(
    struct sandbox *sandbox, const struct request *request, size_t *rows, struct error *err)
{
    const char *type = request_query(request, "type");
    int object = control_object(sandbox, type != NULL ? type : "", err);
    if (object < 0)
        return false;
    char *body = mem_text(request->body);
    bool good = load_lines(sandbox, object, body, rows, err);
    free(body);
    return good;
}
