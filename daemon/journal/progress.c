/*
 * progress.c: a row (assocd.progress) that follows the run, not too often.
 */
#include "journal/progress.h"

#include "base/clock.h"
#include "pg/pg.h"

/* A run that takes less has no need to tell how far it is. */
enum { SHOW_EVERY_MS = 1000 };

static bool store(const struct session *session, const struct progress *progress, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, progress->stage);
    pg_arg_int(&args, (int64_t)progress->done);
    pg_arg_int(&args, (int64_t)progress->total);
    return pg_run(session->state, STATEMENT_RUN_PROGRESS, &args, NULL, err);
}

void progress_show(struct session *session, const char *stage, uint64_t done, uint64_t total)
{
    struct progress progress = {.stage = stage, .done = done, .total = total};
    if (session->show != NULL)
        session->show(&progress);
    int64_t now = clock_now_ms();
    if (session->shown_ms == 0)
        session->shown_ms = now;
    if (now - session->shown_ms < SHOW_EVERY_MS)
        return;
    session->shown_ms = now;
    struct error ignored; /* whoever uses the connection next will meet it */
    (void)!store(session, &progress, &ignored);
}
