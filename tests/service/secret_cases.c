/*
 * secret_cases.c: the token is in nothing that outlives a process or that others may look at: not
 * in arguments and environments, not in what was printed, and not in a core, because there is none.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/suite.h"
#include "service/bed.h"

static struct bed bed;

static void open_busy(void)
{
    bed_open(&bed, "every 1h");
    bed_hold_creates(&bed);
    bed_start(&bed, 0, NULL);
    bed_until_logged(&bed, "batch/create");
}

static void close_bed(void)
{
    bed_close(&bed);
}

/* What the kernel shows of a process; "" where it shows nothing to us, which is as good. */
static void read_proc(pid_t pid, const char *name, struct buf *text)
{
    char path[64], part[4096];
    ssize_t count;
    buf_reset(text);
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (count = read(fd, part, sizeof part)) > 0)
        buf_add(text, part, (size_t)count);
    if (fd >= 0)
        (void)close(fd);
}

static bool holds_token(const struct buf *text)
{
    return memmem(buf_text(text), text->length, BED_TOKEN, strlen(BED_TOKEN)) != NULL;
}

TEST(no_token_in_arguments_environments_and_output)
{
    struct buf text = {0};
    open_busy();
    const pid_t pids[] = {bed.daemons[0].pid, (pid_t)bed_int(&bed, "select pid from assocd.run")};
    for (size_t i = 0; i < ARRAY_COUNT(pids); i++) {
        read_proc(pids[i], "cmdline", &text);
        ck_assert_msg(text.length > 0 && !holds_token(&text), "arguments of %d", (int)pids[i]);
        read_proc(pids[i], "environ", &text);
        ck_assert_msg(!holds_token(&text), "environment of %d", (int)pids[i]);
        read_proc(pids[i], "limits", &text);
        const char *limit = strstr(buf_text(&text), "Max core file size");
        ck_assert_msg(limit != NULL && strtoul(limit + 18, NULL, 10) == 0, "%s", buf_text(&text));
    }
    bed_release(&bed);
    bed_until(&bed, "select status = 'succeeded' from assocd.run");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert(!holds_token(&bed.daemons[0].out) && !holds_token(&bed.daemons[0].err));
    buf_clear(&text);
}

/* fault H15: what came in the daemon's environment is taken out of it, and workers get it still,
 * also after the configuration was read again. */
TEST(fault_h15_a_token_out_of_the_environment_stays_in_none)
{
    static const char *const env[] = {
        "PGHOST", "PGPORT", "PGUSER", "NOTIFY_SOCKET", "BED_TOKEN_HERE=" BED_TOKEN, NULL};
    struct buf text = {0}, syncs = {0};
    bed_open(&bed, "manual");
    bed.token_yaml = "token_env: BED_TOKEN_HERE";
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    bed_start(&bed, 0, env);
    for (int i = 0; i < 2; i++) {
        bed_hold_creates(&bed);
        bed_sql(&bed, "update crm.link set to_id = to_id + 20");
        bed_trigger(&bed);
        bed_until(&bed,
            "select count(*) > 0 from assocd.batch b join assocd.run r using (run_id)"
            " where r.completed_at is null and b.operation = 'create'");
        read_proc(bed.daemons[0].pid, "environ", &text);
        ck_assert(!holds_token(&text));
        read_proc((pid_t)bed_int(&bed, "select pid from assocd.run where completed_at is null"),
            "environ", &text);
        ck_assert(!holds_token(&text));
        bed_release(&bed);
        bed_until(&bed, "select bool_and(completed_at is not null) from assocd.run");
        ck_assert_int_eq(
            bed_int(&bed, "select count(*) from assocd.run where status in ('failed')"), 0);
        ck_assert_int_eq(kill(bed.daemons[0].pid, SIGHUP), 0);
        ck_assert(process_expect(&bed.daemons[0], "configuration reloaded", BED_MS));
    }
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    buf_clear(&text);
    buf_clear(&syncs);
}

/* How a child of ours ended: CLD_KILLED, or CLD_DUMPED if it left a core. */
static int end_of(pid_t pid)
{
    siginfo_t end = {0};
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(end.si_status, SIGABRT);
    return end.si_code;
}

/* An ordinary program does leave one here, in the test's folder. */
static bool cores_are_left(void)
{
    struct rlimit all = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    char path[192];
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_DUMPABLE, 1);
        if (chdir(bed.folder) != 0 || setrlimit(RLIMIT_CORE, &all) != 0)
            (void)fputs("no core can be had here\n", stderr);
        (void)signal(SIGABRT, SIG_DFL);
        (void)raise(SIGABRT);
        _exit(1);
    }
    int code = end_of(child);
    (void)waitpid(child, NULL, 0);
    (void)snprintf(path, sizeof path, "%s/core", bed.folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/core.%d", bed.folder, (int)child);
    (void)unlink(path);
    return code == CLD_DUMPED;
}

/* Not even where somebody gave it back the right to leave one. */
TEST(a_crash_leaves_no_core)
{
    const struct rlimit all = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    open_busy();
    pid_t daemon = bed.daemons[0].pid;
    pid_t worker = (pid_t)bed_int(&bed, "select pid from assocd.run");
    if (!cores_are_left())
        printf("SKIPPED a_crash_leaves_no_core: nothing leaves a core here\n");
    (void)prlimit(daemon, RLIMIT_CORE, &all, NULL); /* refused unless we are root */
    (void)kill(daemon, SIGABRT);
    ck_assert_int_eq(end_of(daemon), CLD_KILLED);
    (void)kill(worker, SIGKILL); /* it still has the pipe of stderr */
}

SUITE(.after = close_bed);
