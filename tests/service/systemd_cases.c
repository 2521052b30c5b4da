/*
 * systemd_cases.c: what systemd hears over a real notify socket, and the forms of the log.
 */
#include <poll.h>
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

static void start_notifying(void)
{
    char socket_env[128];
    (void)snprintf(socket_env, sizeof socket_env, "NOTIFY_SOCKET=%s", bed.notify_path);
    const char *const env[] = {socket_env, "WATCHDOG_USEC=600000", "WATCHDOG_PID", "JOURNAL_STREAM",
        "PGHOST", "PGUSER", "PGDATABASE", NULL};
    bed_notify(&bed);
    bed_start(&bed, 0, env);
}

TEST(tells_systemd_what_it_does)
{
    bed_hold_creates(&bed);
    start_notifying();
    bed_until_notified(&bed, "READY=1");
    bed_until_notified(&bed, "STATUS=running links");
    bed_release(&bed);
    bed_until_notified(&bed, "STATUS=1 sync, none running, next links");
    (void)kill(bed.daemons[0].pid, SIGHUP);
    bed_until_notified(&bed, "RELOADING=1");
    buf_reset(&bed.notified);
    bed_until_notified(&bed, "READY=1");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    bed_until_notified(&bed, "STOPPING=1");
}

static int alive_count(void)
{
    int count = 0;
    bed_take_notified(&bed);
    for (const char *at = buf_text(&bed.notified); (at = strstr(at, "WATCHDOG=1")) != NULL; at++)
        count++;
    return count;
}

TEST(feeds_the_watchdog_while_its_loop_turns_and_not_otherwise)
{
    start_notifying();
    bed_until_notified(&bed, "WATCHDOG=1");
    buf_reset(&bed.notified);
    /* A limit of 0.6 s: in 3 s at least 5 signs of life, and none from a daemon that hangs. */
    (void)poll(NULL, 0, 3000);
    ck_assert_int_ge(alive_count(), 6);
    (void)kill(bed.daemons[0].pid, SIGSTOP);
    (void)alive_count();
    buf_reset(&bed.notified);
    (void)poll(NULL, 0, 1500);
    ck_assert_int_eq(alive_count(), 0);
    (void)kill(bed.daemons[0].pid, SIGCONT);
    bed_until_notified(&bed, "WATCHDOG=1");
    /* Workers are not to speak for the daemon. */
    ck_assert_ptr_null(strstr(buf_text(&bed.notified), "MAINPID"));
}

TEST(logs_json_with_fields_of_their_own)
{
    struct process *daemon = &bed.daemons[0];
    const char *line = "\"level\": \"info\", \"sync\": \"links\", \"run_id\": 1, \"status\": "
                       "\"succeeded\", \"worker\": ";
    bed_start_logging(&bed, "json");
    ck_assert_msg(process_expect(daemon, line, BED_MS), "%s", buf_text(&daemon->err));
    ck_assert(strncmp(buf_text(&daemon->err), "{\"at\": \"20", 10) == 0);
}

SUITE(.before = open_hourly, .after = close_bed);
