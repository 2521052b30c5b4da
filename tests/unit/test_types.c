/*
 * test_types.c: what people may call an association type, and what they are told when it is none.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hubspot/client.h"
#include "lib/suite.h"
#include "model/near.h"

static struct types types;

static void add(const char *category, uint32_t id, const char *name, const char *label, int kind)
{
    struct type type = {.category = strdup(category),
        .type_id = id,
        .kind = (enum type_kind)kind,
        .name = name != NULL ? strdup(name) : NULL,
        .label = label != NULL ? strdup(label) : NULL};
    (void)types_add(&types, &type);
    free(type.category);
    free(type.name);
    free(type.label);
}

static void set_up(void)
{
    add("HUBSPOT_DEFINED", 1, "contact_to_company", "Primary", TYPE_PRIMARY);
    add("HUBSPOT_DEFINED", 279, "contact_to_company_unlabeled", NULL, TYPE_PLAIN);
    add("USER_DEFINED", 30, "decision_maker", "Decision maker", TYPE_LABEL);
    add("USER_DEFINED", 31, NULL, "Chef", TYPE_LABEL);
    add("USER_DEFINED", 32, NULL, "CHEF", TYPE_LABEL);
    add("USER_DEFINED", 279, NULL, "Odd", TYPE_LABEL);
}

static void tear_down(void)
{
    types_clear(&types);
}

static const struct {
    const char *text;
    uint32_t index;
} texts[] = {
    {"contact_to_company", 0},
    {"plain", 1},
    {"primary", 0},
    {"Primary", 0},
    {"decision_maker", 2},
    {"Decision maker", 2},
    {"DECISION MAKER", 2},
    {"Chef", 3},
    {"CHEF", 4},
    {"chef", TYPE_NONE}, /* two */
    {"HUBSPOT_DEFINED:279", 1},
    {"USER_DEFINED:279", 5},
    {"USER_DEFINED:1", TYPE_NONE},
    {"279", TYPE_NONE},
    {"", TYPE_NONE},
};

TEST_LOOP(finds_the_type_a_text_means, ARRAY_COUNT(texts))
{
    ck_assert_uint_eq(types_match_text(&types, texts[_i].text), texts[_i].index);
}

/* Words of a configuration: resolved to one type, or refused with the reason. */
static const struct {
    struct type_want want;
    uint32_t index; /* TYPE_NONE: refused … */
    const char *error; /* … with this in it */
} wants[] = {
    {{TYPE_WANT_PLAIN, NULL, NULL, 0}, 1, NULL},
    {{TYPE_WANT_PRIMARY, NULL, NULL, 0}, 0, NULL},
    {{TYPE_WANT_TEXT, (char[]){"decision_maker"}, NULL, 0}, 2, NULL},
    {{TYPE_WANT_TEXT, (char[]){"plain"}, NULL, 0}, TYPE_NONE, "no association type \"plain\""},
    {{TYPE_WANT_ID, NULL, (char[]){"HUBSPOT_DEFINED"}, 279}, 1, NULL},
    {{TYPE_WANT_ID, NULL, (char[]){"USER_DEFINED"}, 279}, 5, NULL},
    {{TYPE_WANT_ID, NULL, (char[]){"USER_DEFINED"}, 1}, TYPE_NONE,
        "no association type USER_DEFINED:1; the account has contact_to_company \"Primary\" "
        "(HUBSPOT_DEFINED:1), "},
    {{TYPE_WANT_TEXT, (char[]){"chef"}, NULL, 0}, TYPE_NONE,
        "association type \"chef\" means 2 types, write one of them as CATEGORY:id: "
        "\"Chef\" (USER_DEFINED:31), \"CHEF\" (USER_DEFINED:32)"},
};

TEST_LOOP(resolves_what_a_configuration_says, ARRAY_COUNT(wants))
{
    struct error err = {0};
    uint32_t index = TYPE_NONE;
    bool good = types_resolve(&types, &wants[_i].want, &index, ERROR_CONFIG, &err);
    ck_assert_msg(good == (wants[_i].error == NULL), "%s", err.text);
    if (good)
        ck_assert_uint_eq(index, wants[_i].index);
    else
        ck_assert_msg(strstr(err.text, wants[_i].error) != NULL, "%s", err.text);
}

/* Two plain types do not happen in HubSpot; if they do, nothing is guessed. */
TEST(a_word_that_means_two_types_is_refused)
{
    add("INTEGRATOR_DEFINED", 9, NULL, NULL, TYPE_PLAIN);
    struct type_want want = {.kind = TYPE_WANT_PLAIN};
    struct error err = {0};
    uint32_t index;
    ck_assert(!types_resolve(&types, &want, &index, ERROR_SOURCE, &err));
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    ck_assert_str_eq(err.text,
        "association type plain means 2 types, write one of them as CATEGORY:id: "
        "contact_to_company_unlabeled (HUBSPOT_DEFINED:279), (INTEGRATOR_DEFINED:9)");
    ck_assert_uint_eq(types_match_text(&types, "plain"), TYPE_NONE);
}

