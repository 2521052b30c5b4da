/*
 * supervisor.c: the loop. One poll waits for everything: signals, workers' ends, notifications, and
 * the next moment at which something is due. PostgreSQL may go away at any time: then workers are
 * watched on, nothing new starts, and everything is read again when it is back.
 */
#include "service/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "pg/pg.h"
#include "pg/schema.h"
#include "service/configuration.h"
#include "service/control.h"
#include "service/worker_pool.h"
#include "service/listen.h"
#include "service/log.h"
#include "service/notify.h"
#include "service/pruner.h"
#include "service/state.h"

enum {
    WAIT_MOST_MS = 10000,
    FDS_MAX = 4 + LISTENERS_MAX + 1024,
};

/* A statement of the supervisor is short, or something is wrong with the server. It need not wait
 * for the disk either: what a crash of the server takes back is a request taken up together with
 * what came of it, and is done again. */
static const char listen_sql[] = "set statement_timeout = '10s'; set synchronous_commit = off;"
                                 "listen assocd_signal; listen assocd_idle; listen assocd_run";

/* Everything PostgreSQL knows, read anew. */
static bool look_around(struct supervisor *supervisor, struct error *err)
{
    return state_alive(supervisor, err) && state_interrupt(supervisor, NULL, err) &&
        state_look(supervisor, err) && control_requests(supervisor, err);
}

static bool enter(struct supervisor *supervisor, struct error *err)
{
    supervisor->looked_us = 0;
    supervisor->requested = false;
    return state_enter(supervisor->state.pg, &supervisor->definitions, err) &&
        look_around(supervisor, err);
}

static bool open_state(struct supervisor *supervisor, struct error *err)
{
    if (!schema_open(
            &supervisor->state.pg, supervisor->definitions.database_url, "assocd daemon", err) ||
        !pg_exec(supervisor->state.pg, listen_sql, NULL, err) || !enter(supervisor, err))
        return false;
    supervisor->state.failures = 0;
    supervisor->looked_ms = clock_now_ms();
    return true;
}

static void reconnect(struct supervisor *supervisor)
{
    struct error err;
    if (!link_is_due(&supervisor->state))
        return;
    if (open_state(supervisor, &err)) {
        log_event(LOG_NOTICE, NULL, "PostgreSQL is back");
        return;
    }
    if (supervisor->state.failures <= 1) /* it was told how it was lost, and is what is wrong */
        log_event(LOG_WARNING, NULL, "%s; retrying until it is back", err.text);
    state_lost(supervisor);
}

/* "SYNC PID HOST" of a run that gave its lock back. */
static void record_idle(struct supervisor *supervisor, const char *payload)
{
    char sync[64], host[256];
    long long pid;
    if (sscanf(payload, "%63s %lld %255s", sync, &pid, host) != 3)
        return;
    worker_pool_late(supervisor, sync, strcmp(host, supervisor->host) == 0 ? pid : 0);
}

/* Takes in all notifications; they also come along with the answers of other statements. */
static void hear(struct supervisor *supervisor)
{
    struct error err;
    const char *channel, *payload;
    while (supervisor->state.pg != NULL) {
        if (!pg_notification(supervisor->state.pg, &channel, &payload, &err)) {
            state_failed(supervisor, &err);
            return;
        }
        if (channel == NULL)
            return;
        if (strcmp(channel, "assocd_signal") == 0)
            supervisor->requested = true;
        else if (strcmp(channel, "assocd_run") == 0)
            supervisor->busy = true; /* until the next look says otherwise */
        else
            record_idle(supervisor, payload);
    }
}

static void look(struct supervisor *supervisor)
{
    struct error err;
    bool ok = true;
    if (supervisor->state.pg == NULL)
        return;
    if (clock_now_ms() >= supervisor->looked_ms + state_pace_ms(supervisor)) {
        supervisor->looked_ms = clock_now_ms();
        supervisor->requested = false;
        ok = look_around(supervisor, &err);
    } else if (supervisor->requested) {
        supervisor->requested = false;
        ok = control_requests(supervisor, &err);
    }
    if (!ok)
        state_failed(supervisor, &err);
}

