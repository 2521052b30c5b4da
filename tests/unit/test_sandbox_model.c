/*
 * test_sandbox_model.c: the sandbox's rules, because every end-to-end test believes them. The model
 * is compiled in, since the sandbox is a program and no library.
 */
#include <check.h>

#include "sandbox/cursor.c"
#include "lib/suite.h"
#include "sandbox/default_types.c"
#include "sandbox/direction.c"
#include "sandbox/idmap.c"
#include "sandbox/object.c"
#include "sandbox/portal.c"
#include "sandbox/portal_record.c"
#include "sandbox/portal_types.c"
#include "sandbox/record.c"
#include "sandbox/settings.c"
#include "sandbox/stamp.c"

static struct portal portal;
static struct changes changes;

static void set_up(void)
{
    memset(&portal, 0, sizeof portal);
    settings_init(&portal.settings);
    portal_init(&portal);
}

static void tear_down(void)
{
    changes_clear(&changes);
    portal_clear(&portal);
}

static struct direction *between(const char *from, const char *to)
{
    return portal_direction(
        &portal, object_find(&portal.objects, from, 1), object_find(&portal.objects, to, 1));
}

static uint64_t type(const struct direction *direction, uint32_t id)
{
    int bit = direction_kind_by_id(direction, HUBSPOT_DEFINED, id);
    ck_assert_int_ge(bit, 0);
    return UINT64_C(1) << bit;
}

static void associate(struct direction *direction, uint64_t from, uint64_t to, uint64_t types)
{
    struct edge edge = {from, to, types};
    portal_associate(&portal, direction, &edge, false, &changes);
}

static void dissociate(struct direction *direction, uint64_t from, uint64_t to, uint64_t types)
{
    struct edge edge = {from, to, types};
    portal_dissociate(direction, &edge, &changes);
}

static uint64_t types_of(const struct direction *direction, uint64_t from, uint64_t to)
{
    const struct link *link = direction_find(direction, from, to);
    return link != NULL ? link->types : 0;
}

TEST(shows_a_link_from_both_sides)
{
    struct direction *forth = between("deals", "contacts");
    struct direction *back = between("contacts", "deals");
    associate(forth, 1, 2, type(forth, 3));
    ck_assert_uint_eq(types_of(forth, 1, 2), type(forth, 3));
    ck_assert_uint_eq(types_of(back, 2, 1), type(back, 4));
    dissociate(back, 2, 1, 0);
    ck_assert_uint_eq(types_of(forth, 1, 2), 0);
    ck_assert_uint_eq(changes.count, 2);
}

TEST(makes_the_first_company_primary)
{
    struct direction *forth = between("contacts", "companies");
    associate(forth, 1, 10, type(forth, 279));
    associate(forth, 1, 11, type(forth, 279));
    ck_assert_uint_eq(types_of(forth, 1, 10), type(forth, 279) | type(forth, 1));
    ck_assert_uint_eq(types_of(forth, 1, 11), type(forth, 279));
}

TEST(makes_the_first_company_primary_from_its_side_too)
{
    struct direction *back = between("companies", "deals");
    struct direction *forth = between("deals", "companies");
    associate(back, 10, 1, type(back, 342));
    associate(back, 11, 1, type(back, 342));
    ck_assert_uint_eq(types_of(forth, 1, 10), type(forth, 341) | type(forth, 5));
    ck_assert_uint_eq(types_of(forth, 1, 11), type(forth, 341));
}

TEST(moves_the_primary_company)
{
    struct direction *forth = between("contacts", "companies");
    struct direction *back = between("companies", "contacts");
    associate(forth, 1, 10, type(forth, 1));
    associate(back, 11, 1, type(back, 2));
    ck_assert_uint_eq(types_of(forth, 1, 10), type(forth, 279));
    ck_assert_uint_eq(types_of(back, 10, 1), type(back, 280));
    ck_assert_uint_eq(types_of(forth, 1, 11), type(forth, 279) | type(forth, 1));
}

