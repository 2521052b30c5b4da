/*
 * test_sandbox_records.c: what the sandbox's records hold, by which keys they are found, and what
 * the search sees of them. The model is compiled in, since the sandbox is a program and no library.
 */
#include <check.h>

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

enum { CONTACTS = 0, COMPANIES = 1 };

static struct portal portal;

static void set_up(void)
{
    memset(&portal, 0, sizeof portal);
    settings_init(&portal.settings);
    portal_init(&portal);
    portal.now_ms = RECORD_SINCE_MS + 1000;
}

static void tear_down(void)
{
    portal_clear(&portal);
}

static int property(int object, const char *name)
{
    int place = record_property(portal_records(&portal, object), name);
    ck_assert_int_ge(place, 0);
    return place;
}

static void give(int object, uint64_t id, const char *name, const char *text)
{
    struct record_list *list = portal_records(&portal, object);
    portal_add_record(&portal, object, id);
    record_set(list, record_at(list, id), property(object, name), text);
}

/* The one live record of a key, 0: none. */
static uint64_t holder(int object, const char *name, const char *text)
{
    struct links holders = {0};
    struct key key = {object, property(object, name), text, RECORD_LIVE};
    portal_holders(&portal, &key, &holders);
    ck_assert_uint_le(holders.count, 1);
    uint64_t id = holders.count == 1 ? holders.items[0].to : 0;
    free(holders.items);
    return id;
}

static const char *value(int object, uint64_t id, const char *name)
{
    static char text[256];
    struct buf out = {0};
    struct sight sight = portal_sight(&portal, object, id);
    bool given = portal_value(&portal, &sight, property(object, name), &out);
    (void)snprintf(text, sizeof text, "%s", buf_text(&out));
    buf_clear(&out);
    return given ? text : NULL;
}

TEST(finds_a_contact_by_each_of_its_addresses)
{
    give(CONTACTS, 7, "email", "Anna@Example.org");
    give(CONTACTS, 7, "hs_additional_emails", "a.old@example.org;anna.k@example.org");
    ck_assert_str_eq(value(CONTACTS, 7, "email"), "anna@example.org");
    ck_assert_uint_eq(holder(CONTACTS, "email", "ANNA@example.ORG"), 7);
    ck_assert_uint_eq(holder(CONTACTS, "email", "anna.k@example.org"), 7);
    ck_assert_uint_eq(holder(CONTACTS, "email", "anna"), 0);
    ck_assert_uint_eq(holder(CONTACTS, "email", "a.old@example.org;anna.k@example.org"), 0);
    ck_assert_uint_eq(holder(CONTACTS, "email", ""), 0);
    give(CONTACTS, 7, "hs_additional_emails", "anna.k@example.org");
    ck_assert_uint_eq(holder(CONTACTS, "email", "a.old@example.org"), 0);
    portal_set_record(&portal, CONTACTS, 7, RECORD_DELETED);
    ck_assert_uint_eq(holder(CONTACTS, "email", "anna@example.org"), 0);
}

TEST(compares_a_custom_key_exactly_or_in_any_case)
{
    struct property erp = {.name = (char[]){"erp"}, .label = (char[]){"ERP"}, .unique = true};
    (void)record_define(portal_records(&portal, COMPANIES), &erp);
    give(COMPANIES, 1, "erp", "K-7");
    ck_assert_uint_eq(holder(COMPANIES, "erp", "K-7"), 1);
    ck_assert_uint_eq(holder(COMPANIES, "erp", "k-7"), 0);
    portal.settings.values[SET_KEY_CASE] = KEY_CASE_IGNORE;
    ck_assert_uint_eq(holder(COMPANIES, "erp", "k-7"), 1);
    ck_assert(portal_is_key(&portal, COMPANIES, property(COMPANIES, "erp")));
    ck_assert(!portal_is_key(&portal, COMPANIES, property(COMPANIES, "domain")));
    ck_assert(portal_is_key(&portal, CONTACTS, property(CONTACTS, "email")));
    portal.settings.values[SET_EMAIL_KEY] = 0;
    ck_assert(!portal_is_key(&portal, CONTACTS, property(CONTACTS, "email")));
}

/* Addresses move between few contacts at random; the index must agree with looking at all. */
TEST(index_agrees_with_looking_at_all)
{
    enum { RECORDS = 12, ADDRESSES = 30 };
    int held[ADDRESSES] = {0};
    struct random random;
    random_init(&random, 3);
    for (int i = 0; i < 20000; i++) {
        uint64_t id = 1 + random_below(&random, RECORDS);
        uint64_t address = random_below(&random, ADDRESSES);
        char text[32];
        (void)snprintf(text, sizeof text, "User%u@x.example", (unsigned)address);
        const char *now = value(CONTACTS, id, "email");
        unsigned old = ADDRESSES;
        if (now != NULL && sscanf(now, "user%u@", &old) == 1)
            held[old] = 0;
        if (held[address] == 0) {
            give(CONTACTS, id, "email", text);
            held[address] = (int)id;
        } else {
            give(CONTACTS, id, "email", NULL);
        }
        address = random_below(&random, ADDRESSES);
        (void)snprintf(text, sizeof text, "user%u@X.example", (unsigned)address);
        ck_assert_uint_eq(holder(CONTACTS, "email", text), (uint64_t)held[address]);
    }
}

