/*
 * wire_v4.c: bodies of v4 and the dated versions. A pair is one entry with a list of types, each
 * (category, id).
 */
#include "hubspot/wire.h"

#include <assert.h>

static void add_type(struct buf *body, const struct type *type)
{
    buf_add_text(body, "{\"associationCategory\":");
    buf_add_json(body, type->category);
    buf_add_text(body, ",\"associationTypeId\":");
    buf_add_u64(body, type->type_id);
    buf_add_char(body, '}');
}

void wire_v4_body(
    struct buf *body, const struct types *types, const struct assoc *rows, size_t count)
{
    wire_begin(body);
    for (size_t i = 0; i < count; i++) {
        assert(rows[i].type < types->count);
        bool first = i == 0 || !assoc_same_pair(&rows[i - 1], &rows[i]);
        if (first) {
            buf_add_text(body, i > 0 ? "]},{\"from\":{\"id\":\"" : "{\"from\":{\"id\":\"");
            buf_add_u64(body, rows[i].from_id);
            buf_add_text(body, "\"},\"to\":{\"id\":\"");
            buf_add_u64(body, rows[i].to_id);
            buf_add_text(body, "\"},\"types\":[");
        } else {
            buf_add_char(body, ',');
        }
        add_type(body, &types->items[rows[i].type]);
    }
    buf_add_text(body, "]}");
    wire_end(body);
}

void wire_v4_archive_body(struct buf *body, const struct assoc *rows, size_t count)
{
    wire_begin(body);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && assoc_same_pair(&rows[i - 1], &rows[i]))
            continue;
        if (i == 0 || rows[i - 1].from_id != rows[i].from_id) {
            buf_add_text(body, i > 0 ? "]},{\"from\":{\"id\":\"" : "{\"from\":{\"id\":\"");
            buf_add_u64(body, rows[i].from_id);
            buf_add_text(body, "\"},\"to\":[");
        } else {
            buf_add_char(body, ',');
        }
        buf_add_text(body, "{\"id\":\"");
        buf_add_u64(body, rows[i].to_id);
        buf_add_text(body, "\"}");
    }
    buf_add_text(body, "]}");
    wire_end(body);
}

/* One of a pair's types, as it stands in the text. */
struct type_text {
    struct json_text category;
    struct json_text label; /* bytes NULL: null */
    uint32_t type_id;
    bool has_id;
};

static bool is_type(const struct types *types, uint32_t index, const struct type_text *text)
{
    return types->items[index].type_id == text->type_id &&
        json_text_same(&text->category, types->items[index].category);
}

static uint32_t add_unknown(struct types *types, const struct type_text *text)
{
    struct buf category = {0};
    struct buf label = {0};
    json_text_add(&text->category, &category);
    if (text->label.bytes != NULL)
        json_text_add(&text->label, &label);
    struct type type = {.category = category.bytes, .type_id = text->type_id, .label = label.bytes};
    type.kind = text->label.bytes == NULL ? TYPE_PLAIN : TYPE_LABEL;
    uint32_t index = types_add(types, &type);
    buf_clear(&category);
    buf_clear(&label);
    return index;
}

static uint32_t find_type(struct wire_rows *rows, const struct type_text *text)
{
    const struct types *types = rows->types;
    if (rows->last < types->count && is_type(types, rows->last, text))
        return rows->last;
    for (uint32_t i = 0; i < types->count; i++)
        if (is_type(types, i, text))
            return rows->last = i;
    return rows->last = add_unknown(rows->types, text);
}

/* {"category": …, "typeId": …, "label": …} */
static bool read_type(struct wire_rows *rows, struct json *json, uint32_t *index)
{
    struct json_text name;
    struct type_text text = {0};
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (json_text_is(&name, "category") && text.category.bytes == NULL)
            json_string(json, &text.category);
        else if (json_text_is(&name, "typeId") && !text.has_id)
            text.has_id = json_u32(json, &text.type_id);
        else if (json_text_is(&name, "label") && json_peek(json) != JSON_NULL)
            json_string(json, &text.label);
        else if (json_text_is(&name, "category") || json_text_is(&name, "typeId"))
            return json_fail(json, "an association type has two categories or ids");
        else
            json_skip(json);
    }
    if (!json_ok(json))
        return false;
    if (text.category.length == 0 || !text.has_id)
        return json_fail(json, "an association type has no category or no id");
    *index = find_type(rows, &text);
    return *index != TYPE_NONE || json_fail(json, "there are too many association types");
}

static bool read_types(struct wire_rows *rows, struct json *json)
{
    struct assoc row = {0};
    bool entered = json_enter_array(json);
    while (json_element(json))
        if (read_type(rows, json, &row.type))
            assoc_list_add(rows->rows, row);
    return entered;
}

/* {"toObjectId": …, "associationTypes": […]} */
bool wire_v4_target(struct wire_rows *rows, struct json *json)
{
    struct json_text name;
    size_t first = rows->rows->count;
    uint64_t to_id = 0;
    bool types = false;
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (json_text_is(&name, "toObjectId") && to_id == 0) {
            json_id(json, &to_id);
        } else if (json_text_is(&name, "associationTypes") && !types) {
            types = read_types(rows, json);
        } else if (json_text_is(&name, "toObjectId") || json_text_is(&name, "associationTypes")) {
            return json_fail(json, "an association has the same member twice");
        } else {
            json_skip(json);
        }
    }
    if (json_ok(json) && (to_id == 0 || rows->rows->count == first))
        return json_fail(json, "an association has no id or no types");
    for (size_t i = first; i < rows->rows->count; i++)
        rows->rows->rows[i].to_id = to_id;
    return json_ok(json);
}