TEST(lets_a_company_be_primary_of_many)
{
    struct direction *forth = between("contacts", "companies");
    associate(forth, 1, 10, type(forth, 1));
    associate(forth, 2, 10, type(forth, 1));
    ck_assert_uint_eq(types_of(forth, 1, 10), types_of(forth, 2, 10));
}

TEST(keeps_one_parent_company)
{
    struct direction *companies = between("companies", "companies");
    associate(companies, 1, 2, type(companies, 13)); /* 1 is the parent of 2 */
    ck_assert_uint_eq(types_of(companies, 2, 1), type(companies, 14) | type(companies, 450));
    associate(companies, 3, 2, type(companies, 13));
    ck_assert_uint_eq(types_of(companies, 2, 1), type(companies, 450));
    ck_assert_uint_eq(types_of(companies, 1, 2), type(companies, 450));
    ck_assert_uint_eq(types_of(companies, 3, 2), type(companies, 13) | type(companies, 450));
}

TEST(removes_all_types_with_the_plain_one)
{
    struct direction *forth = between("contacts", "companies");
    int bit = portal_add_label(&portal, forth, "chef", "Chef", NULL);
    associate(forth, 1, 10, UINT64_C(1) << bit);
    dissociate(forth, 1, 10, type(forth, 1));
    ck_assert_uint_eq(types_of(forth, 1, 10), type(forth, 279) | UINT64_C(1) << bit);
    dissociate(forth, 1, 10, type(forth, 279));
    ck_assert_uint_eq(types_of(forth, 1, 10), 0);
    ck_assert_ptr_null(direction_find(between("companies", "contacts"), 10, 1));
}

TEST(replaces_labels_when_asked)
{
    struct direction *forth = between("deals", "contacts");
    int chef = portal_add_label(&portal, forth, "chef", "Chef", NULL);
    int buyer = portal_add_label(&portal, forth, "buyer", "Buyer", "Buys");
    struct edge edge = {1, 2, UINT64_C(1) << buyer};
    associate(forth, 1, 2, UINT64_C(1) << chef);
    portal_associate(&portal, forth, &edge, true, &changes);
    ck_assert_uint_eq(types_of(forth, 1, 2), type(forth, 3) | UINT64_C(1) << buyer);
}

TEST(does_nothing_twice_or_without_types)
{
    struct direction *forth = between("deals", "contacts");
    associate(forth, 1, 2, 0);
    ck_assert_uint_eq(changes.count, 0);
    associate(forth, 1, 2, type(forth, 3));
    associate(forth, 1, 2, type(forth, 3));
    dissociate(forth, 1, 3, 0);
    ck_assert_uint_eq(changes.count, 1);
}

TEST(hides_links_of_deleted_records_until_they_are_restored)
{
    struct direction *forth = between("deals", "contacts");
    struct links scratch = {0};
    associate(forth, 1, 2, type(forth, 3));
    portal_set_record(&portal, forth->to, 2, RECORD_DELETED);
    ck_assert_uint_eq(portal_visible_links(&portal, forth, 1, &scratch)->count, 0);
    portal_set_record(&portal, forth->to, 2, RECORD_LIVE);
    ck_assert_uint_eq(portal_visible_links(&portal, forth, 1, &scratch)->count, 1);
    free(scratch.items);
}

TEST(merges_links_and_drops_the_surplus_primary)
{
    struct direction *forth = between("contacts", "companies");
    associate(forth, 1, 10, type(forth, 1));
    associate(forth, 2, 11, type(forth, 1));
    portal_merge(&portal, forth->from, 1, 2);
    ck_assert_uint_eq(types_of(forth, 1, 11), type(forth, 279));
    ck_assert_uint_eq(types_of(forth, 1, 10), type(forth, 279) | type(forth, 1));
    ck_assert_uint_eq(types_of(forth, 2, 11), 0);
}

