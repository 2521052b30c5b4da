/*
 * several_cases.c: two daemons on one database. What was really written is in the sandbox's log.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/suite.h"
#include "base/clock.h"
#include "base/random.h"
#include "lib/cluster.h"
#include "lib/control.h"
#include "lib/roles.h"
#include "service/bed.h"

static struct bed bed;

static void open_two(void)
{
    bed_open(&bed, "every 10s");
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* No association of the 20 was created twice: the sandbox logs only what really changed, and how
 * often it was asked to create shows in the requests' inputs. */
static void check_written_once(void)
{
    struct buf stats = {0};
    control_get(bed.base_url, "stats", &stats);
    const char *added = strstr(buf_text(&stats), "\"types_added\":");
    ck_assert_msg(added != NULL && strtol(added + 14 + strspn(added + 14, " "), NULL, 10) == 20,
        "%s", buf_text(&stats));
    buf_clear(&stats);
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from (select from_id, to_id from assocd.change where "
                         "operation = 'create' and state in ('applied', 'verified') group by 1, 2 "
                         "having count(*) > 1) twice"),
        0);
}

/* Both are there for who asks. */
static void check_status(void)
{
    struct process process = {0};
    const char *const words[] = {"status", "--json", NULL};
    char pid[32];
    ck_assert_int_eq(bed_command(&bed, &process, words), 0);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(pid, sizeof pid, "\"pid\":%d,", (int)bed.daemons[i].pid);
        ck_assert_msg(
            strstr(buf_text(&process.out), pid) != NULL, "%s: %s", pid, buf_text(&process.out));
    }
    process_clear(&process);
}

TEST(two_daemons_run_each_sync_once)
{
    bed_start(&bed, 0, NULL);
    bed_start(&bed, 1, NULL);
    check_status();
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.daemon"), 2);
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from assocd.run a join assocd.run b on "
                         "a.run_id < b.run_id and b.started_at < a.started_at + "
                         "interval '10 s'"),
        0);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run where status = 'failed'"), 0);
    check_written_once();
}

/* A daemon and its worker die in the middle of a write, without a word. */
TEST(the_survivor_takes_over_within_five_seconds)
{
    bed_fault(&bed,
        "{\"match\":{\"path\":\"batch/create\",\"nth\":1,\"count\":1},"
        "\"action\":\"hold\"}");
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
    bed_start(&bed, 1, NULL);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    pid_t worker = (pid_t)bed_int(&bed, "select pid from assocd.run where completed_at is null");
    process_kill(&bed.daemons[0]);
    (void)kill(worker, SIGKILL);
    int64_t died_ms = clock_now_ms();
    bed_until(&bed, "select count(*) = 2 from assocd.run");
    int64_t took_ms = clock_now_ms() - died_ms;
    printf("takeover after %lld ms\n", (long long)took_ms);
    ck_assert_int_lt(took_ms, 5000);
    bed_until(&bed, "select status in ('succeeded', 'no_change') from assocd.run where run_id = 2");
    ck_assert_int_eq(
        bed_int(&bed, "select (status = 'interrupted')::int from assocd.run where run_id = 1"), 1);
    check_written_once();
}

/* The daemon dies alone: its worker finishes, the survivor waits for it and goes on. */
TEST(a_worker_outlives_its_daemon)
{
    bed_hold_creates(&bed);
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
    bed_start(&bed, 1, NULL);
    process_kill(&bed.daemons[0]);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    bed_release(&bed);
    bed_until(&bed, "select status = 'succeeded' from assocd.run where run_id = 1");
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    check_written_once();
}

/* One daemon may stop what another one's worker does, if that one is gone. */
TEST(a_run_of_a_dead_daemon_can_be_canceled)
{
    bed_hold_creates(&bed);
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
    bed_until(&bed, "select status = 'applying' from assocd.run");
    bed_start(&bed, 1, NULL);
    process_kill(&bed.daemons[0]);
    bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('cancel', 1)");
    bed_until(&bed, "select outcome = 'stop requested' from assocd.signal");
    bed_release(&bed);
    bed_until(&bed, "select completed_at is not null from assocd.run where run_id = 1");
}

/* Sends SIGKILL to one of both daemons or of their workers, and starts a dead daemon again. */
static void kill_one(struct random *random)
{
    uint64_t victim = random_below(random, 4);
    if (victim < 2) {
        pid_t worker = (pid_t)bed_int(
            &bed, "select coalesce(max(pid), 0) from assocd.run where completed_at is null");
        if (worker > 0)
            (void)kill(worker, SIGKILL);
        return;
    }
    (void)kill(bed.daemons[victim - 2].pid, SIGKILL);
    siginfo_t end;
    ck_assert_int_eq(waitid(P_PID, (id_t)bed.daemons[victim - 2].pid, &end, WEXITED | WNOWAIT), 0);
    process_clear(&bed.daemons[victim - 2]);
    bed_start(&bed, (int)victim - 2, NULL);
}

/* A number out of the sandbox's log, which is $1 of the query, a JSON object a line. */
static int64_t ask_log(const char *sql)
{
    CLEANUP(buf_clear) struct buf log = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct error err = {0};
    struct pg_args args = {0};
    control_get(bed.base_url, "log", &log);
    pg_arg_text(&args, buf_text(&log));
    ck_assert_msg(pg_exec_args(bed.pg, sql, &args, &rows, &err), "%s", err.text);
    return pg_rows_int(&rows, 0, 0);
}

#define LOG_LINES \
    "(select line::jsonb as l from regexp_split_to_table($1, E'\\n') line where line <> '') x"

