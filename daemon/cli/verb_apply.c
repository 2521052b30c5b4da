/*
 * verb_apply.c: assocd apply and approve: what becomes of a saved plan.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"
#include "cli/verb_run.h"

/* A saved plan as the database has it. */
struct saved_plan {
    int64_t plan_id;
    char sync[64];
    char digest[72];
    int64_t open; /* changes not yet applied */
    int64_t archives;
    int64_t applied_by; /* run that applied it; 0: none */
    int64_t age_s;
    int64_t undoes; /* the run that the plan takes back; 0: none */
    bool stopped; /* by a guard */
};

static bool get_plan(
    struct cli *cli, const struct words *words, struct saved_plan *plan, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!cli_number(words->items[0], "plan", &plan->plan_id, err) || !cli_state(cli, err))
        return false;
    pg_arg_int(&args, plan->plan_id);
    if (!pg_run(cli->state, STATEMENT_PLAN_GET, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return error_set(err, ERROR_USAGE, "there is no plan %lld; see assocd history",
            (long long)plan->plan_id);
    (void)snprintf(plan->sync, sizeof plan->sync, "%s", pg_rows_text(&rows, 0, 0));
    (void)snprintf(plan->digest, sizeof plan->digest, "%s", pg_rows_text(&rows, 0, 2));
    plan->open = pg_rows_int(&rows, 0, 5);
    plan->applied_by = pg_rows_int(&rows, 0, 6);
    plan->archives = pg_rows_int(&rows, 0, 8);
    plan->undoes = pg_rows_int(&rows, 0, 9);
    plan->age_s = pg_rows_int(&rows, 0, 3);
    plan->stopped = !pg_rows_null(&rows, 0, 4);
    /* What a guard refused may be its mapping alone: it can be approved without any change. */
    bool refused = strcmp(pg_rows_text(&rows, 0, 1), "refused") == 0;
    if (plan->open > 0 || (refused && plan->applied_by == 0 && plan->digest[0] != '\0'))
        return true;
    if (plan->applied_by != 0)
        return error_set(err, ERROR_STALE, "plan %lld was already applied by run %lld",
            (long long)plan->plan_id, (long long)plan->applied_by);
    if (refused && plan->digest[0] == '\0')
        return error_set(err, ERROR_STALE,
            "plan %lld was refused before anything was planned, so that there is nothing to "
            "approve or apply: %s",
            (long long)plan->plan_id, pg_rows_text(&rows, 0, 4));
    return error_set(err, ERROR_STALE,
        "plan %lld (run %lld of %s, %s) has no changes left to apply", (long long)plan->plan_id,
        (long long)plan->plan_id, plan->sync, pg_rows_text(&rows, 0, 1));
}

/* The records of a plan are read again when it is applied; still, a request has its time. */
static bool check_age(
    const struct saved_plan *plan, const struct sync_definition *sync, struct error *err)
{
    char age[32], most[32];
    int64_t age_s = plan->age_s < 120 ? plan->age_s : plan->age_s / 60 * 60;
    if (plan->age_s * 1000 <= sync->guards.max_saved_plan_age_ms)
        return true;
    return error_set(err, ERROR_STALE,
        "plan %lld of %s is %s old, and guards.max_saved_plan_age allows %s; make a new one: "
        "assocd %s",
        (long long)plan->plan_id, sync->name, schedule_duration_text(age_s * 1000, age),
        schedule_duration_text(sync->guards.max_saved_plan_age_ms, most),
        plan->undoes != 0 ? "undo --dry-run" : "plan");
}

bool verb_apply(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    struct worker_options hidden = {0};
    const struct option_row options[] = {
        {.name = "log-format", .hidden = true, .text = &hidden.log_format}, {0}};
    struct words words;
    struct saved_plan plan;
    struct engine_request request = {.cause = "apply", .scope.mode = RUN_APPLY};
    (void)argc;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "apply", 1, 1, err) ||
        !engine_worker(&request, &hidden, err) || !get_plan(cli, &words, &plan, err) ||
        !cli_sync(cli, plan.sync, &request.sync, err) || !check_age(&plan, request.sync, err))
        return false;
    request.scope.plan_id = plan.plan_id;
    request.scope.undoes = plan.undoes;
    return engine_run(cli, &request, code, err);
}

static bool print_approval(
    struct cli *cli, const struct saved_plan *plan, const struct pg_args *args, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(cli->state, STATEMENT_APPROVAL_INSERT, args, &rows, err))
        return cli_steers(cli, "approve", err);
    if (cli->json) {
        CLEANUP(json_out_free) struct json_object *json = json_out_object();
        json_out_number(json, "approval_id", pg_rows_int(&rows, 0, 0));
        json_out_number(json, "plan_id", plan->plan_id);
        json_out_text(json, "expires_at", pg_rows_text(&rows, 0, 1));
        json_out_print(json);
        return true;
    }
    output_print("plan %lld of %s (%lld changes, %lld of them archives) approved by %s until %s\n"
                 "apply it with: assocd apply %lld\n",
        (long long)plan->plan_id, plan->sync, (long long)plan->open, (long long)plan->archives,
        pg_rows_text(&rows, 0, 2), pg_rows_text(&rows, 0, 1), (long long)plan->plan_id);
    if (!plan->stopped)
        output_print("note: no guard stopped plan %lld, so it needs no approval; this one would "
                     "lift a guard that stops it when it is applied\n",
            (long long)plan->plan_id);
    return true;
}

enum { MINUTES_MAX = 366 * 24 * 60 };

bool verb_approve(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    const char *reason = NULL;
    int64_t minutes = 60;
    const struct option_row options[] = {
        {.name = "reason", .text = &reason}, {.name = "minutes", .number = &minutes}, {0}};
    struct words words;
    struct saved_plan plan;
    (void)argc;
    (void)code;
    if (!cli_options(cli, argv, options, &words, err) || !cli_words(&words, "approve", 1, 1, err))
        return false;
    if (minutes > MINUTES_MAX)
        return error_set(err, ERROR_USAGE, "minutes: at most %d, a year", MINUTES_MAX);
    if (!cli_reason(reason, err))
        return false;
    if (!get_plan(cli, &words, &plan, err))
        return false;
    if (plan.digest[0] == '\0')
        return error_set(
            err, ERROR_STALE, "run %lld never made a complete plan", (long long)plan.plan_id);
    struct pg_args args = {0};
    pg_arg_int(&args, plan.plan_id);
    pg_arg_text(&args, reason);
    pg_arg_int(&args, minutes);
    return print_approval(cli, &plan, &args, err);
}
