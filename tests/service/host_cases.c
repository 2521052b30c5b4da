/*
 * host_cases.c: a host that misbehaves: no file descriptors, no memory, a wall clock that jumps,
 * reads and writes in pieces, an old library, proxies in the environment. A run is told to take
 * one association away and to make one; whatever becomes of it, nothing else may be touched, and
 * the next run on a sound host brings both sides together.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/suite.h"
#include "lib/control.h"
#include "service/bed.h"

/* libpq 15 waits for ever when the allocation at the beginning of a COPY fails; who is as patient
 * as that is killed, which is P1. */
enum { PATIENCE_MS = 30000 };

#ifdef __SANITIZE_ADDRESS__
enum { SHIMMED = 0 };
#else
enum { SHIMMED = 1 };
#endif

static struct bed bed;
static struct process process;

static const char *const run[] = {"run", "links", NULL};

static void open_manual(void)
{
    bed_open(&bed, "manual");
}

static void close_bed(void)
{
    process_clear(&process);
    bed_close(&bed);
}

/* Twenty associations on both sides, then 1:1 is to go and 1:50 to come. */
static void begin_trial(void)
{
    control_post(bed.base_url, "reset", "{}", NULL);
    control_post(bed.base_url, "seed",
        "{\"records\":{\"contacts\":{\"from\":1,\"to\":99},\"deals\":{\"from\":1,\"to\":99}}}",
        NULL);
    bed_sql(&bed,
        "truncate assocd.run, assocd.managed, assocd.sync_state, crm.link cascade;"
        "insert into crm.link select i, i from generate_series(1, 20) i");
    ck_assert_msg(bed_command(&bed, &process, run) == 0, "%s", buf_text(&process.err));
    control_post(bed.base_url, "log/clear", "{}", NULL);
    bed_sql(&bed, "update crm.link set to_id = 50 where from_id = 1");
}

/* "types_added":N,"types_removed":N of the sandbox since the trial began. */
static int count_of(const char *what)
{
    CLEANUP(buf_clear) struct buf stats = {0};
    char key[64];
    (void)snprintf(key, sizeof key, "\"%s\":", what);
    control_get(bed.base_url, "stats", &stats);
    const char *at = strstr(buf_text(&stats), key);
    ck_assert_msg(at != NULL, "%s", buf_text(&stats));
    return (int)strtol(at + strlen(key), NULL, 10);
}

/* Exactly the one association came and the one went, and the journal knows of nothing open. */
static void expect_end(const char *what)
{
    CLEANUP(buf_clear) struct buf dump = {0};
    /* Until the server has noticed that the last one is gone (fault J10). */
    while (bed_command(&bed, &process, run) == 5)
        continue;
    ck_assert_msg(process.status == 0, "%s: the next run: %s", what, buf_text(&process.err));
    control_get(bed.base_url, "dump?from=deals&to=contacts", &dump);
    int lines = 0;
    for (const char *at = buf_text(&dump); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_msg(
        lines == 20 && strstr(buf_text(&dump), "1\t50\t") != NULL, "%s: %s", what, buf_text(&dump));
    ck_assert_msg(count_of("types_added") == 1 && count_of("types_removed") == 1,
        "%s: more than the one was touched", what);
    ck_assert_msg(bed_int(&bed, "select count(*) from assocd.run where completed_at is null") == 0,
        "%s: something is still open", what);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.managed"), 20);
}

/* Ends that the README lists, and the end of a process that cannot go on. */
static void expect_known_end(const char *what, int status)
{
    static const int known[] = {0, 1, 3, 69, 70, 75, 78, 128 + SIGABRT, 128 + SIGKILL};
    for (size_t i = 0; i < ARRAY_COUNT(known); i++)
        if (known[i] == status)
            return;
    ck_abort_msg("%s: exit code %d: %s", what, status, buf_text(&process.err));
}

static char shim[160]; /* where it is loaded from */

static void set_shim(const char *wish)
{
    char *path = process_beside("shim.so");
    /* A blank in LD_PRELOAD ends a name: by a name without one. */
    (void)snprintf(shim, sizeof shim, "%s/shim.so", bed.folder);
    (void)!symlink(path, shim); /* it may be there */
    (void)setenv("LD_PRELOAD", shim, 1);
    free(path);
    (void)setenv("SHIM", wish, 1);
}

static void unset_shim(void)
{
    (void)unlink(shim);
    (void)unsetenv("LD_PRELOAD");
    (void)unsetenv("SHIM");
    (void)unsetenv("SHIM_COUNT");
}

static int run_shimmed(const char *wish)
{
    set_shim(wish);
    int status = bed_command_within(&bed, &process, run, PATIENCE_MS);
    unset_shim();
    return status;
}

/* How many calls of a kind the run of a trial makes. */
static long count_calls(const char *kind)
{
    char wish[32], line[32] = "";
    const char *path = bed.notify_path;
    (void)snprintf(wish, sizeof wish, "%s:0", kind);
    begin_trial();
    (void)setenv("SHIM_COUNT", path, 1);
    ck_assert_msg(run_shimmed(wish) == 0, "%s", buf_text(&process.err));
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL && fgets(line, sizeof line, file) != NULL, "no count of %s", kind);
    (void)fclose(file);
    return strtol(line, NULL, 10);
}

