/* test_reciprocal.c: which two types are one, and that nothing is decided by a guess. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/suite.h"
#include "model/reciprocal.h"

static struct types types;
static struct reciprocals reciprocals;

/* category 'H': HubSpot's own, else the account's; names and labels in one. */
static void add(char category, uint32_t id, const char *name, enum type_kind kind)
{
    char own[] = "HUBSPOT_DEFINED", custom[] = "USER_DEFINED";
    struct type type = {.category = category == 'H' ? own : custom, .type_id = id, .kind = kind};
    type.name = (char *)(uintptr_t)name;
    (void)types_add(&types, &type);
}

enum { PLAIN, PARENT, CHILD, FIRST }; /* indexes */

static void set_up(void)
{
    add('H', 450, "company_to_company", TYPE_PLAIN);
    add('H', 13, "parent_to_child_company", TYPE_LABEL);
    add('H', 14, "child_to_parent_company", TYPE_LABEL);
    reciprocal_init(&reciprocals, &types, "0-2");
}

static void tear_down(void)
{
    types_clear(&types);
}

/* Digits are indexes of types. */
static size_t rows_of(const char *digits, struct assoc rows[8])
{
    size_t count = strlen(digits);
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct assoc){.type = (uint32_t)(digits[i] - '0')};
    return count;
}

static void observe(const char *forth, const char *back)
{
    struct assoc a[8], b[8];
    size_t a_count = rows_of(forth, a), b_count = rows_of(back, b);
    reciprocal_observe(&reciprocals, a, a_count, b, b_count);
}

static enum reciprocal_answer takes(uint32_t type, const char *named)
{
    struct assoc rows[8] = {0};
    size_t count = rows_of(named, rows);
    return reciprocal_takes(&reciprocals, type, rows, count);
}

TEST(knows_hubspots_own)
{
    ck_assert_uint_eq(reciprocal_of(&reciprocals, PLAIN), PLAIN);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, PARENT), CHILD);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, CHILD), PARENT);
    ck_assert_int_eq(takes(PARENT, "1"), RECIPROCAL_NO);
    ck_assert_int_eq(takes(PARENT, "02"), RECIPROCAL_YES);
}

TEST(the_plain_type_takes_whatever_is_named)
{
    ck_assert_int_eq(takes(PLAIN, ""), RECIPROCAL_NO);
    ck_assert_int_eq(takes(PLAIN, "1"), RECIPROCAL_YES);
}

TEST(a_name_that_two_types_share_tells)
{
    add('U', 26, "manager_employee", TYPE_LABEL);
    add('U', 27, "manager_employee", TYPE_LABEL);
    add('U', 28, "sibling", TYPE_LABEL);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST + 1);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 1), FIRST);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 2), FIRST + 2); /* the only one left */
    ck_assert_int_eq(takes(FIRST, "0"), RECIPROCAL_NO);
}

TEST(a_name_that_three_types_share_tells_nothing)
{
    for (uint32_t i = 0; i < 3; i++)
        add('U', 26 + i, "a", TYPE_LABEL);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_UNKNOWN);
}

TEST(a_link_read_from_both_records_tells)
{
    add('U', 26, NULL, TYPE_LABEL);
    add('U', 27, NULL, TYPE_LABEL);
    add('U', 28, NULL, TYPE_LABEL);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_UNKNOWN);
    ck_assert_int_eq(takes(FIRST, "345"), RECIPROCAL_YES); /* whichever it is */
    ck_assert_int_eq(takes(FIRST, "12"), RECIPROCAL_NO);
    observe("034", "05"); /* somebody changed it meanwhile: no reading */
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
    observe("034", "054");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST + 2);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 1), FIRST + 1);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_NO);
    ck_assert_int_eq(takes(FIRST, "5"), RECIPROCAL_YES);
    ck_assert_uint_eq(reciprocals.readings, 1);
}

TEST(what_two_readings_leave_open_each_may_be_closed_together)
{
    for (uint32_t i = 0; i < 4; i++)
        add('U', 26 + i, NULL, TYPE_LABEL);
    observe("034", "056");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_NO); /* certainly not that one */
    observe("03", "06");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST + 3);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 1), FIRST + 2);
}