/* Inputs of all creates the sandbox was sent, less the associations it really made of them. */
static const char sent_twice[] =
    "select coalesce(sum((l ->> 'inputs')::int - jsonb_array_length(l -> 'applied')), 0) "
    "from " LOG_LINES " where l ->> 'path' like '%batch/create'";

/* Archives of associations that the source names; it names none again that it once let go. */
static const char archived_wrongly[] =
    "select count(*) from " LOG_LINES ", jsonb_array_elements(l -> 'applied') a "
    "join crm.link on from_id = (a ->> 2)::bigint and to_id = (a ->> 4)::bigint "
    "where a ->> 0 = '-'";

static const char archived[] =
    "select count(*) from " LOG_LINES ", jsonb_array_elements(l -> 'applied') a "
    "where a ->> 0 = '-'";

enum { KILLS = 12 };

static void open_without_guards(void)
{
    CLEANUP(buf_clear) struct buf syncs = {0};
    bed_sync(&syncs, "links", "contacts", "every 10s");
    buf_add_text(&syncs,
        "    guards: {max_archive: 100000, max_archive_percent: 50, max_archive_day: 0, "
        "max_source_shrink_percent: 50}\n");
    bed_configure(&bed, "", buf_text(&syncs));
    control_post(bed.base_url, "switch", "{\"latency_ms\":150}", NULL);
    bed_start(&bed, 0, NULL);
    bed_start(&bed, 1, NULL);
}

/* New associations come, a few older ones go for ever, and the run that is asked for has begun. */
static void change_source(int i)
{
    char sql[320], begun[80];
    (void)snprintf(begun, sizeof begun, "select max(run_id) > %lld from assocd.run",
        (long long)bed_int(&bed, "select max(run_id) from assocd.run"));
    (void)snprintf(sql, sizeof sql,
        "insert into crm.link select n, 1 + (n + %d) %% 99 from generate_series(1, 99) n where "
        "n %% 7 = %d; delete from crm.link where (from_id * 31 + to_id) %% 23 = %d; "
        "insert into assocd.signal (verb, sync) values ('trigger', 'links')",
        i + 20, i % 7, i);
    bed_sql(&bed, sql);
    bed_until(&bed, begun);
}

TEST(whatever_is_killed_both_sides_end_equal_and_nothing_is_written_twice)
{
    struct random random;
    random_init_system(&random);
    open_without_guards();
    bed_until(&bed, "select count(*) > 0 from assocd.run where status = 'succeeded'");
    for (int i = 0; i < KILLS; i++) {
        change_source(i);
        (void)poll(
            NULL, 0, (int)random_below(&random, 800)); /* anywhere in it, or behind its end */
        kill_one(&random);
    }
    bed_trigger(&bed);
    bed_until(&bed,
        "select not exists (select from crm.link full join (select * from assocd.managed where "
        "released_at is null) m using (from_id, to_id) where link.from_id is null or m.from_id is "
        "null) and not exists (select from assocd.run where completed_at is null)");
    ck_assert_int_eq(bed_differences(&bed), 0);
    ck_assert_int_eq(ask_log(sent_twice), 0);
    ck_assert_int_eq(ask_log(archived_wrongly), 0);
    ck_assert_int_gt(ask_log(archived), 0);
    printf("%lld runs, %lld of them interrupted\n",
        (long long)bed_int(&bed, "select count(*) from assocd.run"),
        (long long)bed_int(&bed, "select count(*) from assocd.run where status = 'interrupted'"));
}

/* A session that is no run of ours: somebody with the daemon's role, or a program that hangs. */
TEST(tells_who_holds_a_lock_that_keeps_runs_from_starting)
{
    struct process status = {0};
    const char *const text[] = {"status", NULL}, *const json[] = {"status", "--json", NULL};
    char part[96];
    char *url = roles_text(bed.database_url, "daemon");
    struct pg *stranger = cluster_connect(url);
    free(url);
    cluster_exec(stranger,
        "set application_name = 'psql of anna'; select assocd.lock_sync('links', 'main')", NULL);
    int pid = (int)cluster_int(stranger, "select pg_backend_pid()");
    bed_start(&bed, 0, NULL);
    (void)snprintf(part, sizeof part, "PostgreSQL session %d of role test_daemon", pid);
    ck_assert_msg(process_expect(&bed.daemons[0],
                      "no other run of links can start: the lock of links", BED_MS),
        "%s", buf_text(&bed.daemons[0].err));
    ck_assert(process_expect(&bed.daemons[0], part, BED_MS));
    ck_assert(
        process_expect(&bed.daemons[0], "(application \"psql of anna\", host [local])", BED_MS));
    (void)snprintf(part, sizeof part, "test_daemon  %d  psql of anna", pid);
    ck_assert_int_eq(bed_command(&bed, &status, text), 0);
    ck_assert_msg(strstr(buf_text(&status.out), part) != NULL, "%s", buf_text(&status.out));
    process_clear(&status);
    (void)snprintf(part, sizeof part,
        "\"role\":\"test_daemon\",\"pid\":%d,\"application\":\"psql of anna\",\"since\":", pid);
    ck_assert_int_eq(bed_command(&bed, &status, json), 0);
    ck_assert_msg(strstr(buf_text(&status.out), part) != NULL, "%s", buf_text(&status.out));
    ck_assert(strstr(buf_text(&status.out), "\"host\":\"[local]\"") != NULL);
    process_clear(&status);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run"), 0);
    pg_close(stranger);
    bed_until(&bed, "select count(*) > 0 from assocd.run where status = 'succeeded'");
    ck_assert_int_eq(bed_command(&bed, &status, json), 0);
    ck_assert_msg(
        strstr(buf_text(&status.out), "psql of anna") == NULL, "%s", buf_text(&status.out));
    process_clear(&status);
}

SUITE(.before = open_two, .after = close_bed);
