/*
 * watch_cases.c: from a committed change to HubSpot by way of a daemon, and that nothing is lost on
 * that way.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "lib/control.h"
#include "lib/roles.h"
#include "pg/statement.h"
#include "service/bed.h"

enum { WRITERS = 50, SETTLE_MS = 120000 };

static struct bed bed;
static volatile bool *writing; /* in memory that the writers share: go on */
static char *elsewhere; /* a source's own database; NULL: none */

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
    if (elsewhere != NULL)
        cluster_drop(elsewhere);
    free(elsewhere);
    elsewhere = NULL;
}

static void first_run(void)
{
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select count(*) filter (where cause = 'schedule') > 0 and bool_and(completed_at is not "
        "null)"
        " and not exists (select from assocd.touched) from assocd.run");
}

TEST(looks_at_a_changed_record_at_once)
{
    first_run();
    bed_sql(&bed, "delete from crm.link where from_id = 3");
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = 'succeeded'"
        " and records = 1 and archived = 1");
    bed_until(&bed, "select count(*) = 0 from assocd.touched");
}

TEST(counts_one_request_as_one)
{
    first_run();
    bed_sql(&bed, "select assocd.touch('links', 3)");
    ck_assert_msg(
        process_expect(&bed.daemons[0], "no_change, 0 created, 0 archived, 1 request\n", BED_MS),
        "%s", buf_text(&bed.daemons[0].err));
}

TEST(finds_what_changed_while_no_daemon_ran)
{
    first_run();
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    bed_sql(&bed, "delete from crm.link where from_id = 3");
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) = 1 from assocd.run where archived = 1");
}

TEST(finds_what_changed_while_its_connection_was_cut)
{
    first_run();
    bed_sql(&bed,
        "begin; select pg_terminate_backend(pid) from pg_stat_activity where application_name = "
        "'assocd watch' and datname = current_database(); delete from crm.link where from_id = 3; "
        "commit");
    bed_until(&bed, "select count(*) = 1 from assocd.run where archived = 1");
}

/* One of many, until it is told to stop: every change is a transaction of its own, some of them
 * long, some rolled back. */
static void write_changes(int seed)
{
    char sql[640];
    struct pg *pg = cluster_connect(bed.database_url);
    (void)snprintf(sql, sizeof sql, "select setseed(%d / 100.0)", seed);
    cluster_exec(pg, sql, NULL);
    while (*writing)
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
            " perform pg_sleep(random() * 0.4);"
            " if random() < 0.1 then rollback; end if; end $$",
            NULL);
    pg_close(pg);
}

static void start_writers(pid_t writers[WRITERS])
{
    writing =
        mmap(NULL, sizeof *writing, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne((void *)writing, MAP_FAILED);
    *writing = true;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        ck_assert_int_ge(writers[i], 0);
        if (writers[i] == 0) {
            write_changes(i);
            _exit(0);
        }
    }
}

