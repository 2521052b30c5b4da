/*
 * worker_pool.c: starting, reaping and stopping workers. The database is asked again right before a
 * start, because another daemon may have been faster; the sync's lock decides in the end.
 */
#include "service/worker_pool.h"

#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/clock.h"
#include "pg/pg.h"
#include "journal/lock_holder.h"
#include "service/log.h"
#include "service/state.h"
#include "service/worker_end.h"

enum {
    SECOND_US = 1000000,
    BUSY_HOLD_US = SECOND_US, /* somebody else's run; its end is also notified */
    TAKEN_HOLD_US = 5 * SECOND_US, /* lost the race for the lock, or PostgreSQL is away */
    HOLDER_AGE_S = 3, /* a run opens right after it has the lock */
};

static const int64_t backoff_most_us = INT64_C(900) * SECOND_US;

static size_t count_of(const struct supervisor *supervisor, bool changed)
{
    size_t count = 0;
    for (size_t i = 0; i < supervisor->workers_count; i++) {
        const struct worker *worker = &supervisor->workers[i];
        count += !worker->late && (worker->kind == WORKER_CHANGED) == changed;
    }
    return count;
}

static bool has_room(const struct supervisor *supervisor, bool changed)
{
    return !supervisor->stopping && supervisor->state.pg != NULL &&
        supervisor->workers_count < supervisor->workers_max &&
        count_of(supervisor, changed) < (size_t)supervisor->definitions.max_workers;
}

static bool changed_ready(const struct entry *entry, int64_t now_us)
{
    return entry->changed && entry->working == 0 && !entry->state.paused &&
        entry->changed_hold_us <= now_us;
}

int64_t worker_pool_next_us(const struct supervisor *supervisor)
{
    const struct entry *first = sync_table_first(&supervisor->syncs);
    int64_t next_us = NEXT_RUN_NEVER;
    if (first != NULL && has_room(supervisor, false))
        next_us = first->next.at_us;
    if (!has_room(supervisor, true))
        return next_us;
    for (size_t i = 0; i < supervisor->syncs.count; i++) {
        const struct entry *entry = &supervisor->syncs.entries[i];
        if (changed_ready(entry, NEXT_RUN_NEVER) && entry->changed_hold_us < next_us)
            next_us = entry->changed_hold_us;
    }
    return next_us;
}

static void start(
    struct supervisor *supervisor, struct entry *entry, const struct worker_order *order)
{
    struct error err;
    struct worker *worker = &supervisor->workers[supervisor->workers_count];
    struct log_about about = {.sync = entry->sync->name};
    struct worker_order complete = *order;
    complete.token = tokens_entry(&supervisor->tokens, entry->sync->portal);
    if (!worker_start(worker, &complete, &err)) {
        log_event(LOG_ERROR, &about, "%s", err.text);
        entry->hold_us = state_now_us(supervisor) + TAKEN_HOLD_US;
        entry->changed_hold_us = entry->hold_us;
    } else {
        supervisor->workers_count++;
        worker->began_us = state_now_us(supervisor);
        entry->working++;
    }
    sync_table_reschedule(entry, state_now_us(supervisor));
}

/* Once per holder: a run of ours ends by itself; any other session may need somebody to end it. One
 * that is about to open its run is not worth a word. */
static bool report_holder(struct supervisor *supervisor, struct entry *entry, struct error *err)
{
    struct holder holder;
    struct log_about about = {.sync = entry->sync->name};
    bool held;
    if (!holder_find(supervisor->state.pg, entry->sync->name, &holder, &held, err))
        return false;
    if (!held || holder.key == entry->holder_key ||
        (holder.run_id == 0 && holder.age_s < HOLDER_AGE_S))
        return true;
    entry->holder_key = holder.key;
    about.run_id = holder.run_id;
    log_event(holder.run_id != 0 ? LOG_INFO : LOG_WARNING, &about,
        "no other run of %s can start: %s", entry->sync->name, holder.text);
    return true;
}

/* The newest word of PostgreSQL on whether a worker may start now; else the entry is held back. */
static bool may_start(struct supervisor *supervisor, struct entry *entry, bool changed)
{
    struct error err;
    bool busy;
    if (!state_refresh(supervisor, entry, &busy, &err) ||
        (busy && !report_holder(supervisor, entry, &err))) {
        state_failed(supervisor, &err);
        return false;
    }
    int64_t now_us = state_now_us(supervisor);
    if (busy) {
        entry->hold_us = entry->changed_hold_us = now_us + BUSY_HOLD_US;
        sync_table_reschedule(entry, now_us);
        return false;
    }
    return changed ? !entry->state.paused : entry->next.at_us <= now_us;
}

/* One in a turn, so that turns stay short; the next turn comes at once. */
static void start_changed(struct supervisor *supervisor)
{
    int64_t now_us = state_now_us(supervisor);
    for (size_t i = 0; i < supervisor->syncs.count; i++) {
        struct entry *entry = &supervisor->syncs.entries[i];
        if (!has_room(supervisor, true))
            return;
        bool full_comes = entry->next.at_us <= now_us && has_room(supervisor, false);
        if (!changed_ready(entry, now_us) ||
            full_comes) /* which deals with what has changed, too */
            continue;
        struct worker_order order = {.kind = WORKER_CHANGED,
            .config_fd = supervisor->config_fd,
            .sync = entry->sync->name,
            .cause = "watch"};
        if (!may_start(supervisor, entry, true))
            return;
        entry->changed = false; /* what changes from here on is heard of again */
        start(supervisor, entry, &order);
        return;
    }
}

