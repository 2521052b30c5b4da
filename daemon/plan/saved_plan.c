/*
 * saved_plan.c: the run that applies a plan beside the plan.
 */
#include "plan/saved_plan.h"

#include <stdio.h>

#include "base/amount.h"
#include "model/mapping.h"
#include "pg/pg.h"

static bool stale(const struct run *run, const char *then, struct error *err)
{
    const char *name = run->session.sync->name;
    char again[128];
    if (run->scope.undoes != 0)
        (void)snprintf(again, sizeof again, "undo %lld --dry-run", (long long)run->scope.undoes);
    else
        (void)snprintf(again, sizeof again, "plan %s", name);
    return error_set(err, ERROR_STALE,
        "plan %lld is not applied, because the mapping of %s has changed since it was made. Make a "
        "new plan: assocd %s (was: %s; now: %s)",
        (long long)run->scope.plan_id, name, again, then, run->session.mapping);
}

bool saved_plan_check(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (run->scope.mode != RUN_APPLY)
        return true;
    pg_arg_int(&args, run->scope.plan_id);
    if (!pg_run(run->session.state, STATEMENT_PLAN_MAPPING, &args, &rows, err))
        return false;
    if (rows.count == 0 || pg_rows_null(&rows, 0, 0))
        return true;
    const char *then = pg_rows_text(&rows, 0, 0);
    return mapping_same(then, run->session.mapping, run->session.sync) || stale(run, then, err);
}

bool saved_plan_keep(struct run *run, struct error *err)
{
    char left[AMOUNT_TEXT_MAX];
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (run->scope.mode != RUN_APPLY)
        return true;
    pg_arg_int(&args, run->session.run_id);
    pg_arg_int(&args, run->scope.plan_id);
    if (!pg_run(run->session.state, STATEMENT_CHANGE_KEEP, &args, NULL, err) ||
        !pg_run(run->session.state, STATEMENT_PLAN_GONE, &args, &rows, err))
        return false;
    run->plan.gone = (uint64_t)pg_rows_int(&rows, 0, 0);
    run->plan.left = (uint64_t)pg_rows_int(&rows, 0, 1);
    if (run->plan.left > 0)
        run_note(run,
            "%s of plan %lld %s not made, because they are drift, which on_drift: report leaves as "
            "it is",
            amount_text(run->plan.left, "changes", left), (long long)run->scope.plan_id,
            run->plan.left == 1 ? "was" : "were");
    return true;
}