TEST(search_sees_what_was_until_the_lag_is_over)
{
    struct sight sight;
    give(CONTACTS, 7, "firstname", "Anna");
    portal_touch(&portal, CONTACTS, 7);
    give(CONTACTS, 7, "firstname", "Berta");
    portal.now_ms += 4000;
    portal_touch(&portal, CONTACTS, 7); /* another change: what the search sees stays */
    give(CONTACTS, 7, "firstname", "Clara");
    portal_touch(&portal, CONTACTS, 8);
    give(CONTACTS, 8, "firstname", "Dora");
    portal.now_ms += 4999;
    ck_assert(portal_searched(&portal, CONTACTS, 7, &sight));
    ck_assert_str_eq(record_text(sight.values, property(CONTACTS, "firstname")), "Anna");
    ck_assert(!portal_searched(&portal, CONTACTS, 8, &sight));
    portal.now_ms += 1;
    ck_assert(portal_searched(&portal, CONTACTS, 7, &sight));
    ck_assert_str_eq(record_text(sight.values, property(CONTACTS, "firstname")), "Clara");
    ck_assert(portal_searched(&portal, CONTACTS, 8, &sight));
    portal_touch(&portal, CONTACTS, 7);
    portal_set_record(&portal, CONTACTS, 7, RECORD_DELETED);
    ck_assert(portal_searched(&portal, CONTACTS, 7, &sight));
    portal.now_ms += 5000;
    ck_assert(!portal_searched(&portal, CONTACTS, 7, &sight));
    ck_assert(!portal_searched(&portal, CONTACTS, 9, &sight));
}

TEST(merge_fills_and_keeps_every_address)
{
    give(CONTACTS, 1, "email", "one@x.example");
    give(CONTACTS, 2, "email", "two@x.example");
    give(CONTACTS, 2, "hs_additional_emails", "two.old@x.example;two.older@x.example");
    give(CONTACTS, 2, "lastname", "Two");
    portal_merge(&portal, CONTACTS, 3, 1);
    portal_merge(&portal, CONTACTS, 3, 2);
    ck_assert_str_eq(value(CONTACTS, 3, "email"), "one@x.example");
    ck_assert_str_eq(value(CONTACTS, 3, "lastname"), "Two");
    const char *addresses[] = {
        "one@x.example", "two@x.example", "two.old@x.example", "two.older@x.example"};
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++)
        ck_assert_uint_eq(holder(CONTACTS, "email", addresses[i]), 3);
    ck_assert_str_eq(value(CONTACTS, 3, "hs_merged_object_ids"), "1;2");
    ck_assert_str_eq(
        value(CONTACTS, 3, "hs_calculated_merged_vids"), "1:1767225601000;2:1767225601000");
    ck_assert_str_eq(value(CONTACTS, 3, "lastmodifieddate"), "2026-01-01T00:00:01.000Z");
    give(COMPANIES, 1, "domain", "one.example");
    give(COMPANIES, 2, "domain", "two.example");
    portal_merge(&portal, COMPANIES, 1, 2);
    ck_assert_str_eq(value(COMPANIES, 1, "hs_additional_domains"), "two.example");
}

TEST(counts_are_of_a_moment_ago)
{
    for (uint64_t id = 1; id <= 10; id++)
        portal_add_record(&portal, CONTACTS, id);
    portal.settings.values[SET_COUNT_LAG_MS] = 1000;
    ck_assert_uint_eq(portal_count(&portal, CONTACTS), 10);
    portal_add_record(&portal, CONTACTS, 11);
    portal_set_record(&portal, CONTACTS, 1, RECORD_DELETED);
    portal_set_record(&portal, CONTACTS, 2, RECORD_DELETED);
    portal.now_ms += 999;
    ck_assert_uint_eq(portal_count(&portal, CONTACTS), 10);
    portal.now_ms += 1;
    ck_assert_uint_eq(portal_count(&portal, CONTACTS), 9);
    portal.settings.values[SET_COUNT_LESS] = 10;
    ck_assert_uint_eq(portal_count(&portal, CONTACTS), 0);
    ck_assert_uint_eq(portal_ids(&portal, CONTACTS)->count, 11);
}

SUITE(.before = set_up, .after = tear_down);
