/*
 * pruner.c: a process of its own, because a portion takes longer than a turn of the supervisor may.
 * It holds no lock of a sync and each portion is a transaction, so it can be stopped at any time;
 * what it leaves it finds again the next time.
 */
#include "service/pruner.h"

#include <signal.h>

#include "base/clock.h"
#include "service/log.h"

enum {
    FIRST_MS = 15 * 1000, /* a daemon that starts has other things to do */
    AGAIN_MS = 60 * 1000, /* it was told to stop: there is more */
    EVERY_MS = 3600 * 1000,
};

static void start(struct supervisor *supervisor)
{
    struct error err;
    const struct worker_order order = {
        .kind = WORKER_PRUNE, .config_fd = supervisor->config_fd, .sync = "old history"};
    supervisor->prune_ms = clock_now_ms() + EVERY_MS;
    if (worker_start(&supervisor->pruner, &order, &err))
        supervisor->pruning = true;
    else
        log_event(LOG_WARNING, NULL, "%s", err.text);
}

static void reap(struct supervisor *supervisor)
{
    if (!worker_reap(&supervisor->pruner))
        return;
    supervisor->pruning = false;
    if (supervisor->pruner.status == EXIT_STOPPED)
        supervisor->prune_ms = clock_now_ms() + AGAIN_MS;
    else if (supervisor->pruner.status > 128 && !supervisor->pruner.stopped)
        log_event(LOG_WARNING, NULL, "old history was not pruned: its process was killed");
}

void pruner_turn(struct supervisor *supervisor)
{
    bool idle = supervisor->workers_count == 0 && !supervisor->busy &&
        supervisor->state.pg != NULL && !supervisor->stopping;
    if (supervisor->prune_ms == 0)
        supervisor->prune_ms = clock_now_ms() + FIRST_MS;
    if (supervisor->pruning)
        reap(supervisor);
    if (supervisor->pruning && !idle)
        worker_signal(&supervisor->pruner, SIGTERM);
    else if (!supervisor->pruning && idle && clock_now_ms() >= supervisor->prune_ms)
        start(supervisor);
}

void pruner_stop(struct supervisor *supervisor, int signal)
{
    supervisor->pruner.stopped = true;
    if (supervisor->pruning)
        worker_signal(&supervisor->pruner, signal);
}
