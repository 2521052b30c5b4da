/* json_judge.c: json-c's verdict, and the envelope's items as text. */
#include "lib/json_judge.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hubspot/envelope.h"
#include "hubspot/json.h"

enum { DEPTH_MAX = 40 }; /* more than we take */

bool json_judge_takes(const char *text, size_t length)
{
    struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
    char *copy = mem_text_part(text, length); /* the NUL ends a number */
    /* Not strict: so json-c 0.18 refuses every letter beyond ASCII. */
    json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *tree = json_tokener_parse_ex(tokener, copy, (int)length + 1);
    bool good = json_tokener_get_error(tokener) == json_tokener_success;
    json_object_put(tree);
    json_tokener_free(tokener);
    free(copy);
    return good;
}

static void note_item(struct buf *out, const struct envelope_item *item)
{
    buf_addf(out, "%s%s ", item->key, item->array ? "[]" : item->element ? "[" : "=");
    buf_add(out, item->text, item->length);
    buf_add_char(out, '|');
}

/* Reads the objects that lie whole in what was fed where they are. */
static void take_objects(struct envelope *envelope, struct buf *out)
{
    struct envelope_item item;
    struct json json;
    while (envelope_object(envelope, &item)) {
        json_init(&json, item.text, item.length);
        if (!json_skip(&json))
            return;
        item.length = (size_t)(json.at - item.text);
        note_item(out, &item);
        envelope_pass(envelope, json.at);
    }
}

bool json_judge_frame(struct buf *out, const char *text, size_t length, struct json_feeding how)
{
    struct envelope envelope = {0};
    struct envelope_item item;
    for (size_t at = 0; at < length;) {
        size_t step = at < how.cut ? how.cut - at : how.piece;
        step = step < length - at ? step : length - at;
        char *part = mem_new(step, 1); /* so that a sanitizer sees every byte too far */
        memcpy(part, text + at, step);
        envelope_feed(&envelope, part, step);
        do
            if (how.objects)
                take_objects(&envelope, out);
        while (envelope_next(&envelope, &item) && (note_item(out, &item), true));
        free(part);
        at += step;
    }
    bool whole = envelope_end(&envelope);
    buf_add_text(out, whole ? "end" : envelope.why);
    envelope_clear(&envelope);
    return whole;
}
