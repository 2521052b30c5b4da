/*
 * test_merged.c: what a merge of records does to a plan: what came to the survivor stays, what
 * names a record that is no more is a reject, and what HubSpot does not tell waits.
 */
#include "lib/suite.h"
#include "plan/merged.h"

#include "base/mem.h"
#include "plan/deleted_records.h"
#include "unit/stage_case.h"

#define RECORD(id) "{\"id\":\"" id "\",\"properties\":{}}"
#define MERGED(id, old) "{\"id\":\"" id "\",\"properties\":{\"hs_merged_object_ids\":\"" old "\"}}"
#define ALL(records) "{\"status\":\"COMPLETE\",\"results\":[" records "]}"
#define NO "{\"status\":\"error\",\"message\":\"no\"}"

static const struct assoc_list none;

static void set_up(void)
{
    stage_open();
    stage_exec("truncate assocd.reject");
    sync_definition.guards =
        (struct guards){.max_archive = 500, .max_archive_percent = 5, .max_archive_per_record = 0};
}

static void change(const char *operation, int from, int to, const char *reason)
{
    stage_exec("insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
               " type_id, reason) select 2, '%s', count(*) + 1, %d, %d, 'HUBSPOT_DEFINED', 3, '%s'"
               " from assocd.change where operation = '%s'",
        operation, from, to, reason, operation);
    run.plan.archives += strcmp(operation, "archive") == 0;
}

static void settle(size_t count, const char *const texts[])
{
    stage_serve(count, texts);
    ck_assert_msg(merged_find(&run.session, &run.plan, &none, &none, &err), "%s", err.text);
}

/* "archive 1-102 skipped, create …", in order. */
static void expect(const char *want)
{
    stage_expect(
        "select coalesce(string_agg(format('%s %s-%s %s', operation, from_id, to_id, state),"
        " ', ' order by operation, ordinal), '') from assocd.change",
        want);
}

TEST(a_plan_without_suspects_costs_nothing)
{
    const char *const texts[] = {"200 OK", ALL("")};
    change("create", 1, 10, "source_added");
    settle(1, texts);
    ck_assert_uint_eq(client_requests(run.session.client), 0);
}

TEST(what_came_to_the_survivor_stays)
{
    const char *const texts[] = {
        "200 OK", ALL(RECORD("1")), "200 OK", ALL(MERGED("102", "2") "," RECORD("3"))};
    change("create", 1, 2, "drift_removed");
    change("archive", 1, 3, "source_removed");
    change("archive", 1, 102, "drift_added");
    settle(2, texts);
    expect("archive 1-3 planned, archive 1-102 skipped, create 1-2 skipped");
    stage_expect("select category || ': ' || message from assocd.reject",
        "merged: contacts record 2 was merged into 102 in HubSpot; the source must name that one");
    ck_assert_uint_eq(run.plan.told, 1);
    ck_assert_uint_eq(client_requests(run.session.client), 2);
}

TEST(an_archive_towards_a_record_that_nobody_tells_of_waits)
{
    const char *const texts[] = {
        "200 OK", ALL(RECORD("1")), "200 OK", ALL(RECORD("3")), "503 Service Unavailable", NO};
    change("archive", 1, 3, "source_removed");
    change("archive", 1, 4, "source_removed");
    settle(3, texts);
    expect("archive 1-3 planned, archive 1-4 skipped");
    ck_assert_ptr_nonnull(strstr(run.session.reason, "HubSpot does not tell"));
}

/* The record to link to may have been merged into the one whose link is to go. */
TEST(an_archive_beside_a_create_towards_a_record_that_nobody_tells_of_waits)
{
    const char *const texts[] = {"200 OK", ALL(RECORD("1") "," RECORD("5")), "200 OK",
        ALL(RECORD("3") "," RECORD("102")), "503 Service Unavailable", NO};
    change("create", 1, 2, "source_added");
    change("archive", 1, 102, "source_removed");
    change("archive", 5, 3, "source_removed");
    settle(3, texts);
    expect("archive 1-102 skipped, archive 5-3 planned, create 1-2 planned");
}

/* It is told, and tried again. */
TEST(a_from_record_that_nobody_tells_of_waits_and_is_not_done_with)
{
    const char *const texts[] = {"403 Forbidden", NO, "200 OK", ALL(RECORD("3"))};
    change("archive", 1, 3, "source_removed");
    settle(2, texts);
    expect("archive 1-3 skipped");
    ck_assert_uint_ge(run.plan.untold, 1);
    ck_assert_ptr_nonnull(strstr(run.session.reason, "HubSpot does not tell"));
    stage_expect("select count(*)::text from assocd.reject", "0");
}

