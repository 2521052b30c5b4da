/*
 * quarantine.c: planned changes that have a reject whose time has not come -> skipped.
 */
#include "plan/quarantine.h"

#include <stdio.h>

#include "base/amount.h"
#include "pg/pg.h"

bool quarantine_remove(const struct session *session, struct plan *plan, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, session->sync->name);
    pg_arg_bool(&args, plan->scope->undoes != 0);
    pg_arg_bool(&args, session->reciprocals != NULL);
    if (!pg_run(session->state, STATEMENT_CHANGE_QUARANTINE, &args, &rows, err))
        return false;
    plan->waiting.count = (uint64_t)pg_rows_int(&rows, 0, 0);
    if (plan->waiting.count == 0)
        return true;
    (void)snprintf(
        plan->waiting.since, sizeof plan->waiting.since, "%s", pg_rows_text(&rows, 0, 1));
    (void)snprintf(
        plan->waiting.next_try, sizeof plan->waiting.next_try, "%s", pg_rows_text(&rows, 0, 2));
    return true;
}

void quarantine_note(struct session *session, const struct plan *plan)
{
    char waiting[AMOUNT_TEXT_MAX];
    bool one = plan->waiting.count == 1;
    if (plan->waiting.count > 0)
        session_note(session,
            "%s %s in quarantine since %s, because HubSpot refused %s; next try after %s (assocd "
            "rejects %s)",
            amount_text(plan->waiting.count, "changes", waiting), one ? "has been" : "have been",
            plan->waiting.since, one ? "it" : "them", plan->waiting.next_try, session->sync->name);
}