TEST(loses_nothing_of_fifty_writers)
{
    pid_t writers[WRITERS];
    char sql[128];
    int64_t last;
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
    process_kill(&bed.daemons[0]);
    last = bed_int(&bed, "select max(run_id) from assocd.run");
    bed_start(&bed, 1, NULL);
    bed_sql(&bed,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name in "
        "('assocd watch', 'assocd run links') and datname = current_database()");
    (void)snprintf(sql, sizeof sql,
        "select count(*) > 2 from assocd.run where cause = 'watch' and run_id > %lld",
        (long long)last);
    bed_until(&bed, sql);
    *writing = false;
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

/* assocd with these words prints this. */
static void expect_printed(const char *const words[], const char *text)
{
    struct process command = {0};
    (void)bed_command(&bed, &command, words);
    ck_assert_msg(strstr(buf_text(&command.out), text) != NULL, "%s %s: no \"%s\" in: %s%s",
        words[0], words[1], text, buf_text(&command.out), buf_text(&command.err));
    process_clear(&command);
}

static void expect_told(const char *text)
{
    ck_assert_msg(process_expect(&bed.daemons[0], text, BED_MS), "no \"%s\" in: %s", text,
        buf_text(&bed.daemons[0].err));
}

static int told(const char *text)
{
    int count = 0;
    for (const char *at = buf_text(&bed.daemons[0].err); (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

static const char *const status_text[] = {"status", NULL};
static const char *const status_json[] = {"status", "--json", NULL};
static const char *const check_text[] = {"check", NULL};
static const char *const init_watch[] = {"init", "--watch", NULL};

/* Whatever keeps triggers from seeing the table that is read. */
static const struct {
    const char *sql, *why;
} unseen[] = {
    {"create table crm.link_new (like crm.link); insert into crm.link_new select * from crm.link;"
     "begin; alter table crm.link rename to link_old; alter table crm.link_new rename to link;"
     "commit",
        "its triggers are on crm.link_old"},
    {"create table crm.link_new as table crm.link; drop table crm.link;"
     "alter table crm.link_new rename to link",
        "it has no triggers for these columns"},
    {"alter table crm.link disable trigger user", "its triggers are disabled"},
    {"alter table crm.link rename to link_old", "there is no relation crm.link"},
};

TEST_LOOP(tells_once_that_changes_are_not_seen, ARRAY_COUNT(unseen))
{
    char sentence[160];
    (void)snprintf(
        sentence, sizeof sentence, "changes of crm.link are not seen: %s", unseen[_i].why);
    first_run();
    expect_printed(status_json, "\"watch_problem\": null");
    bed_sql(&bed, unseen[_i].sql);
    expect_told(sentence);
    expect_told("; run: assocd init --watch links");
    expect_printed(status_text, sentence);
    expect_printed(status_json, sentence);
    bed_sql(&bed,
        "do $$ begin if to_regclass('crm.link') is null then"
        " alter table crm.link_old rename to link; end if; end $$");
    expect_printed(init_watch, "triggers on crm.link");
    expect_told("changes of crm.link are seen again");
    expect_printed(status_json, "\"watch_problem\": null");
    ck_assert_int_eq(told("are not seen"), 1);
    bed_sql(&bed, "delete from crm.link where from_id = 3");
    bed_until(&bed, "select count(*) = 1 from assocd.run where archived = 1");
}

static const char *file_text(const char *name)
{
    for (const struct statement *file = schema_files; file->name != NULL; file++)
        if (strcmp(file->name, name) == 0)
            return file->text;
    ck_abort_msg("no sql/schema/%s.sql", name);
}

static void configure_elsewhere(const char *verb)
{
    CLEANUP(buf_clear) struct buf yaml = {0};
    char *url = roles_text(elsewhere, verb);
    buf_addf(&yaml,
        "  links:\n    portal: main\n    from: deals\n    to: contacts\n    types: [plain]\n"
        "    source: {table: crm.link, database_url: \"%s\"}\n    policy: mirror_owned\n"
        "    schedule: every 1h\n    watch: true\n",
        url);
    bed_configure(&bed, "", buf_text(&yaml));
    free(url);
}

/* The source's database was prepared by the release that had only the first functions. */
static void open_elsewhere(void)
{
    elsewhere = cluster_database();
    struct pg *source = cluster_connect(elsewhere);
    cluster_exec(source,
        "create schema crm; create table crm.link (from_id bigint, to_id bigint);"
        "insert into crm.link select i, i from generate_series(1, 20) i;"
        "grant usage on schema crm to test_daemon; grant select on crm.link to test_daemon",
        NULL);
    cluster_exec(source, file_text("004_watch"), NULL);
    cluster_exec(source,
        "select assocd.watch('links', 'crm.link', 'from_id', 'to_id');"
        "grant usage on schema assocd to test_daemon;"
        "grant select, delete on assocd.touched to test_daemon",
        NULL);
    pg_close(source);
    configure_elsewhere("daemon");
}

TEST(tells_that_a_source_has_functions_of_an_earlier_release)
{
    static const char sentence[] =
        "the functions for watched tables in the database of crm.link are from an earlier release "
        "of assocd; run: assocd init --watch links";
    open_elsewhere();
    expect_printed(check_text, "warn  sync links");
    expect_printed(check_text, sentence);
    bed_start(&bed, 0, NULL);
    expect_told(sentence);
    bed_until(&bed, "select count(*) > 0 from assocd.run where status = 'succeeded'");
    configure_elsewhere("init");
    expect_printed(init_watch, "their functions are renewed");
    expect_printed(init_watch, "triggers on crm.link were in place");
    configure_elsewhere("daemon");
    expect_printed(check_text, "watched: triggers on crm.link are in place");
    ck_assert_int_eq(told(sentence), 1);
}

SUITE(.before = open_watched, .after = close_bed, .timeout = 240);
