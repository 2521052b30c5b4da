/*
 * test_types.c: what people may call an association type, and what they are told when it is none.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hubspot/association_types.h"
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

START_TEST(finds_the_type_a_text_means)
{
    ck_assert_uint_eq(types_match_text(&types, texts[_i].text), texts[_i].index);
}
END_TEST

START_TEST(says_what_was_probably_meant)
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
END_TEST

START_TEST(one_key_is_one_type)
{
    uint32_t count = types.count;
    add("USER_DEFINED", 31, "chef", "other", TYPE_LABEL);
    ck_assert_uint_eq(types.count, count);
    ck_assert_str_eq(types.items[3].name, "chef");
    ck_assert_str_eq(types.items[3].label, "Chef");
    char space[64];
    ck_assert_str_eq(types_text(&types, 3, space), "chef");
    for (uint32_t i = 0; types.count < TYPES_MAX; i++)
        add("WORK", i, NULL, NULL, TYPE_LABEL);
    ck_assert_str_eq(types_text(&types, TYPES_MAX - 1, space), space);
    char category[] = "NEW";
    struct type one_more = {.category = category, .type_id = 1};
    ck_assert_uint_eq(types_add(&types, &one_more), TYPE_NONE);
}
END_TEST

START_TEST(counts_letters_to_change)
{
    ck_assert_uint_eq(near_distance("contacts", "Contacts", 3), 0);
    ck_assert_uint_eq(near_distance("contcats", "contacts", 3), 1);
    ck_assert_uint_eq(near_distance("", "abc", 9), 3);
    ck_assert_uint_eq(near_distance("kitten", "sitting", 9), 3);
    ck_assert_uint_eq(near_distance("kitten", "sitting", 2), 3);
}
END_TEST

static const struct {
    const char *name;
    const char *id;
    const char *singular;
} objects[] = {
    {"contacts", "0-1", "contact"},
    {"Contact", "0-1", "contact"},
    {"0-2", "0-2", "company"},
    {"Line Items", "0-8", "line_item"},
    {"line-item", "0-8", "line_item"},
    {"POSTAL_MAIL", "0-116", "postal_mail"},
    {"0-9999", "0-9999", NULL},
    {"2-123", "2-123", NULL},
    {"p_vendor", "p_vendor", NULL},
    {"p345_vendor", "p345_vendor", NULL},
    {"vendor", NULL, NULL},
    {"p_../../x", NULL, NULL},
    {"2-1/2", NULL, NULL},
    {"2-", NULL, NULL},
    {"p_", NULL, NULL},
    {"", NULL, NULL},
};

START_TEST(knows_object_types_in_every_spelling)
{
    const char *singular;
    const char *id = object_type_id(objects[_i].name, &singular);
    ck_assert_pstr_eq(id, objects[_i].id);
    ck_assert_pstr_eq(singular, objects[_i].singular);
}
END_TEST

START_TEST(own_types_have_one_id_per_direction_and_name)
{
    ck_assert_str_eq(
        association_type_find("0-1", "0-2", 279)->name, "contact_to_company_unlabeled");
    ck_assert_ptr_null(association_type_find("0-2", "0-1", 279));
    ck_assert_ptr_null(association_type_find("2-1", "0-2", 279));
    for (size_t i = 0; i < association_types_count; i++) {
        for (size_t k = i + 1; k < association_types_count; k++) {
            const struct association_type *a = &association_types[i];
            const struct association_type *b = &association_types[k];
            ck_assert_uint_ne(a->type_id, b->type_id);
            bool same = a->from == b->from && a->to == b->to;
            ck_assert(!same || a->name == NULL || b->name == NULL || strcmp(a->name, b->name) != 0);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("types");
    TCase *cases = tcase_create("types");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, finds_the_type_a_text_means, 0, (int)ARRAY_COUNT(texts));
    tcase_add_test(cases, says_what_was_probably_meant);
    tcase_add_test(cases, one_key_is_one_type);
    tcase_add_test(cases, counts_letters_to_change);
    tcase_add_loop_test(cases, knows_object_types_in_every_spelling, 0, (int)ARRAY_COUNT(objects));
    tcase_add_test(cases, own_types_have_one_id_per_direction_and_name);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
