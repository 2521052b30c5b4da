/* test_mapping.c: a spelling is no other meaning, and neither is an older version's wording. */
#include <check.h>

#include "lib/suite.h"
#include "model/mapping.h"

static struct sync_definition vendors = {.from = "p_vendor", .to = "contact"};

static const struct {
    const char *then, *now;
    bool same, same_scope;
} mappings[] = {
    {"deals to contacts of account 42, types A:1 from t, database d",
        "deals to contacts of account 42, types A:1 from t, database d", true, true},
    {"deal to 0-1 of account 42, types A:1 from t",
        "deals to contacts of account 42, types A:1 from t", true, true},
    {"Deals to contacts of account 42, types A:1 from t",
        "deals to contacts of account 42, types A:1 from t, database d, policy mirror", true, true},
    {"deals to contacts of account 42, types A:1 from t, database d",
        "deals to contacts of account 42, types A:1 from t, database d, policy mirror", false,
        true},
    {"deals to contacts of account 42, types A:1 from t",
        "deals to contacts of account 43, types A:1 from t", false, false},
    {"deals to contacts of account 42, types A:1 from t",
        "deals to contacts of account 42, types A:1 from u", false, true},
    {"deals to companies of account 42, types A:1 from t",
        "deals to contacts of account 42, types A:1 from t", false, false},
    {"contacts to deals of account 42, types A:1 from t",
        "deals to contacts of account 42, types A:1 from t", false, false},
    {"p_vendor to contact of account 42, types A:1 from t",
        "2-77 to contacts of account 42, types A:1 from t", true, true},
    {"p_other to contact of account 42, types A:1 from t",
        "2-77 to contacts of account 42, types A:1 from t", false, false},
    {"vendor to contact of account 42, types A:1", "2-77 to contacts of account 42, types A:1",
        false, false},
    {"p_vendor to contact of account 42, types A:1", "vendor to contacts of account 42, types A:1",
        true, true},
    {"deals to contacts of account 42", "deals to contacts of account 42", true, true},
    {"deals to contacts of account 42", "vendor to contacts of account 42", false, false},
    {"deals to contacts of account 4", "deals to contacts of account 42, types A:1", false, false},
    {"something else", "something else", true, false},
    {"deals to contacts", "deals to contacts of account 42", false, false},
    {"deals to contacts of account 42", "something else", false, false},
};

static const struct {
    const char *then, *now, *was, *is;
} parted[] = {
    {"a to b of account 1, types A:1 from t: crm.t, policy mirror",
        "a to b of account 1, types A:1 from t: crm.t, policy create_only", "… policy mirror",
        "… policy create_only"},
    {"a to b of account 1, types A:1: crm.t (x bigint, y text), policy mirror",
        "a to b of account 1, types A:1: crm.t (x text, y text), policy mirror",
        "… crm.t (x bigint, …", "… crm.t (x text, …"},
    {"a to b of account 1, types A:1", "a to b of account 2, types A:1", "a to b of account 1, …",
        "a to b of account 2, …"},
    {"a to b", "a to c", "a to b", "a to c"},
    {"a, b", "a, b, c", "… b", "… b, c"},
    {"a, c", "a, b, c", "… c", "… b, c"},
    {"a, b, c", "b, c", "a, b, …", "b, …"},
    {" a", " b", " a", " b"},
};

TEST_LOOP(shows_the_parts_that_differ, ARRAY_COUNT(parted))
{
    char was[MAPPING_PART_MAX], is[MAPPING_PART_MAX];
    mapping_difference(parted[_i].then, parted[_i].now, was, is);
    ck_assert_str_eq(was, parted[_i].was);
    ck_assert_str_eq(is, parted[_i].is);
}

TEST_LOOP(fault_c8_compares_what_is_meant, ARRAY_COUNT(mappings))
{
    bool same = mapping_same(mappings[_i].then, mappings[_i].now, &vendors);
    bool same_scope = mapping_same_scope(mappings[_i].then, mappings[_i].now, &vendors);
    ck_assert_msg(same == mappings[_i].same && same_scope == mappings[_i].same_scope, "%s | %s",
        mappings[_i].then, mappings[_i].now);
}

TEST(knows_the_words_of_the_configuration_only_if_it_is_told_them)
{
    ck_assert(!mapping_same(
        "p_vendor to contacts of account 42", "2-77 to contacts of account 42", NULL));
    ck_assert(
        mapping_same("deal to contact of account 42", "deals to contacts of account 42", NULL));
}

TEST(knows_where_the_scope_ends)
{
    ck_assert_uint_eq(mapping_scope_length("a to b of account 1, types c"), 19);
    ck_assert_uint_eq(mapping_scope_length("a to b"), 6);
}
