/*
 * run.c: the story of a run. Each line of run_sync is a file of an earlier room; whatever happens,
 * the run's row in the journal says how it ended.
 */
#include "run/run.h"

#include <stdlib.h>

#include "base/amount.h"
#include "base/buf.h"
#include "base/clock.h"
#include "pg/pg.h"
#include "source/spool.h"
#include "journal/changed_records.h"
#include "journal/journal.h"
#include "journal/mapping_row.h"
#include "plan/gate.h"
#include "plan/merged.h"
#include "plan/plan.h"
#include "plan/quarantine.h"
#include "plan/undo.h"
#include "apply/apply.h"
#include "apply/recover.h"
#include "apply/verify.h"
#include "run/run_row.h"

static bool make_plan(struct run *run, struct error *err)
{
    struct session *session = &run->session;
    if (!account_open(session, err) || !recover_changes(session, err))
        return false;
    return run->scope.undoes != 0 ? undo_build(session, &run->scope, &run->plan, err)
                                  : plan_build(session, &run->scope, &run->plan, err);
}

static bool run_sync(struct run *run, struct error *err)
{
    struct session *session = &run->session;
    if (!journal_open(session, &run->scope, err) ||
        !changed_records_read(session, &run->scope, err))
        return false;
    if (changed_records_nothing(&run->scope))
        return true;
    if (!make_plan(run, err) || !gate_check(session, &run->plan, &run->verdict, &run->outcome, err))
        return false;
    if (run->scope.mode == RUN_PLAN)
        return true;
    return apply_confirm(session, &run->plan, &run->verdict, err) &&
        run_row_update(run, RUN_APPLYING, err) &&
        apply_plan(session, &run->plan, &run->verdict, &run->outcome, err) &&
        run_row_update(run, RUN_VERIFYING, err) &&
        verify_changes(session, &run->plan, &run->outcome, err) && merged_explain(session, err);
}

/* How a run that was cut short is told. */
static enum run_status failed_status(enum error_kind kind)
{
    switch (kind) {
    case ERROR_REFUSED:
    case ERROR_STALE:
        return RUN_REFUSED;
    case ERROR_QUOTA:
        return RUN_DEFERRED;
    case ERROR_STOPPED:
        return RUN_CANCELED;
    default:
        return RUN_FAILED;
    }
}

/* What the run could not take up: it says nothing of it, or knows that it stays undone. */
static uint64_t left_out(const struct run *run)
{
    const struct plan *plan = &run->plan;
    return plan->counts.invalid + plan->counts.pending + plan->counts.unread + plan->undecided +
        plan->told + plan->untold + plan->waiting.count + plan->left;
}

/* Has every planned change been made, or been left out because the world has moved on? */
static bool is_done(const struct run *run)
{
    const struct plan_counts *planned = &run->plan.counts;
    const struct outcome_counts *done = &run->outcome.counts;
    return done->rejected == 0 && done->unverified == 0 &&
        done->created + done->archived + run->outcome.changed_since >=
        planned->to_create + planned->to_archive;
}

static enum run_status finished_status(const struct run *run)
{
    const struct outcome_counts *done = &run->outcome.counts;
    if (run->verdict.kind != VERDICT_PASS)
        return RUN_WITHHELD;
    if (run->scope.mode == RUN_PLAN)
        return RUN_PLANNED;
    if (!is_done(run) || left_out(run) > 0)
        return RUN_PARTIAL;
    return done->created + done->archived > 0 ? RUN_SUCCEEDED : RUN_NO_CHANGE;
}

/* What shrink and mapping guards of the next run compare with: only what all guards let through,
 * and only a look at the whole. */
static bool remember_good(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf text = {0}, fields = {0};
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, mapping_text(&run->session.mapping, &text));
    pg_arg_int(&args, (int64_t)(run->plan.counts.desired + run->plan.counts.pending));
    pg_arg_text(&args, mapping_row_array(&run->session.mapping, &fields));
    return run->scope.mode == RUN_PLAN || run->scope.mode == RUN_CHANGED ||
        run->scope.undoes != 0 || run->verdict.kind != VERDICT_PASS ||
        run->plan.counts.invalid > 0 ||
        pg_run(run->session.state, STATEMENT_SYNC_GOOD, &args, NULL, err);
}

/* Old details go when a run has ended well, a portion at a time. It decides nothing: the run's
 * status stands already, and others may run the sync meanwhile. */
static void prune_history(struct run *run)
{
    struct error why = {0};
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.retention_days);
    pg_arg_int(&args, run->session.run_retention_days);
    struct pg_args keys = {0};
    pg_arg_int(&keys, run->session.retention_days);
    if (!journal_unlock(&run->session, &why) ||
        !pg_run(run->session.state, STATEMENT_HISTORY_PRUNE, &args, NULL, &why) ||
        (sync_has_keys(run->session.sync) &&
            !pg_run(run->session.state, STATEMENT_KEYS_PRUNE, &keys, NULL, &why)))
        run->ending.unpruned = why;
}

