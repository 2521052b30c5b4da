/*
 * watch_cases.c: from a committed change to HubSpot by way of a daemon, and that nothing is lost on
 * that way.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cluster.h"
#include "lib/control.h"
#include "service/bed.h"
#include "service/cases.h"

enum { WRITERS = 50, WRITER_CHANGES = 20, SETTLE_MS = 120000 };

static struct bed bed;

static void open_watched(void)
{
    CLEANUP(buf_clear) struct buf yaml = {0};
    const char *const init[] = {"init", "--watch", NULL};
    struct process command = {0};
    bed_open(&bed, "every 1h");
    bed_sync(&yaml, "links", "contacts", "every 1h");
    buf_add_text(&yaml,
        "    watch: true\n    guards: {max_archive: 100000, max_archive_percent: 50, "
        "max_source_shrink_percent: 50}\n");
    bed_configure(&bed, "", buf_text(&yaml));
    ck_assert_int_eq(bed_command(&bed, &command, init), 0);
    process_clear(&command);
}

static void close_bed(void)
{
    bed_close(&bed);
}

static void first_run(void)
{
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select count(*) filter (where cause = 'schedule') > 0 and bool_and(completed_at is not "
        "null)"
        " and not exists (select from assocd.touched) from assocd.run");
}

START_TEST(looks_at_a_changed_record_at_once)
{
    first_run();
    bed_sql(&bed, "delete from crm.link where from_id = 3");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = 'succeeded'"
        " and records = 1 and archived = 1");
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
}
END_TEST

START_TEST(finds_what_changed_while_no_daemon_ran)
{
    first_run();
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    bed_sql(&bed, "delete from crm.link where from_id = 3");
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) = 1 from assocd.run where archived = 1");
}
END_TEST

START_TEST(finds_what_changed_while_its_connection_was_cut)
{
    first_run();
    bed_sql(&bed,
        "begin; select pg_terminate_backend(pid) from pg_stat_activity where application_name = "
        "'assocd watch' and datname = current_database(); delete from crm.link where from_id = 3; "
        "commit");
    bed_until(&bed, "select count(*) = 1 from assocd.run where archived = 1");
}
END_TEST

/* One of many: every change is a transaction of its own, some of them long, some rolled back. */
static void write_changes(int seed)
{
    char sql[640];
    struct pg *pg = cluster_connect(bed.database_url);
    (void)snprintf(sql, sizeof sql, "select setseed(%d / 100.0)", seed);
    cluster_exec(pg, sql, NULL);
    for (int i = 0; i < WRITER_CHANGES; i++)
        cluster_exec(pg,
            "do $$ declare f bigint := 1 + floor(random() * 4000); k double precision := random();"
            " begin"
            " if k < 0.4 then insert into crm.link values (f, 1 + floor(random() * 4000));"
            " elsif k < 0.7 then delete from crm.link where ctid = (select ctid from crm.link where"
            "  from_id = f limit 1);"
            " elsif k < 0.9 then update crm.link set to_id = 1 + floor(random() * 4000) where"
            "  from_id = f;"
            " else update crm.link set from_id = 1 + floor(random() * 4000) where from_id = f;"
            " end if;"
            " perform pg_sleep(random() * 0.05);"
            " if random() < 0.1 then rollback; end if; end $$",
            NULL);
    pg_close(pg);
}

static void start_writers(pid_t writers[WRITERS])
{
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        ck_assert_int_ge(writers[i], 0);
        if (writers[i] == 0) {
            write_changes(i);
            _exit(0);
        }
    }
}

START_TEST(loses_nothing_of_fifty_writers)
{
    pid_t writers[WRITERS];
    control_post(bed.base_url, "seed",
        "{\"records\":{\"deals\":{\"from\":1,\"to\":4000},\"contacts\":{\"from\":1,\"to\":4000}}}",
        NULL);
    bed_sql(&bed,
        "alter table crm.link drop constraint if exists link_pkey;"
        "delete from crm.link; insert into crm.link select n, n from generate_series(1, 4000) n");
    first_run();
    ck_assert_int_eq(bed_differences(&bed), 0);
    start_writers(writers);
    /* Meanwhile the daemon is killed with its workers, another takes over, and a connection is cut.
     */
    bed_until(&bed, "select count(*) > 2 from assocd.run where cause = 'watch'");
    (void)process_stop(&bed.daemons[0], SIGKILL, BED_MS);
    bed_start(&bed, 1, NULL);
    bed_sql(&bed,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name in "
        "('assocd watch', 'assocd run links') and datname = current_database()");
    for (int i = 0; i < WRITERS; i++) {
        int status;
        ck_assert_int_eq(waitpid(writers[i], &status, 0), writers[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert(bed_until_ms(&bed,
        "select not exists (select from assocd.touched) and not exists (select from assocd.run"
        " where completed_at is null)",
        SETTLE_MS));
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run where withheld > 0"), 0);
    ck_assert_int_eq(bed_differences(&bed), 0);
    ck_assert_int_gt(
        bed_int(&bed, "select count(*) from assocd.run where cause = 'watch' and records < 1000"),
        0);
}
END_TEST

TCase *watch_cases(void)
{
    TCase *cases = tcase_create("watch");
    tcase_add_checked_fixture(cases, open_watched, close_bed);
    tcase_add_test(cases, looks_at_a_changed_record_at_once);
    tcase_add_test(cases, finds_what_changed_while_no_daemon_ran);
    tcase_add_test(cases, finds_what_changed_while_its_connection_was_cut);
    tcase_add_test(cases, loses_nothing_of_fifty_writers);
    tcase_set_timeout(cases, 240);
    return cases;
}