/* Workers go on with what they have read. */
static void reload(struct supervisor *supervisor)
{
    struct error err;
    char syncs[AMOUNT_TEXT_MAX];
    CLEANUP(buf_clear) struct buf url = {0};
    buf_add_text(&url, supervisor->definitions.database_url);
    if (!configuration_load(supervisor, &err)) {
        log_event(
            LOG_ERROR, NULL, "reload failed, keeping the previous configuration: %s", err.text);
        return;
    }
    log_event(LOG_NOTICE, NULL, "configuration reloaded: %s",
        amount_text(supervisor->definitions.syncs_count, "syncs", syncs));
    if (strcmp(buf_text(&url), supervisor->definitions.database_url) != 0) {
        if (supervisor->state.pg != NULL)
            (void)!state_leave(supervisor, &err); /* or the row ages away */
        supervisor->daemon_id = 0;
        link_close(&supervisor->state);
    } else if (supervisor->state.pg != NULL && !enter(supervisor, &err)) {
        state_failed(supervisor, &err);
    }
}

static void heed_signals(struct supervisor *supervisor)
{
    struct signalfd_siginfo seen;
    char workers[AMOUNT_TEXT_MAX];
    bool again = false;
    while (read(supervisor->hup_fd, &seen, sizeof seen) == (ssize_t)sizeof seen)
        again = true;
    if (again && !supervisor->stopping) {
        notify_reloading();
        reload(supervisor);
        notify_ready();
    }
    if (!stop_requested() || supervisor->stopping)
        return;
    supervisor->stopping = true;
    supervisor->kill_ms = clock_now_ms() + supervisor->definitions.stop_timeout_ms;
    notify_stopping();
    if (supervisor->workers_count == 0)
        log_event(LOG_NOTICE, NULL, "stopping");
    else
        log_event(LOG_NOTICE, NULL, "stopping: waiting for %s to finish in-flight requests",
            amount_text(supervisor->workers_count, "workers", workers));
    worker_pool_stop(supervisor, SIGTERM);
    pruner_stop(supervisor, SIGTERM);
}

static void report_status(struct supervisor *supervisor)
{
    char syncs[AMOUNT_TEXT_MAX];
    CLEANUP(buf_clear) struct buf text = {0};
    const struct entry *first = sync_table_first(&supervisor->syncs);
    if (supervisor->stopping)
        buf_add_text(&text, "stopping; ");
    else if (supervisor->state.pg == NULL)
        buf_add_text(&text, "waiting for PostgreSQL; ");
    if (supervisor->workers_count == 0)
        buf_addf(&text, "%s, none running", amount_text(supervisor->syncs.count, "syncs", syncs));
    for (size_t i = 0; i < supervisor->workers_count; i++)
        buf_addf(&text, "%s%s", i > 0 ? ", " : "running ", supervisor->workers[i].sync);
    if (supervisor->workers_count == 0 && first != NULL && first->next.at_us != NEXT_RUN_NEVER)
        buf_addf(&text, ", next %s", first->sync->name);
    notify_status(buf_text(&text));
}

static void report_alive(struct supervisor *supervisor)
{
    int64_t every_ms = notify_alive_every_ms();
    if (every_ms == 0 || clock_now_ms() < supervisor->alive_ms + every_ms)
        return;
    supervisor->alive_ms = clock_now_ms();
    notify_alive();
}

