/*
 * stop_cases.c: ends, reloads, refusals at the start, and PostgreSQL going away.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/suite.h"
#include "base/clock.h"
#include "lib/cluster.h"
#include "lib/roles.h"
#include "service/bed.h"

#define NEVER_FIRES \
    "  links: {portal: main, from: deals, to: contacts, types: [plain], policy: mirror, " \
    "source: {table: crm.link}, schedule: cron 0 0 30 2 *}\n"

static struct bed bed;

static void open_hourly(void)
{
    bed_open(&bed, "every 1h");
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* A daemon whose first run waits for HubSpot's answer to its creates. */
static void start_held(void)
{
    bed_hold_creates(&bed);
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
}

TEST(ends_at_once_when_nothing_is_under_way)
{
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.daemon"), 1);
    int64_t began_ms = clock_now_ms();
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert_int_lt(clock_now_ms() - began_ms, 1000);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.daemon"), 0);
}

TEST(lets_workers_settle_what_is_on_the_wire_and_goes_on_when_it_is_back)
{
    start_held();
    bed_until(&bed, "select status = 'applying' from assocd.run");
    (void)kill(bed.daemons[0].pid, SIGTERM);
    ck_assert(process_expect(
        &bed.daemons[0], "stopping: waiting for 1 worker to finish in-flight requests", BED_MS));
    bed_release(&bed);
    ck_assert_int_eq(process_wait(&bed.daemons[0], BED_MS), 0);
    ck_assert_int_eq(
        bed_int(&bed, "select count(*) from assocd.run where completed_at is null"), 0);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.batch where status = 'sent'"), 0);
    char *first = bed_text(&bed, "select status from assocd.run");
    bed_start(&bed, 0, NULL);
    if (strcmp(first, "canceled") == 0) /* else there was nothing left to do */
        bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    free(first);
}

static void configure_little_patience(void)
{
    struct buf syncs = {0};
    bed_sync(&syncs, "links", "contacts", "every 1h");
    bed_configure(&bed, "daemon: {stop_timeout: 1s}\n", buf_text(&syncs));
    buf_clear(&syncs);
}

TEST(kills_workers_when_patience_ends)
{
    configure_little_patience();
    start_held();
    int64_t began_ms = clock_now_ms();
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert_int_ge(clock_now_ms() - began_ms, 900);
    ck_assert_int_lt(clock_now_ms() - began_ms, 4000);
    bed_release(&bed);
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) = 1 from assocd.run where status = 'interrupted'");
    bed_until(&bed, "select run_status in ('succeeded', 'no_change') from assocd.sync_state");
}