TEST(a_type_really_called_plain_goes_before_the_word)
{
    add("USER_DEFINED", 40, NULL, "plain", TYPE_LABEL);
    ck_assert_uint_eq(types_match_text(&types, "plain"), types.count - 1);
    ck_assert_uint_eq(types_match_text(&types, "primary"), 0);
}

TEST(words_without_such_a_type_mean_nothing)
{
    struct types labels = {0};
    struct type label = {.category = (char[]){"USER_DEFINED"}, .type_id = 1};
    (void)types_add(&labels, &label);
    ck_assert_uint_eq(types_match_text(&labels, "plain"), TYPE_NONE);
    ck_assert_uint_eq(types_match_text(&labels, "primary"), TYPE_NONE);
    ck_assert_uint_eq(types_match_text(&labels, "other"), TYPE_NONE);
    struct type_want want = {.kind = TYPE_WANT_PRIMARY};
    struct error err = {0};
    uint32_t index;
    ck_assert(!types_resolve(&labels, &want, &index, ERROR_CONFIG, &err));
    ck_assert_str_eq(err.text, "no association type primary; the account has (USER_DEFINED:1)");
    types_clear(&labels);
}

TEST(lists_a_dozen_types_and_no_more)
{
    for (uint32_t id = 100; types.count < 12; id++)
        add("WORK", id, NULL, NULL, TYPE_LABEL);
    struct type_want want = {.kind = TYPE_WANT_TEXT, .text = (char[]){"nothing like it"}};
    struct error err = {0};
    uint32_t index;
    ck_assert(!types_resolve(&types, &want, &index, ERROR_CONFIG, &err));
    ck_assert_ptr_null(strstr(err.text, "…"));
    ck_assert_ptr_nonnull(strstr(err.text, ", (WORK:105)"));
    add("WORK", 106, NULL, NULL, TYPE_LABEL);
    ck_assert(!types_resolve(&types, &want, &index, ERROR_CONFIG, &err));
    ck_assert_str_eq(err.text + strlen(err.text) - strlen("(WORK:105), …"), "(WORK:105), …");
}

TEST(finds_v3_names_exactly)
{
    ck_assert_uint_eq(types_find_name(&types, "decision_maker"), 2);
    ck_assert_uint_eq(types_find_name(&types, "Decision_maker"), TYPE_NONE);
    ck_assert_uint_eq(types_find_name(&types, "Chef"), TYPE_NONE); /* a label is no name */
}

TEST(writes_a_type_by_the_best_that_is_known)
{
    char space[64];
    add("USER_DEFINED", 50, NULL, NULL, TYPE_LABEL);
    ck_assert_str_eq(types_text(&types, 2, space), "decision_maker");
    ck_assert_str_eq(types_text(&types, 3, space), "Chef");
    ck_assert_str_eq(types_text(&types, 6, space), "USER_DEFINED:50");
}

/* The name that our table has may be a guess. */
TEST(may_be_called_by_the_name_of_our_table_but_is_told_by_another)
{
    struct type type = {.category = (char[]){"HUBSPOT_DEFINED"},
        .type_id = 176,
        .label = (char[]){"Billed by"},
        .also = (char[]){"deal_to_invoice"}};
    uint32_t index = types_add(&types, &type);
    char space[64];
    ck_assert_uint_eq(types_match_text(&types, "deal_to_invoice"), index);
    ck_assert_str_eq(types_text(&types, index, space), "Billed by");
    ck_assert_str_eq(types_nearest(&types, "deal_to_invioce"), "deal_to_invoice");
    type.also = (char[]){"another_name"}; /* what is known stays */
    ck_assert_uint_eq(types_add(&types, &type), index);
    ck_assert_uint_eq(types_match_text(&types, "deal_to_invoice"), index);
    ck_assert_uint_eq(types_match_text(&types, "another_name"), TYPE_NONE);
    add("USER_DEFINED", 60, NULL, "deal_to_invoice", TYPE_LABEL); /* really called so */
    ck_assert_uint_eq(types_match_text(&types, "deal_to_invoice"), types.count - 1);
}

TEST(says_what_was_probably_meant)
{
    struct error err = {0};
    uint32_t index;
    char text[] = "Decison maker";
    struct type_want want = {.kind = TYPE_WANT_TEXT, .text = text};
    ck_assert(!types_resolve(&types, &want, &index, ERROR_CONFIG, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean \"Decision maker\""));
    ck_assert_ptr_nonnull(strstr(err.text, "contact_to_company_unlabeled (HUBSPOT_DEFINED:279)"));
    char chef[] = "chef";
    want.text = chef;
    ck_assert(!types_resolve(&types, &want, &index, ERROR_CONFIG, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "means 2 types"));
    ck_assert_ptr_nonnull(strstr(err.text, "USER_DEFINED:31"));
    ck_assert_ptr_null(types_nearest(&types, "something else"));
    struct types none = {0};
    want.kind = TYPE_WANT_PLAIN;
    ck_assert(!types_resolve(&none, &want, &index, ERROR_CONFIG, &err));
    ck_assert_str_eq(err.text, "no association type plain; the account has none");
}

