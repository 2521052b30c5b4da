/*
 * recover.c: one round of reading for each run of the sync that ended in doubt.
 */
#include "apply/recover.h"

#include "pg/pg.h"
#include "hubspot/client.h"
#include "apply/verify.h"

/* How long HubSpot may take to carry out a request that it did not answer in time (fault A8). */
enum { LATE_MS = 30000 };

struct in_doubt {
    int64_t run_id;
    bool over; /* its requests can no longer take effect … */
    bool absent; /* … and a reading some time ago has already missed what is open */
    bool old; /* not even reading its records helps any more */
};

static bool finish_run(struct session *session, const struct in_doubt *run, struct error *err)
{
    struct verify_round round = {.run_id = run->run_id};
    struct pg_args args = {0};
    if (!verify_read(session, &round, err))
        return false;
    /* A reading may be older than it looks: two, apart, are believed that something is not there.
     */
    bool missed = run->over && round.unread == 0;
    bool close = run->old || (missed && run->absent);
    pg_arg_int(&args, run->run_id);
    if (close && !pg_run(session->state, STATEMENT_RECOVER_CLOSE, &args, NULL, err))
        return false;
    pg_arg_bool(&args, close);
    pg_arg_bool(&args, missed);
    return pg_run(session->state, STATEMENT_RECOVER_DONE, &args, NULL, err);
}

bool recover_changes(struct session *session, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->sync->portal->timeout_ms + LATE_MS);
    pg_arg_int(&args, LATE_MS);
    if (!pg_run(session->state, STATEMENT_RECOVER_RUNS, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct in_doubt run = {.run_id = pg_rows_int(&rows, i, 0),
            .over = pg_rows_bool(&rows, i, 1),
            .absent = pg_rows_bool(&rows, i, 2),
            .old = pg_rows_bool(&rows, i, 3)};
        if (!finish_run(session, &run, err))
            return false;
    }
    return true;
}