/* points of the calls, or all of them; each trial begins anew. */
static void sweep(const char *kind, long points)
{
    long count = count_calls(kind), aborted = 0;
    const char *full = getenv("E2E_FULL");
    if (points > count || (full != NULL && full[0] != '\0'))
        points = count;
    for (long i = 0; i < points; i++) {
        char wish[32];
        (void)snprintf(wish, sizeof wish, "%s:%ld", kind, 1 + i * count / points);
        begin_trial();
        int status = run_shimmed(wish);
        expect_known_end(wish, status);
        aborted += status == 128 + SIGABRT;
        expect_end(wish);
    }
    printf("host: %s: %ld of %ld calls, %ld ended the process\n", kind, points, count, aborted);
}

TEST_LOOP(fault_p7_no_file_descriptor_left_at_any_call, SHIMMED)
{
    sweep("files", 40);
}

TEST(fault_p7_a_limit_that_is_too_low_is_told_before_anything_begins)
{
    static const struct {
        rlim_t limit;
        const char *said;
    } limits[] = {{20, "assocd needs 48 open files and may have 20"},
        {50, "limits.in_flight 4 needs 58 open files and may have 50"}};
    struct rlimit before, low;
    begin_trial();
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (size_t i = 0; i < ARRAY_COUNT(limits); i++) {
        pid_t child = fork();
        if (child == 0) { /* a hard limit cannot be raised again */
            low = (struct rlimit){limits[i].limit, limits[i].limit};
            (void)setrlimit(RLIMIT_NOFILE, &low);
            int status = bed_command(&bed, &process, run);
            bool said = strstr(buf_text(&process.err), limits[i].said) != NULL;
            if (!said)
                (void)fprintf(stderr, "%s\n", buf_text(&process.err));
            _exit(status == 78 && said ? 0 : 1);
        }
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
        ck_assert_int_eq(count_of("requests"), 0);
    }
    /* A low soft limit is raised. */
    low = (struct rlimit){20, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    ck_assert_int_eq(bed_command(&bed, &process, run), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    expect_end("a low soft limit");
}

TEST_LOOP(fault_p4_no_memory_at_any_allocation, SHIMMED)
{
    sweep("memory", 30);
}

TEST_LOOP(fault_p8_the_wall_clock_jumps_a_day_ahead_and_back, SHIMMED)
{
    static const char *const every[] = {"clock:1", "clock:3", "clock:10"};
    for (size_t i = 0; i < ARRAY_COUNT(every); i++) {
        begin_trial();
        /* libpq measures its limit for connecting by the wall clock: a jump may end that. */
        ck_assert_msg(
            run_shimmed(every[i]) == 0 || strstr(buf_text(&process.err), "timeout expired") != NULL,
            "%s: %s", every[i], buf_text(&process.err));
        ck_assert_int_eq(bed_int(&bed,
                             "select count(*) from assocd.run where started_at not between"
                             " now() - interval '10 min' and now() or completed_at not between"
                             " started_at and now()"),
            0);
        expect_end(every[i]);
    }
}

TEST_LOOP(fault_p12_reads_and_writes_come_in_pieces_and_are_interrupted, SHIMMED)
{
    static const char *const sizes[] = {"pieces:1", "pieces:7", "pieces:1000"};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        begin_trial();
        ck_assert_msg(run_shimmed(sizes[i]) == 0, "%s: %s", sizes[i], buf_text(&process.err));
        ck_assert_int_eq(bed_int(&bed,
                             "select created + archived from assocd.run "
                             "order by run_id desc limit 1"),
            2);
        expect_end(sizes[i]);
    }
}

TEST_LOOP(fault_p13_a_library_older_than_the_one_it_was_built_with, SHIMMED)
{
    begin_trial();
    ck_assert_int_eq(run_shimmed("curl:0"), 70);
    ck_assert_ptr_nonnull(strstr(buf_text(&process.err), "libcurl 7.60.0 is loaded; expected "));
    ck_assert_int_eq(count_of("requests"), 0);
    expect_end("an old libcurl");
}

/* Nobody listens there: a request that took the proxy would fail. */
TEST(fault_a35_a_proxy_out_of_the_environment_is_not_used)
{
    static const char *const names[] = {
        "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"};
    begin_trial();
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        (void)setenv(names[i], "http://127.0.0.1:1", 1);
    ck_assert_msg(bed_command(&bed, &process, run) == 0, "%s", buf_text(&process.err));
    expect_end("proxies");
}

/* What cannot be said is not said; the work is done all the same. */
TEST(fault_p6_messages_that_nobody_can_write_do_not_stop_the_work)
{
    char line[512];
    char *own = process_beside("assocd");
    begin_trial();
    (void)snprintf(line, sizeof line, "exec '%s' -c '%s' run links >/dev/null 2>/dev/full", own,
        bed.config_path);
    const char *const argv[] = {"/bin/sh", "-c", line, NULL};
    ck_assert_int_eq(process_run(&process, argv, NULL, BED_MS), 0);
    ck_assert_int_eq(count_of("types_added"), 1);
    (void)snprintf(line, sizeof line, "exec '%s' -c '%s' status >/dev/full", own, bed.config_path);
    ck_assert_int_eq(process_run(&process, argv, NULL, BED_MS), 70);
    ck_assert_ptr_nonnull(strstr(buf_text(&process.err), "cannot write to stdout"));
    (void)snprintf(line, sizeof line, "exec '%s' help >/dev/full", own);
    ck_assert_int_eq(process_run(&process, argv, NULL, BED_MS), 70);
    expect_end("full disk");
    free(own);
}

/* Started without standard files: no connection gets their numbers, or messages would go there. */
TEST(fault_p7_closed_standard_files_are_no_connections)
{
    char line[512], path[64], target[64];
    char *own = process_beside("assocd");
    begin_trial();
    bed_hold_creates(&bed);
    (void)snprintf(
        line, sizeof line, "exec '%s' -c '%s' run links <&- >&- 2>&-", own, bed.config_path);
    const char *const argv[] = {"/bin/sh", "-c", line, NULL};
    process_clear(&process);
    process_start(&process, argv, NULL);
    bed_until_logged(&bed, "batch/create");
    for (int fd = 0; fd <= 2; fd++) {
        (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)process.pid, fd);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length < 0 && errno == EACCES) { /* it lets nobody but root look into it */
            puts("SKIPPED host: what the standard files are is root's to see");
            break;
        }
        ck_assert_int_gt(length, 0);
        target[length] = '\0';
        ck_assert_str_eq(target, "/dev/null");
    }
    bed_release(&bed);
    ck_assert_int_eq(process_wait(&process, BED_MS), 70); /* it could not say how it went */
    expect_end("closed standard files");
    free(own);
}

static void tell_what_is_left_out(void)
{
    if (!SHIMMED)
        puts("SKIPPED host: the sanitizer's library and the shim both want to be loaded first");
}

SUITE(.open = tell_what_is_left_out, .before = open_manual, .after = close_bed, .timeout = 3600);
