/*
 * lock_holder.c: the row of sync_holder.sql in words.
 */
#include "journal/lock_holder.h"

#include <stdio.h>

#include "base/text.h"
#include "pg/pg.h"

enum column {
    HOLDER_RUN,
    HOLDER_HOST,
    HOLDER_PID,
    HOLDER_STATUS,
    HOLDER_SINCE,
    HOLDER_SESSION,
    HOLDER_ROLE,
    HOLDER_APPLICATION,
    HOLDER_CLIENT,
    HOLDER_KEY,
    HOLDER_AGE_S,
};

static void say_run(struct holder *holder, const char *sync, const struct pg_rows *rows)
{
    (void)snprintf(holder->text, sizeof holder->text,
        "run %s of %s holds its lock (%s since %s, process %s on %s, PostgreSQL session %s of role "
        "%s)",
        pg_rows_text(rows, 0, HOLDER_RUN), sync, pg_rows_text(rows, 0, HOLDER_STATUS),
        pg_rows_text(rows, 0, HOLDER_SINCE), pg_rows_text(rows, 0, HOLDER_PID),
        pg_rows_text(rows, 0, HOLDER_HOST), pg_rows_text(rows, 0, HOLDER_SESSION),
        pg_rows_text(rows, 0, HOLDER_ROLE));
}

static void say_session(struct holder *holder, const char *sync, const struct pg_rows *rows)
{
    const char *session = pg_rows_text(rows, 0, HOLDER_SESSION);
    (void)snprintf(holder->text, sizeof holder->text,
        "the lock of %s is held since %s by PostgreSQL session %s of role %s (application \"%s\", "
        "host %s), which has opened no run; if it should not hold it: select "
        "pg_terminate_backend(%s)",
        sync, pg_rows_text(rows, 0, HOLDER_SINCE), session, pg_rows_text(rows, 0, HOLDER_ROLE),
        pg_rows_text(rows, 0, HOLDER_APPLICATION), pg_rows_text(rows, 0, HOLDER_CLIENT), session);
}

bool holder_find(
    struct pg *pg, const char *sync, struct holder *holder, bool *held, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, sync);
    if (!pg_run(pg, STATEMENT_SYNC_HOLDER, &args, &rows, err))
        return false;
    *holder = (struct holder){0};
    *held = rows.count > 0;
    if (!*held)
        return true;
    holder->key = pg_rows_int(&rows, 0, HOLDER_KEY);
    holder->run_id = pg_rows_int(&rows, 0, HOLDER_RUN);
    holder->age_s = pg_rows_int(&rows, 0, HOLDER_AGE_S);
    holder->pid = pg_rows_int(&rows, 0, HOLDER_PID);
    (void)snprintf(holder->host, sizeof holder->host, "%s", pg_rows_text(&rows, 0, HOLDER_HOST));
    if (holder->run_id != 0)
        say_run(holder, sync, &rows);
    else
        say_session(holder, sync, &rows);
    text_trim(holder->text);
    return true;
}
