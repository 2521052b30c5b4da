/* test_guard.c: the guards at their exact limits, and what they say. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "model/mapping.h"
#include "plan/guard.h"
#include "lib/suite.h"

static const struct guards usual = {
    .max_archive = 500, .max_archive_percent = 5, .max_source_shrink_percent = 10};

static struct guard_facts facts_of(uint64_t desired, uint64_t managed, uint64_t to_archive)
{
    return (struct guard_facts){
        .source_rows = desired, .desired = desired, .managed = managed, .to_archive = to_archive};
}

static void expect_guard(
    const struct guards *guards, const struct guard_facts *facts, const char *name)
{
    struct verdict verdict = guard_plan(guards, facts);
    ck_assert_str_eq(verdict.guard, name);
}

static const struct {
    int64_t max;
    double percent;
    uint64_t managed, limit;
} limits[] = {
    {500, 5, 0, 5}, /* few owned: the percentage must not forbid everything */
    {500, 5, 100, 5},
    {500, 5, 119, 5},
    {500, 5, 120, 6},
    {500, 5, 9999, 499},
    {500, 5, 10000, 500},
    {500, 5, 10000000, 500},
    {500, 0, 10000000, 5},
    {3, 5, 10000000, 3}, /* who writes a number means it */
    {0, 5, 10000000, 0},
    {0, 100, 3, 0},
    {1000000, 100, 700, 700},
};

TEST_LOOP(allows_the_smaller_of_number_and_percentage, ARRAY_COUNT(limits))
{
    struct guards guards = {
        .max_archive = limits[_i].max, .max_archive_percent = limits[_i].percent};
    ck_assert_uint_eq(guard_archive_limit(&guards, limits[_i].managed), limits[_i].limit);
    struct guard_facts facts = facts_of(1, limits[_i].managed, limits[_i].limit);
    ck_assert_int_eq(guard_plan(&guards, &facts).kind, VERDICT_PASS);
    facts.to_archive++;
    struct verdict verdict = guard_plan(&guards, &facts);
    ck_assert_int_eq(verdict.kind, VERDICT_WITHHOLD);
    ck_assert_str_eq(verdict.guard, "max_archive");
}

TEST(withholds_archives_beside_many_rows_that_wait_for_their_keys)
{
    struct guards guards = usual;
    guards.max_pending_percent = 20;
    struct guard_facts facts = facts_of(100, 100, 1);
    facts.pending = 20;
    facts.pending_of = 100;
    ck_assert_int_eq(guard_plan(&guards, &facts).kind, VERDICT_PASS);
    facts.pending = 21;
    struct verdict verdict = guard_plan(&guards, &facts);
    ck_assert_int_eq(verdict.kind, VERDICT_WITHHOLD);
    ck_assert_str_eq(verdict.guard, "max_pending_percent");
    ck_assert_str_eq(verdict.text,
        "21 of 100 source rows wait for keys that HubSpot does not resolve (limit 20 %); a changed "
        "format of the keys, the wrong property or a missing scope looks like this. List them "
        "with: assocd rejects");
    facts.to_archive = 0; /* creates go on */
    ck_assert_int_eq(guard_plan(&guards, &facts).kind, VERDICT_PASS);
}

TEST(refuses_an_empty_source_unless_it_is_the_wish)
{
    struct guards guards = usual;
    struct guard_facts facts = facts_of(0, 0, 0);
    ck_assert_int_eq(guard_source(&guards, &facts).kind, VERDICT_REFUSE);
    struct verdict verdict = guard_plan(&guards, &facts);
    ck_assert_int_eq(verdict.kind, VERDICT_REFUSE);
    ck_assert_str_eq(verdict.guard, "empty_source");
    ck_assert_ptr_nonnull(strstr(verdict.text, "guards.allow_empty_source: true"));
    facts.source_rows = 1; /* a row that only names a record */
    ck_assert_int_eq(guard_source(&guards, &facts).kind, VERDICT_PASS);
    facts.source_rows = 0;
    guards.allow_empty_source = true;
    ck_assert_int_eq(guard_plan(&guards, &facts).kind, VERDICT_PASS);
}

TEST(refuses_a_mapping_that_changed_since_the_last_good_run)
{
    struct guard_facts facts = facts_of(100, 100, 0);
    facts.good_known = true;
    facts.good_desired = 100;
    struct mapping now = {.fields = {"contacts", "companies"}};
    struct mapping then = {.fields = {"contacts", "deals"}};
    facts.mapping = &now;
    facts.good_mapping = &then;
    struct verdict verdict = guard_plan(&usual, &facts);
    ck_assert_int_eq(verdict.kind, VERDICT_REFUSE);
    ck_assert_str_eq(verdict.guard, "changed_mapping");
    ck_assert_ptr_nonnull(strstr(verdict.text, "(was: … to deals; now: … to companies)"));
    facts.good_mapping = &now;
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_PASS);
    facts.good_mapping = NULL;
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_PASS);
}

