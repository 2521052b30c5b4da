/*
 * json_tree.c: json-c, with its strict flags set. Texts are checked by our own reader first: json-c
 * takes NaN and double members even when strict.
 */
#include "hubspot/json_tree.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "hubspot/json.h"

bool json_tree_is_good(const char *text, size_t length)
{
    struct json json;
    json_init(&json, text, length);
    return json_skip(&json) && json_end(&json);
}

struct json_object *json_tree(const char *text, size_t length)
{
    if (length > INT_MAX || !json_tree_is_good(text, length))
        return NULL;
    struct json_tokener *tokener = mem_check(json_tokener_new_ex(JSON_DEPTH_MAX + 1));
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *tree = json_tokener_parse_ex(tokener, text, (int)length);
    enum json_tokener_error state = json_tokener_get_error(tokener);
    json_tokener_free(tokener);
    if (state == json_tokener_success)
        return tree;
    json_object_put(tree);
    return NULL;
}

void json_tree_free(struct json_object **tree)
{
    json_object_put(*tree);
}

const char *json_tree_text(const struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, json_type_string))
        return NULL;
    return json_object_get_string(value);
}

struct json_object *json_tree_member(const struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    return json_object_object_get_ex(object, name, &value) ? value : NULL;
}

bool json_tree_u32(const struct json_object *object, const char *name, uint32_t *number)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, name, &value))
        return false;
    const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
    if (text == NULL) /* null, or no memory */
        return false;
    struct json json;
    json_init(&json, text, strlen(text));
    return json_u32(&json, number) && json_end(&json);
}

bool json_tree_id_text(const char *text, size_t length, uint64_t *id)
{
    struct json json;
    json_init(&json, text, length);
    return json_id(&json, id) && json_end(&json);
}

const char *json_tree_string(struct json_object *tree)
{
    return json_object_is_type(tree, json_type_string) ? json_object_get_string(tree) : NULL;
}

bool json_tree_is_object(const struct json_object *tree)
{
    return json_object_is_type(tree, json_type_object) != 0;
}
