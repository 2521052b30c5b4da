/*
 * json_tree.h: small JSON texts as json-c trees, for what is read once a run. Strict; nothing here
 * ever goes through a double.
 */
#ifndef HUBSPOT_JSON_TREE_H
#define HUBSPOT_JSON_TREE_H

#include "base/attr.h"

struct json_object;

/* The tree of a complete JSON text; NULL if it is malformed, nested too deeply, has a member twice,
 * or is null. */
struct json_object *json_tree(const char *text, size_t length);
void json_tree_free(struct json_object **tree);

/* True if the text is well-formed JSON. */
bool json_tree_is_good(const char *text, size_t length);

/* The tree as text; NULL if it is no string, or one with a NUL. Borrowed from the tree. */
const char *json_tree_string(struct json_object *tree);
bool json_tree_is_object(const struct json_object *tree);

/* A member as text; NULL if it is absent, no string, or one with a NUL. Borrowed from the tree. */
const char *json_tree_text(const struct json_object *object, const char *name);

/* A member; NULL if it is absent. Borrowed from the tree. */
struct json_object *json_tree_member(const struct json_object *object, const char *name);

/* Elements of an array, 0 if it is none; one of them, borrowed from the tree. */
size_t json_tree_length(const struct json_object *array);
struct json_object *json_tree_at(const struct json_object *array, size_t index);

/* A member as a number, written as an integer or as a string of digits. */
MUST_CHECK bool json_tree_u32(const struct json_object *object, const char *name, uint32_t *number);

/* A complete text that is an id, written as integer or string. */
MUST_CHECK bool json_tree_id_text(const char *text, size_t length, uint64_t *id);

#endif
