/*
 * test_json.c: the strict reader and the envelope, by tables and by random documents with json-c as
 * second witness.
 */
#include <check.h>
#include <json-c/json.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/random.h"
#include "base/utf8.h"
#include "hubspot/envelope.h"
#include "hubspot/json.h"
#include "hubspot/json_tree.h"
#include "lib/json_judge.h"
#include "lib/suite.h"

static const struct {
    const char *text;
    bool good;
} documents[] = {
    {"{}", true}, {" [ ] ", true}, {"{\"a\":[1,-2.5e+10,true,false,null,\"x\"]}", true},
    {"\"\\ud83d\\ude00\\u00e9\"", true}, {"\"\xF0\x9F\x98\x80 \xC3\xA9\"", true}, {"0", true},
    {"-0.0", true}, {"", false}, {"{", false}, {"[1,]", false}, {"[,1]", false},
    {"{\"a\":1,}", false}, {"{\"a\" 1}", false}, {"{a:1}", false},
    {"{\"\\u0061\":1}", false}, /* an escaped name could hide a twin */
    {"[1 2]", false}, {"[1]x", false}, {"01", false}, {"1.", false}, {".5", false}, {"1e", false},
    {"+1", false}, {"NaN", false}, {"Infinity", false}, {"nul", false}, {"truE", false},
    {"'a'", false}, {"\"a", false}, {"\"\\x\"", false}, {"\"\\u12\"", false},
    {"\"\\u12g4\"", false}, {"\"\t\"", false}, {"\"\x80\"", false}, {"\"\xC0\x80\"", false},
    {"\"\xED\xA0\x80\"", false}, {"\"\xF4\x90\x80\x80\"", false}, {"\"\xE2\x82\"", false},
    {"\xEF\xBB\xBF{}", false}, {"{\"a\":[}]", false}, {"/* */ 1", false},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", true}, /* 32 */
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", false}, /* 33 */
};

TEST_LOOP(takes_json_to_the_letter, ARRAY_COUNT(documents))
{
    ck_assert_msg(
        json_tree_is_good(documents[_i].text, strlen(documents[_i].text)) == documents[_i].good,
        "%s", documents[_i].text);
}

TEST(a_field_is_one_line_and_ends_between_characters)
{
    static const struct {
        const char *text;
        const char *field;
    } fields[] = {{"\"abc\"", "abc"}, {"\"\"", ""}, {"null", "old"}, {"\"1234567890\"", "1234567"},
        {"\"123456\xC3\xA9\"", "123456"}, {"\"12345\xC3\xA9\"", "12345\xC3\xA9"},
        {"\"a\\nb\\td\"", "a\\nb\\td"}, {"\"a\\u001bd\"", "a\\x1Bd"}};
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        char field[8] = "old";
        struct json json;
        json_init(&json, fields[i].text, strlen(fields[i].text));
        json_copy(&json, field, sizeof field);
        ck_assert(json_end(&json));
        ck_assert_str_eq(field, fields[i].field);
    }
}

/* json-c would keep the last of the two. */
TEST(a_tree_has_no_member_twice)
{
    static const char *const twins[] = {
        "{\"typeId\":1,\"typeId\":2}", "{\"a\":[{\"b\":{}},{\"b\":0,\"c\":{},\"b\":[1]}]}"};
    static const char once[] = "{\"a\":[{\"b\":{\"a\":0}},{\"b\":[{},{}],\"c\":{}}]}";
    for (size_t i = 0; i < ARRAY_COUNT(twins); i++)
        ck_assert_ptr_null(json_tree(twins[i], strlen(twins[i])));
    struct json_object *tree = json_tree(once, strlen(once));
    ck_assert_ptr_nonnull(tree);
    json_tree_free(&tree);
}

/* Each byte from 0x80 on stands in one of them somewhere. */
TEST(fault_m2_a_text_may_have_letters_of_any_script)
{
    struct buf text = {0};
    struct buf want = {0};
    for (uint32_t code = 0x80; code < 0x110000; code += code < 0x800 ? 1 : 61) {
        char bytes[4];
        if (code < 0xD800 || code > 0xDFFF)
            buf_add(&want, bytes, utf8_write(bytes, code));
    }
    buf_addf(
        &text, "{\"results\":[{\"label\":\"%s\",\"%s\":1}]}", buf_text(&want), "Geschäftsführer");
    struct json_object *tree = json_tree(text.bytes, text.length);
    ck_assert_ptr_nonnull(tree);
    struct json_object *list = json_tree_member(tree, "results");
    struct json_object *first = json_object_array_get_idx(list, 0);
    uint32_t number = 0;
    ck_assert_str_eq(json_tree_text(first, "label"), buf_text(&want));
    ck_assert(json_tree_u32(first, "Geschäftsführer", &number));
    ck_assert_uint_eq(number, 1);
    json_tree_free(&tree);
    buf_clear(&text);
    buf_clear(&want);
}

