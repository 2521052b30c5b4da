/*
 * state.c: assocd.sync_state and assocd.daemon.
 */
#include "service/state.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "service/log.h"

/* A change is looked for again for so long, because a transaction commits after it read the clock.
 */
static const int64_t overlap_us = 10 * 1000000;

enum {
    TICK_MS = 1000, /* a take-over within five seconds has a back-off and a start in it, too */
    QUIET_MS = 30000, /* a look is four transactions: eight in a minute */
};

/* Within so long the state of every sync is read, a few at each look; at a slow pace in ten looks.
 */
enum { ALL_WITHIN_MS = 60000, LOOKS_LEAST = 10 };

enum column {
    STATE_SYNC,
    STATE_PAUSED,
    STATE_RUN_ID,
    STATE_STATUS,
    STATE_CAUSE,
    STATE_STARTED,
    STATE_FAILURES,
    STATE_RETRY,
    STATE_WANTED,
    STATE_PLAN,
    STATE_BUSY,
};

int64_t state_now_us(const struct supervisor *supervisor)
{
    return clock_now_us() + supervisor->offset_us;
}

void state_failed(struct supervisor *supervisor, const struct error *err)
{
    log_event(LOG_ERROR, NULL, "%s", err->text);
    if (supervisor->state.pg != NULL)
        state_lost(supervisor); /* whatever it was: a new session knows what is true */
}

void state_lost(struct supervisor *supervisor)
{
    static const struct link_backoff backoff = {.first_ms = 500, .most_ms = 30000};
    link_lost(&supervisor->state, &backoff);
}

int64_t state_pace_ms(const struct supervisor *supervisor)
{
    if (supervisor->workers_count > 0 || supervisor->busy || supervisor->waiting)
        return TICK_MS;
    if (supervisor->definitions.poll_ms > 0)
        return supervisor->definitions.poll_ms;
    return supervisor->listeners_count > 0 ? TICK_MS : QUIET_MS;
}

bool state_enter(struct pg *pg, const struct definitions *definitions, struct error *err)
{
    CLEANUP(buf_clear) struct buf syncs = {0};
    CLEANUP(buf_clear) struct buf portals = {0};
    for (size_t i = 0; i < definitions->syncs_count; i++) {
        pg_array_text(&syncs, definitions->syncs[i]->name);
        pg_array_text(&portals, definitions->syncs[i]->portal->name);
    }
    struct pg_args args = {0};
    pg_arg_text(&args, pg_array_end(&syncs));
    pg_arg_text(&args, pg_array_end(&portals));
    return pg_run(pg, STATEMENT_STATE_ENTER, &args, NULL, err);
}

static void record_row(
    struct supervisor *supervisor, struct entry *entry, const struct pg_rows *rows, int row)
{
    struct next_run_state state = {
        .paused = pg_rows_bool(rows, row, STATE_PAUSED),
        .wanted = pg_rows_int(rows, row, STATE_WANTED) != 0,
        .last = last_run_of(pg_rows_text(rows, row, STATE_STATUS)),
        .by_hand = strcmp(pg_rows_text(rows, row, STATE_CAUSE), "manual") == 0,
        .started_us = pg_rows_int(rows, row, STATE_STARTED),
        .retry_us = pg_rows_int(rows, row, STATE_RETRY),
    };
    entry->request_id = pg_rows_int(rows, row, STATE_WANTED);
    entry->plan_id = pg_rows_int(rows, row, STATE_PLAN);
    sync_table_update(&supervisor->syncs, entry, &state, pg_rows_int(rows, row, STATE_RUN_ID),
        state_now_us(supervisor));
}

/* The names of the next few syncs: each look reads some whose state has not changed as far as their
 * time says, so that a commit that waited longer than the overlap is seen, too. */
