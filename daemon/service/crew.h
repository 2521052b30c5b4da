/*
 * crew.h: the workers: which sync gets one next, what is made of their ends, how they are stopped.
 * Two limits: full runs, and runs for touched records, so that small changes need not wait for long
 * migrations. A worker that only waits to verify counts for neither.
 */
#ifndef SERVICE_CREW_H
#define SERVICE_CREW_H

#include "service/supervisor.h"

/* Starts the next that is due, if there is room: one full run and one of touched records a turn. */
void crew_start(struct supervisor *supervisor);

/* Takes in a worker that has ended; the others' pidfds stay readable. */
void crew_reap(struct supervisor *supervisor);

/* A worker of ours gave its sync's lock back and goes on verifying. */
void crew_late(struct supervisor *supervisor, const char *sync, int64_t pid);

/* When something will be due that there is room for; DUE_NEVER: not before a worker ends. */
int64_t crew_next_us(const struct supervisor *supervisor);

/* Sends all workers a signal: the first one (SIGTERM) because the daemon stops. */
void crew_stop(struct supervisor *supervisor, int signal);

/* The worker of this process id, or NULL. */
struct worker *crew_find(const struct supervisor *supervisor, int64_t pid);

#endif
