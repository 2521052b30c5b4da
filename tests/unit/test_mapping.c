/* test_mapping.c: a spelling is no other meaning, and what an older version did not note is none.
 */
#include <check.h>

#include "base/buf.h"
#include "lib/suite.h"
#include "model/mapping.h"

static struct sync_definition vendors = {.from = "p_vendor", .to = "contact"};

/* Fields as they stand in struct mapping; the rest is not noted. */
struct fields {
    const char *texts[MAPPING_FIELDS];
};

static struct mapping mapping_of(const struct fields *fields)
{
    struct mapping mapping = {0};
    for (size_t i = 0; i < MAPPING_FIELDS; i++)
        if (fields->texts[i] != NULL)
            mapping_set(&mapping, (enum mapping_field)i, fields->texts[i]);
    return mapping;
}

static const struct {
    struct fields then, now;
    bool same, same_scope;
} mappings[] = {
    {{{"deals", "contacts", "42", "A:1", "t", "table", "d", "mirror"}},
        {{"deals", "contacts", "42", "A:1", "t", "table", "d", "mirror"}}, true, true},
    {{{"deal", "0-1", "42", "A:1", "t"}}, {{"deals", "contacts", "42", "A:1", "t"}}, true, true},
    {{{"Deals", "contacts", "42", "A:1", "t"}},
        {{"deals", "contacts", "42", "A:1", "t", "table", "d", "mirror"}}, true, true},
    {{{"deals", "contacts", "42", "A:1", "t", "table", "d", "mirror"}},
        {{"deals", "contacts", "42", "A:1", "t", "table", "d", "create_only"}}, false, true},
    {{{"deals", "contacts", "42", "A:1", "t", "table", "d", "mirror"}},
        {{"deals", "contacts", "42", "A:1", "t", "table", "e", "mirror"}}, false, true},
    {{{"deals", "contacts", "42", "A:1", "t", "table", "d"}},
        {{"deals", "contacts", "42", "A:1", "t", "view 5d41", "d"}}, false, true},
    {{{"deals", "contacts", "42", "A:1", "t", "table", "d"}},
        {{"deals", "contacts", "42", "A:1", "t"}}, false, true},
    {{{"deals", "contacts", "42", "A:1", "t"}}, {{"deals", "contacts", "43", "A:1", "t"}}, false,
        false},
    {{{"deals", "contacts", "42", "A:1", "t"}}, {{"deals", "contacts", "42", "A:1", "u"}}, false,
        true},
    {{{"deals", "contacts", "42", "A:1", "t"}}, {{"deals", "contacts", "42", "A:1, A:2", "t"}},
        false, true},
    {{{"deals", "companies", "42", "A:1"}}, {{"deals", "contacts", "42", "A:1"}}, false, false},
    {{{"contacts", "deals", "42", "A:1"}}, {{"deals", "contacts", "42", "A:1"}}, false, false},
    {{{"p_vendor", "contact", "42"}}, {{"2-77", "contacts", "42"}}, true, true},
    {{{"p_other", "contact", "42"}}, {{"2-77", "contacts", "42"}}, false, false},
    {{{"vendor", "contact", "42"}}, {{"2-77", "contacts", "42"}}, false, false},
    {{{"p_vendor", "contact", "42"}}, {{"vendor", "contacts", "42"}}, true, true},
    {{{"deals", "contacts", "42"}}, {{"vendor", "contacts", "42"}}, false, false},
    {{{"deals", "contacts", "4"}}, {{"deals", "contacts", "42"}}, false, false},
    {{{NULL}}, {{"deals", "contacts", "42"}}, true, false},
    {{{"deals", "contacts", "42"}}, {{NULL}}, false, false},
};

static const struct {
    struct fields then, now;
    const char *was, *is;
} parted[] = {
    {{{"a", "b", "1", "A:1", "t", "crm.t", "d", "mirror"}},
        {{"a", "b", "1", "A:1", "t", "crm.t", "d", "create_only"}}, "… policy mirror",
        "… policy create_only"},
    {{{"a", "b", "1", "A:1", "t", "ids as text", "d", "mirror"}},
        {{"a", "b", "1", "A:1", "t", "ids as integer", "d", "mirror"}}, "… ids as text, …",
        "… ids as integer, …"},
    {{{"a", "b", "1", "A:1", "t"}}, {{"a", "b", "1", "A:1", "u"}}, "… from t", "… from u"},
    {{{"a", "b", "1", "A:1"}}, {{"a", "b", "2", "A:1"}}, "… of account 1, …", "… of account 2, …"},
    {{{"a", "b"}}, {{"a", "c"}}, "… to b", "… to c"},
    {{{"a", "b", "1"}}, {{"b", "a", "1"}}, "a to b, …", "b to a, …"},
    {{{"a", "b", "1", "A:1", "t", "s", "d"}}, {{"a", "b", "1", "A:1", "t"}}, "… s, database d",
        "… "},
    {{{"a", "deals", "1"}}, {{"a", "deal", "1"}}, "… ", "… "},
};

TEST_LOOP(shows_the_parts_that_differ, ARRAY_COUNT(parted))
{
    char was[MAPPING_PART_MAX], is[MAPPING_PART_MAX];
    CLEANUP(mapping_clear) struct mapping then = mapping_of(&parted[_i].then);
    CLEANUP(mapping_clear) struct mapping now = mapping_of(&parted[_i].now);
    mapping_difference(&then, &now, was, is);
    ck_assert_str_eq(was, parted[_i].was);
    ck_assert_str_eq(is, parted[_i].is);
}

TEST_LOOP(fault_c8_compares_what_is_meant, ARRAY_COUNT(mappings))
{
    CLEANUP(mapping_clear) struct mapping then = mapping_of(&mappings[_i].then);
    CLEANUP(mapping_clear) struct mapping now = mapping_of(&mappings[_i].now);
    ck_assert_int_eq(mapping_same(&then, &now, &vendors), mappings[_i].same);
    ck_assert_int_eq(mapping_same_scope(&then, &now, &vendors), mappings[_i].same_scope);
}

TEST(knows_the_words_of_the_configuration_only_if_it_is_told_them)
{
    CLEANUP(mapping_clear)
    struct mapping then = mapping_of(&(struct fields){{"p_vendor", "contacts", "42"}});
    CLEANUP(mapping_clear)
    struct mapping now = mapping_of(&(struct fields){{"2-77", "contacts", "42"}});
    ck_assert(!mapping_same(&then, &now, NULL));
    mapping_set(&then, MAPPING_FROM, "2-77");
    mapping_set(&then, MAPPING_TO, "contact");
    ck_assert(mapping_same(&then, &now, NULL));
}

TEST(says_it_in_one_sentence)
{
    CLEANUP(buf_clear) struct buf text = {0}, scope = {0};
    CLEANUP(mapping_clear)
    struct mapping mapping = mapping_of(&(struct fields){
        {"deals", "contacts", "42", "A:1, A:2", "t (a, b)", "ids as text", "d", "mirror"}});
    ck_assert_str_eq(mapping_text(&mapping, &text),
        "deals to contacts of account 42, types A:1, A:2 from t (a, b): ids as text, database d,"
        " policy mirror");
    ck_assert_str_eq(mapping_scope_text(&mapping, &scope), "deals to contacts of account 42");
}
