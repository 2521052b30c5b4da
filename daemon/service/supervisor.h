/*
 * supervisor.h: the daemon: decides what is due, starts a worker for it, watches the workers. It
 * never talks to HubSpot, and to PostgreSQL only in short statements. `struct supervisor` is what
 * its parts share: configuration.c (the file), worker_pool.c (workers), worker_end.c (what became
 * of them), control.c (assocd.signal), listen.c (watched sources), state.c (assocd.sync_state and
 * the daemon's own row).
 */
#ifndef SERVICE_SUPERVISOR_H
#define SERVICE_SUPERVISOR_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "service/sync_table.h"
#include "service/link.h"
#include "service/tokens.h"
#include "service/worker.h"

enum { LISTENERS_MAX = 32 };

/* One database with watched sources. */
struct listener {
    char *url;
    struct link link;
    bool ask; /* look which records wait, now */
    bool look; /* whether the triggers of some of its syncs are in place, now */
    size_t looked_at; /* the entry of the table that was looked at last */
    bool outdated; /* it was told that its functions are from an earlier release */
    bool warned; /* of syncs that nobody knows */
    int64_t forget_ms; /* when their old rows are deleted again (clock_now_ms) */
};

struct supervisor {
    const char *config_path; /* borrowed */
    const char *version; /* borrowed */
    char host[256];
    char name[288]; /* HOST:PID, as in signal.handled_by */

    struct definitions definitions; /* owned */
    int config_fd; /* the text they were read from, for workers */
    struct tokens tokens; /* that came in the environment, for workers */
    struct sync_table syncs;

    struct link state; /* to the assocd database */
    int64_t daemon_id; /* its row in assocd.daemon; 0: none yet */
    int64_t offset_us; /* the database's clock less clock_now_us() */
    int64_t looked_us; /* up to when state changes have been seen; 0: nothing has */
    size_t looked_at; /* the first entry of the table whose state the next look reads anyway */
    int64_t turn_us; /* the longest turn since the daemon's row was written */
    int64_t looked_ms; /* when it looked around last (clock_now_ms) */
    bool requested; /* somebody wrote into assocd.signal */
    bool waiting; /* requests were left there for later */
    bool busy; /* runs are under way, of whichever daemon */

    struct worker pruner; /* forgets old history (pruner.h) */
    bool pruning; /* it is there */
    int64_t prune_ms; /* when it is started again (clock_now_ms) */

    struct worker *workers; /* workers_max places, the first workers_count in use */
    size_t workers_count;
    size_t workers_max;

    struct listener listeners[LISTENERS_MAX];
    size_t listeners_count;
    int64_t listen_ms; /* when to ask all of them again (clock_now_ms) */
    int64_t sight_ms; /* when to look at their triggers again */

    int hup_fd;
    bool stopping;
    int64_t kill_ms; /* stopping: when patience ends (clock_now_ms) */
    int64_t alive_ms; /* when systemd heard from us last (clock_now_ms) */
};

struct supervisor_options {
    const char *config_path;
    const char *version;
};

/* Reads the configuration and works until it is asked to stop. ERROR_STATE: PostgreSQL or the
 * schema is not there at the start; later it waits for it. */
MUST_CHECK bool supervisor_run(const struct supervisor_options *options, struct error *err);

#endif
