/*
 * test_buf.c: bytes go in and come out, and what is added as JSON is JSON whatever it was.
 */
#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/random.h"
#include "lib/suite.h"

TEST(is_empty_text_before_anything_was_added)
{
    struct buf buf = {0};
    ck_assert_str_eq(buf_text(&buf), "");
    buf_reset(&buf);
    buf_add(&buf, NULL, 0);
    ck_assert_str_eq(buf_text(&buf), "");
    buf_clear(&buf);
    ck_assert_ptr_null(buf.bytes);
}

TEST(grows_and_keeps_what_it_has)
{
    struct buf buf = {0};
    for (int i = 0; i < 10000; i++) {
        buf_add_char(&buf, (char)('a' + i % 26));
        ck_assert_uint_eq(buf.length, (size_t)i + 1);
        ck_assert_int_eq(buf.bytes[buf.length], '\0');
    }
    for (int i = 0; i < 10000; i++)
        ck_assert_int_eq(buf.bytes[i], 'a' + i % 26);
    buf_reset(&buf);
    buf_add_text(&buf, "again");
    ck_assert_str_eq(buf_text(&buf), "again");
    buf_clear(&buf);
}

TEST(writes_numbers_and_formats)
{
    CLEANUP(buf_clear) struct buf buf = {0};
    buf_add_u64(&buf, 0);
    buf_add_char(&buf, ' ');
    buf_add_u64(&buf, UINT64_MAX);
    buf_addf(&buf, " %s %d", "x", -1);
    ck_assert_str_eq(buf_text(&buf), "0 18446744073709551615 x -1");
    buf_reset(&buf);
    buf_addf(&buf, "%5000s", "wide");
    ck_assert_uint_eq(buf.length, 5000);
}

TEST(quotes_text_as_json)
{
    static const struct {
        const char *text;
        const char *json;
    } cases[] = {
        {NULL, "null"},
        {"", "\"\""},
        {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
        {"\n\t\x01\x1f\x7f", "\"\\u000a\\u0009\\u0001\\u001f\x7f\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"\xF4\x8F\xBF\xBF", "\"\xF4\x8F\xBF\xBF\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CLEANUP(buf_clear) struct buf buf = {0};
        buf_add_json(&buf, cases[i].text);
        ck_assert_str_eq(buf_text(&buf), cases[i].json);
    }
}

/* A lone lead or tail, an overlong form, a surrogate, beyond U+10FFFF, a character cut short. */
TEST(replaces_what_is_not_utf8)
{
    static const char *const wrong[] = {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
        "\xE2\x82", "\xF0\x9F\x98"};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        CLEANUP(buf_clear) struct buf buf = {0};
        buf_add_json(&buf, wrong[i]);
        ck_assert_msg(strncmp(buf_text(&buf), "\"\xEF\xBF\xBD", 4) == 0, "case %zu", i);
        for (size_t k = 1; k + 1 < buf.length; k += 3)
            ck_assert_msg(memcmp(buf.bytes + k, "\xEF\xBF\xBD", 3) == 0, "case %zu", i);
    }
}

TEST(never_leaves_its_quotes)
{
    struct random random;
    random_init(&random, 7);
    for (int round = 0; round < 20000; round++) {
        char text[9] = {0};
        for (size_t i = 0; i < 8; i++)
            text[i] = (char)random_below(&random, 256);
        CLEANUP(buf_clear) struct buf buf = {0};
        buf_add_json(&buf, text);
        ck_assert_int_eq(buf.bytes[0], '"');
        size_t at = 1;
        while (at < buf.length && buf.bytes[at] != '"')
            at += buf.bytes[at] == '\\' ? 2 : 1;
        ck_assert_uint_eq(at, buf.length - 1);
    }
}