TEST(withholds_archives_while_rows_cannot_be_meant)
{
    struct guard_facts facts = facts_of(100, 100, 1);
    facts.invalid = 1;
    expect_guard(&usual, &facts, "invalid_rows");
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_WITHHOLD);
    facts.to_archive = 0; /* creates never wait for a volume guard */
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_PASS);
    facts = facts_of(0, 100, 1); /* nothing but invalid rows is not an empty source */
    facts.invalid = 3;
    expect_guard(&usual, &facts, "invalid_rows");
}

/* Exactly the limit is allowed and one association less is not, in whole numbers: for every
 * percentage, whatever binary fractions make of it. */
TEST(measures_shrinking_exactly)
{
    struct guards guards = usual;
    for (uint64_t percent = 0; percent <= 100; percent++)
        for (uint64_t good = 1; good <= 2000; good++) {
            guards.max_source_shrink_percent = (double)percent;
            uint64_t least = (good * (100 - percent) + 99) / 100;
            struct guard_facts facts = facts_of(least, 100, 1);
            facts.source_rows = 1;
            facts.good_known = true;
            facts.good_desired = good;
            ck_assert_msg(guard_plan(&guards, &facts).kind == VERDICT_PASS,
                "%llu of %llu is within %llu %%", (unsigned long long)least,
                (unsigned long long)good, (unsigned long long)percent);
            if (least == 0)
                continue;
            facts.desired = least - 1;
            expect_guard(&guards, &facts, "max_source_shrink_percent");
            facts.good_known = false;
            ck_assert_int_eq(guard_plan(&guards, &facts).kind, VERDICT_PASS);
        }
}

/* Texts go into PostgreSQL as they are: one that is cut must be cut between characters. */
TEST(cuts_long_texts_between_characters)
{
    char then[VERDICT_TEXT_MAX], now[8] = "x";
    for (size_t pad = 0; pad < 4; pad++) {
        size_t length = 0;
        while (length < pad)
            then[length++] = 'a';
        while (length + 4 < sizeof then) {
            memcpy(then + length, "\xF0\x9F\x90\x98", 4);
            length += 4;
        }
        then[length] = '\0';
        struct guard_facts facts = facts_of(1, 1, 0);
        facts.good_known = true;
        struct mapping longest = {.fields = {then}}, shortest = {.fields = {now}};
        facts.mapping = &shortest;
        facts.good_mapping = &longest;
        struct verdict verdict = guard_plan(&usual, &facts);
        ck_assert_ptr_nonnull(strstr(verdict.text, "\xF0\x9F\x90\x98"));
        const char *first = strstr(verdict.text, "\xF0");
        const char *end = strstr(first, "; now: x)");
        ck_assert_ptr_nonnull(end);
        ck_assert_int_eq((end - first) % 4, 0);
        ck_assert_uint_le(strlen(verdict.text), MAPPING_PART_MAX + 100);
    }
}

static const struct {
    struct guard_facts facts; /* beside 10 archives of 1,000 associations */
    const char *guard; /* "": none */
} slow[] = {
    {{0}, ""},
    {{.archived_day = 20}, ""},
    {{.archived_day = 21}, "max_archive_day"},
    {{.record_id = 7, .record_archives = 8}, ""},
    {{.record_id = 7, .record_archives = 9}, "max_archive_per_record"},
    {{.replica = true}, "replica"},
    {{.create_only = true}, "create_only"},
};

TEST_LOOP(looks_beyond_the_plan, ARRAY_COUNT(slow))
{
    struct guards guards = usual;
    struct guard_facts facts = slow[_i].facts;
    guards.max_archive_day = 30;
    guards.max_archive_per_record = 8;
    facts.source_rows = facts.desired = facts.managed = 1000;
    facts.to_archive = 10;
    struct verdict verdict = guard_plan(&guards, &facts);
    ck_assert_str_eq(verdict.guard, slow[_i].guard);
    ck_assert_int_eq(verdict.kind, slow[_i].guard[0] != '\0' ? VERDICT_WITHHOLD : VERDICT_PASS);
    facts.to_archive = 0; /* nothing to withhold */
    ck_assert_int_eq(guard_plan(&guards, &facts).kind, VERDICT_PASS);
}

TEST(runs_of_changes_share_the_limit_of_one_run)
{
    struct guard_facts facts = facts_of(1000, 1000, 10); /* 50 are allowed */
    facts.archived_lately = 40;
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_PASS);
    facts.archived_lately = 41;
    struct verdict verdict = guard_plan(&usual, &facts);
    ck_assert_int_eq(verdict.kind, VERDICT_WITHHOLD);
    ck_assert_str_eq(verdict.guard, "max_archive");
    ck_assert_ptr_nonnull(strstr(verdict.text, "10 archives, after 41 by other runs of changes"));
    facts.to_archive = 51; /* too many by itself is told as that when nothing went before */
    facts.archived_lately = 0;
    ck_assert_ptr_nonnull(
        strstr(guard_plan(&usual, &facts).text, "51 archives, more than the limit of 50 "));
    facts.to_archive = 0; /* creates never wait for it */
    facts.archived_lately = 1000;
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_PASS);
}

TEST(zero_means_no_daily_and_no_record_limit)
{
    struct guard_facts facts = facts_of(1000, 1000, 10);
    facts.archived_day = 1000000;
    facts.record_archives = 10;
    ck_assert_int_eq(guard_plan(&usual, &facts).kind, VERDICT_PASS);
}