TEST(readings_that_contradict_each_other_tell_nothing)
{
    add('U', 26, "a", TYPE_LABEL);
    add('U', 27, "a", TYPE_LABEL);
    add('U', 28, "b", TYPE_LABEL);
    observe("03", "04");
    observe("03", "05");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, PARENT), CHILD);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_UNKNOWN);
    ck_assert_int_eq(takes(FIRST, "1"), RECIPROCAL_NO);
}

TEST(a_name_that_one_type_has_alone_tells_where_all_have_names)
{
    add('U', 26, "a", TYPE_LABEL);
    add('U', 27, "b", TYPE_LABEL);
    observe("034", "034");
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_NO);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_YES);
    reciprocal_recall(&reciprocals, FIRST, TYPE_NONE, EVIDENCE_DOUBT);
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_UNKNOWN);
    reciprocal_for_creates(&reciprocals, true);
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_NO);
    reciprocal_for_creates(&reciprocals, false);
    add('U', 28, NULL, TYPE_LABEL); /* of which the account does not tell the name (yet) */
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_UNKNOWN);
}

TEST(names_are_not_trusted_where_they_were_seen_to_differ_or_are_missing)
{
    add('U', 26, "boss", TYPE_LABEL);
    add('U', 27, "bossed", TYPE_LABEL);
    add('U', 28, "a", TYPE_LABEL);
    add('U', 29, "b", TYPE_LABEL);
    reciprocal_for_creates(&reciprocals, true);
    observe("03", "04");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST + 1);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 2), TYPE_NONE);
    types_clear(&types);
    set_up();
    add('U', 26, NULL, TYPE_LABEL);
    add('U', 27, "b", TYPE_LABEL);
    reciprocal_for_creates(&reciprocals, true);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 1), TYPE_NONE);
}

TEST(two_labels_without_names_that_were_seen_as_one_do_not_speak_for_names)
{
    add('U', 26, "a", TYPE_LABEL);
    add('U', 27, NULL, TYPE_LABEL);
    add('U', 28, "c", TYPE_LABEL);
    add('U', 29, "d", TYPE_LABEL);
    reciprocal_for_creates(&reciprocals, true);
    observe("03", "04");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 2), TYPE_NONE);
}

TEST(a_name_that_was_seen_to_be_wrong_about_two_types_does_not_join_them)
{
    add('U', 26, "a", TYPE_LABEL);
    add('U', 27, "a", TYPE_LABEL);
    add('U', 28, "b", TYPE_LABEL);
    reciprocal_for_creates(&reciprocals, true);
    observe("03", "03");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST);
    observe("04", "04");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 2), FIRST + 2);
}

TEST(an_own_type_whose_other_end_the_account_does_not_list_is_unknown)
{
    types_clear(&types);
    add('H', 13, "parent_to_child_company", TYPE_LABEL);
    add('H', 4000, "newer", TYPE_LABEL);
    add('U', 26, "a", TYPE_LABEL);
    add('U', 27, "b", TYPE_LABEL);
    reciprocal_init(&reciprocals, &types, "0-2");
    observe("0", "1");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, 0), 1);
    reciprocal_for_creates(&reciprocals, true);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, 2), 2);
}

TEST(types_met_later_count_too)
{
    add('U', 26, NULL, TYPE_LABEL);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST);
    add('U', 27, NULL, TYPE_LABEL);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
}

/* What is to be kept of a type: its reciprocal's index, 'D' for a doubt, '-' for nothing new; with
 * the evidence behind it. */
static const char *learnt(uint32_t type)
{
    static char text[8];
    uint32_t other;
    enum reciprocal_evidence evidence = reciprocal_learnt(&reciprocals, type, &other);
    if (evidence == EVIDENCE_NONE)
        return "-";
    if (evidence == EVIDENCE_DOUBT)
        return "D";
    (void)snprintf(text, sizeof text, "%u%s", other, evidence == EVIDENCE_LINK ? "link" : "list");
    return text;
}

