/*
 * api_property.c: the definitions of properties.
 */
#include "sandbox/api.h"

#include <string.h>

static void add_property(struct call *call, const struct property *property)
{
    static const char *const types[PROPERTY_TYPES] = {
        "string", "number", "datetime", "enumeration", "bool"};
    static const char *const fields[PROPERTY_TYPES] = {
        "text", "number", "date", "checkbox", "booleancheckbox"};
    struct buf *body = &call->reply->body;
    bool computed = property->origin != ORIGIN_STORED;
    buf_add_text(body, "{\"name\":");
    buf_add_json(body, property->name);
    buf_add_text(body, ",\"label\":");
    buf_add_json(body, property->label);
    buf_addf(body,
        ",\"type\":\"%s\",\"fieldType\":\"%s\",\"description\":\"\",\"groupName\":"
        "\"%sinformation\",\"options\":[],\"displayOrder\":-1,\"calculated\":%s,"
        "\"externalOptions\":false,\"hasUniqueValue\":%s,\"hidden\":false,"
        "\"hubspotDefined\":%s,\"modificationMetadata\":{\"archivable\":%s,"
        "\"readOnlyDefinition\":%s,\"readOnlyValue\":%s},\"formField\":false,\"archived\":false}",
        types[property->type], fields[property->type],
        call->portal->objects.items[call->from].singular, computed ? "true" : "false",
        property->unique ? "true" : "false", property->custom ? "false" : "true",
        property->custom ? "true" : "false", property->custom ? "false" : "true",
        computed ? "true" : "false");
}

void api_property(struct call *call)
{
    const struct record_list *list = portal_records(call->portal, call->from);
    int property = record_property(list, call->name);
    if (property >= 0)
        add_property(call, &list->properties[property]);
    else
        call_fail(call, 404, "OBJECT_NOT_FOUND", "Property \"%s\" does not exist", call->name);
}

void api_properties(struct call *call)
{
    const struct record_list *list = portal_records(call->portal, call->from);
    buf_add_text(&call->reply->body, "{\"results\":[");
    for (int i = 0; i < list->properties_count; i++) {
        if (i > 0)
            buf_add_char(&call->reply->body, ',');
        add_property(call, &list->properties[i]);
    }
    buf_add_text(&call->reply->body, "]}");
}
