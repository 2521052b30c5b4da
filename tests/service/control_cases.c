/*
 * control_cases.c: steering a running daemon, by verb and by SQL.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "service/bed.h"

static struct bed bed;

static void open_manual(void)
{
    bed_open(&bed, "manual");
    bed_start(&bed, 0, NULL);
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* Runs a verb with --json and expects its outcome to hold text. */
static void verb(const char *name, const char *argument, int code, const char *text)
{
    struct process process = {0};
    const char *const words[] = {name, argument, "--json", "--reason", "a test", NULL};
    int got = bed_command(&bed, &process, words);
    ck_assert_msg(got == code && strstr(buf_text(&process.out), text) != NULL,
        "%s %s: %d (expected %d)\n%s%s", name, argument, got, code, buf_text(&process.out),
        buf_text(&process.err));
    process_clear(&process);
}

TEST(triggers_by_verb)
{
    verb("trigger", "links", 0, "\"outcome\":\"");
    bed_until(&bed, "select status = 'succeeded' and cause = 'trigger' from assocd.run");
    bed_until(&bed,
        "select outcome = 'run 1: succeeded' and handled_by like '%:%' and reason = "
        "'a test' and requested_by = 'test_operator' from assocd.signal");
    ck_assert_int_eq(bed_int(&bed, "select signal_id from assocd.run"), 1);
}

TEST(triggers_by_sql_within_a_second)
{
    bed_trigger(&bed);
    ck_assert(bed_until_ms(&bed, "select handled_at is not null from assocd.signal", 1000));
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    ck_assert_int_eq(
        bed_int(
            &bed, "select (handled_at - requested_at < interval '1 s')::int from assocd.signal"),
        1);
}

TEST(triggers_that_come_together_become_one_run_and_later_ones_another)
{
    bed_hold_creates(&bed);
    bed_trigger(&bed);
    bed_until_logged(&bed, "batch/create");
    bed_sql(&bed,
        "insert into assocd.signal (verb, sync) values ('trigger', 'links'), "
        "('trigger', 'links'), ('trigger', 'links')");
    bed_until(&bed, "select count(*) = 4 from assocd.signal where handled_at is not null");
    bed_release(&bed);
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    ck_assert(!bed_until_ms(&bed, "select count(*) > 2 from assocd.run", 2500));
}

/* The back-off is for what starts by itself. */
TEST(a_run_asked_for_while_another_dies_does_not_wait_for_its_back_off)
{
    bed_hold_creates(&bed);
    bed_sql(&bed,
        "update assocd.sync_state set failures = 9; "
        "insert into assocd.signal (verb, sync) values ('trigger', 'links')");
    bed_until_logged(&bed, "batch/create");
    bed_trigger(&bed);
    bed_until(&bed, "select count(*) = 2 from assocd.signal where handled_at is not null");
    pid_t worker =
        (pid_t)bed_int(&bed, "select pid from assocd.run where status = 'applying' and run_id = 1");
    ck_assert_int_eq(kill(worker, SIGKILL), 0);
    bed_release(&bed);
    bed_until(&bed,
        "select status = 'interrupted' and exists (select from assocd.run where run_id = 2 and "
        "status in ('succeeded', 'no_change')) from assocd.run where run_id = 1");
    ck_assert_int_eq(bed_differences(&bed), 0);
}

/* The other daemon's word is not yet committed when this one looks. */
TEST(a_request_that_another_daemon_takes_up_meanwhile_is_not_lost)
{
    struct pg *other = cluster_connect(bed.database_url);
    cluster_exec(other,
        "begin; insert into assocd.signal (verb, sync, handled_at, handled_by, outcome) values "
        "('trigger', 'links', clock_timestamp(), 'other:1', 'starts now'); "
        "update assocd.sync_state set wanted = 1, changed_at = clock_timestamp()",
        NULL);
    bed_trigger(&bed);
    bed_until(&bed,
        "select count(*) = 1 from pg_stat_activity where application_name = 'assocd daemon' and "
        "datname = current_database() and wait_event_type = 'Lock'");
    cluster_exec(other, "commit", NULL);
    pg_close(other);
    bed_until(&bed, "select outcome like 'run % succeeded' from assocd.signal where signal_id = 1");
    bed_until(&bed, "select handled_at is not null from assocd.signal where signal_id = 2");
}

