/*
 * wire_v3.c: v3 bodies. A link is (from, to, type name), one entry each, so a target with two types
 * stands there twice (hubspot-api 1.4).
 */
#include "hubspot/wire.h"

#include <assert.h>

#include "hubspot/client.h"

void wire_v3_body(
    struct buf *body, const struct types *types, const struct assoc *rows, size_t count)
{
    wire_begin(body);
    for (size_t i = 0; i < count; i++) {
        assert(rows[i].type < types->count && types->items[rows[i].type].name != NULL);
        buf_add_text(body, i > 0 ? ",{\"from\":{\"id\":\"" : "{\"from\":{\"id\":\"");
        buf_add_u64(body, rows[i].from_id);
        buf_add_text(body, "\"},\"to\":{\"id\":\"");
        buf_add_u64(body, rows[i].to_id);
        buf_add_text(body, "\"},\"type\":");
        buf_add_json(body, types->items[rows[i].type].name);
        buf_add_char(body, '}');
    }
    wire_end(body);
}

/* A name the account did not list: unmanaged, under a category that no account has. */
static uint32_t add_unknown(struct types *types, const struct json_text *text)
{
    struct buf name = {0};
    json_text_add(text, &name);
    uint32_t number = 1;
    while (types_find(types, "UNKNOWN", number) != TYPE_NONE)
        number++;
    char category[] = "UNKNOWN";
    struct type type = {.category = category, .type_id = number, .name = name.bytes};
    uint32_t index = types_add(types, &type);
    buf_clear(&name);
    return index;
}

static bool is_type(const struct types *types, uint32_t index, const struct json_text *text)
{
    const char *name = types->items[index].name;
    return name != NULL && json_text_same(text, name);
}

static uint32_t find_type(struct wire_rows *rows, const struct json_text *text)
{
    const struct types *types = rows->types;
    if (rows->last < types->count && is_type(types, rows->last, text))
        return rows->last;
    for (uint32_t i = 0; i < types->count; i++)
        if (is_type(types, i, text))
            return rows->last = i;
    return rows->last = text->length > 0 ? add_unknown(rows->types, text) : TYPE_NONE;
}

/* {"id": …, "type": …} */
bool wire_v3_target(struct wire_rows *rows, struct json *json)
{
    struct json_text name;
    struct json_text type = {0};
    struct assoc row = {0};
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (json_text_is(&name, "id") && row.to_id == 0)
            json_id(json, &row.to_id);
        else if (json_text_is(&name, "type") && type.bytes == NULL)
            json_string(json, &type);
        else if (json_text_is(&name, "id") || json_text_is(&name, "type"))
            return json_fail(json, "an association has two ids or types");
        else
            json_skip(json);
    }
    if (!json_ok(json))
        return false;
    if (row.to_id == 0 || type.bytes == NULL)
        return json_fail(json, "an association has no id or no type");
    row.type = find_type(rows, &type);
    if (row.type == TYPE_NONE)
        return json_fail(json, "an association's type is empty, or there are too many types");
    assoc_list_add(rows->rows, row);
    return true;
}