/* A name cut at a NUL would be another name. */
TEST(a_text_with_a_nul_is_no_text)
{
    static const char text[] = "{\"label\":\"Chef\\u0000fe\",\"plain\":\"Chef\"}";
    struct json_object *tree = json_tree(text, strlen(text));
    ck_assert_ptr_nonnull(tree);
    ck_assert_ptr_null(json_tree_text(tree, "label"));
    ck_assert_str_eq(json_tree_text(tree, "plain"), "Chef");
    json_tree_free(&tree);
}

static const struct {
    const char *text;
    uint64_t id; /* 0: refused */
} ids[] = {
    {"1", 1},
    {"\"1\"", 1},
    {"\"007\"", 7},
    {"9007199254740993", 9007199254740993},
    {"9223372036854775807", INT64_MAX},
    {"\"9223372036854775808\"", 0},
    {"0", 0},
    {"\"0\"", 0},
    {"\"\"", 0},
    {"-1", 0},
    {"1.0", 0},
    {"1e3", 0},
    {"\" 1\"", 0},
    {"\"1a\"", 0},
    {"\"12345678901234567890\"", 0},
    {"\"00000000000000000001\"", 0},
    {"\"\\u0031\"", 0},
    {"null", 0},
    {"[1]", 0},
};

TEST_LOOP(reads_ids_exactly, ARRAY_COUNT(ids))
{
    uint64_t id = 0;
    bool good = json_tree_id_text(ids[_i].text, strlen(ids[_i].text), &id);
    ck_assert_msg(good == (ids[_i].id > 0), "%s", ids[_i].text);
    ck_assert_uint_eq(id, ids[_i].id);
}

static void add_text(struct buf *buf, struct random *random)
{
    static const char *const parts[] = {"a", "name", "\\n", "\\\"", "\xC3\xA9", "\\u00e9",
        "\\ud83d\\ude00", " ", "{", "]", "\\\\", ","};
    buf_add_char(buf, '"');
    for (uint64_t i = random_below(random, 6); i > 0; i--)
        buf_add_text(buf, parts[random_below(random, ARRAY_COUNT(parts))]);
    buf_add_char(buf, '"');
}

static void add_value(struct buf *buf, struct random *random, int depth)
{
    static const char *const scalars[] = {"0", "-17", "2.5e-3", "true", "false", "null"};
    uint64_t kind = random_below(random, depth > 0 ? 4 : 2);
    if (kind == 0) {
        buf_add_text(buf, scalars[random_below(random, ARRAY_COUNT(scalars))]);
        return;
    }
    if (kind == 1) {
        add_text(buf, random);
        return;
    }
    buf_add_char(buf, kind == 2 ? '{' : '[');
    uint64_t count = random_below(random, 4);
    for (uint64_t i = 0; i < count; i++) {
        buf_add_text(buf, i > 0 ? " ,\n" : "");
        if (kind == 2)
            buf_addf(buf, "\"k%d\" : ", (int)i);
        add_value(buf, random, depth - 1);
    }
    buf_add_char(buf, kind == 2 ? '}' : ']');
}

TEST(agrees_with_json_c_on_random_documents)
{
    struct random random;
    random_init(&random, 20260921);
    size_t damaged_and_refused = 0;
    for (int round = 0; round < 20000; round++) {
        struct buf text = {0};
        add_value(&text, &random, 4);
        ck_assert_msg(json_tree_is_good(text.bytes, text.length), "%s", text.bytes);
        ck_assert_msg(json_judge_takes(text.bytes, text.length), "%s", text.bytes);
        /* Damage one byte: what we take, json-c must take as well (not the other way round: json-c
         * is lenient about numbers and control characters). */
        static const char wrong[] = "{}[]\",:0e\\x \xFF\x01";
        text.bytes[random_below(&random, text.length)] =
            wrong[random_below(&random, sizeof wrong - 1)];
        bool good = json_tree_is_good(text.bytes, text.length);
        damaged_and_refused += !good;
        if (good)
            ck_assert_msg(json_judge_takes(text.bytes, text.length), "%s", text.bytes);
        buf_clear(&text);
    }
    ck_assert_uint_gt(damaged_and_refused, 10000);
}

