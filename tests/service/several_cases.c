/*
 * several_cases.c: two daemons on one database. What was really written is in the sandbox's log.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "e2e/control.h"
#include "service/bed.h"
#include "service/cases.h"

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

START_TEST(two_daemons_run_each_sync_once)
{
    bed_start(&bed, 0, NULL);
    bed_start(&bed, 1, NULL);
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
END_TEST

/* A daemon and its worker die in the middle of a write, without a word. */
START_TEST(the_survivor_takes_over_within_five_seconds)
{
    bed_fault(&bed,
        "{\"match\":{\"path\":\"batch/create\",\"nth\":1,\"count\":1},"
        "\"action\":\"hold\"}");
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
    bed_start(&bed, 1, NULL);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    pid_t worker = (pid_t)bed_int(&bed, "select pid from assocd.run where completed_at is null");
    (void)process_stop(&bed.daemons[0], SIGKILL, BED_MS);
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
END_TEST

/* The daemon dies alone: its worker finishes, the survivor waits for it and goes on. */
START_TEST(a_worker_outlives_its_daemon)
{
    bed_fault(&bed, "{\"match\":{\"path\":\"batch/create\"},\"action\":\"hold\"}");
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
    bed_start(&bed, 1, NULL);
    (void)process_stop(&bed.daemons[0], SIGKILL, BED_MS);
    ck_assert(!bed_until_ms(&bed, "select count(*) > 1 from assocd.run", 2500));
    bed_release(&bed);
    bed_until(&bed, "select status = 'succeeded' from assocd.run where run_id = 1");
    bed_until(&bed, "select count(*) = 2 from assocd.run where completed_at is not null");
    check_written_once();
}
END_TEST

/* One daemon may stop what another one's worker does, if that one is gone. */
START_TEST(a_run_of_a_dead_daemon_can_be_canceled)
{
    bed_fault(&bed, "{\"match\":{\"path\":\"batch/create\"},\"action\":\"hold\"}");
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
    bed_until(&bed, "select status = 'applying' from assocd.run");
    bed_start(&bed, 1, NULL);
    (void)process_stop(&bed.daemons[0], SIGKILL, BED_MS);
    bed_sql(&bed, "insert into assocd.signal (verb, run_id) values ('cancel', 1)");
    bed_until(&bed, "select outcome = 'told to stop' from assocd.signal");
    bed_release(&bed);
    bed_until(&bed, "select completed_at is not null from assocd.run where run_id = 1");
}
END_TEST

TCase *several_cases(void)
{
    TCase *cases = tcase_create("several");
    tcase_add_checked_fixture(cases, open_two, close_bed);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, two_daemons_run_each_sync_once);
    tcase_add_test(cases, the_survivor_takes_over_within_five_seconds);
    tcase_add_test(cases, a_worker_outlives_its_daemon);
    tcase_add_test(cases, a_run_of_a_dead_daemon_can_be_canceled);
    return cases;
}