static void start_full(struct supervisor *supervisor)
{
    struct entry *entry = sync_table_first(&supervisor->syncs);
    if (entry == NULL || !has_room(supervisor, false) ||
        entry->next.at_us > state_now_us(supervisor) || !may_start(supervisor, entry, false))
        return;
    struct worker_order order = {.kind = entry->plan_id != 0 ? WORKER_APPLY : WORKER_FULL,
        .config_fd = supervisor->config_fd,
        .sync = entry->sync->name,
        .plan_id = entry->plan_id,
        .request_id = entry->request_id,
        .cause = entry->state.wanted ? "trigger" : "schedule"};
    start(supervisor, entry, &order);
}

void worker_pool_start(struct supervisor *supervisor)
{
    start_changed(supervisor);
    start_full(supervisor);
}

/* Backs off after a run for changed records that ended badly, or left changes waiting however it
 * ended: 2, 4, 8, … 900 s. */
static void back_off_changed(struct entry *entry, int status, bool changes_left, int64_t now_us)
{
    const struct exit_code *end = error_exit(status);
    if (end != NULL && end->backoff == BACKOFF_LOCK) { /* another run's: nobody's failure */
        entry->changed_failures = 0;
        entry->changed_hold_us = now_us + BUSY_HOLD_US;
        return;
    }
    bool failed = end == NULL || end->failure;
    if (!failed && !changes_left) {
        entry->changed_failures = 0;
        return;
    }
    int shift = entry->changed_failures < 10 ? entry->changed_failures : 10;
    int64_t backoff_us = INT64_C(2) * SECOND_US << shift;
    if (status != EXIT_STOPPED) /* as somebody wanted it: no failure, whatever is left */
        entry->changed_failures++;
    entry->changed_hold_us = now_us + (backoff_us < backoff_most_us ? backoff_us : backoff_most_us);
}

static void finish_entry(
    struct supervisor *supervisor, const struct worker *worker, bool changes_left)
{
    struct entry *entry = sync_table_find(&supervisor->syncs, worker->sync);
    int64_t now_us = state_now_us(supervisor);
    if (entry == NULL)
        return;
    if (!worker->late && entry->working > 0) /* a reload may have forgotten it meanwhile */
        entry->working--;
    entry->hold_us = entry->changed_hold_us = 0;
    if (worker->status == EXIT_LOCKED || worker->status == EXIT_DATABASE)
        entry->hold_us = now_us + TAKEN_HOLD_US;
    if (worker->kind == WORKER_CHANGED)
        back_off_changed(entry, worker->status, changes_left, now_us);
    sync_table_reschedule(entry, now_us);
    for (size_t i = 0; entry->sync->watch && i < supervisor->listeners_count; i++)
        supervisor->listeners[i].ask = true;
}

static void finish_worker(struct supervisor *supervisor, const struct worker *worker)
{
    struct error err;
    bool busy;
    struct worker_end ended = {0};
    bool reported =
        supervisor->state.pg == NULL || worker_end_report(supervisor, worker, &ended, &err);
    finish_entry(supervisor, worker, ended.changes_left);
    if (supervisor->state.pg == NULL)
        return; /* the run's row is read when PostgreSQL is back */
    struct entry *entry = sync_table_find(&supervisor->syncs, worker->sync);
    if (!reported || (entry != NULL && !state_refresh(supervisor, entry, &busy, &err)))
        state_failed(supervisor, &err);
}

void worker_pool_reap(struct supervisor *supervisor)
{
    for (size_t i = supervisor->workers_count; i-- > 0;) {
        struct worker ended = supervisor->workers[i];
        if (!worker_reap(&ended))
            continue;
        supervisor->workers[i] = supervisor->workers[--supervisor->workers_count];
        finish_worker(supervisor, &ended);
        return; /* the next one in the next turn */
    }
}

void worker_pool_late(struct supervisor *supervisor, const char *sync, int64_t pid)
{
    struct entry *entry = sync_table_find(&supervisor->syncs, sync);
    struct worker *worker = worker_pool_find(supervisor, pid);
    if (entry == NULL)
        return;
    if (worker != NULL && !worker->late && strcmp(worker->sync, sync) == 0) {
        worker->late = true;
        entry->working -= entry->working > 0;
    }
    entry->hold_us = entry->changed_hold_us = 0;
    sync_table_reschedule(entry, state_now_us(supervisor));
    for (size_t i = 0; entry->sync->watch && i < supervisor->listeners_count; i++)
        supervisor->listeners[i].ask = true;
}

void worker_pool_stop(struct supervisor *supervisor, int signal)
{
    for (size_t i = 0; i < supervisor->workers_count; i++) {
        supervisor->workers[i].stopped = true;
        worker_signal(&supervisor->workers[i], signal);
    }
}

struct worker *worker_pool_find(const struct supervisor *supervisor, int64_t pid)
{
    for (size_t i = 0; i < supervisor->workers_count; i++)
        if (supervisor->workers[i].pid == pid)
            return &supervisor->workers[i];
    return NULL;
}
