/*
 * json_get.h: reading values out of parsed JSON without caring how a client spelled them. Ids are
 * accepted as numbers and as text, exactly, up to 9223372036854775807.
 */
#ifndef SANDBOX_JSON_GET_H
#define SANDBOX_JSON_GET_H

#include "base/attr.h"

struct json_object;

/* Parses a whole text; NULL when it is not one JSON value. The caller puts it (json_object_put). */
struct json_object *json_parse(const char *text, size_t length);

/* A member of an object, NULL when absent (or json is no object). */
struct json_object *json_member(struct json_object *json, const char *key);

/* Text of a member, or `other`. Lives as long as the JSON. */
const char *json_text(struct json_object *json, const char *key, const char *other);
int64_t json_number(struct json_object *json, const char *key, int64_t other);
bool json_flag(struct json_object *json, const char *key, bool other);

/* The elements of an array member; 0 when it is absent or no array. */
size_t json_length(struct json_object *array);
struct json_object *json_item(struct json_object *array, size_t at);

/* An id of 1 … 9223372036854775807, as a number or as digits. */
bool json_id(struct json_object *json, uint64_t *id);
bool parse_id(const char *text, uint64_t *id);

#endif