/* Whatever stands in a request, the daemon takes it up and goes on. */
TEST(refuses_a_sync_whose_name_is_longer_than_a_message)
{
    bed_sql(&bed,
        "insert into assocd.signal (verb, sync, requested_at) select 'trigger', "
        "repeat('x', n) || repeat('ü', 600), now() - interval '1 hour' "
        "from generate_series(0, 1) n");
    bed_until(
        &bed, "select count(*) = 2 from assocd.signal where outcome like 'refused: no daemon%'");
    bed_trigger(&bed);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
}

/* A trigger that is refused at once, whether a daemon runs or not: no guard had a say in it. */
static void expect_refused(const char *text)
{
    struct process process = {0};
    const char *const trigger[] = {"trigger", "links", NULL};
    ck_assert_int_eq(bed_command(&bed, &process, trigger), 7);
    ck_assert_msg(strstr(buf_text(&process.err), text) != NULL, "%s", buf_text(&process.err));
    process_clear(&process);
}

TEST(who_asked_for_a_run_is_told_that_a_pause_holds_it)
{
    bed_sql(&bed,
        "insert into assocd.signal (verb, sync) values ('trigger', 'links'), "
        "('pause', 'links')");
    bed_until(&bed,
        "select outcome like 'waits: the sync was paused meanwhile%' from "
        "assocd.signal where signal_id = 1");
    bed_sql(&bed, "insert into assocd.signal (verb, sync) values ('resume', 'links')");
    bed_until(&bed, "select outcome = 'run 1: succeeded' from assocd.signal where signal_id = 1");
}

TEST(a_paused_sync_rests_until_it_is_resumed)
{
    verb("pause", "links", 0, "paused");
    expect_refused("links is paused by test_operator since ");
    expect_refused("; resume it first: assocd resume links");
    bed_trigger(&bed);
    bed_until(&bed,
        "select outcome = 'refused: links is paused; resume it first: assocd resume links'"
        " from assocd.signal where signal_id = 2");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run"), 0);
    struct process process = {0};
    const char *const status[] = {"status", NULL};
    ck_assert_int_eq(bed_command(&bed, &process, status), 0);
    ck_assert_msg(
        strstr(buf_text(&process.out), "paused by ") != NULL, "%s", buf_text(&process.out));
    process_clear(&process);
    verb("resume", "links", 0, "resumed");
    verb("trigger", "links", 0, "\"signal_id\":4");
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from assocd.sync_state where paused_at is null "
                         "and paused_by is null and pause_reason is null"),
        1);
}

TEST(cancels_a_run_which_settles_what_is_on_the_wire)
{
    bed_hold_creates(&bed);
    bed_trigger(&bed);
    bed_until_logged(&bed, "batch/create");
    bed_until(&bed, "select count(*) = 1 from assocd.run where status = 'applying'");
    verb("cancel", "1", 0, "stop requested");
    bed_release(&bed);
    bed_until(&bed, "select completed_at is not null from assocd.run");
    bed_until(&bed,
        "select outcome like 'run 1 stopped%' from assocd.signal where verb = "
        "'cancel'");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.batch where status = 'sent'"), 0);
    verb("cancel", "1", 7, "");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.signal where verb = 'cancel'"), 1);
    verb("cancel", "99", 64, "");
    bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('cancel', 99)");
    bed_until(&bed,
        "select outcome = 'refused: unknown run 99' from assocd.signal where "
        "run_id = 99");
    /* It was wished: nothing starts again by itself. */
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
}

TEST(refuses_a_sync_that_no_daemon_knows)
{
    bed_sql(&bed,
        "insert into assocd.signal (verb, sync, requested_at) values "
        "('trigger', 'linsk', clock_timestamp() - interval '1 minute')");
    bed_until(&bed,
        "select outcome = 'refused: no daemon has a sync \"linsk\" in its configuration (did you "
        "mean \"links\"?)' from assocd.signal");
    bed_sql(&bed,
        "insert into assocd.signal (verb, sync, requested_at) values "
        "('pause', 'quite-another', clock_timestamp() - interval '1 minute')");
    bed_until(&bed,
        "select outcome = 'refused: no daemon has a sync \"quite-another\" in its configuration' "
        "from assocd.signal where verb = 'pause'");
}

/* What a typed run is told of an undo, a worker is told too. */
TEST(applies_an_undo_that_is_approved_by_sql)
{
    struct process process = {0};
    const char *const undo[] = {"undo", "1", NULL};
    verb("trigger", "links", 0, "signal");
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    ck_assert_int_eq(bed_command(&bed, &process, undo), 4);
    process_clear(&process);
    bed_sql(&bed, "insert into assocd.signal (verb, run_id, reason) values ('approve', 2, 'yes')");
    bed_until(&bed,
        "select cause = 'apply' and status = 'succeeded' and archived = 20 and plan_id = 2 and "
        "undoes = 1 from assocd.run where run_id = 3");
}

