/*
 * json_out.h: JSON that verbs print: a tree that grows as they find things, and is printed when it
 * is whole. A verb that fails half-way prints no half of an array.
 */
#ifndef CLI_JSON_OUT_H
#define CLI_JSON_OUT_H

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"

struct json_object; /* json-c's */

/* Owned by the caller until it is added to another: CLEANUP(json_out_free). */
struct json_object *json_out_object(void) __attribute__((returns_nonnull));
struct json_object *json_out_array(void) __attribute__((returns_nonnull));
void json_out_free(struct json_object **json);

/* Add a value to an object under its key, which no other value has, or to an array (key NULL). Of a
 * text, NULL is null. */
void json_out_text(struct json_object *into, const char *key, const char *text);
void json_out_number(struct json_object *into, const char *key, int64_t number);
void json_out_bool(struct json_object *into, const char *key, bool yes);
void json_out_null(struct json_object *into, const char *key);
void json_out_put(struct json_object *into, const char *key, struct json_object *value);

/* What PostgreSQL hands over as JSON, as it is: no number is read and written again. */
void json_out_given(struct json_object *into, const char *key, const char *json);

/* The whole of it, with what would command a terminal as escapes; print: to stdout, with a
 * line end. */
void json_out_write(struct json_object *json, struct buf *out);
void json_out_print(struct json_object *json);

#endif
