/*
 * inputs.c: parsing batch bodies; refusals as in the dossier of the API, 5.2 and 5.4.
 */
#include "sandbox/inputs.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/json_get.h"

void inputs_clear(struct inputs *inputs)
{
    free(inputs->items);
    buf_clear(&inputs->bad_text);
    *inputs = (struct inputs){0};
}

static struct input *add(struct inputs *inputs)
{
    mem_grow(&inputs->items, &inputs->room, inputs->count + 1, sizeof *inputs->items);
    struct input *input = &inputs->items[inputs->count++];
    *input = (struct input){0};
    return input;
}

/* {"id": …} into number and text; false when there is no id to read. */
static bool read_ref(struct json_object *json, uint64_t *id, const char **text)
{
    struct json_object *value = json_member(json, "id");
    if (!json_object_is_type(value, json_type_string) && !json_object_is_type(value, json_type_int))
        return false;
    *text = json_object_get_string(value);
    if (!json_id(value, id))
        *id = 0;
    return true;
}

static bool fail_unset(struct call *call, const char *fields)
{
    call_fail(call, 400, NULL,
        "Invalid input JSON on line 1, column 3. Some required fields were not set: [%s]", fields);
    return false;
}

/* The from-object of a type of this id in any direction, -1: there is no such type. */
static int owner_of_type(const struct portal *portal, enum category category, uint32_t id)
{
    for (int from = 0; from < OBJECTS_MAX; from++)
        for (int to = 0; to < OBJECTS_MAX; to++)
            if (portal->directions[from][to] != NULL &&
                direction_kind_by_id(portal->directions[from][to], category, id) >= 0)
                return from;
    return -1;
}

/* 5.2 for an unknown type, 5.3 for one of another direction: HubSpot takes the from-record's object
 * type from the type id. */
static bool fail_type(
    struct call *call, const struct input *input, enum category category, uint32_t id)
{
    struct buf members = {0};
    int owner = owner_of_type(call->portal, category, id);
    if (owner < 0) {
        const char *name = category_text(category);
        buf_addf(&members,
            "\"context\":{\"associationSpec\":[\"%s=%u\"],\"INVALID_ASSOCIATION_TYPE_ID\":"
            "[\"%s=%u is not a valid association definition id\"]}",
            name, id, name, id);
    } else {
        char object[64];
        object_shout(&call->portal->objects.items[owner], object);
        buf_addf(&members,
            "\"context\":{\"INVALID_OBJECT_IDS\":[\"%s=%s is not valid\"],"
            "\"objectId\":[\"%s\"],\"objectType\":[\"%s\"]}",
            object, input->from_text, input->from_text, object);
    }
    call_fail_with(
        call, 400, "VALIDATION_ERROR", "One or more associations are invalid", buf_text(&members));
    buf_clear(&members);
    return false;
}

static bool read_name(struct call *call, struct json_object *element, struct input *input)
{
    input->type = json_text(element, "type", NULL);
    if (input->type == NULL)
        return fail_unset(call, "type");
    uint64_t id = 0;
    int bit = direction_kind_by_name(call->direction, input->type);
    if (bit < 0 && parse_id(input->type, &id)) {
        bit = direction_kind_by_id(call->direction, HUBSPOT_DEFINED, (uint32_t)id);
        if (bit < 0)
            bit = direction_kind_by_id(call->direction, USER_DEFINED, (uint32_t)id);
    }
    if (bit >= 0) {
        input->types = UINT64_C(1) << bit;
        return true;
    }
    struct buf members = {0};
    struct buf sentence = {0};
    buf_addf(&sentence, "%s is not a valid association type", input->type);
    buf_add_text(&members, "\"context\":{\"type\":[");
    buf_add_json(&members, input->type);
    buf_add_text(&members, "],\"INVALID_ASSOCIATION_TYPE\":[");
    buf_add_json(&members, buf_text(&sentence));
    buf_add_text(&members, "]}");
    call_fail_with(
        call, 400, "VALIDATION_ERROR", "One or more associations are invalid", buf_text(&members));
    buf_clear(&members);
    buf_clear(&sentence);
    return false;
}