TEST(a_second_sigterm_ends_it_at_once)
{
    start_held();
    pid_t worker = (pid_t)bed_int(&bed, "select pid from assocd.run");
    (void)kill(bed.daemons[0].pid, SIGTERM);
    ck_assert(process_expect(&bed.daemons[0], "stopping", BED_MS));
    int64_t began_ms = clock_now_ms();
    siginfo_t end = {0};
    (void)kill(bed.daemons[0].pid, SIGTERM);
    ck_assert_int_eq(waitid(P_PID, (id_t)bed.daemons[0].pid, &end, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(end.si_status, SIGTERM);
    ck_assert_int_lt(clock_now_ms() - began_ms, 1000);
    (void)kill(worker, SIGKILL); /* it still has the pipe of stderr */
}

TEST(reads_the_configuration_again_and_keeps_the_old_one_on_any_error)
{
    static const char *const broken[] = {
        "  links: {portal: nowhere}\n", NEVER_FIRES, "", "  a: [\n"};
    struct buf syncs = {0};
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    for (size_t i = 0; i < ARRAY_COUNT(broken); i++) {
        bed_configure(&bed, "", broken[i]);
        buf_reset(&bed.daemons[0].err);
        (void)kill(bed.daemons[0].pid, SIGHUP);
        ck_assert_msg(process_expect(&bed.daemons[0],
                          "reload failed, keeping the previous configuration: ", BED_MS),
            "%s", broken[i]);
    }
    ck_assert(process_expect(&bed.daemons[0], "assocd.yaml", BED_MS));
    bed_trigger(&bed);
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_sync(&syncs, "firms", "companies", "every 1h");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
    (void)kill(bed.daemons[0].pid, SIGHUP);
    bed_until(&bed, "select status = 'succeeded' from assocd.run where sync = 'firms'");
    bed_until(&bed, "select syncs = 2 from assocd.daemon");
}

/* From here on the worker of such a run waits for PostgreSQL before its run is open; its process id
 * is in assocd.gated. */
static void gate_runs(const char *cause)
{
    char sql[640];
    (void)snprintf(sql, sizeof sql,
        "create sequence assocd.gated; create function assocd.gate() returns trigger language "
        "plpgsql security definer as 'begin perform setval(''assocd.gated'', new.pid); perform "
        "pg_sleep(60); return new; end'; create trigger gate before insert on assocd.run for each "
        "row when (new.cause = '%s') execute function assocd.gate()",
        cause);
    bed_sql(&bed, sql);
}

TEST(a_request_does_not_go_with_a_worker_that_was_started_for_nobody)
{
    gate_runs("schedule");
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select is_called from assocd.gated");
    bed_trigger(&bed);
    bed_until(&bed, "select outcome = 'starts when the current run ends' from assocd.signal");
    ck_assert_int_eq(kill((pid_t)bed_int(&bed, "select last_value from assocd.gated"), SIGKILL), 0);
    bed_until(&bed, "select outcome like 'run % succeeded' from assocd.signal");
}

TEST(an_approved_plan_outlives_the_daemon_that_was_about_to_apply_it)
{
    configure_little_patience();
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    bed_sql(&bed,
        "delete from crm.link where from_id > 5; "
        "insert into assocd.signal (verb, sync) values ('trigger', 'links')");
    bed_until(&bed, "select status = 'withheld' from assocd.run where run_id = 2");
    gate_runs("apply");
    bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('approve', 2)");
    bed_until(&bed, "select is_called from assocd.gated");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    bed_sql(&bed, "drop trigger gate on assocd.run");
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select status = 'succeeded' and archived = 15 from assocd.run where cause = 'apply'");
}

TEST(a_canceled_run_settles_and_stays_canceled_though_the_daemon_stops)
{
    start_held();
    bed_until(&bed, "select status = 'applying' from assocd.run");
    for (int i = 1; i <= 2; i++) {
        char sql[96];
        (void)snprintf(sql, sizeof sql,
            "select count(*) = %d from assocd.signal where handled_at is not null", i);
        bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('cancel', 1)");
        bed_until(&bed, sql);
    }
    (void)kill(bed.daemons[0].pid, SIGTERM);
    ck_assert(process_expect(&bed.daemons[0], "stopping", BED_MS));
    bed_release(&bed);
    ck_assert_int_eq(process_wait(&bed.daemons[0], BED_MS), 0);
    char *status = bed_text(&bed, "select status from assocd.run");
    ck_assert_str_ne(status, "interrupted");
    free(status);
    bed_start(&bed, 0, NULL);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
}

TEST(moves_to_another_database_and_is_itself_there)
{
    struct buf syncs = {0};
    char *first = bed.database_url;
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    struct pg *old = bed.pg;
    bed.database_url = cluster_database_with_schema();
    bed.pg = cluster_connect(bed.database_url);
    bed_sql(&bed,
        "create schema crm; create table crm.link (from_id bigint, to_id bigint);"
        "insert into assocd.daemon (host, pid, version, syncs) values ('other', 1, 'old', 1)");
    roles_make(bed.pg);
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
    (void)kill(bed.daemons[0].pid, SIGHUP);
    bed_until(&bed, "select count(*) = 2 from assocd.daemon");
    ck_assert_int_eq(cluster_int(old, "select count(*) from assocd.daemon"), 0);
    pg_close(old);
    cluster_drop(first);
    free(first);
}

TEST(a_reload_leaves_runs_under_way_alone)
{
    start_held();
    (void)kill(bed.daemons[0].pid, SIGHUP);
    ck_assert(process_expect(&bed.daemons[0], "configuration reloaded", BED_MS));
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    bed_release(&bed);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
}

/* Starts a daemon that must not start; its exit code. */
static int refused(const char *text)
{
    struct process process = {0};
    const char *const words[] = {"daemon", NULL};
    int code = bed_command(&bed, &process, words);
    ck_assert_msg(
        strstr(buf_text(&process.err), text) != NULL, "%s: %s", text, buf_text(&process.err));
    process_clear(&process);
    return code;
}

TEST(refuses_to_start_with_what_cannot_work)
{
    struct buf syncs = {0};
    bed_configure(&bed, "", "");
    ck_assert_int_eq(refused("no syncs configured"), 78);
    bed_sync(&syncs, "links", "contacts", "cron 0 0 30 2 *");
    bed_configure(&bed, "", buf_text(&syncs));
    ck_assert_int_eq(refused("can never fire"), 78);
    buf_reset(&syncs);
    bed_sync(&syncs, "links", "contacts", "manual");
    buf_add_text(&syncs,
        "  back:\n    portal: main\n    from: contacts\n    to: deals\n"
        "    types: [plain]\n    source: {table: crm.link}\n"
        "    policy: mirror\n");
    bed_configure(&bed, "", buf_text(&syncs));
    ck_assert_int_eq(refused("links"), 78);
    buf_reset(&syncs);
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    bed_sql(&bed, "drop schema assocd cascade");
    ck_assert_int_eq(refused("run assocd init"), 75);
    char *own = bed.database_url;
    char *away = cluster_url_of(own, "no_such_database");
    bed.database_url = away;
    bed_configure(&bed, "", buf_text(&syncs));
    ck_assert_int_eq(refused("no_such_database"), 75);
    bed.database_url = own;
    free(away);
    buf_clear(&syncs);
}

static char *database_name(void)
{
    return bed_text(&bed, "select current_database()");
}

TEST(survives_that_postgresql_goes_away_and_comes_back)
{
    char sql[256];
    char *name = database_name();
    struct pg *other = cluster_connect(cluster_url());
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    (void)snprintf(sql, sizeof sql, "alter database %s with allow_connections false", name);
    cluster_exec(other, sql, NULL);
    (void)snprintf(sql, sizeof sql,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'", name);
    cluster_exec(other, sql, NULL);
    ck_assert(process_expect(&bed.daemons[0], "not currently accepting connections", BED_MS));
    (void)snprintf(sql, sizeof sql, "alter database %s with allow_connections true", name);
    cluster_exec(other, sql, NULL);
    pg_close(bed.pg);
    bed.pg = cluster_connect(bed.database_url);
    ck_assert(process_expect(&bed.daemons[0], "PostgreSQL is back", BED_MS));
    bed_trigger(&bed);
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.daemon"), 1);
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    pg_close(other);
    free(name);
}

TEST(stops_while_postgresql_is_away)
{
    char sql[256];
    char *name = database_name();
    struct pg *other = cluster_connect(cluster_url());
    bed_start(&bed, 0, NULL);
    (void)snprintf(sql, sizeof sql, "alter database %s with allow_connections false", name);
    cluster_exec(other, sql, NULL);
    (void)snprintf(sql, sizeof sql,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'", name);
    cluster_exec(other, sql, NULL);
    ck_assert(process_expect(&bed.daemons[0], "not currently accepting connections", BED_MS));
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    (void)snprintf(sql, sizeof sql, "alter database %s with allow_connections true", name);
    cluster_exec(other, sql, NULL);
    pg_close(bed.pg);
    bed.pg = cluster_connect(bed.database_url);
    pg_close(other);
    free(name);
}

SUITE(.before = open_hourly, .after = close_bed);
