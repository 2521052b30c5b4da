/*
 * saved_plan.c: the run that applies a plan beside the plan.
 */
#include "plan/saved_plan.h"

#include <stdio.h>

#include "base/amount.h"
#include "base/buf.h"
#include "pg/pg.h"
#include "journal/mapping_row.h"

static bool stale(const struct session *session, const struct scope *scope,
    const struct mapping *then, struct error *err)
{
    CLEANUP(buf_clear) struct buf was = {0}, is = {0};
    const char *name = session->sync->name;
    char again[128];
    if (scope->undoes != 0)
        (void)snprintf(again, sizeof again, "undo %lld --dry-run", (long long)scope->undoes);
    else
        (void)snprintf(again, sizeof again, "plan %s", name);
    return error_set(err, ERROR_STALE,
        "plan %lld is not applied, because the mapping of %s has changed since it was made. Make a "
        "new plan: assocd %s (was: %s; now: %s)",
        (long long)scope->plan_id, name, again, mapping_text(then, &was),
        mapping_text(&session->mapping, &is));
}

bool saved_plan_check(const struct session *session, const struct scope *scope, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (scope->mode != RUN_APPLY)
        return true;
    pg_arg_int(&args, scope->plan_id);
    if (!pg_run(session->state, STATEMENT_PLAN_MAPPING, &args, &rows, err))
        return false;
    CLEANUP(mapping_clear) struct mapping then = {0};
    if (rows.count > 0)
        mapping_row_read(&then, &rows, 0, 0);
    return mapping_same(&then, &session->mapping, session->sync) ||
        stale(session, scope, &then, err);
}

bool saved_plan_keep(struct session *session, struct plan *plan, struct error *err)
{
    char left[AMOUNT_TEXT_MAX];
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (plan->scope->mode != RUN_APPLY)
        return true;
    pg_arg_int(&args, session->run_id);
    pg_arg_int(&args, plan->scope->plan_id);
    if (!pg_run(session->state, STATEMENT_CHANGE_KEEP, &args, NULL, err) ||
        !pg_run(session->state, STATEMENT_PLAN_GONE, &args, &rows, err))
        return false;
    plan->gone = (uint64_t)pg_rows_int(&rows, 0, 0);
    plan->left = (uint64_t)pg_rows_int(&rows, 0, 1);
    if (plan->left > 0)
        session_note(session,
            "%s of plan %lld %s not made, because they are drift, which on_drift: report leaves as "
            "it is",
            amount_text(plan->left, "changes", left), (long long)plan->scope->plan_id,
            plan->left == 1 ? "was" : "were");
    return true;
}

bool saved_plan_use(const struct session *session, const struct scope *scope, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, scope->plan_id);
    pg_arg_int(&args, session->run_id);
    return scope->mode != RUN_APPLY ||
        pg_run(session->state, STATEMENT_PLAN_USED, &args, NULL, err);
}
