/*
 * config_case.h: what the tests of the configuration share: one small good file, of which each case
 * replaces a text, and the comparison of what comes out.
 */
#ifndef TESTS_UNIT_CONFIG_CASE_H
#define TESTS_UNIT_CONFIG_CASE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "lib/suite.h"

static const char good[] = "version: 1\n" /* 1 */
                           "database: {url: postgresql:///assocd}\n"
                           "portals:\n"
                           "  main:\n" /* 4 */
                           "    token_file: /run/token\n"
                           "    api: v4\n"
                           "    limits: {in_flight: 4}\n"
                           "syncs:\n"
                           "  one:\n" /* 9 */
                           "    portal: main\n"
                           "    from: contacts\n"
                           "    to: companies\n" /* 12 */
                           "    types: [plain]\n"
                           "    source: {table: crm.a}\n" /* 14 */
                           "    policy: mirror\n"
                           "    schedule: every 5m\n" /* 16 */
                           "    guards: {max_archive: 7}\n";

/* `good` with the first `from` replaced by `to`; from NULL: `to` added at the end. */
__attribute__((unused)) static void edit(const char *from, const char *to, struct buf *out)
{
    const char *at = from != NULL ? strstr(good, from) : good + strlen(good);
    ck_assert_msg(at != NULL, "no \"%s\"", from);
    buf_add(out, good, (size_t)(at - good));
    buf_add_text(out, to);
    buf_add_text(out, at + (from != NULL ? strlen(from) : 0));
}

__attribute__((unused)) static bool parse(
    const char *from, const char *to, struct definitions *out, struct error *err)
{
    struct buf text = {0};
    edit(from, to, &text);
    bool parsed = config_parse("f", buf_text(&text), text.length, out, err);
    buf_clear(&text);
    return parsed;
}

/* One refusal. */
struct refusal {
    const char *from;
    const char *to;
    const char *error; /* all of it, or its beginning if it ends with "..." */
};

__attribute__((unused)) static void check_error(const char *have, const char *want)
{
    size_t length = strlen(want);
    bool begins = length > 3 && strcmp(want + length - 3, "...") == 0;
    bool same = begins ? strncmp(have, want, length - 3) == 0 : strcmp(have, want) == 0;
    ck_assert_msg(same, "have: %s\nwant: %s", have, want);
}

/* The replacement is refused with that error, which shows no value of a variable. */
__attribute__((unused)) static void check_refusal(const struct refusal *refusal)
{
    struct definitions all = {0};
    struct error err = {0};
    ck_assert_int_eq(unsetenv("ASSOCD_UNSET"), 0);
    ck_assert_int_eq(setenv("ASSOCD_SECRET", "canary-7f3a", 1), 0);
    ck_assert(!parse(refusal->from, refusal->to, &all, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    check_error(err.text, refusal->error);
    ck_assert_ptr_null(strstr(err.text, "canary"));
    ck_assert_ptr_null(all.path);
}

/* Prints, reads that, prints again: the same. */
__attribute__((unused)) static void print_again(const struct definitions *all, struct buf *first)
{
    struct definitions again = {0};
    struct error err = {0};
    struct buf second = {0};
    config_print(all, first);
    ck_assert_msg(config_parse("print", buf_text(first), first->length, &again, &err), "%s\n%s",
        err.text, buf_text(first));
    config_print(&again, &second);
    ck_assert_str_eq(buf_text(first), buf_text(&second));
    buf_clear(&second);
    definitions_clear(&again);
}

#endif
