/*
 * json.c: the pull reader, the tree and the envelope over any bytes. What we take, json-c takes;
 * texts and ids come out as json-c and plain arithmetic have them; an envelope makes the same of a
 * text however it is cut, takes no truncated one, and no member twice.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/show.h"
#include "config/yaml.h"
#include "fuzz/fuzz.h"
#include "hubspot/envelope.h"
#include "hubspot/json.h"
#include "hubspot/json_tree.h"
#include "hubspot/problem.h"
#include "lib/json_judge.h"

enum { CUTS = 9 };

static void require_utf8(const char *text, const char *what)
{
    size_t bad;
    fuzz_require(yaml_is_utf8(text, strlen(text), &bad), "%s is not UTF-8: %s", what, text);
}

/* Members of an object whose name another one has already. */
static bool has_twins(struct json *json)
{
    bool twins = false;
    struct json_text names[64];
    struct json_text name;
    size_t count = 0;
    json_enter_object(json);
    while (json_member(json, &name)) {
        for (size_t i = 0; i < count; i++)
            twins = twins ||
                (names[i].length == name.length &&
                    memcmp(names[i].bytes, name.bytes, name.length) == 0);
        if (count < ARRAY_COUNT(names))
            names[count++] = name;
        json_skip(json);
    }
    return twins;
}

/* A text as we and as json-c resolve it. json-c keeps a NUL, which we replace. */
static void compare_text(const char *bytes, size_t size, struct json_object *tree)
{
    struct buf plain = {0};
    struct json json;
    struct json_text text;
    char field[16] = "";
    json_init(&json, bytes, size);
    fuzz_require(json_string(&json, &text), "a text is no text");
    json_text_add(&text, &plain);
    const char *other = json_object_get_string(tree);
    if (strlen(other) == (size_t)json_object_get_string_len(tree))
        fuzz_require(strcmp(buf_text(&plain), other) == 0, "a text is \"%s\", json-c has \"%s\"",
            buf_text(&plain), other);
    require_utf8(buf_text(&plain), "a text");
    json_init(&json, bytes, size);
    json_copy(&json, field, sizeof field);
    require_utf8(field, "a field");
    struct buf shown = {0};
    show_add(&shown, buf_text(&plain), ""); /* a field is for people */
    fuzz_require(strncmp(field, buf_text(&shown), strlen(field)) == 0, "a field is another text");
    buf_clear(&shown);
    buf_clear(&plain);
}

/* An id is a row of 1 to 19 digits, as text or number, from 1 to 2^63-1. */
static void compare_id(const char *bytes, size_t size)
{
    uint64_t id = 0;
    size_t digits = 0;
    uint64_t value = 0; /* of 20 digits, which may be too many, nothing is asked */
    while (size > 0 && strchr(" \t\r\n", bytes[0]) != NULL && bytes[0] != '\0')
        bytes++, size--;
    while (size > 0 && strchr(" \t\r\n", bytes[size - 1]) != NULL && bytes[size - 1] != '\0')
        size--;
    bool read = json_tree_id_text(bytes, size, &id);
    bool quoted = size >= 2 && bytes[0] == '"' && bytes[size - 1] == '"';
    bytes += quoted;
    size -= quoted ? 2 : 0;
    while (digits < size && digits < 20 && bytes[digits] >= '0' && bytes[digits] <= '9')
        value = value * 10 + (uint64_t)(bytes[digits++] - '0');
    bool good = digits == size && digits > 0 && digits <= 19 && value > 0 && value <= INT64_MAX &&
        (quoted || bytes[0] != '0');
    fuzz_require(read == good, "an id is %s", read ? "taken" : "refused");
    fuzz_require(!read || id == value, "an id is %llu", (unsigned long long)id);
}

/* Whether every item of the frame is well-formed; whoever reads an answer reads them all. */
static bool items_are_good(const char *text, size_t length)
{
    struct envelope envelope = {0};
    struct envelope_item item;
    bool good = true;
    envelope_feed(&envelope, text, length);
    while (envelope_next(&envelope, &item))
        good = good && (item.array || json_tree_is_good(item.text, item.length));
    envelope_clear(&envelope);
    return good;
}

static void judge_frame(const char *text, size_t length)
{
    struct buf whole = {0};
    struct buf pieces = {0};
    const struct json_feeding once = {.cut = length};
    const struct json_feeding often = {
        .cut = length / 3, .piece = 1 + length % 7, .objects = length % 2 == 0};
    bool framed = json_judge_frame(&whole, text, length, once);
    (void)json_judge_frame(&pieces, text, length, often);
    fuzz_require(whole.length == pieces.length &&
            memcmp(buf_text(&whole), buf_text(&pieces), whole.length) == 0,
        "cut into pieces it is another answer:\n%s\n%s", buf_text(&whole), buf_text(&pieces));
    if (framed && items_are_good(text, length))
        fuzz_require(json_judge_takes(text, length), "the frame takes what json-c refuses");
    bool said = strstr(buf_text(&whole), "the answer has ") != NULL;
    struct json json;
    json_init(&json, text, length);
    if (json_tree_is_good(text, length) && json_peek(&json) == JSON_OBJECT)
        fuzz_require(framed || said, "the frame refuses what is good: %s", buf_text(&whole));
    json_init(&json, text, length);
    if (framed)
        fuzz_require(!has_twins(&json) || !json_ok(&json), "the frame takes a member twice");
    buf_clear(&whole);
    buf_clear(&pieces);
}

/* Whatever is cut off an object, its last bracket included, it is none any more. */
static void judge_truncated(const char *text, size_t length)
{
    size_t end = length;
    while (end > 0 && text[end - 1] != '}')
        end--;
    for (size_t i = 1; end > 0 && i <= CUTS; i++) {
        struct buf out = {0};
        size_t cut = (end - 1) * i / CUTS;
        bool taken =
            json_judge_frame(&out, text, cut, (struct json_feeding){.cut = cut, .objects = true});
        fuzz_require(!taken, "cut at %zu it is taken", cut);
        fuzz_require(!json_tree_is_good(text, cut), "cut at %zu it is well-formed", cut);
        buf_clear(&out);
    }
}

static void judge_problem(const char *text, size_t length)
{
    struct problem problem = {0};
    bool read = problem_parse(&problem, text, length);
    fuzz_require(!read || json_judge_takes(text, length), "a problem that is no JSON");
    fuzz_require(read || (problem.message[0] == '\0' && problem.from_ids.count == 0),
        "half a problem is kept");
    require_utf8(problem.message, "a message");
    require_utf8(problem.category, "a category");
    require_utf8(problem.sub_category, "a subcategory");
    require_utf8(problem.correlation_id, "a correlation id");
    require_utf8(problem.policy, "a policy");
    require_utf8(problem.scopes, "a list of scopes");
    problem_clear(&problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    bool good = json_tree_is_good(text, size);
    if (good)
        fuzz_require(json_judge_takes(text, size), "json-c refuses what we take");
    struct json json;
    json_init(&json, text, size);
    enum json_kind kind = json_peek(&json);
    CLEANUP(json_tree_free) struct json_object *tree = json_tree(text, size);
    fuzz_require(good || tree == NULL, "a tree of what is no JSON");
    if (good && kind == JSON_OBJECT) {
        fuzz_require(tree == NULL || !has_twins(&json), "a tree takes a member twice");
        judge_truncated(text, size);
    }
    if (kind == JSON_STRING && tree != NULL)
        compare_text(text, size, tree);
    compare_id(text, size);
    judge_frame(text, size);
    judge_problem(text, size);
    return 0;
}