TEST(a_from_record_that_was_merged_is_left_alone)
{
    const char *const texts[] = {"200 OK", ALL(MERGED("101", "1")), "200 OK", ALL(RECORD("3"))};
    change("archive", 1, 3, "source_removed");
    settle(2, texts);
    expect("archive 1-3 skipped");
    stage_expect("select category || ' ' || from_id from assocd.reject", "merged 1");
}

TEST(many_archives_beyond_the_limit_are_asked_for_when_they_are_applied)
{
    const char *const texts[] = {"200 OK", ALL("")};
    stage_exec("insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
               " type_id, reason) select 2, 'archive', n, n, 3, 'HUBSPOT_DEFINED', 3,"
               " 'source_removed' from generate_series(1, 5001) n");
    run.plan.archives = 5001;
    settle(1, texts);
    ck_assert(run.plan.merges_unasked);
    ck_assert_uint_eq(client_requests(run.session.client), 0);
}

/* The archives may be withheld, and the creates go on all the same. */
TEST(creates_beside_many_archives_beyond_the_limit_are_asked_for_at_once)
{
    const char *const texts[] = {"200 OK", ALL(MERGED("102", "2"))};
    change("create", 1, 2, "drift_removed");
    stage_exec("insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
               " type_id, reason) select 2, 'archive', n, n, 3, 'HUBSPOT_DEFINED', 3,"
               " 'source_removed' from generate_series(1, 5001) n");
    run.plan.archives = 5001;
    settle(1, texts);
    stage_expect("select state from assocd.change where operation = 'create'", "skipped");
    ck_assert_uint_eq(client_requests(run.session.client), 1);
}

TEST(a_refusal_is_explained)
{
    const char *const texts[] = {
        "200 OK", ALL(RECORD("1")), "200 OK", ALL(""), "404 Not Found", NO};
    change("create", 1, 10, "source_added");
    stage_exec("update assocd.change set state = 'sent'");
    stage_exec("update assocd.change set state = 'rejected', message = 'invalid'");
    stage_serve(3, texts);
    ck_assert_msg(merged_explain(&run.session, &err), "%s", err.text);
    stage_expect("select category || ': ' || message from assocd.reject",
        "deleted: contacts record 10 does not exist in HubSpot (any more) (HubSpot: invalid)");
}

/* More records are missing than are asked for one by one: what others added to a record that is
 * read may have come from one of them. */
TEST(what_a_missing_record_had_waits_while_nobody_tells_of_it)
{
    const char *const texts[] = {
        "200 OK", ALL(RECORD("4")), "200 OK", ALL(RECORD("21") "," RECORD("22"))};
    struct assoc row = {.from_id = 2, .flags = DELETED_UNTOLD};
    const struct assoc_list missing = {.rows = &row, .count = 1};
    stage_exec(
        "insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id)"
        " values ('%s', 2, 20, 'HUBSPOT_DEFINED', 3, 'created', 1)",
        run.session.sync->name);
    change("archive", 4, 20, "drift_added");
    change("archive", 4, 21, "source_removed");
    change("archive", 4, 22, "drift_added");
    stage_serve(2, texts);
    ck_assert_msg(merged_find(&run.session, &run.plan, &none, &missing, &err), "%s", err.text);
    expect("archive 4-20 skipped, archive 4-21 planned, archive 4-22 planned");
    ck_assert_uint_eq(run.plan.untold, 1);
    stage_exec("delete from assocd.managed");
}

/* Contact 2 may have been merged into 9, whose link to 1 reads from both ends. */
TEST(within_one_type_both_ends_wait_while_nobody_tells_of_one)
{
    const char *const texts[] = {"200 OK", ALL(RECORD("1") "," RECORD("3") "," RECORD("9")),
        "200 OK", ALL(RECORD("1") "," RECORD("6") "," RECORD("9")), "503 Service Unavailable", NO};
    change("create", 1, 2, "drift_removed");
    change("archive", 1, 9, "drift_added");
    change("archive", 3, 6, "source_removed");
    change("archive", 9, 1, "drift_added");
    stage_serve(3, texts);
    free(run.session.from_type);
    run.session.from_type = mem_text(run.session.to_type);
    ck_assert_msg(merged_find(&run.session, &run.plan, &none, &none, &err), "%s", err.text);
    expect("archive 1-9 skipped, archive 3-6 planned, archive 9-1 skipped, create 1-2 planned");
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = stage_close);
