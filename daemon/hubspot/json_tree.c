/*
 * json_tree.c: json-c as a builder of trees. What is JSON is decided by our own reader alone,
 * first: json-c takes NaN even when strict, and its strict 0.18 refuses every letter beyond ASCII.
 * It takes double members as well, which show by their number.
 */
#include "hubspot/json_tree.h"

#include <json-c/json.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "hubspot/json.h"

bool json_tree_is_good(const char *text, size_t length)
{
    struct json json;
    json_init(&json, text, length);
    return json_skip(&json) && json_end(&json);
}

/* How many members the objects of a well-formed text have, all together. */
static size_t count_written(const char *text, size_t length)
{
    size_t count = 0;
    bool in_text = false;
    for (size_t i = 0; i < length; i++) {
        if (in_text && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_text = !in_text;
        else if (!in_text && text[i] == ':')
            count++;
    }
    return count;
}

/* The same of a tree, where the last of two members with one name has taken the first one's place,
 * with all that was in it. */
static size_t count_kept(struct json_object *tree)
{
    size_t count = 0;
    if (json_object_is_type(tree, json_type_object)) {
        json_object_object_foreach(tree, name, value)
        {
            (void)name;
            count += 1 + count_kept(value);
        }
    }
    for (size_t i = 0;
         json_object_is_type(tree, json_type_array) && i < json_object_array_length(tree); i++)
        count += count_kept(json_object_array_get_idx(tree, i));
    return count;
}

struct json_object *json_tree(const char *text, size_t length)
{
    if (length > INT_MAX || !json_tree_is_good(text, length))
        return NULL;
    struct json_tokener *tokener = mem_check(json_tokener_new_ex(JSON_DEPTH_MAX + 1));
    struct json_object *tree = json_tokener_parse_ex(tokener, text, (int)length);
    enum json_tokener_error state = json_tokener_get_error(tokener);
    json_tokener_free(tokener);
    if (state == json_tokener_success && count_kept(tree) == count_written(text, length))
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
    return json_tree_string(json_tree_member(object, name));
}

struct json_object *json_tree_member(const struct json_object *object, const char *name)
{
    struct json_object *value = NULL;
    return json_object_object_get_ex(object, name, &value) ? value : NULL;
}

size_t json_tree_length(const struct json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

struct json_object *json_tree_at(const struct json_object *array, size_t index)
{
    return json_object_array_get_idx(array, index);
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
    if (!json_object_is_type(tree, json_type_string))
        return NULL;
    size_t length = (size_t)json_object_get_string_len(tree);
    CLEANUP(buf_clear) struct buf hidden = {0};
    buf_add(&hidden, json_object_get_string(tree), length);
    if (strlen(hidden.bytes) != length)
        return NULL;
    secret_hide(hidden.bytes, length);
    if (strcmp(hidden.bytes, json_object_get_string(tree)) != 0)
        (void)mem_check(json_object_set_string(tree, hidden.bytes) == 1 ? tree : NULL);
    return json_object_get_string(tree);
}

bool json_tree_is_object(const struct json_object *tree)
{
    return json_object_is_type(tree, json_type_object) != 0;
}
