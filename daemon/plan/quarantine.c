/*
 * quarantine.c: planned changes that have a reject whose time has not come -> skipped.
 */
#include "plan/quarantine.h"

#include <stdio.h>

#include "base/amount.h"
#include "pg/pg.h"

bool quarantine_take_out(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_bool(&args, run->scope.undoes != 0);
    pg_arg_bool(&args, run->session.reciprocals != NULL);
    if (!pg_run(run->session.state, STATEMENT_CHANGE_QUARANTINE, &args, &rows, err))
        return false;
    run->plan.waiting.count = (uint64_t)pg_rows_int(&rows, 0, 0);
    if (run->plan.waiting.count == 0)
        return true;
    (void)snprintf(
        run->plan.waiting.since, sizeof run->plan.waiting.since, "%s", pg_rows_text(&rows, 0, 1));
    (void)snprintf(run->plan.waiting.next_try, sizeof run->plan.waiting.next_try, "%s",
        pg_rows_text(&rows, 0, 2));
    return true;
}

void quarantine_note(struct run *run)
{
    char waiting[AMOUNT_TEXT_MAX];
    bool one = run->plan.waiting.count == 1;
    if (run->plan.waiting.count > 0)
        run_note(run,
            "%s %s in quarantine since %s, because HubSpot refused %s; next try after %s (assocd "
            "rejects %s)",
            amount_text(run->plan.waiting.count, "changes", waiting),
            one ? "has been" : "have been", run->plan.waiting.since, one ? "it" : "them",
            run->plan.waiting.next_try, run->session.sync->name);
}
