/*
 * touched_cases.c: when a daemon starts runs for touched records, and when it does not.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/control.h"
#include "service/bed.h"

static struct bed bed;

static void open_watched(void)
{
    struct buf syncs = {0};
    struct process process = {0};
    const char *const words[] = {"init", "--watch", NULL};
    bed_open(&bed, "every 1h");
    bed_sync(&syncs, "links", "contacts", "every 1h");
    buf_add_text(&syncs, "    watch: true\n");
    bed_configure(&bed, "", buf_text(&syncs));
    ck_assert_msg(bed_command(&bed, &process, words) == 0, "init: %s", buf_text(&process.err));
    process_clear(&process);
    buf_clear(&syncs);
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
}

static void close_bed(void)
{
    bed_close(&bed);
}

TEST(a_committed_change_starts_a_run_at_once)
{
    bed_sql(&bed, "insert into crm.link values (30, 30)");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = "
        "'succeeded' and created = 1");
    ck_assert_int_eq(
        bed_int(
            &bed, "select (r.started_at - now() < interval '1 h')::int from assocd.run r limit 1"),
        1);
    /* The schedule of full runs is as it was. */
    ck_assert_int_eq(bed_int(&bed, "select run_id from assocd.sync_state"), 1);
}

TEST(changes_that_come_during_a_run_make_one_more)
{
    int64_t before = bed_int(&bed, "select count(*) from assocd.run");
    bed_hold_creates(&bed);
    bed_sql(&bed, "insert into crm.link values (31, 31)");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = "
        "'applying'");
    for (int i = 0; i < 20; i++)
        bed_sql(&bed,
            "insert into crm.link values (32, 32), (33, 33); delete from crm.link where "
            "from_id in (32, 33)");
    bed_sql(&bed, "insert into crm.link values (34, 34)");
    bed_release(&bed);
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
    bed_until(&bed, "select count(*) = 0 from assocd.run where completed_at is null");
    ck_assert_int_le(bed_int(&bed, "select count(*) from assocd.run") - before, 3);
    ck_assert_int_eq(bed_int(&bed, "select sum(created) from assocd.run where cause = 'watch'"), 2);
}

TEST(a_paused_sync_keeps_its_touched_records_for_later)
{
    bed_sql(&bed, "insert into assocd.signal (verb, sync) values ('pause', 'links')");
    bed_until(&bed, "select paused_at is not null from assocd.sync_state");
    bed_sql(&bed, "insert into crm.link values (36, 36)");
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    bed_sql(&bed, "insert into assocd.signal (verb, sync) values ('resume', 'links')");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = "
        "'succeeded'");
}

static void check_status(const char *text, bool there)
{
    struct process process = {0};
    const char *const words[] = {"status", "--json", NULL};
    ck_assert_int_eq(bed_command(&bed, &process, words), 0);
    ck_assert_msg((strstr(buf_text(&process.out), text) != NULL) == there, "%s: %s", text,
        buf_text(&process.out));
    process_clear(&process);
}

/* Later runs of changes say nothing of it; the run that applies it does. */
TEST(what_a_run_of_changes_withholds_waits_in_status_until_it_is_approved)
{
    bed_sql(&bed, "delete from crm.link where from_id > 5");
    bed_until(
        &bed, "select count(*) = 1 from assocd.run where cause = 'watch' and status = 'withheld'");
    check_status("\"plan_id\":2", true);
    bed_sql(&bed, "insert into crm.link values (50, 50)");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = 'succeeded' and "
        "created = 1");
    check_status("\"plan_id\":2", true);
    bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('approve', 2)");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'apply' and status = 'succeeded' and "
        "archived = 15");
    check_status("\"plan_id\":2", false);
}

/* A row whose record cannot be read must not take the account's whole rate, nor keep others waiting
 * for ever. */
static void check_back_off(const char *fault)
{
    if (fault != NULL)
        control_post(bed.base_url, "fault", fault, NULL);
    bed_sql(&bed, "insert into crm.link values (30, 30)");
    bed_until(&bed, "select count(*) > 1 from assocd.run where cause = 'watch'");
    ck_assert(
        !bed_until_ms(&bed, "select count(*) > 5 from assocd.run where cause = 'watch'", 6000));
    /* A run that is at work has no error yet. */
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from assocd.run where cause = 'watch' and error is null "
                         "and completed_at is not null"),
        0);
}

TEST(fault_c4_a_row_whose_read_fails_is_tried_again_after_a_growing_rest)
{
    check_back_off("{\"match\":{\"path\":\"batch/read\",\"count\":100000},\"action\":"
                   "\"status\",\"status\":503}");
    control_post(bed.base_url, "fault/clear", "{}", NULL);
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
}

TEST(fault_c4_a_row_whose_read_is_refused_without_a_name_is_tried_again_after_a_growing_rest)
{
    check_back_off("{\"match\":{\"path\":\"batch/read\",\"count\":100000},\"action\":"
                   "\"status\",\"status\":400}");
}

TEST(fault_c4_a_row_whose_record_is_refused_becomes_a_reject)
{
    control_post(bed.base_url, "switch", "{\"unknown_read\":\"400\"}", NULL);
    bed_sql(&bed, "insert into crm.link values (99999, 30)");
    bed_until(&bed, "select count(*) = 1 from assocd.reject where operation = 'read'");
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
    bed_sql(&bed, "insert into crm.link values (30, 30)");
    bed_until(&bed, "select count(*) = 1 from assocd.run where cause = 'watch' and created = 1");
    ck_assert_int_le(bed_int(&bed, "select count(*) from assocd.run where cause = 'watch'"), 3);
    check_status("Invalid object id: 99999", false);
}

TEST(fault_c4_a_row_whose_record_was_deleted_while_it_is_owned_is_settled)
{
    control_post(bed.base_url, "edit", "{\"delete_records\":{\"deals\":[3]}}", NULL);
    bed_sql(&bed, "update crm.link set to_id = 30 where from_id = 3");
    bed_until(&bed, "select count(*) = 1 from assocd.run where cause = 'watch'");
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
    check_status("does not exist", true);
    ck_assert_int_le(bed_int(&bed, "select count(*) from assocd.run where cause = 'watch'"), 2);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.reject"), 1);
}

/* An empty source is refused, and asks again later, not at once. */
TEST(fault_c4_a_refused_run_of_changes_leaves_its_rows_for_later)
{
    bed_sql(&bed, "delete from crm.link");
    bed_until(&bed, "select count(*) > 0 from assocd.run where status = 'refused'");
    ck_assert(
        !bed_until_ms(&bed, "select count(*) > 5 from assocd.run where cause = 'watch'", 6000));
}

SUITE(.before = open_watched, .after = close_bed);