TEST(resolves_escapes_like_json_c)
{
    struct random random;
    random_init(&random, 7);
    for (int round = 0; round < 5000; round++) {
        struct buf text = {0};
        struct buf plain = {0};
        struct json json;
        struct json_text string;
        add_text(&text, &random);
        json_init(&json, text.bytes, text.length);
        ck_assert(json_string(&json, &string));
        json_text_add(&string, &plain);
        struct json_object *tree = json_tree(text.bytes, text.length);
        ck_assert_str_eq(buf_text(&plain), json_object_get_string(tree));
        json_object_put(tree);
        buf_clear(&text);
        buf_clear(&plain);
    }
}

/* ---- envelope ---- */

static const struct {
    const char *text;
    const char *items;
} frames[] = {
    {"{}", "end"},
    {" {\"a\":1 , \"b\" : [ ] }\n", "a= 1 |b[] |end"},
    {"{\"r\":[{\"x\":\"}]\\\"\"},2,[3,[4]],\"s,]\"],\"n\":null}",
        "r[] |r[ {\"x\":\"}]\\\"\"}|r[ 2|r[ [3,[4]]|r[ \"s,]\"|n= null|end"},
    {"{\"o\":{\"p\":[1]},\"\xC3\xA9\":\"\\\\\"}", "o= {\"p\":[1]}|\xC3\xA9= \"\\\\\"|end"},
    {"{\"r\":[{\"x\":[{}]} , {},{\"y\":1}],\"s\":[{}]}",
        "r[] |r[ {\"x\":[{}]}|r[ {}|r[ {\"y\":1}|s[] |s[ {}|end"},
    {"{\"r\":[{},]}", "r[] |r[ {}|it is not well-formed JSON"},
    {"{\"r\":[{}{}]}", "r[] |r[ {}|it is not well-formed JSON"},
    {"{\"r\":[,{}]}", "r[] |it is not well-formed JSON"},
    {"{\"r\":[{},,{}]}", "r[] |r[ {}|it is not well-formed JSON"},
    {"{\"r\":{},{}}", "r= {}|it is not well-formed JSON"},
    {"{\"r\":[{\"x\":1", "r[] |it ends in the middle"},
    {"", "it is empty"},
    {"[]", "it is not a JSON object"},
    {"<html>", "it is not a JSON object"},
    {"\xEF\xBB\xBF{}", "it is not a JSON object"},
    {"{\"a\":1", "it ends in the middle"},
    {"{\"r\":[1,2", "r[] |r[ 1|it ends in the middle"},
    {"{\"a\":\"x", "it ends in the middle"},
    {"{} {}", "something follows the end of the JSON object"},
    {"{\"a\":1,\"a\":2}", "a= 1|the answer has the same member twice"},
    {"{\"\\u0061\":1}", "a member name is written with escapes, or is not UTF-8"},
    {"{\"\xFF\":1}", "a member name is written with escapes, or is not UTF-8"},
    {"{\"a\":}", "it is not well-formed JSON"},
    {"{\"a\":[1,]}", "a[] |a[ 1|it is not well-formed JSON"},
    {"{\"a\":[,1]}", "a[] |it is not well-formed JSON"},
    {"{\"a\":1,}", "a= 1|it is not well-formed JSON"},
    {"{,\"a\":1}", "it is not well-formed JSON"},
    {"{\"a\" 1}", "it is not well-formed JSON"},
};

TEST_LOOP(takes_frames_apart_wherever_they_are_cut, 2 * (int)ARRAY_COUNT(frames))
{
    const char *text = frames[_i / 2].text;
    struct json_feeding how = {.objects = _i % 2 == 1};
    for (how.cut = 0; how.cut <= strlen(text); how.cut++) {
        for (how.piece = 1; how.piece <= strlen(text) + 1; how.piece++) {
            struct buf out = {0};
            (void)json_judge_frame(&out, text, strlen(text), how);
            ck_assert_str_eq(buf_text(&out), frames[_i / 2].items);
            buf_clear(&out);
        }
    }
}

TEST(bounds_what_it_keeps)
{
    struct envelope envelope = {0};
    struct envelope_item item;
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    envelope_feed(&envelope, "{\"a\":\"", 6);
    ck_assert(!envelope_next(&envelope, &item));
    for (int i = 0; i < 20 && envelope.why == NULL; i++) {
        envelope_feed(&envelope, block, sizeof block);
        ck_assert(!envelope_next(&envelope, &item));
    }
    ck_assert_str_eq(envelope.why, "one value is longer than 16 MiB");
    ck_assert_uint_le(envelope.part.room, 2 * (size_t)ENVELOPE_ITEM_MAX);
    envelope_clear(&envelope);
}