static void add_next(struct supervisor *supervisor, struct buf *names)
{
    const struct sync_table *table = &supervisor->syncs;
    size_t looks = (size_t)(ALL_WITHIN_MS / state_pace_ms(supervisor));
    size_t count = table->count / (looks > LOOKS_LEAST ? looks : LOOKS_LEAST) + 1;
    for (size_t i = 0; i < count && table->count > 0; i++) {
        supervisor->looked_at = (supervisor->looked_at + 1) % table->count;
        pg_array_text(names, table->entries[supervisor->looked_at].sync->name);
    }
}

bool state_look(struct supervisor *supervisor, struct error *err)
{
    int64_t now_us = state_now_us(supervisor);
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf names = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    add_next(supervisor, &names);
    pg_arg_text(&args, pg_array_end(&names));
    pg_arg_int(&args, supervisor->looked_us > overlap_us ? supervisor->looked_us - overlap_us : 0);
    pg_arg_bool(&args, false);
    if (!pg_run(supervisor->state.pg, STATEMENT_STATE_GET, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct entry *entry =
            sync_table_find(&supervisor->syncs, pg_rows_text(&rows, i, STATE_SYNC));
        if (entry != NULL)
            record_row(supervisor, entry, &rows, i);
    }
    supervisor->looked_us = now_us;
    return true;
}

bool state_refresh(
    struct supervisor *supervisor, struct entry *entry, bool *busy, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf name = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_array_text(&name, entry->sync->name);
    pg_arg_text(&args, pg_array_end(&name));
    pg_arg_text(&args, NULL);
    pg_arg_bool(&args, true);
    if (!pg_run(supervisor->state.pg, STATEMENT_STATE_GET, &args, &rows, err))
        return false;
    *busy = rows.count > 0 && pg_rows_bool(&rows, 0, STATE_BUSY);
    if (rows.count > 0)
        record_row(supervisor, entry, &rows, 0);
    return true;
}

static bool insert_daemon(struct supervisor *supervisor, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, supervisor->host);
    pg_arg_int(&args, getpid());
    pg_arg_text(&args, supervisor->version);
    pg_arg_int(&args, (int64_t)supervisor->definitions.syncs_count);
    if (!pg_run(supervisor->state.pg, STATEMENT_DAEMON_INSERT, &args, &rows, err))
        return false;
    supervisor->daemon_id = pg_rows_int(&rows, 0, 0);
    return true;
}

bool state_alive(struct supervisor *supervisor, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    for (int attempt = 0; attempt < 2; attempt++) {
        struct pg_args args = {0};
        pg_arg_int(&args, supervisor->daemon_id);
        pg_arg_int(&args, (int64_t)supervisor->definitions.syncs_count);
        pg_arg_int(&args, supervisor->turn_us);
        pg_arg_int(&args, state_pace_ms(supervisor));
        if (!pg_run(supervisor->state.pg, STATEMENT_DAEMON_SEEN, &args, &rows, err))
            return false;
        if (rows.count > 0) {
            supervisor->turn_us = 0;
            supervisor->offset_us = pg_rows_int(&rows, 0, 0) - clock_now_us();
            supervisor->busy = pg_rows_bool(&rows, 0, 1);
            return true;
        }
        if (!insert_daemon(supervisor, err)) /* the first time, or somebody deleted the row */
            return false;
    }
    return error_set(err, ERROR_STATE,
        "this daemon's row in assocd.daemon is deleted again at once: does something else delete "
        "there?");
}

bool state_leave(struct supervisor *supervisor, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, supervisor->daemon_id);
    return pg_run(supervisor->state.pg, STATEMENT_DAEMON_DELETE, &args, NULL, err);
}

bool state_interrupt(struct supervisor *supervisor, const char *sync, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, sync);
    if (!pg_run(supervisor->state.pg, STATEMENT_STATE_INTERRUPT, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct log_about about = {
            .sync = sync, .run_id = pg_rows_int(&rows, i, 0), .status = "interrupted"};
        log_event(LOG_WARNING, &about, "run %s marked interrupted: its worker process died",
            pg_rows_text(&rows, i, 0));
    }
    return true;
}