/* How long there is nothing to do unless a descriptor says so. */
static int wait_ms(const struct supervisor *supervisor)
{
    int64_t now_ms = clock_now_ms();
    int64_t until_ms = now_ms + WAIT_MOST_MS;
    int64_t next_us = worker_pool_next_us(supervisor);
    int64_t alive_ms = supervisor->alive_ms + notify_alive_every_ms();
    int64_t look_ms = supervisor->state.pg != NULL
        ? supervisor->looked_ms + state_pace_ms(supervisor)
        : supervisor->state.open_ms;
    if (next_us != NEXT_RUN_NEVER) {
        int64_t left_us = next_us - state_now_us(supervisor);
        int64_t next_ms = now_ms + (left_us > 0 ? left_us / 1000 + 1 : 0);
        until_ms = next_ms < until_ms ? next_ms : until_ms;
    }
    if (notify_alive_every_ms() > 0 && alive_ms < until_ms)
        until_ms = alive_ms;
    if (supervisor->stopping && supervisor->kill_ms < until_ms)
        until_ms = supervisor->kill_ms;
    if (look_ms < until_ms)
        until_ms = look_ms;
    if (listen_next_ms(supervisor) < until_ms)
        until_ms = listen_next_ms(supervisor);
    return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static void wait_for_news(struct supervisor *supervisor)
{
    struct pollfd fds[FDS_MAX];
    nfds_t count = 0;
    fds[count++] = (struct pollfd){.fd = supervisor->stopping ? -1 : stop_fd(), .events = POLLIN};
    fds[count++] = (struct pollfd){.fd = supervisor->hup_fd, .events = POLLIN};
    fds[count++] =
        (struct pollfd){.fd = supervisor->state.pg != NULL ? pg_socket(supervisor->state.pg) : -1,
            .events = POLLIN};
    fds[count++] = (struct pollfd){
        .fd = supervisor->pruning ? supervisor->pruner.pidfd : -1, .events = POLLIN};
    for (size_t i = 0; i < supervisor->listeners_count; i++)
        if (supervisor->listeners[i].link.pg != NULL)
            fds[count++] = (struct pollfd){
                .fd = pg_socket(supervisor->listeners[i].link.pg), .events = POLLIN};
    for (size_t i = 0; i < supervisor->workers_count && count < FDS_MAX; i++)
        fds[count++] = (struct pollfd){.fd = supervisor->workers[i].pidfd, .events = POLLIN};
    (void)poll(fds, count, supervisor->requested ? 0 : wait_ms(supervisor));
}

static void turn(struct supervisor *supervisor)
{
    wait_for_news(supervisor);
    int64_t began_us = clock_now_us();
    heed_signals(supervisor);
    worker_pool_reap(supervisor);
    reconnect(supervisor);
    hear(supervisor);
    look(supervisor);
    listen_turn(supervisor);
    worker_pool_start(supervisor);
    pruner_turn(supervisor);
    hear(supervisor); /* what came along with the answers above */
    if (supervisor->stopping && clock_now_ms() >= supervisor->kill_ms) {
        worker_pool_stop(supervisor, SIGKILL);
        pruner_stop(supervisor, SIGKILL);
        supervisor->kill_ms = INT64_MAX;
    }
    report_status(supervisor);
    report_alive(supervisor);
    int64_t turn_us = clock_now_us() - began_us;
    supervisor->turn_us = turn_us > supervisor->turn_us ? turn_us : supervisor->turn_us;
}

static int open_hup(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool work(struct supervisor *supervisor, struct error *err)
{
    char syncs[AMOUNT_TEXT_MAX];
    if (!configuration_load(supervisor, err) || !open_state(supervisor, err))
        return false;
    notify_ready();
    log_event(LOG_NOTICE, NULL, "assocd %s: daemon %lld, %s", supervisor->version,
        (long long)supervisor->daemon_id,
        amount_text(supervisor->definitions.syncs_count, "syncs", syncs));
    while (!supervisor->stopping || supervisor->workers_count > 0 || supervisor->pruning)
        turn(supervisor);
    struct error ignored; /* its row ages away */
    if (supervisor->state.pg != NULL)
        (void)!state_leave(supervisor, &ignored);
    log_event(LOG_NOTICE, NULL, "stopped");
    return true;
}

bool supervisor_run(const struct supervisor_options *options, struct error *err)
{
    struct supervisor supervisor = {.config_path = options->config_path,
        .version = options->version,
        .config_fd = -1,
        .hup_fd = open_hup()};
    (void)gethostname(supervisor.host, sizeof supervisor.host - 1);
    (void)snprintf(supervisor.name, sizeof supervisor.name, "%s:%d", supervisor.host, getpid());
    notify_open();
    bool ok = work(&supervisor, err);
    listen_close(&supervisor);
    link_close(&supervisor.state);
    sync_table_close(&supervisor.syncs);
    definitions_clear(&supervisor.definitions);
    tokens_clear(&supervisor.tokens);
    free(supervisor.workers);
    (void)close(supervisor.hup_fd);
    if (supervisor.config_fd >= 0)
        (void)close(supervisor.config_fd);
    return ok;
}
