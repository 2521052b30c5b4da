/*
 * worker.c: starts, watches and signals workers. A worker inherits stderr for its own messages and
 * nothing else; stdout, where its report would go, is /dev/null: the report is in the journal.
 */
#include "service/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "service/log.h"

extern char **environ;

/* Where a worker finds its configuration. */
enum { CONFIG_FD = 3 };
static const char config_path[] = "/proc/self/fd/3";

/* Follows the running program, even if its file was replaced: daemon and workers are one version.
 */
static const char own_program[] = "/proc/self/exe";

enum { ARGS_MAX = 12 };

struct command {
    const char *words[ARGS_MAX];
    int count;
    char number[24];
};

static void add_word(struct command *command, const char *word)
{
    command->words[command->count++] = word;
}

static const char *const verbs[] = {[WORKER_FULL] = "run",
    [WORKER_CHANGED] = "run",
    [WORKER_APPLY] = "apply",
    [WORKER_PRUNE] = "prune"};

static void set_command(struct command *command, const struct worker_order *order)
{
    *command = (struct command){0};
    add_word(command, "assocd");
    add_word(command, "-c");
    add_word(command, config_path);
    add_word(command, verbs[order->kind]);
    add_word(command, "--log-format");
    add_word(command, log_format_text());
    if (order->kind == WORKER_APPLY) {
        (void)snprintf(command->number, sizeof command->number, "%lld", (long long)order->plan_id);
        add_word(command, command->number);
        return;
    }
    if (order->kind == WORKER_PRUNE)
        return;
    add_word(command, "--cause");
    add_word(command, order->cause);
    if (order->kind == WORKER_CHANGED)
        add_word(command, "--touched");
    add_word(command, order->sync);
}

/* What systemd wants to hear comes from the daemon alone. Borrows the texts of environ, and token,
 * which may be NULL. */
static char **worker_environment(const char *token)
{
    static const char *const own[] = {"NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID="};
    size_t count = 0, kept = 0;
    while (environ[count] != NULL)
        count++;
    char **made = mem_new(count + 2, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        bool keep = true;
        for (size_t j = 0; j < ARRAY_COUNT(own); j++)
            keep = keep && strncmp(environ[i], own[j], strlen(own[j])) != 0;
        if (keep)
            made[kept++] = environ[i];
    }
    made[kept] = (char *)token;
    return made;
}

static int spawn(pid_t *pid, const struct command *command, const struct worker_order *order)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&files, order->config_fd, CONFIG_FD);
    (void)posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setpgroup(&attributes, 0);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    char **environment = worker_environment(order->token);
    int failed = posix_spawn(
        pid, own_program, &files, &attributes, (char *const *)command->words, environment);
    free(environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&files);
    return failed;
}

bool worker_start(struct worker *worker, const struct worker_order *order, struct error *err)
{
    struct command command;
    pid_t pid;
    set_command(&command, order);
    int failed = spawn(&pid, &command, order);
    if (failed != 0)
        return error_set(err, ERROR_INTERNAL, "a worker for %s cannot be started: %s", order->sync,
            strerror(failed));
    int pidfd = pidfd_open(pid, 0);
    if (pidfd < 0) {
        (void)kill(pid, SIGKILL); /* not reaped yet, so it is still this one */
        (void)waitpid(pid, NULL, 0);
        return error_set(err, ERROR_INTERNAL, "a worker for %s cannot be watched: %s", order->sync,
            strerror(errno));
    }
    *worker = (struct worker){.pid = pid,
        .pidfd = pidfd,
        .kind = order->kind,
        .plan_id = order->plan_id,
        .request_id = order->request_id};
    (void)snprintf(worker->sync, sizeof worker->sync, "%s", order->sync);
    return true;
}

bool worker_reap(struct worker *worker)
{
    int status;
    if (worker->ended)
        return true;
    if (waitpid(worker->pid, &status, WNOHANG) != worker->pid)
        return false;
    worker->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    worker->ended = true;
    (void)close(worker->pidfd);
    worker->pidfd = -1;
    return true;
}

void worker_signal(struct worker *worker, int signal)
{
    bool again = signal == SIGTERM && worker->terminated;
    worker->terminated = worker->terminated || signal == SIGTERM;
    if (worker->pidfd >= 0 && !again)
        (void)pidfd_send_signal(worker->pidfd, signal, NULL, 0);
}

const char *worker_status_text(int status, char text[static WORKER_TEXT_MAX])
{
    const char *meaning = error_exit_meaning(status);
    if (meaning == NULL)
        meaning = status == 127 ? "the program cannot be started" : "unexpected";
    if (status > 128)
        (void)snprintf(text, WORKER_TEXT_MAX, "killed by signal %d (%s)", status - 128,
            strsignal(status - 128));
    else
        (void)snprintf(text, WORKER_TEXT_MAX, "exit code %d (%s)", status, meaning);
    return text;
}
