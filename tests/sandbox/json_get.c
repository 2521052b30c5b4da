/*
 * json_get.c: a thin layer over json-c.
 */
#include "sandbox/json_get.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

struct json_object *json_parse(const char *text, size_t length)
{
    if (length == 0 || length > INT_MAX)
        return NULL;
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *json = json_tokener_parse_ex(tokener, text, (int)length);
    enum json_tokener_error state = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    while (end < length && strchr(" \t\r\n", text[end]) != NULL && text[end] != '\0')
        end++;
    if (state == json_tokener_success && end == length)
        return json;
    json_object_put(json);
    return NULL;
}

struct json_object *json_member(struct json_object *json, const char *key)
{
    struct json_object *value = NULL;
    if (!json_object_is_type(json, json_type_object))
        return NULL;
    return json_object_object_get_ex(json, key, &value) ? value : NULL;
}

const char *json_text(struct json_object *json, const char *key, const char *other)
{
    struct json_object *value = json_member(json, key);
    return value == NULL ? other : json_object_get_string(value);
}

int64_t json_number(struct json_object *json, const char *key, int64_t other)
{
    struct json_object *value = json_member(json, key);
    return value == NULL ? other : json_object_get_int64(value);
}

bool json_flag(struct json_object *json, const char *key, bool other)
{
    struct json_object *value = json_member(json, key);
    return value == NULL ? other : json_object_get_boolean(value);
}

size_t json_length(struct json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

struct json_object *json_item(struct json_object *array, size_t at)
{
    return json_object_array_get_idx(array, at);
}

bool parse_id(const char *text, uint64_t *id)
{
    uint64_t number = 0;
    size_t length = 0;
    for (; text[length] >= '0' && text[length] <= '9' && length < 19; length++)
        number = number * 10 + (uint64_t)(text[length] - '0');
    if (length == 0 || text[length] != '\0' || number == 0 || number > INT64_MAX)
        return false;
    *id = number;
    return true;
}

bool json_id(struct json_object *json, uint64_t *id)
{
    if (json_object_is_type(json, json_type_string))
        return parse_id(json_object_get_string(json), id);
    if (!json_object_is_type(json, json_type_int))
        return false;
    if (json_object_get_int64(json) <= 0 || json_object_get_uint64(json) > INT64_MAX)
        return false;
    *id = json_object_get_uint64(json);
    return true;
}
