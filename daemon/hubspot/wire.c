/*
 * wire.c: the elements of replies, in both families.
 */
#include "hubspot/wire.h"

/* {"id": …} */
static bool read_id_object(struct json *json, uint64_t *id)
{
    struct json_text name;
    bool found = false;
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (!json_text_is(&name, "id")) {
            json_skip(json);
            continue;
        }
        if (found)
            return json_fail(json, "a record has two ids");
        found = json_id(json, id);
    }
    return found ? json_ok(json) : json_fail(json, "a record has no id");
}

/* {"after": "…"} of paging.next; null and absent mean there is none. */
static bool read_next(struct json *json, struct wire_record *record)
{
    struct json_text name;
    if (json_peek(json) == JSON_NULL)
        return json_skip(json);
    json_enter_object(json);
    record->more = true;
    record->after = (struct json_text){0};
    while (json_member(json, &name)) {
        if (json_text_is(&name, "after") && json_peek(json) == JSON_STRING)
            json_string(json, &record->after);
        else
            json_skip(json);
    }
    return json_ok(json);
}

static bool read_paging(struct json *json, struct wire_record *record)
{
    struct json_text name;
    if (json_peek(json) == JSON_NULL)
        return json_skip(json);
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (json_text_is(&name, "next"))
            read_next(json, record);
        else
            json_skip(json);
    }
    return json_ok(json);
}

bool wire_record(struct wire_rows *rows, struct json *json, struct wire_record *record)
{
    struct json_text name;
    size_t first = rows->rows->count;
    bool targets = false;
    bool (*target)(struct wire_rows *, struct json *) =
        rows->wire == WIRE_NAMES ? wire_v3_target : wire_v4_target;
    *record = (struct wire_record){0};
    json_enter_object(json);
    while (json_member(json, &name)) {
        if (json_text_is(&name, "from") && record->from_id == 0) {
            read_id_object(json, &record->from_id);
        } else if (json_text_is(&name, "to") && !targets) {
            targets = json_enter_array(json);
            while (json_element(json))
                target(rows, json);
        } else if (json_text_is(&name, "paging")) {
            read_paging(json, record);
        } else if (json_text_is(&name, "from") || json_text_is(&name, "to")) {
            return json_fail(json, "a result has the same member twice");
        } else {
            json_skip(json);
        }
    }
    if (json_ok(json) && (record->from_id == 0 || !targets))
        return json_fail(json, "a result has no from or no to");
    for (size_t i = first; i < rows->rows->count; i++)
        rows->rows->rows[i].from_id = record->from_id;
    return json_ok(json);
}

/* Reads a member of a write's result if it is one of ours; false if it is not. */
static bool read_link_member(
    struct json *json, const struct json_text *name, struct wire_link *link)
{
    if (json_text_is(name, "fromObjectId"))
        json_id(json, &link->from_id);
    else if (json_text_is(name, "toObjectId"))
        json_id(json, &link->to_id);
    else if (json_text_is(name, "from"))
        read_id_object(json, &link->from_id);
    else if (json_text_is(name, "to"))
        read_id_object(json, &link->to_id);
    else if (json_text_is(name, "type") && json_peek(json) == JSON_STRING)
        json_string(json, &link->type);
    else
        return false;
    return true;
}

bool wire_link(struct json *json, struct wire_link *link)
{
    struct json_text name;
    *link = (struct wire_link){0};
    json_enter_object(json);
    while (json_member(json, &name))
        if (!read_link_member(json, &name, link))
            json_skip(json);
    if (json_ok(json) && (link->from_id == 0 || link->to_id == 0))
        return json_fail(json, "a result does not say which records it is about");
    return json_ok(json);
}
