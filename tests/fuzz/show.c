/*
 * show.c: any text, as it goes out: UTF-8 without anything hidden, the same when it is shown again,
 * and no longer than allowed. As JSON it means what it meant.
 */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/show.h"
#include "base/utf8.h"
#include "cli/json_out.h"
#include "fuzz/fuzz.h"
#include "lib/json_judge.h"

static void require_visible(const char *text, const char *but)
{
    size_t left = strlen(text);
    while (left > 0) {
        size_t step = utf8_length(text, left);
        fuzz_require(step > 0, "not UTF-8");
        fuzz_require(
            show_hidden(text, left) == 0 || strchr(but, *text) != NULL, "hidden: %02x", *text);
        text += step;
        left -= step;
    }
}

/* Through JSON and back. */
static void judge_json(const char *text)
{
    struct buf json = {0}, shown = {0};
    struct json_object *before, *after;
    buf_add_json(&json, text);
    show_add_json(&shown, buf_text(&json));
    require_visible(buf_text(&shown), "");
    before = json_tokener_parse(buf_text(&json));
    after = json_tokener_parse(buf_text(&shown));
    fuzz_require(before != NULL && after != NULL && json_object_equal(before, after),
        "another JSON: %s", buf_text(&shown));
    json_object_put(before);
    json_object_put(after);
    buf_clear(&json);
    buf_clear(&shown);
}

/* The same text through what verbs print. */
static void judge_json_out(const char *text)
{
    struct buf plain = {0}, json = {0}, shown = {0};
    struct json_object *list = json_out_array(), *before, *after;
    json_out_text(list, NULL, text);
    json_out_write(list, &shown);
    require_visible(buf_text(&shown), "");
    fuzz_require(json_judge_takes(buf_text(&shown), shown.length), "no JSON");
    buf_add_json(&plain, text);
    buf_addf(&json, "[%s]", buf_text(&plain));
    before = json_tokener_parse(buf_text(&json));
    after = json_tokener_parse(buf_text(&shown));
    fuzz_require(before != NULL && after != NULL && json_object_equal(before, after),
        "printed as another text: %s", buf_text(&shown));
    json_object_put(before);
    json_object_put(after);
    json_out_free(&list);
    buf_clear(&plain);
    buf_clear(&json);
    buf_clear(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct buf text = {0}, shown = {0}, again = {0};
    char field[64];
    buf_add(&text, bytes, size);
    show_add(&shown, buf_text(&text), "");
    require_visible(buf_text(&shown), "");
    fuzz_require(shown.length <= SHOW_MAX + 16, "%zu bytes", shown.length);
    show_add(&again, buf_text(&shown), "");
    fuzz_require(strcmp(buf_text(&again), buf_text(&shown)) == 0, "shown again it is another text");
    show_copy(field, sizeof field, buf_text(&text), "");
    require_visible(field, "");
    buf_reset(&again);
    show_addf(&again, "%s|%-10s|%.5s|%*s", buf_text(&text), buf_text(&text), buf_text(&text), 7,
        buf_text(&text));
    require_visible(buf_text(&again), "");
    judge_json(buf_text(&text));
    judge_json_out(buf_text(&text));
    buf_clear(&text);
    buf_clear(&shown);
    buf_clear(&again);
    return 0;
}