TEST(one_key_is_one_type)
{
    uint32_t count = types.count;
    add("USER_DEFINED", 31, "chef", "other", TYPE_LABEL);
    ck_assert_uint_eq(types.count, count);
    ck_assert_str_eq(types.items[3].name, "chef");
    ck_assert_str_eq(types.items[3].label, "Chef");
    add("USER_DEFINED", 31, "cook", NULL, TYPE_LABEL); /* what is known stays */
    ck_assert_str_eq(types.items[3].name, "chef");
    add("HUBSPOT_DEFINED", 279, NULL, "Unlabeled", TYPE_PLAIN);
    ck_assert_str_eq(types.items[1].label, "Unlabeled");
    char space[64];
    ck_assert_str_eq(types_text(&types, 3, space), "chef");
    for (uint32_t i = 0; types.count < TYPES_MAX; i++)
        add("WORK", i, NULL, NULL, TYPE_LABEL);
    ck_assert_str_eq(types_text(&types, TYPES_MAX - 1, space), space);
    char category[] = "NEW";
    struct type one_more = {.category = category, .type_id = 1};
    ck_assert_uint_eq(types_add(&types, &one_more), TYPE_NONE);
}

TEST(counts_letters_to_change)
{
    ck_assert_uint_eq(near_distance("contacts", "Contacts", 3), 0);
    ck_assert_uint_eq(near_distance("contcats", "contacts", 3), 1);
    ck_assert_uint_eq(near_distance("", "abc", 9), 3);
    ck_assert_uint_eq(near_distance("kitten", "sitting", 9), 3);
    ck_assert_uint_eq(near_distance("kitten", "sitting", 2), 3);
    char longest[129];
    memset(longest, 'x', sizeof longest);
    longest[128] = '\0';
    ck_assert_uint_eq(near_distance(longest, "x", 9), 10); /* too long to measure: not near */
    ck_assert_uint_eq(near_distance("x", longest, 9), 10);
    ck_assert_uint_eq(near_distance(longest + 1, longest + 1, 9), 0);
}

TEST(the_nearest_word_wins_and_the_first_of_equals)
{
    struct near near = {.wanted = "company"};
    near_offer(&near, "compony!");
    ck_assert_str_eq(near.best, "compony!");
    near_offer(&near, "companx");
    near_offer(&near, "xompany");
    near_offer(&near, "something else");
    ck_assert_str_eq(near.best, "companx");
}

TEST(knows_whether_two_types_have_one_name)
{
    ck_assert(!types_share_names(&types));
    add("USER_DEFINED", 90, "decision_maker", "Decided by", TYPE_LABEL);
    ck_assert(types_share_names(&types));
}

TEST(two_words_that_look_the_same_are_told_apart_by_their_bytes)
{
    char space[NEAR_DIFFERENCE_MAX];
    ck_assert_str_eq(near_difference("Manger", "Manager", space), "");
    static const char composed[] = "Gesch\xC3\xA4"
                                   "ft",
                      decomposed[] = "Gescha\xCC\x88"
                                     "ft";
    ck_assert_str_eq(near_difference(decomposed, composed, space),
        " they part at byte 6: 61 CC 88 as written, C3 A4 66 in HubSpot; compare Unicode normal "
        "forms and blanks");
    ck_assert_str_eq(near_difference("a\xC2\xA0", "a", space),
        " they part at byte 2: C2 A0 as written, the end in HubSpot; compare Unicode normal forms "
        "and blanks");
    ck_assert_str_ne(near_difference("a", "a\t", space), "");
    ck_assert_str_ne(near_difference("a\x7F", "a", space), "");
}

TEST(knows_what_a_record_can_have_only_once)
{
    ck_assert(type_is_once(TYPE_PRIMARY, "HUBSPOT_DEFINED", 1));
    ck_assert(type_is_once(TYPE_LABEL, "HUBSPOT_DEFINED", TYPE_PARENT_TO_CHILD));
    ck_assert(type_is_once(TYPE_LABEL, "HUBSPOT_DEFINED", TYPE_CHILD_TO_PARENT));
    ck_assert(!type_is_once(TYPE_LABEL, "USER_DEFINED", TYPE_CHILD_TO_PARENT));
    ck_assert(!type_is_once(TYPE_PLAIN, "HUBSPOT_DEFINED", 279));
}

TEST(a_number_alone_is_no_type)
{
    struct error err = {0};
    uint32_t index;
    struct type_want want = {.kind = TYPE_WANT_TEXT, .text = (char *)(uintptr_t) "279"};
    ck_assert(!types_resolve(&types, &want, &index, ERROR_CONFIG, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "write HUBSPOT_DEFINED:279 or USER_DEFINED:279"));
}

SUITE(.before = set_up, .after = tear_down);
