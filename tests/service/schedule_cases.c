/*
 * schedule_cases.c: what starts when, and what becomes of bad ends.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "service/bed.h"

static struct bed bed;

static void open_hourly(void)
{
    bed_open(&bed, "every 1h");
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* As if the last run had been so long ago. */
static void pass_hours(int hours)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
        "update assocd.sync_state set run_started_at = run_started_at - interval '%d hours', "
        "retry_at = retry_at - interval '%d hours', changed_at = clock_timestamp()",
        hours, hours);
    bed_sql(&bed, sql);
}

TEST(runs_what_never_ran_at_once_and_then_by_its_schedule)
{
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' and cause = 'schedule' from assocd.run");
    ck_assert_int_eq(bed_int(&bed, "select created from assocd.run"), 20);
    /* Missed five times: runs once. */
    pass_hours(5);
    bed_until(
        &bed, "select count(*) = 2 from assocd.run where status in ('succeeded', 'no_change')");
    ck_assert(!bed_until_ms(&bed, "select count(*) > 2 from assocd.run", 3000));
}

TEST(takes_the_due_time_from_the_database_when_it_starts_again)
{
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) = 1 from assocd.run where completed_at is not null");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    bed_start(&bed, 0, NULL);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 3000));
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    pass_hours(2); /* an hour, and the jitter */
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
}

TEST(never_starts_a_sync_whose_lock_somebody_holds)
{
    bed_sql(&bed, "select assocd.lock_sync('links', 'main')");
    bed_start(&bed, 0, NULL);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 0 from assocd.run", 3000));
    bed_sql(&bed, "select pg_advisory_unlock_all()");
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    ck_assert_int_eq(bed_int(&bed, "select failures from assocd.sync_state"), 0);
}

TEST(comes_back_after_a_failure_with_growing_rests)
{
    bed_sql(&bed, "alter table crm.link rename to away");
    bed_start(&bed, 0, NULL);
    for (int failures = 1; failures <= 3; failures++) {
        char sql[160];
        (void)snprintf(sql, sizeof sql,
            "select failures = %d and run_status = 'failed' from assocd.sync_state", failures);
        bed_until(&bed, sql);
        int64_t rest = bed_int(&bed,
            "select extract(epoch from retry_at - run_started_at)::int from assocd.sync_state");
        ck_assert_int_ge(rest, 30 * (1 << (failures - 1)) * 8 / 10 - 1);
        ck_assert_int_le(rest, 30 * (1 << (failures - 1)) * 12 / 10 + 2);
        bed_sql(&bed,
            "update assocd.sync_state set retry_at = clock_timestamp(), "
            "changed_at = clock_timestamp()");
    }
    bed_sql(&bed, "alter table crm.away rename to link");
    bed_sql(&bed,
        "update assocd.sync_state set retry_at = clock_timestamp(), "
        "changed_at = clock_timestamp()");
    bed_until(&bed,
        "select run_status = 'succeeded' and failures = 0 and retry_at is null from "
        "assocd.sync_state");
}

TEST(a_killed_worker_costs_its_own_run_only)
{
    bed_fault(&bed,
        "{\"match\":{\"path\":\"batch/"
        "create\",\"nth\":1,\"count\":3},\"action\":\"hold\",\"when\":\"before\"}");
    bed_start(&bed, 0, NULL);
    for (int deaths = 1; deaths <= 3; deaths++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql,
            "select count(*) = %d from assocd.batch where operation = 'create' and status in "
            "('sent', 'unknown')",
            deaths);
        bed_until(&bed, sql);
        (void)kill(
            (pid_t)bed_int(&bed, "select pid from assocd.run where completed_at is null"), SIGKILL);
        (void)snprintf(sql, sizeof sql, "select failures = %d from assocd.sync_state", deaths);
        bed_until(&bed, sql);
    }
    /* A crash loop rests longer each time: 1, 4, 16 s. */
    ck_assert_int_ge(bed_int(&bed,
                         "select extract(epoch from retry_at - (select completed_at "
                         "from assocd.run order by run_id desc limit 1))::int "
                         "from assocd.sync_state"),
        12);
    ck_assert_int_eq(
        bed_int(&bed, "select count(*) from assocd.run where status = 'interrupted'"), 3);
    /* A worker may have died between its journal and the wire: its hold would meet the last run. */
    bed_release(&bed);
    bed_sql(&bed,
        "update assocd.sync_state set retry_at = clock_timestamp(), "
        "changed_at = clock_timestamp()");
    bed_until(&bed, "select run_status = 'succeeded' and failures = 0 from assocd.sync_state");
}