static void add_labels(const char *names)
{
    for (uint32_t i = 0; names[i] != '\0'; i++) {
        char name[2] = {names[i]};
        add('U', 26 + i, name, TYPE_LABEL);
    }
}

TEST(what_a_link_or_the_list_tells_is_learnt_and_no_more)
{
    add_labels("aabcd");
    ck_assert_str_eq(learnt(PARENT), "-"); /* known by table */
    ck_assert_str_eq(learnt(FIRST), "4list");
    ck_assert_str_eq(learnt(FIRST + 2), "-");
    observe("05", "05");
    ck_assert_str_eq(learnt(FIRST + 2), "5link");
    observe("067", "067");
    ck_assert_str_eq(learnt(FIRST + 3), "-"); /* two labels on one link: each may be each */
    reciprocal_recall(&reciprocals, FIRST, FIRST + 1, EVIDENCE_LIST);
    reciprocal_recall(&reciprocals, FIRST + 1, FIRST, EVIDENCE_LIST);
    ck_assert_str_eq(learnt(FIRST), "-");
    observe("03", "04");
    ck_assert_str_eq(learnt(FIRST), "4link"); /* a link tells more than the list */
    reciprocal_recall(&reciprocals, FIRST, FIRST + 1, EVIDENCE_LINK);
    ck_assert_str_eq(learnt(FIRST), "-");
}

TEST(what_is_kept_decides_where_a_link_carries_both)
{
    add_labels("abc");
    observe("034", "034");
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_NO); /* by their names */
    reciprocal_recall(&reciprocals, FIRST, FIRST + 1, EVIDENCE_LINK);
    reciprocal_recall(&reciprocals, FIRST + 1, FIRST, EVIDENCE_LINK);
    reciprocal_recall(&reciprocals, PARENT, FIRST, EVIDENCE_LINK); /* the table knows better */
    ck_assert_int_eq(takes(FIRST, "4"), RECIPROCAL_YES);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_NO);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, PARENT), CHILD);
    ck_assert(!reciprocals.outdated);
    ck_assert(reciprocal_is_own(&reciprocals, PARENT) && !reciprocal_is_own(&reciprocals, FIRST));
}

TEST(a_link_that_contradicts_what_is_kept_counts_for_creates_only)
{
    add_labels("abcd");
    reciprocal_recall(&reciprocals, FIRST, FIRST + 1, EVIDENCE_LINK);
    reciprocal_recall(&reciprocals, FIRST + 1, FIRST, EVIDENCE_LINK);
    reciprocal_recall(&reciprocals, FIRST + 2, FIRST + 2, EVIDENCE_LINK);
    observe("03", "03");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
    ck_assert_int_eq(takes(FIRST, "3"), RECIPROCAL_UNKNOWN);
    ck_assert_int_eq(takes(FIRST + 2, "5"), RECIPROCAL_UNKNOWN); /* nothing is archived */
    ck_assert_str_eq(learnt(FIRST), "D");
    ck_assert_str_eq(learnt(FIRST + 1), "D");
    ck_assert_str_eq(learnt(FIRST + 2), "-");
    reciprocal_for_creates(&reciprocals, true);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST);
    reciprocal_for_creates(&reciprocals, false);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
}

TEST(a_doubt_is_settled_by_a_link_and_by_no_name)
{
    add_labels("aab");
    reciprocal_recall(&reciprocals, FIRST, TYPE_NONE, EVIDENCE_DOUBT);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), TYPE_NONE);
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST + 1), TYPE_NONE);
    ck_assert_str_eq(learnt(FIRST), "-");
    observe("03", "03");
    ck_assert_uint_eq(reciprocal_of(&reciprocals, FIRST), FIRST);
    ck_assert_str_eq(learnt(FIRST), "3link");
}

TEST(readings_that_contradict_each_other_teach_nothing_and_outdate_nothing)
{
    add_labels("abc");
    reciprocal_recall(&reciprocals, FIRST, FIRST, EVIDENCE_LINK);
    observe("03", "04");
    observe("03", "05");
    ck_assert_str_eq(learnt(FIRST), "-");
    ck_assert(!reciprocals.outdated && reciprocals.contradicted);
}

SUITE(.before = set_up, .after = tear_down);
