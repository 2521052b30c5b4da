/*
 * worker_pool.h: the workers: which sync gets one next, what is made of their ends, how they are
 * stopped. Two limits: full runs, and runs for changed records, so that small changes need not wait
 * for long migrations. A worker that only waits to verify counts for neither.
 */
#ifndef SERVICE_WORKER_POOL_H
#define SERVICE_WORKER_POOL_H

#include "service/supervisor.h"

/* Starts the next that is due, if there is room: one full run and one for changed records a turn.
 */
void worker_pool_start(struct supervisor *supervisor);

/* Takes in a worker that has ended; the others' pidfds stay readable. */
void worker_pool_reap(struct supervisor *supervisor);

/* A worker of ours gave its sync's lock back and goes on verifying. */
void worker_pool_late(struct supervisor *supervisor, const char *sync, int64_t pid);

/* When something will be due that there is room for; NEXT_RUN_NEVER: not before a worker ends. */
int64_t worker_pool_next_us(const struct supervisor *supervisor);

/* Sends all workers a signal: the first one (SIGTERM) because the daemon stops. */
void worker_pool_stop(struct supervisor *supervisor, int signal);

/* The worker of this process id, or NULL. */
struct worker *worker_pool_find(const struct supervisor *supervisor, int64_t pid);

#endif
