/*
 * test_show.c: nothing that commands a terminal, begins a line or turns text round goes out as it
 * came; what was visible stays as it was; and no part of a secret.
 */
#include <check.h>
#include <string.h>

#include "base/secret.h"
#include "base/show.h"
#include "lib/suite.h"

static const struct {
    const char *text, *shown;
} cases[] = {
    {"", ""},
    {"Decision maker", "Decision maker"},
    {"Gr\xC3\xB6\xC3\x9F"
     "e \xE2\x82\xAC \xF0\x9F\x98\x80 C:\\temp",
        "Gr\xC3\xB6\xC3\x9F"
        "e \xE2\x82\xAC \xF0\x9F\x98\x80 C:\\temp"},
    {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
    {"L\n\x1B[31mX\x1B[2J", "L\\n\\x1B[31mX\\x1B[2J"},
    {"bell\a del\x7F", "bell\\x07 del\\x7F"},
    {"c1 \xC2\x9B"
     "31m \xC2\x85",
        "c1 \\u009B31m \\u0085"},
    {"abc\xE2\x80\xAE"
     "cba\xE2\x80\xAC \xE2\x81\xA6x\xE2\x81\xA9",
        "abc\\u202Ecba\\u202C \\u2066x\\u2069"},
    {"line\xE2\x80\xA8par\xE2\x80\xA9 \xEF\xBB\xBF", "line\\u2028par\\u2029 \\uFEFF"},
    {"zero\xE2\x80\x8Bwidth soft\xC2\xADhyphen", "zero\\u200Bwidth soft\\u00ADhyphen"},
    {"tag\xF3\xA0\x81\x81", "tag\\U000E0041"},
    {"bad \xFF\xC0\x80 cut \xE2\x82", "bad \\xFF\\xC0\\x80 cut \\xE2\\x82"},
    {"\xED\xA0\x80", "\\xED\\xA0\\x80"},
};

TEST_LOOP(makes_visible_what_would_act, ARRAY_COUNT(cases))
{
    CLEANUP(buf_clear) struct buf buf = {0};
    show_add(&buf, cases[_i].text, "");
    ck_assert_str_eq(buf_text(&buf), cases[_i].shown);
}

TEST(keeps_line_breaks_where_they_are_wanted)
{
    CLEANUP(buf_clear) struct buf buf = {0};
    show_add(&buf, "a\nb\x1B", "\n");
    ck_assert_str_eq(buf_text(&buf), "a\nb\\x1B");
}

TEST(bounds_what_it_adds)
{
    static char text[3 * SHOW_MAX];
    CLEANUP(buf_clear) struct buf buf = {0};
    memset(text, 7, sizeof text - 1);
    show_add(&buf, text, "");
    ck_assert_uint_lt(buf.length, SHOW_MAX + 16);
    ck_assert_str_eq(buf.bytes + buf.length - 3, "...");
}

TEST(copies_into_fields_without_half_characters)
{
    char field[8];
    show_copy(field, sizeof field, "abc\xE2\x82\xAC\xE2\x82\xAC", "");
    ck_assert_str_eq(field, "abc\xE2\x82\xAC");
    show_copy(field, sizeof field, "ab\n", "");
    ck_assert_str_eq(field, "ab\\n");
}

TEST(formats_as_printf_does)
{
    CLEANUP(buf_clear) struct buf buf = {0};
    char plain[256];
    static const char format[] =
        "%d|%5d|%-5d|%05d|%u|%lld|%llu|%zu|%.2f|%c|%%|%s|%8s|%-8s|%.3s|%*s|%-*s|%.*s|%.0lld|";
    buf_addf(&buf, "%s", "");
#define VALUES \
    -1, 42, 42, 42, 7u, -5000000000LL, 5000000000ULL, (size_t)9, 1.255, 'x', "text", "right", \
        "left", "precise", 6, "star", 6, "rats", 2, "cut", 0LL
    (void)snprintf(plain, sizeof plain, format, VALUES);
    show_addf(&buf, format, VALUES);
    ck_assert_str_eq(buf_text(&buf), plain);
}

TEST(shows_arguments_and_leaves_the_format_alone)
{
    CLEANUP(buf_clear) struct buf buf = {0};
    show_addf(&buf, "a\n%s\n[%4s][%-4s]%.2s\n", "x\ny", "\xC3\xBC", "\xC3\xBC", "a\xC3\xBC");
    ck_assert_str_eq(buf_text(&buf), "a\nx\\ny\n[   \xC3\xBC][\xC3\xBC   ]a\n");
}

TEST(writes_json_that_means_the_same)
{
    CLEANUP(buf_clear) struct buf buf = {0};
    show_add_json(&buf, "[\"a\x7F\xC2\x9B\xE2\x80\xAE\",\n\"\xF3\xA0\x81\x81\", \"\\n\xC3\xBC\"]");
    ck_assert_str_eq(
        buf_text(&buf), "[\"a\\u007f\\u009b\\u202e\",\n\"\\udb40\\udc41\", \"\\n\xC3\xBC\"]");
}

TEST(hides_every_part_of_a_secret)
{
    static const struct {
        const char *text, *hidden;
    } rows[] = {
        {"token pat-na1-abcd-1234-efgh.", "token **********************."},
        {"PAT-NA1-ABCD-1234-EFGH", "**********************"},
        {"na1-abcd-1234", "*************"},
        {"pat-na1-abc", "pat-na1-abc"},
        {"xpat-na1-abcd-12pat-na1-abcd-1234-efgh", "x*************************************"},
        {"nothing here", "nothing here"},
        {"short: swordfish", "short: *********"},
        {"sword", "sword"},
    };
    secret_keep("pat-na1-abcd-1234-efgh");
    secret_keep("pat-na1-abcd-1234-efgh");
    secret_keep("swordfish");
    secret_keep("a");
    secret_keep(NULL);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        CLEANUP(buf_clear) struct buf buf = {0};
        show_add(&buf, rows[i].text, "");
        ck_assert_str_eq(buf_text(&buf), rows[i].hidden);
    }
}
