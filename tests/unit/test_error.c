/*
 * test_error.c: errors are values with a text that fits everywhere: cut, but never inside a
 * character, and every kind has the exit code that is documented.
 */
#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "lib/suite.h"

TEST(carries_kind_and_text)
{
    struct error err = {0};
    ck_assert(!error_set(&err, ERROR_REMOTE, "read %s: HTTP %d", "/x", 500));
    ck_assert_int_eq(err.kind, ERROR_REMOTE);
    ck_assert_str_eq(err.text, "read /x: HTTP 500");
    ck_assert(!error_set(NULL, ERROR_REMOTE, "nobody cares"));
    ck_assert(!error_prefix(NULL, "nobody cares"));
}

TEST(puts_a_prefix_before_what_it_has)
{
    struct error err = {0};
    (void)error_set(&err, ERROR_SOURCE, "lost");
    ck_assert(!error_prefix(&err, "sync %d", 7));
    ck_assert_str_eq(err.text, "sync 7: lost");
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
}

TEST(may_be_made_from_itself)
{
    struct error err = {0};
    (void)error_set(&err, ERROR_STATE, "inner");
    (void)error_set(&err, ERROR_INTERNAL, "outer: %s", err.text);
    ck_assert_str_eq(err.text, "outer: inner");
}

/* A euro sign that begins at every place around the cut: the text stays whole characters. */
TEST(is_never_cut_inside_a_character)
{
    for (size_t before = ERROR_TEXT_MAX - 8; before < ERROR_TEXT_MAX; before++) {
        CLEANUP(buf_clear) struct buf text = {0};
        buf_addf(&text, "%*s", (int)before, "x");
        buf_add_text(&text, "\xE2\x82\xAC\xF0\x9F\x98\x80");
        struct error err = {0};
        (void)error_set(&err, ERROR_STATE, "%s", buf_text(&text));
        CLEANUP(buf_clear) struct buf json = {0};
        buf_add_json(&json, err.text);
        ck_assert_ptr_null(strstr(buf_text(&json), "\xEF\xBF\xBD"));
        ck_assert_uint_ge(strlen(err.text), ERROR_TEXT_MAX - 8);
    }
}

TEST(cuts_no_character_of_a_prefix_either)
{
    for (size_t before = ERROR_TEXT_MAX / 2 - 8; before < ERROR_TEXT_MAX / 2; before++) {
        CLEANUP(buf_clear) struct buf text = {0};
        buf_addf(&text, "%*s", (int)before, "x");
        buf_add_text(&text, "\xE2\x82\xAC\xF0\x9F\x98\x80");
        struct error err = {.text = "lost"};
        (void)error_prefix(&err, "%s", buf_text(&text));
        CLEANUP(buf_clear) struct buf json = {0};
        buf_add_json(&json, err.text);
        ck_assert_ptr_null(strstr(buf_text(&json), "\xEF\xBF\xBD"));
        ck_assert_str_eq(err.text + strlen(err.text) - 6, ": lost");
    }
}

/* Somebody else's words must not command the terminal or the log that shows them. */
TEST(is_utf8_without_control_characters_but_line_breaks)
{
    struct error err = {0};
    (void)error_set(&err, ERROR_REMOTE, "%s",
        "a\x1B[31m\tb\nc\x7F\xC2\x9B"
        "d\xC3\xA9\xC2");
    ck_assert_str_eq(err.text, "a\\x1B[31m\\tb\nc\\x7F\\u009Bd\xC3\xA9\\xC2");
}

TEST(has_the_documented_exit_codes)
{
    static const struct {
        enum error_kind kind;
        int code;
    } cases[] = {{ERROR_NONE, 0}, {ERROR_SOURCE, 1}, {ERROR_REFUSED, 4}, {ERROR_LOCKED, 5},
        {ERROR_STOPPED, 6}, {ERROR_STALE, 7}, {ERROR_QUOTA, 8}, {ERROR_USAGE, 64},
        {ERROR_REMOTE, 69}, {ERROR_INTERNAL, 70}, {ERROR_STATE, 75}, {ERROR_DENIED, 77},
        {ERROR_CONFIG, 78}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        ck_assert_int_eq(error_exit_code(cases[i].kind), cases[i].code);
}

/* What the daemon makes of a worker's end: asked for, waited for, or a failure with its back-off.
 */
TEST(has_one_table_of_outcomes)
{
    for (const struct exit_code *row = exit_codes; row->meaning != NULL; row++) {
        ck_assert(!row->failure || row->backoff == BACKOFF_GROWING);
        ck_assert(!row->as_asked || !row->failure);
        ck_assert_ptr_eq(error_exit(row->code), row);
    }
    ck_assert(!error_exit(EXIT_STOPPED)->failure && error_exit(EXIT_STOPPED)->as_asked);
    ck_assert(!error_exit(EXIT_PARTIAL)->failure && !error_exit(EXIT_PARTIAL)->as_asked);
    ck_assert_int_eq(error_exit(EXIT_LOCKED)->backoff, BACKOFF_LOCK);
    ck_assert(error_exit(EXIT_FAILED)->failure);
    ck_assert_ptr_null(error_exit(99));
}

/* Help prints the table; the runbook has a row for each. */
TEST(the_manual_says_what_the_table_says)
{
    char text[64 * 1024], row[128];
    FILE *file = fopen("systemd/README.md", "re");
    ck_assert_msg(file != NULL, "run from the top of the source: no systemd/README.md");
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] == '`')
            memmove(text + i, text + i + 1, strlen(text + i));
    for (const struct exit_code *code = exit_codes; code->meaning != NULL; code++) {
        (void)snprintf(row, sizeof row, "| %d | %s", code->code, code->meaning);
        ck_assert_msg(strstr(text, row) != NULL, "systemd/README.md has no row \"%s\"", row);
        ck_assert_str_eq(error_exit_meaning(code->code), code->meaning);
    }
    ck_assert_ptr_null(error_exit_meaning(99));
}
