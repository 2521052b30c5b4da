/*
 * worker_end.h: what became of a worker: told to the log, and to whoever asked for its run.
 */
#ifndef SERVICE_WORKER_END_H
#define SERVICE_WORKER_END_H

#include "service/supervisor.h"

/* What became of a worker's run, as its row says. */
struct worker_end {
    int64_t run_id; /* 0: it opened none */
    bool changes_left; /* watched changes that it took up still wait */
};

/* Reports a worker that has ended, and closes its run if it could not itself. *ended must be empty.
 */
MUST_CHECK bool worker_end_report(struct supervisor *supervisor, const struct worker *worker,
    struct worker_end *ended, struct error *err);

#endif