TEST(a_worker_that_cannot_begin_is_told_and_tried_again_later)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/token", bed.folder);
    ck_assert_int_eq(rename(path, bed.notify_path), 0);
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select failures = 1 and retry_at > clock_timestamp() + interval '10 s' and "
        "start_error like '%exit code 78%' from assocd.sync_state");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run"), 0);
    ck_assert(process_expect(&bed.daemons[0], "token", BED_MS));
    ck_assert_int_eq(rename(bed.notify_path, path), 0);
    bed_sql(&bed,
        "update assocd.sync_state set retry_at = clock_timestamp(), "
        "changed_at = clock_timestamp()");
    bed_until(&bed,
        "select run_status = 'succeeded' and failures = 0 and start_error is null from "
        "assocd.sync_state");
}

/* Not counted as its failure, tried again soon, and told until it can begin. */
TEST(a_worker_that_postgresql_refuses_is_told_in_status)
{
    bed_sql(&bed, "revoke insert on assocd.run from assocd_daemon");
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select start_error like '%exit code 75%' and failures = 0 and retry_at is null from "
        "assocd.sync_state");
    bed_trigger(&bed);
    bed_until(&bed, "select outcome like 'starts%' from assocd.signal");
    bed_sql(&bed, "grant insert on assocd.run to assocd_daemon");
    bed_until(&bed,
        "select start_error is null and outcome = 'run 1: succeeded' from assocd.sync_state, "
        "assocd.signal");
}

/* What a commit leaves that waited so long for a standby: the clock was read before it. */
TEST(sees_the_end_of_a_run_that_was_committed_late)
{
    bed_sql(&bed,
        "insert into assocd.sync_state (sync, portal, run_id, run_status, run_cause, "
        "run_started_at) values ('links', 'main', 0, 'planning', 'manual', clock_timestamp())");
    bed_start(&bed, 0, NULL);
    bed_sql(&bed,
        "update assocd.sync_state set run_status = 'succeeded', run_started_at = "
        "clock_timestamp() - interval '2 h', changed_at = clock_timestamp() - interval '1 min'");
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
}

TEST(a_spent_quota_is_waited_for_until_midnight)
{
    bed_fault(&bed,
        "{\"match\":{\"path\":\"batch/read\"},\"action\":\"status\",\"status\":429,\"body\":"
        "{\"status\":\"error\",\"message\":\"daily\",\"errorType\":\"RATE_LIMIT\","
        "\"policyName\":\"DAILY\"}}");
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select run_status = 'deferred' from assocd.sync_state");
    ck_assert_int_eq(bed_int(&bed, "select failures from assocd.sync_state"), 0);
    ck_assert_int_eq(
        bed_int(&bed,
            "select (retry_at >= date_trunc('day', clock_timestamp() at time zone "
            "p.time_zone) at time zone p.time_zone + interval '1 day' and retry_at < "
            "clock_timestamp() + interval '26 hours')::int from assocd.sync_state join "
            "assocd.portal p using (portal)"),
        1);
}

/* A worker dies with a plan that takes the server longer to abandon than a statement of the daemon
 * may take. */
TEST(a_large_plan_of_a_dead_run_keeps_nobody_from_working)
{
    bed_sql(&bed,
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid) values "
        "('links', 'main', '2026-09', 'schedule', 'applying', 1, 'gone', 1);"
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id, "
        "reason) select 1, 'create', n, n, n, 'HUBSPOT_DEFINED', 3, 'source_added' from "
        "generate_series(1, 5500) n;"
        "create function assocd.slow() returns trigger language plpgsql as 'begin perform "
        "pg_sleep(1.5); return new; end';"
        "create trigger slow before update on assocd.plan_state for each row when (new.run_id = 1) "
        "execute function assocd.slow()");
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select status = 'interrupted' and not exists (select from assocd.change c where run_id = "
        "1 and state <> 'abandoned') from assocd.run where run_id = 1");
    bed_until(&bed, "select status = 'succeeded' from assocd.run where run_id = 2");
}

TEST(bounds_the_workers_at_once)
{
    struct buf syncs = {0};
    bed_sync(&syncs, "links", "contacts", "every 1h");
    bed_sync(&syncs, "firms", "companies", "every 1h");
    bed_configure(&bed, "daemon: {max_workers: 1, stop_timeout: 1s}\n", buf_text(&syncs));
    buf_clear(&syncs);
    bed_fault(&bed, "{\"match\":{\"path\":\"batch/read\"},\"action\":\"hold\"}");
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) = 1 from assocd.run");
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    bed_release(&bed);
    bed_until(&bed, "select count(*) = 2 from assocd.run where status = 'succeeded'");
}

SUITE(.before = open_hourly, .after = close_bed);