/* Has the run dealt with every change it was about? Invalid rows are noted and will be touched
 * again when somebody repairs them; what is withheld waits in the plan; rejects are tried again
 * when their time has come; all else must be tried again. */
static bool is_settled(const struct run *run)
{
    const struct plan_counts *planned = &run->plan.counts;
    const struct outcome_counts *done = &run->outcome.counts;
    if (run->scope.mode == RUN_PLAN || !plan_has_read(&run->plan) || done->unverified > 0)
        return false;
    return run->verdict.kind != VERDICT_PASS ||
        done->created + done->archived + done->rejected == planned->to_create + planned->to_archive;
}

/* A run that leaves something undone always says why. */
static void note_rest(struct run *run)
{
    const struct plan_counts *planned = &run->plan.counts;
    const struct outcome_counts *done = &run->outcome.counts;
    char count[AMOUNT_TEXT_MAX];
    if (planned->invalid > 0)
        session_note(&run->session, "%s of the source %s invalid (assocd rejects %s)",
            amount_text(planned->invalid, "rows", count), planned->invalid == 1 ? "is" : "are",
            run->session.sync->name);
    else if (planned->pending > 0)
        session_note(&run->session, "%s of the source %s (assocd rejects %s)",
            amount_text(planned->pending, "rows", count),
            planned->pending == 1 ? "waits for its key" : "wait for their keys",
            run->session.sync->name);
    else if (done->unverified > 0)
        session_note(&run->session, "%s %s not show in HubSpot (assocd show %lld)",
            amount_text(done->unverified, "changes", count), done->unverified == 1 ? "does" : "do",
            (long long)run->session.run_id);
    else
        session_note(&run->session, "not all changes were made (assocd show %lld)",
            (long long)run->session.run_id);
}

static bool close_finished(struct run *run, struct error *err)
{
    if (run->scope.mode != RUN_PLAN && !journal_results(&run->session, &run->outcome, err))
        return false;
    if (!remember_good(run, err) ||
        (is_settled(run) && !changed_records_finish(&run->session, &run->scope, err)))
        return false;
    run->ending.changes_left = changed_records_waits(&run->scope);
    enum run_status status = finished_status(run);
    if (run->outcome.counts.rejected == 0)
        quarantine_note(&run->session, &run->plan); /* else HubSpot's words of now are the news */
    if (status == RUN_PARTIAL)
        note_rest(run);
    else if (status == RUN_SUCCEEDED || status == RUN_NO_CHANGE)
        run->session.reason[0] = '\0'; /* what was noted has come right since */
    return run_row_update(run, status, err);
}

/* The journal tells of the failure if it can: a statement may have failed on a session that lives.
 * The failure itself is what the caller gets. */
static void close_failed(struct run *run, const struct error *why)
{
    struct error later;
    run->ending.failure = *why;
    run->ending.changes_left = changed_records_waits(&run->scope);
    if (run->session.run_id != 0 && journal_abandon(&run->session, &later) &&
        journal_results(&run->session, &run->outcome, &later))
        (void)!run_row_update(run, failed_status(why->kind), &later);
}

bool run_execute(
    struct run *run, const struct session *session, const struct scope *scope, struct error *err)
{
    struct error why = {0};
    *run = (struct run){.session = *session, .scope = *scope, .plan.scope = &run->scope};
    if (run_sync(run, &why) && close_finished(run, &why)) {
        prune_history(run);
        return true;
    }
    close_failed(run, &why);
    if (err != NULL)
        *err = why;
    return false;
}

void run_clear(struct run *run)
{
    client_close(run->session.client);
    /* Now, and not when the server notices that the session ended: the next run may start at once.
     */
    struct error later;
    if (run->session.run_id != 0)
        (void)!pg_exec(run->session.state, "select pg_advisory_unlock_all()", NULL, &later);
    pg_close(run->session.state);
    spool_close(run->plan.to_own);
    spool_close(run->plan.to_disown);
    assoc_list_clear(&run->plan.unseen);
    changed_records_close(run->scope.changed);
    types_clear(&run->session.types);
    free(run->session.reciprocals);
    free(run->session.from_type);
    free(run->session.to_type);
    mapping_clear(&run->session.baseline.mapping);
    mapping_clear(&run->session.mapping);
    *run = (struct run){0};
}

int run_exit_code(const struct run *run, bool detailed)
{
    switch (run->ending.status) {
    case RUN_WITHHELD:
        return EXIT_WITHHELD;
    case RUN_PARTIAL:
        return EXIT_PARTIAL;
    case RUN_PLANNED:
        if (left_out(run) > 0)
            return EXIT_PARTIAL;
        if (!detailed || run->plan.counts.to_create + run->plan.counts.to_archive == 0)
            return EXIT_DONE;
        return EXIT_PENDING;
    default:
        return EXIT_DONE;
    }
}