TEST(applies_a_plan_that_is_approved_by_sql)
{
    verb("trigger", "links", 0, "signal");
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    bed_sql(&bed, "delete from crm.link where from_id > 5");
    verb("trigger", "links", 0, "signal");
    bed_until(&bed, "select status = 'withheld' from assocd.run where run_id = 2");
    struct process process = {0};
    const char *const status[] = {"status", "--json", NULL};
    ck_assert_int_eq(bed_command(&bed, &process, status), 0);
    ck_assert_msg(
        strstr(buf_text(&process.out), "\"plan_id\":2") != NULL, "%s", buf_text(&process.out));
    process_clear(&process);
    bed_sql(&bed, "insert into assocd.signal (verb, run_id, reason) values ('approve', 2, 'yes')");
    bed_until(&bed,
        "select cause = 'apply' and status = 'succeeded' and archived = 15 and plan_id "
        "= 2 from assocd.run where run_id = 3");
    bed_until(
        &bed, "select outcome = 'run 3: succeeded' from assocd.signal where verb = 'approve'");
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from assocd.plan_approval where plan_id = 2 and "
                         "approved_by = session_user and reason = 'yes' and used_by_run_id "
                         "= 3"),
        1);
    /* A second approval finds nothing left to do, and is no failure of the sync. */
    bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('approve', 2), ('approve', 1)");
    bed_until(&bed, "select count(*) = 2 from assocd.signal where outcome like '%exit code 7%'");
    ck_assert_int_eq(bed_int(&bed, "select failures from assocd.sync_state"), 0);
}

TEST(says_that_nobody_is_there_to_hear)
{
    struct process process = {0};
    const char *const words[] = {"trigger", "links", NULL};
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert_int_eq(bed_command(&bed, &process, words), 0);
    ck_assert_msg(strstr(buf_text(&process.err), "no daemon is connected to this database") != NULL,
        "%s", buf_text(&process.err));
    process_clear(&process);
    ck_assert_int_eq(
        bed_int(&bed, "select count(*) from assocd.signal where handled_at is null"), 1);
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select cause = 'trigger' and status = 'succeeded' from assocd.run");
}

TEST(status_shows_runs_under_way_with_their_progress)
{
    struct process process = {0};
    const char *const words[] = {"status", "--json", NULL};
    bed_hold_creates(&bed);
    verb("trigger", "links", 0, "signal");
    bed_until_logged(&bed, "batch/create");
    /* As a run that takes more than a second writes it. */
    bed_sql(&bed,
        "insert into assocd.progress (sync, run_id, stage, stage_done, stage_total, "
        "stage_began_at) "
        "select sync, run_id, 'create', 5, 20, clock_timestamp() - interval '10 s' from assocd.run "
        "on conflict (sync) do update set stage = excluded.stage, stage_done = "
        "excluded.stage_done, "
        "stage_total = excluded.stage_total, stage_began_at = excluded.stage_began_at, stage_at = "
        "clock_timestamp()");
    ck_assert_int_eq(bed_command(&bed, &process, words), 0);
    ck_assert_msg(strstr(buf_text(&process.out), "\"stage_done\":5") != NULL &&
            strstr(buf_text(&process.out), "\"seconds_left\":30") != NULL &&
            strstr(buf_text(&process.out), "\"state\":\"alive\"") != NULL &&
            strstr(buf_text(&process.out), "\"due_why\": \"running\"") != NULL &&
            strstr(buf_text(&process.out), "\"days_left\": ") != NULL &&
            strstr(buf_text(&process.out), "\"replacement\": null") != NULL,
        "%s", buf_text(&process.out));
    process_clear(&process);
    bed_release(&bed);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
}

TEST(an_idle_daemon_that_stops_waits_for_nobody)
{
    (void)kill(bed.daemons[0].pid, SIGTERM);
    ck_assert_int_eq(process_wait(&bed.daemons[0], BED_MS), 0);
    ck_assert_msg(strstr(buf_text(&bed.daemons[0].err), "Z stopping\n") != NULL &&
            strstr(buf_text(&bed.daemons[0].err), "waiting for") == NULL,
        "%s", buf_text(&bed.daemons[0].err));
}

SUITE(.before = open_manual, .after = close_bed);
