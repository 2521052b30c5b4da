/* test_record_key.c: a key has one spelling, and what is none is told. */
#include <check.h>
#include <string.h>

#include "lib/suite.h"
#include "model/record_key.h"

static const struct {
    enum record_key_kind kind;
    const char *cell, *key, *wrong;
} cells[] = {
    {RECORD_KEY_EMAIL, "anna@example.org", "anna@example.org", NULL},
    {RECORD_KEY_EMAIL, " \tAnna@Example.ORG \n", "anna@example.org", NULL},
    {RECORD_KEY_EMAIL, "J\xc3\x96RG@example.org", "j\xc3\x96rg@example.org", NULL},
    {RECORD_KEY_EMAIL, "", NULL, "is empty"},
    {RECORD_KEY_EMAIL, "   ", NULL, "is empty"},
    {RECORD_KEY_EMAIL, "12345", NULL, "is a number and no e-mail address"},
    {RECORD_KEY_EMAIL, "n/a", NULL, "is not an e-mail address"},
    {RECORD_KEY_EMAIL, "@example.org", NULL, "is not an e-mail address"},
    {RECORD_KEY_EMAIL, "anna@", NULL, "is not an e-mail address"},
    {RECORD_KEY_EMAIL, "a@b@c", NULL, "is not an e-mail address"},
    {RECORD_KEY_EMAIL, "a@b.example, c@d.example", NULL, "is not an e-mail address"},
    {RECORD_KEY_EMAIL, "Anna <a@b.example>", NULL, "is not an e-mail address"},
    {RECORD_KEY_EMAIL, "a\xff@b.example", NULL, "is not valid UTF-8"},
    {RECORD_KEY_EMAIL, "a\x01@b.example", NULL, "has a control character in it"},
    {RECORD_KEY_EMAIL, "a\x7f@b.example", NULL, "has a control character in it"},
    {RECORD_KEY_DOMAIN, "acme.example", "acme.example", NULL},
    {RECORD_KEY_DOMAIN, " HTTPS://www.Acme.example:443/shop?x ", "acme.example", NULL},
    {RECORD_KEY_DOMAIN, "www.acme.example.", "acme.example", NULL},
    {RECORD_KEY_DOMAIN, "acme.example#top", "acme.example", NULL},
    {RECORD_KEY_DOMAIN, "www.example", "www.example", NULL},
    {RECORD_KEY_DOMAIN, "anna@acme.example", NULL, "is an e-mail address and no domain"},
    {RECORD_KEY_DOMAIN, "acme", NULL, "is not a domain"},
    {RECORD_KEY_DOMAIN, ".example", NULL, "is not a domain"},
    {RECORD_KEY_DOMAIN, "Acme Inc. Ltd", NULL, "is not a domain"},
    {RECORD_KEY_DOMAIN, "https://...", NULL, "is not a domain"},
    {RECORD_KEY_TEXT, " AB-0077 ", "AB-0077", NULL},
    {RECORD_KEY_TEXT, "12345", "12345", NULL},
    {RECORD_KEY_TEXT, "\t", NULL, "is empty"},
};

TEST_LOOP(has_one_spelling, ARRAY_COUNT(cells))
{
    char key[RECORD_KEY_MAX + 1];
    const char *wrong = record_key_normalize(cells[_i].kind, cells[_i].cell, key);
    if (cells[_i].key != NULL) {
        ck_assert_msg(wrong == NULL, "%s: %s", cells[_i].cell, wrong);
        ck_assert_str_eq(key, cells[_i].key);
        ck_assert_ptr_null(record_key_normalize(cells[_i].kind, cells[_i].key, key));
        ck_assert_str_eq(key, cells[_i].key); /* and it stays that */
    } else {
        ck_assert_ptr_nonnull(wrong);
        ck_assert_msg(strncmp(wrong, cells[_i].wrong, strlen(cells[_i].wrong)) == 0, "%s", wrong);
    }
}

TEST(is_not_longer_than_an_index_takes)
{
    char cell[10 * 1024], key[RECORD_KEY_MAX + 1];
    memset(cell, 'x', sizeof cell);
    cell[RECORD_KEY_MAX] = '\0';
    ck_assert_ptr_null(record_key_normalize(RECORD_KEY_TEXT, cell, key));
    ck_assert_uint_eq(strlen(key), RECORD_KEY_MAX);
    cell[RECORD_KEY_MAX] = 'x';
    cell[sizeof cell - 1] = '\0';
    ck_assert_str_eq(record_key_normalize(RECORD_KEY_TEXT, cell, key), "is longer than 500 bytes");
}

TEST(the_property_says_of_what_kind_it_is)
{
    ck_assert_int_eq(record_key_kind("0-1", "email"), RECORD_KEY_EMAIL);
    ck_assert_int_eq(record_key_kind("0-2", "email"), RECORD_KEY_TEXT);
    ck_assert_int_eq(record_key_kind("0-1", "erp_no"), RECORD_KEY_TEXT);
    ck_assert_int_eq(record_key_kind("0-2", "domain"), RECORD_KEY_DOMAIN);
    ck_assert_int_eq(record_key_kind("0-2", "erp_no"), RECORD_KEY_TEXT);
    ck_assert_str_eq(record_key_others(RECORD_KEY_EMAIL), "hs_additional_emails");
    ck_assert_ptr_null(record_key_others(RECORD_KEY_TEXT));
}

TEST(upper_and_lower_case_may_be_passed_over)
{
    ck_assert(record_key_same_letters("AbC-1", "aBc-1"));
    ck_assert(record_key_same_letters("", ""));
    ck_assert(!record_key_same_letters("abc", "abcd"));
    ck_assert(!record_key_same_letters("abcd", "abc"));
    ck_assert(!record_key_same_letters("abc", "abd"));
    ck_assert(!record_key_same_letters("[", "{")); /* no letters */
}
