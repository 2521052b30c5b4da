/*
 * json_out.c: json-c as a writer. It leaves bytes that are not UTF-8, and all above 0x1F, as they
 * are; base/show makes them what JSON allows and terminals do not obey.
 */
#include "cli/json_out.h"

#include <json-c/json.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/show.h"

struct json_object *json_out_object(void)
{
    return mem_check(json_object_new_object());
}

struct json_object *json_out_array(void)
{
    return mem_check(json_object_new_array());
}

void json_out_free(struct json_object **json)
{
    json_object_put(*json);
}

void json_out_put(struct json_object *into, const char *key, struct json_object *value)
{
    int failed =
        key != NULL ? json_object_object_add(into, key, value) : json_object_array_add(into, value);
    (void)mem_check(failed == 0 ? into : NULL);
}

void json_out_null(struct json_object *into, const char *key)
{
    json_out_put(into, key, NULL);
}

void json_out_text(struct json_object *into, const char *key, const char *text)
{
    json_out_put(into, key, text != NULL ? mem_check(json_object_new_string(text)) : NULL);
}

void json_out_number(struct json_object *into, const char *key, int64_t number)
{
    json_out_put(into, key, mem_check(json_object_new_int64(number)));
}

void json_out_bool(struct json_object *into, const char *key, bool yes)
{
    json_out_put(into, key, mem_check(json_object_new_boolean(yes)));
}

void json_out_given(struct json_object *into, const char *key, const char *json)
{
    struct json_object *value = json_out_object();
    json_object_set_serializer(
        value, json_object_userdata_to_json_string, mem_text(json), json_object_free_userdata);
    json_out_put(into, key, value);
}

void json_out_write(struct json_object *json, struct buf *out)
{
    const char *text = json_object_to_json_string_ext(
        json, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    show_add_json(out, text != NULL ? text : mem_check(NULL));
}

void json_out_print(struct json_object *json)
{
    CLEANUP(buf_clear) struct buf out = {0};
    json_out_write(json, &out);
    puts(buf_text(&out));
}
