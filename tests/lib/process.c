/*
 * process.c: programs run by tests. Both pipes are drained in every wait, so that a program that
 * prints a lot is never blocked by a test that only waits.
 */
#include "lib/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { PIPE_BYTES = 1 << 20 }; /* what a program may print while nobody reads */

static void set_environment(const char *const env[])
{
    for (; env != NULL && *env != NULL; env++) {
        const char *equals = strchr(*env, '=');
        if (equals == NULL) {
            unsetenv(*env);
            continue;
        }
        char *name = mem_text_part(*env, (size_t)(equals - *env));
        setenv(name, equals + 1, 1);
        free(name);
    }
}

static void run_child(
    const char *const argv[], const char *const env[], int out_fd, int err_fd, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    int null_fd = open("/dev/null", O_RDONLY);
    if (dup2(null_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(err_fd, 2) < 0)
        _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    set_environment(env);
    execvp(argv[0], (char *const *)argv);
    dprintf(2, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

char *process_beside(const char *name)
{
    struct buf path = {0};
    char own[512];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    assert(length > 0);
    own[length] = '\0';
    buf_add(&path, own, (size_t)(strrchr(own, '/') + 1 - own));
    buf_add_text(&path, name);
    return path.bytes;
}

void process_start(struct process *process, const char *const argv[], const char *const env[])
{
    process_clear(process);
    int out[2];
    int err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
        abort();
    (void)fcntl(out[0], F_SETPIPE_SZ, PIPE_BYTES);
    (void)fcntl(err[0], F_SETPIPE_SZ, PIPE_BYTES);
    pid_t parent = getpid();
    process->pid = fork();
    if (process->pid < 0)
        abort();
    if (process->pid == 0)
        run_child(argv, env, out[1], err[1], parent);
    close(out[1]);
    close(err[1]);
    process->out_fd = out[0];
    process->err_fd = err[0];
}

/* Reads what is there; closes *fd at its end. */
static void take(int *fd, struct buf *into)
{
    char bytes[16384];
    ssize_t got = read(*fd, bytes, sizeof bytes);
    if (got > 0) {
        buf_add(into, bytes, (size_t)got);
    } else if (got == 0 || errno != EINTR) {
        close(*fd);
        *fd = -1;
    }
}

/* Waits so long for output, and takes what is there. */
static void pump_once(struct process *process, int timeout_ms)
{
    struct pollfd fds[2] = {
        {.fd = process->out_fd, .events = POLLIN}, {.fd = process->err_fd, .events = POLLIN}};
    if (poll(fds, 2, timeout_ms) <= 0)
        return;
    if (fds[0].revents != 0)
        take(&process->out_fd, &process->out);
    if (fds[1].revents != 0)
        take(&process->err_fd, &process->err);
}

/* Waits for output until `until` (a clock_now_ms); false when both pipes ended or time is up. */
static bool pump(struct process *process, int64_t until)
{
    if (process->pid == 0 || (process->out_fd < 0 && process->err_fd < 0))
        return false;
    int64_t left = until - clock_now_ms();
    if (left <= 0)
        return false;
    pump_once(process, (int)left);
    return true;
}

char *process_line(struct process *process, int timeout_ms)
{
    int64_t until = clock_now_ms() + timeout_ms;
    do {
        const char *start = buf_text(&process->out) + process->out_taken;
        const char *end = strchr(start, '\n');
        if (end == NULL)
            continue;
        size_t length = (size_t)(end - start);
        process->out_taken += length + 1;
        return mem_text_part(start, length);
    } while (pump(process, until));
    return NULL;
}

bool process_expect(struct process *process, const char *text, int timeout_ms)
{
    int64_t until = clock_now_ms() + timeout_ms;
    do {
        if (strstr(buf_text(&process->out), text) != NULL ||
            strstr(buf_text(&process->err), text) != NULL)
            return true;
    } while (pump(process, until));
    return false;
}

static void close_pipes(struct process *process)
{
    if (process->out_fd >= 0)
        close(process->out_fd);
    if (process->err_fd >= 0)
        close(process->err_fd);
    process->out_fd = process->err_fd = -1;
}

static void reap(struct process *process)
{
    int status = 0;
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    process->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    process->pid = 0;
}

/* True when the process ended, without taking its status away. */
static bool ended(const struct process *process)
{
    siginfo_t what = {0};
    int flags = WEXITED | WNOHANG | WNOWAIT;
    return waitid(P_PID, (id_t)process->pid, &what, flags) != 0 || what.si_pid != 0;
}

int process_wait(struct process *process, int timeout_ms)
{
    if (process->pid == 0)
        return process->status;
    int64_t until = clock_now_ms() + timeout_ms;
    while (pump(process, until))
        continue;
    /* Both pipes ended: the process is at its end, or closed them and goes on. */
    while (!ended(process) && clock_now_ms() < until)
        poll(NULL, 0, 1);
    process->timed_out = !ended(process);
    if (process->timed_out)
        kill(process->pid, SIGKILL);
    reap(process);
    close_pipes(process);
    return process->status;
}

int process_stop(struct process *process, int signal, int timeout_ms)
{
    if (process->pid != 0)
        kill(process->pid, signal);
    return process_wait(process, timeout_ms);
}

void process_kill(struct process *process)
{
    if (process->pid == 0)
        return;
    kill(process->pid, SIGKILL);
    reap(process);
    pump_once(process, 0);
    close_pipes(process);
}

int process_run(
    struct process *process, const char *const argv[], const char *const env[], int timeout_ms)
{
    process_start(process, argv, env);
    return process_wait(process, timeout_ms);
}

void process_clear(struct process *process)
{
    process_kill(process);
    buf_clear(&process->out);
    buf_clear(&process->err);
    *process = (struct process){.out_fd = -1, .err_fd = -1};
}
