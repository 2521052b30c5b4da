/*
 * worker.h: the processes that do the work: this program, with a verb that runs one sync, in a
 * process group of its own. Each is watched through a pidfd, so that no signal is ever waited for
 * and no process id is ever mistaken for another's.
 */
#ifndef SERVICE_WORKER_H
#define SERVICE_WORKER_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/error.h"

enum worker_kind {
    WORKER_FULL, /* assocd run SYNC */
    WORKER_CHANGED, /* assocd run --touched SYNC */
    WORKER_APPLY, /* assocd apply PLAN */
    WORKER_PRUNE, /* assocd prune: of no sync */
};

struct worker {
    pid_t pid;
    int pidfd;
    enum worker_kind kind;
    char sync[64];
    int64_t plan_id; /* WORKER_APPLY */
    int64_t request_id; /* the request it was started for; 0: none */
    int64_t began_us; /* by the database's clock */
    bool late; /* gave the sync's lock back, only verifies: in nobody's way */
    bool terminated; /* was sent SIGTERM: a second one would kill it */
    bool stopped; /* was told to stop because the daemon stops */
    int64_t canceled_by; /* the request to stop it; 0: none */
    bool ended; /* worker_reap has seen its end */
    int status; /* its exit code; 128 + signal if it was killed */
};

/* What the worker shall do; texts are borrowed for the call. */
struct worker_order {
    enum worker_kind kind;
    int config_fd; /* the configuration that the daemon has accepted, whatever its file holds now */
    const char *sync;
    int64_t plan_id; /* WORKER_APPLY */
    int64_t request_id; /* the request it is for; 0: none */
    const char *cause; /* run.cause: schedule, trigger, watch */
    const char *token; /* NAME=TOKEN for its environment (tokens.h); NULL: it reads a file */
};

/* Starts it; ERROR_INTERNAL if the system has no process or descriptor left. */
MUST_CHECK bool worker_start(
    struct worker *worker, const struct worker_order *order, struct error *err);

/* True when it ended: status is set and the pidfd closed. Never blocks. */
bool worker_reap(struct worker *worker);

/* Sends a signal to the process it is, and no other; SIGTERM once, because the second would kill.
 */
void worker_signal(struct worker *worker, int signal);

/* "exit code 77 (token rejected or scope missing)", "killed by signal 9 (Killed)", into text. */
enum { WORKER_TEXT_MAX = 128 };
const char *worker_status_text(int status, char text[static WORKER_TEXT_MAX]);

#endif