TEST(names_types_as_v3_does)
{
    static const struct {
        const char *from, *to, *name;
        uint32_t id;
    } cases[] = {
        {"contacts", "companies", "contact_to_company", 1},
        {"contacts", "companies", "contact_to_company_unlabeled", 279},
        {"companies", "contacts", "company_to_contact_unlabeled", 280},
        {"deals", "contacts", "deal_to_contact", 3},
        {"deals", "line_items", "deal_to_line_item", 19},
        {"tickets", "companies", "ticket_to_company", 26},
        {"tickets", "companies", "ticket_to_company_unlabeled", 339},
        {"tickets", "deals", "ticket_to_deal", 28},
        {"company", "0-2", "parent_to_child_company", 13},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct direction *direction = between(cases[i].from, cases[i].to);
        int bit = direction_kind_by_name(direction, cases[i].name);
        ck_assert_msg(bit >= 0, "%s is missing", cases[i].name);
        ck_assert_uint_eq(direction->kinds[bit].id, cases[i].id);
    }
}

TEST(pairs_every_mirror)
{
    for (size_t i = 0; i < default_types_count; i++) {
        const struct default_type *row = &default_types[i];
        struct direction *direction =
            portal_direction(&portal, object_of(&portal, row->from), object_of(&portal, row->to));
        int bit = direction_kind_by_id(direction, HUBSPOT_DEFINED, row->id);
        int back = direction->kinds[bit].mirror;
        if (back >= 0)
            ck_assert_int_eq(direction->mirror->kinds[back].mirror, bit);
    }
}

TEST(refuses_the_bare_name_of_a_custom_object)
{
    int vendor = object_add(&portal.objects, "2-77", "vendor");
    ck_assert_int_eq(object_find(&portal.objects, "2-77", 345), vendor);
    ck_assert_int_eq(object_find(&portal.objects, "p345_vendor", 345), vendor);
    ck_assert_int_eq(object_find(&portal.objects, "p_vendor", 345), vendor);
    ck_assert_int_eq(object_find(&portal.objects, "vendor", 345), -1);
    ck_assert_int_ge(object_find(&portal.objects, "Contacts", 345), 0);
}

/* Random creates and archives: both directions stay equal, a contact has one primary at most. */
TEST(keeps_both_directions_equal)
{
    struct direction *forth = between("contacts", "companies");
    struct random random;
    random_init(&random, 42);
    (void)portal_add_label(&portal, forth, "chef", "Chef", "Boss of");
    for (int i = 0; i < 20000; i++) {
        uint64_t from = 1 + random_below(&random, 20);
        uint64_t to = 1 + random_below(&random, 20);
        uint64_t types = random_below(&random, UINT64_C(1) << forth->kinds_count);
        if (random_below(&random, 3) > 0)
            associate(forth, from, to, types);
        else
            dissociate(forth, from, to, types);
        uint64_t back = types_of(forth->mirror, to, from);
        for (int bit = 0; bit < forth->kinds_count; bit++)
            ck_assert_uint_eq(
                types_of(forth, from, to) >> bit & 1, back >> forth->kinds[bit].mirror & 1);
        ck_assert_uint_le(portal_count_type(forth, from, forth->primary), 1);
        ck_assert_uint_eq((types_of(forth, from, to) & type(forth, 279)) == 0, back == 0);
    }
}

TEST(reads_its_own_cursors)
{
    struct cursor cursor = {0, 2, 1597400658};
    struct cursor read = {0};
    struct buf text = {0};
    cursor_write(&cursor, &text);
    ck_assert_str_eq(buf_text(&text), "MC0yLTE1OTc0MDA2NTg%3D");
    ck_assert(cursor_parse(buf_text(&text), &read));
    ck_assert_uint_eq(read.to, cursor.to);
    ck_assert(cursor_parse("MC0yLTc1MDI=", &read));
    ck_assert_uint_eq(read.to, 7502);
    ck_assert(!cursor_parse("!", &read));
    buf_clear(&text);
}

SUITE(.before = set_up, .after = tear_down);
