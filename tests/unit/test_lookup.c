/*
 * test_lookup.c: what became of records: what HubSpot tells of many, of those that it leaves out,
 * and what is made of an answer that does not come.
 */
#include "lib/suite.h"
#include "journal/lookup.h"

#include "unit/stage_case.h"

#define RECORD(id) "{\"id\":\"" id "\",\"properties\":{}}"
#define ALL(records) "{\"status\":\"COMPLETE\",\"results\":[" records "]}"

static struct lookup lookup;

static void set_up(void)
{
    stage_open();
}

static void tear_down(void)
{
    lookup_clear(&lookup);
    stage_close();
}

static void open_lookup(size_t count, const char *const texts[])
{
    stage_serve(count, texts);
    lookup =
        (struct lookup){.session = &run.session, .object = "contacts", .type = run.session.to_type};
}

static bool ask(uint64_t first, uint64_t last)
{
    for (uint64_t id = first; id <= last; id++)
        if (!lookup_add(&lookup, id, &err))
            return false;
    return lookup_end(&lookup, &err);
}

static void expect(const char *fates)
{
    static const char letters_of_fates[] = {[LOOKUP_UNKNOWN] = '?',
        [LOOKUP_ALIVE] = 'a',
        [LOOKUP_MERGED] = 'm',
        [LOOKUP_DELETED] = 'd'};
    ck_assert_uint_eq(lookup.count, strlen(fates));
    for (size_t i = 0; i < lookup.count; i++)
        ck_assert_msg(letters_of_fates[lookup.records[i].fate] == fates[i], "record %zu: %c", i,
            letters_of_fates[lookup.records[i].fate]);
}

TEST(asks_for_many_at_once_and_alone_for_those_left_out)
{
    const char *const texts[] = {"200 OK", ALL(RECORD("1")), "200 OK", RECORD("102"),
        "404 Not Found", "{\"status\":\"error\",\"message\":\"no\"}"};
    char text[LOOKUP_TEXT_MAX];
    open_lookup(3, texts);
    ck_assert_msg(ask(1, 3), "%s", err.text);
    expect("amd");
    ck_assert_uint_eq(lookup.merges.count, 1);
    ck_assert_uint_eq(lookup.merges.rows[0].from_id, 2);
    ck_assert_uint_eq(lookup.merges.rows[0].to_id, 102);
    lookup_text("contacts", &lookup.records[1], text);
    ck_assert_str_eq(
        text, "contacts record 2 was merged into 102 in HubSpot; the source must name that one");
    ck_assert_uint_eq(client_requests(run.session.client), 3);
}

TEST(believes_what_the_survivor_says)
{
    const char *const texts[] = {"200 OK",
        ALL("{\"id\":\"102\",\"properties\":{\"hs_merged_object_ids\":\"2;77\"}}," RECORD("1"))};
    open_lookup(1, texts);
    ck_assert_msg(ask(1, 2), "%s", err.text);
    expect("am");
    ck_assert_uint_eq(lookup.records[1].now, 102);
    ck_assert_uint_eq(client_requests(run.session.client), 1);
}

TEST(what_is_not_told_is_unknown_and_not_deleted)
{
    const char *const texts[] = {"403 Forbidden",
        "{\"status\":\"error\",\"category\":\"MISSING_SCOPES\",\"message\":\"scope\"}"};
    open_lookup(1, texts);
    ck_assert_msg(ask(1, 250), "%s", err.text);
    for (size_t i = 0; i < lookup.count; i++)
        ck_assert_int_eq(lookup.records[i].fate, LOOKUP_UNKNOWN);
    ck_assert(lookup.away);
    ck_assert_uint_eq(client_requests(run.session.client), 1); /* and is asked no more */
    ck_assert_ptr_nonnull(strstr(
        run.session.reason, "HubSpot does not tell whether contacts were deleted or merged"));
}

TEST(asks_alone_for_two_hundred_at_most_in_a_run)
{
    const char *const texts[] = {"200 OK", ALL(""), "404 Not Found", "{\"status\":\"error\"}"};
    open_lookup(2, texts);
    run.session.lookups = 198;
    ck_assert_msg(ask(1, 4), "%s", err.text);
    expect("dd??");
    ck_assert_uint_eq(client_requests(run.session.client), 3);
}

TEST(a_spent_day_ends_the_run)
{
    const char *const texts[] = {"429 Too Many Requests",
        "{\"status\":\"error\",\"policyName\":\"DAILY\",\"message\":\"daily limit\"}"};
    open_lookup(1, texts);
    ck_assert(!ask(1, 1));
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = tear_down);