bool inputs_type_list(struct call *call, struct json_object *types, struct input *input)
{
    for (size_t i = 0; i < json_length(types); i++) {
        struct json_object *type = json_item(types, i);
        const char *name = json_text(type, "associationCategory", NULL);
        uint64_t id = 0;
        enum category category;
        if (name == NULL || json_member(type, "associationTypeId") == NULL)
            return fail_unset(call, "associationCategory, associationTypeId");
        if (!json_id(json_member(type, "associationTypeId"), &id) ||
            !category_parse(name, &category)) {
            call_fail(call, 400, NULL,
                "Invalid input JSON on line 1, column 3: Cannot deserialize value of type "
                "`AssociationSpec` from \"%s\"=%s",
                name, json_text(type, "associationTypeId", ""));
            return false;
        }
        int bit = direction_kind_by_id(call->direction, category, (uint32_t)id);
        if (bit < 0)
            return fail_type(call, input, category, (uint32_t)id);
        input->types |= UINT64_C(1) << bit;
    }
    return true;
}

bool inputs_types(struct call *call, struct json_object *element, struct input *input)
{
    if (call->dialect == V3)
        return read_name(call, element, input);
    if (json_member(element, "types") == NULL)
        return fail_unset(call, "types");
    return inputs_type_list(call, json_member(element, "types"), input);
}

static void read_list(struct json_object *element, struct inputs *inputs)
{
    struct input from = {0};
    if (!read_ref(json_member(element, "from"), &from.from, &from.from_text))
        return;
    struct json_object *targets = json_member(element, "to");
    for (size_t i = 0; i < json_length(targets); i++) {
        struct input *input = add(inputs);
        *input = from;
        if (!read_ref(json_item(targets, i), &input->to, &input->to_text))
            inputs->count--;
    }
}

static bool read_pair(
    struct call *call, enum inputs_form form, struct json_object *element, struct inputs *inputs)
{
    struct input input = {0};
    if (!read_ref(json_member(element, "from"), &input.from, &input.from_text) ||
        !read_ref(json_member(element, "to"), &input.to, &input.to_text))
        return true;
    if (form == INPUTS_TYPED && !inputs_types(call, element, &input))
        return false;
    *add(inputs) = input;
    return true;
}

static void read_one(struct json_object *element, struct inputs *inputs)
{
    struct input input = {0};
    if (!read_ref(element, &input.from, &input.from_text))
        return;
    input.after = json_text(element, "after", NULL);
    *add(inputs) = input;
}

bool inputs_read(struct call *call, enum inputs_form form, struct inputs *inputs)
{
    struct json_object *list = json_member(call->json, "inputs");
    if (list == NULL)
        return fail_unset(call, "inputs");
    if (!json_object_is_type(list, json_type_array)) {
        call_fail(call, 400, NULL,
            "Invalid input JSON on line 1, column 11: Cannot deserialize instance of "
            "`java.util.ArrayList` out of another token");
        return false;
    }
    inputs->sent = json_length(list);
    call->entry->inputs = inputs->sent;
    for (size_t i = 0; i < inputs->sent; i++) {
        struct json_object *element = json_item(list, i);
        if (form == INPUTS_READ)
            read_one(element, inputs);
        else if (form == INPUTS_LIST)
            read_list(element, inputs);
        else if (!read_pair(call, form, element, inputs))
            return false;
    }
    return true;
}

bool inputs_limit(struct call *call, size_t count, enum setting max)
{
    int64_t limit = call->portal->settings.values[max];
    if (limit == 0 || count <= (size_t)limit)
        return true;
    call_fail(call, 400, "VALIDATION_ERROR",
        "The maximum number of inputs supported in a batch request for associations is %lld. "
        "Please reduce the number of items and try again",
        (long long)limit);
    return false;
}

size_t inputs_from_ids(const struct inputs *inputs)
{
    struct idmap seen = {0};
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->items[i].from != 0)
            *idmap_at(&seen, inputs->items[i].from) = 1;
    size_t count = seen.count;
    idmap_clear(&seen);
    return count;
}
