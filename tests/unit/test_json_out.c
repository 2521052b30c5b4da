/* test_json_out.c: what verbs print as JSON means what it was made of, whatever the texts hold. */
#include <check.h>
#include <json-c/json.h>
#include <string.h>

#include "cli/json_out.h"
#include "lib/suite.h"

/* Takes json over. */
static void expect_written(struct json_object *json, const char *want)
{
    CLEANUP(buf_clear) struct buf out = {0};
    json_out_write(json, &out);
    ck_assert_str_eq(buf_text(&out), want);
    json_out_free(&json);
}

static const struct {
    const char *text, *want;
} texts[] = {
    {NULL, "{ \"text\": null }"},
    {"", "{ \"text\": \"\" }"},
    {"/etc/assocd", "{ \"text\": \"/etc/assocd\" }"}, /* no \/ */
    {"a\"b\\c", "{ \"text\": \"a\\\"b\\\\c\" }"},
    {"a\nb\tc\x01", "{ \"text\": \"a\\nb\\tc\\u0001\" }"},
    {"K\xC3\xB6ln", "{ \"text\": \"K\xC3\xB6ln\" }"},
    {"\x1B[2J\x7F", "{ \"text\": \"\\u001b[2J\\u007f\" }"},
    {"\xE2\x80\xAE", "{ \"text\": \"\\u202e\" }"}, /* turns the direction of text */
    {"a\xFF z", "{ \"text\": \"a\\ufffd z\" }"},
};

TEST_LOOP(writes_texts_that_people_may_see, ARRAY_COUNT(texts))
{
    struct json_object *json = json_out_object();
    json_out_text(json, "text", texts[_i].text);
    expect_written(json, texts[_i].want);
}

TEST(writes_numbers_exactly)
{
    struct json_object *json = json_out_object();
    json_out_number(json, "most", INT64_MAX);
    json_out_number(json, "least", INT64_MIN);
    json_out_bool(json, "yes", true);
    json_out_bool(json, "no", false);
    json_out_null(json, "none");
    expect_written(json,
        "{ \"most\": 9223372036854775807, \"least\": -9223372036854775808, \"yes\": true,"
        " \"no\": false, \"none\": null }");
}

TEST(writes_what_is_nested)
{
    struct json_object *list = json_out_array(), *json = json_out_object();
    expect_written(json_out_array(), "[ ]");
    json_out_text(list, NULL, "a");
    json_out_null(list, NULL);
    json_out_put(json, "list", list);
    list = json_out_array();
    json_out_put(list, NULL, json);
    expect_written(list, "[ { \"list\": [ \"a\", null ] } ]");
}

/* PostgreSQL's numbers may be longer than those of any type, and its lines stay lines. */
TEST(passes_on_what_is_given)
{
    struct json_object *json = json_out_object();
    json_out_given(json, "rows", "[{\"n\":123456789012345678901234567890.10}, \n {\"n\":1e400}]");
    json_out_number(json, "behind", 1);
    expect_written(json,
        "{ \"rows\": [{\"n\":123456789012345678901234567890.10}, \n {\"n\":1e400}], \"behind\": 1 "
        "}");
}

TEST(frees_what_was_never_printed)
{
    struct json_object *json = json_out_object();
    json_out_given(json, "rows", "[]");
    json_out_free(&json);
    json = NULL;
    json_out_free(&json);
}
