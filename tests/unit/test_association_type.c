/*
 * test_association_type.c: the table of HubSpot's own association types, and how they are looked
 * up.
 */
#include <check.h>
#include <string.h>

#include "model/association_types.h"
#include "lib/suite.h"

TEST(own_types_have_one_id_per_direction_and_name)
{
    ck_assert_str_eq(
        association_type_find("0-1", "0-2", 279)->name, "contact_to_company_unlabeled");
    ck_assert_ptr_null(association_type_find("0-2", "0-1", 279));
    ck_assert_ptr_null(association_type_find("0-1", "0-3", 279));
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

/* The first number of the list, one from its middle, the last; and three that it does not have. */
static const struct {
    const char *from, *to;
    uint32_t type_id;
    bool seen;
} seen[] = {
    {"0-1", "0-2", 1, true},
    {"0-3", "0-8", 19, true},
    {"0-5", "0-2", 339, true},
    {"0-2", "0-2", 13, false},
    {"0-3", "0-53", 176, false},
    {"0-46", "0-2", 190, false},
};

TEST_LOOP(knows_which_own_names_are_seen_and_which_are_guesses, ARRAY_COUNT(seen))
{
    const struct association_type *row =
        association_type_find(seen[_i].from, seen[_i].to, seen[_i].type_id);
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(association_type_is_seen(row), seen[_i].seen);
}

TEST(own_types_have_at_most_one_other_end)
{
    size_t both = 0;
    for (size_t i = 0; i < association_types_count; i++) {
        const struct association_type *row = &association_types[i];
        const struct association_type *other = association_type_inverse(row);
        if (other == NULL)
            continue;
        ck_assert_ptr_eq(association_type_inverse(other), row);
        ck_assert(other->from == row->to && other->to == row->from && other->kind == row->kind);
        both++;
    }
    ck_assert_uint_gt(both, association_types_count / 2);
    ck_assert_uint_eq(
        association_type_inverse(association_type_find("0-2", "0-2", 13))->type_id, 14);
    ck_assert_uint_eq(
        association_type_inverse(association_type_find("0-14", "0-1", 702))->type_id, 703);
    ck_assert_ptr_null(association_type_inverse(association_type_find("0-970", "0-2", 1299)));
}

/* What is wanted between contacts and companies, and the id it means; 0: none of HubSpot's own. */
static const struct {
    struct type_want want;
    uint32_t type_id;
} meant[] = {
    {{.kind = TYPE_WANT_PLAIN}, 279},
    {{.kind = TYPE_WANT_PRIMARY}, 1},
    {{.kind = TYPE_WANT_ID, .category = "HUBSPOT_DEFINED", .type_id = 1}, 1},
    {{.kind = TYPE_WANT_ID, .category = "USER_DEFINED", .type_id = 1}, 0},
    {{.kind = TYPE_WANT_ID, .category = "HUBSPOT_DEFINED", .type_id = 2}, 0},
    {{.kind = TYPE_WANT_TEXT, .text = "contact_to_company_unlabeled"}, 279},
    {{.kind = TYPE_WANT_TEXT, .text = "company_to_contact"}, 0},
    {{.kind = TYPE_WANT_TEXT, .text = "Boss"}, 0},
};

TEST_LOOP(knows_which_own_type_is_meant, ARRAY_COUNT(meant))
{
    const struct association_type *row = association_type_meant("0-1", "0-2", &meant[_i].want);
    ck_assert_uint_eq(row != NULL ? row->type_id : 0, meant[_i].type_id);
    ck_assert_ptr_null(association_type_meant("p_a", "0-2", &meant[_i].want));
}
