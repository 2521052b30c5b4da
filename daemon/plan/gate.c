/*
 * gate.c: what of the stored plan may be applied: quarantine, the saved plan, the guards, an
 * approval. The guards themselves are pure and stand in guard.c.
 */
#include "plan/gate.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "journal/changed_records.h"
#include "journal/journal.h"
#include "plan/guard.h"
#include "plan/quarantine.h"
#include "plan/saved_plan.h"

static bool run_change(
    struct run *run, enum statement_id id, struct pg_args *args, struct error *err)
{
    return pg_run(run->session.state, id, args, NULL, err);
}

/* What HubSpot refused once and is no difference any more leaves the quarantine; only a look at
 * everything, or at all of a touched record, can tell. */
static bool forget_rejects(struct run *run, struct error *err)
{
    const struct scope *scope = &run->scope;
    if ((scope->mode != RUN_FULL && scope->mode != RUN_CHANGED) || scope->undoes != 0 ||
        !run_has_read(run) || run->plan.counts.invalid + run->plan.counts.pending > 0)
        return true;
    CLEANUP(buf_clear) struct buf ids = {0};
    struct pg_args args = {0};
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, changed_records_array(run, &ids));
    return run_change(run, STATEMENT_REJECT_GONE, &args, err);
}

/* Takes out what waits in quarantine and what the saved plan does not contain; counts the rest. */
static bool sift(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    if (!forget_rejects(run, err) || !quarantine_take_out(run, err) || !saved_plan_keep(run, err))
        return false;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_CHANGE_COUNTS, &args, &rows, err))
        return false;
    run->plan.counts.to_create = (uint64_t)pg_rows_int(&rows, 0, 0);
    run->plan.counts.to_archive = (uint64_t)pg_rows_int(&rows, 0, 1);
    run->outcome.counts.skipped = (uint64_t)pg_rows_int(&rows, 0, 2);
    run->plan.counts.drift = (uint64_t)pg_rows_int(&rows, 0, 3);
    return true;
}

static bool fix_digest(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_PLAN_DIGEST, &args, &rows, err))
        return false;
    (void)snprintf(run->plan.digest, sizeof run->plan.digest, "%s", pg_rows_text(&rows, 0, 0));
    return true;
}

/* An approval of the saved plan lifts the guard for this one run, if the sync still means what it
 * meant when the plan was made. */
static bool use_approval(struct run *run, bool *approved, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->scope.plan_id);
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run->session.mapping);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *approved = false;
    if (run->scope.mode != RUN_APPLY)
        return true;
    if (!pg_run(run->session.state, STATEMENT_APPROVAL_USE, &args, &rows, err))
        return false;
    *approved = rows.count == 1;
    return true;
}

/* What was approved, beyond this plan: the mapping is the sync's from now on, however the run ends;
 * and archives go on beside as many invalid rows as there are. */
static bool accept_approved(struct run *run, const struct guard_facts *facts, struct error *err)
{
    struct pg_args args = {0};
    run->plan.invalid_approved = run->plan.counts.invalid;
    if (guard_mapping(facts).kind == VERDICT_PASS)
        return true;
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_text(&args, run->session.mapping);
    return run_change(run, STATEMENT_MAPPING_ACCEPT, &args, err);
}

static bool withhold(struct run *run, bool everything, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->session.run_id);
    pg_arg_bool(&args, everything);
    run->outcome.counts.withheld =
        run->plan.counts.to_archive + (everything ? run->plan.counts.to_create : 0);
    return run_change(run, STATEMENT_CHANGE_WITHHOLD, &args, err);
}

/* A run of changes sees a part of the source: what the guards need to know of the rest. The
 * set is counted only as far as the limit of archives depends on it. */
static bool know_rest(struct run *run, struct guard_facts *facts, struct error *err)
{
    const struct guards *guards = &run->session.sync->guards;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (run->scope.mode != RUN_CHANGED)
        return true;
    facts->good_known = false; /* shrinking can be judged on the whole only */
    facts->source_rows = 1; /* an empty source was refused when it was read */
    if (facts->to_archive == 0)
        return true;
    double enough = guards->max_archive_percent > 0
        ? (double)(guards->max_archive + 1) * 100.0 / guards->max_archive_percent
        : 0;
    struct pg_args args = {0};
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_int(&args, enough < 1e15 ? (int64_t)enough : INT64_MAX);
    pg_arg_int(&args, run->session.run_id);
    if (!pg_run(run->session.state, STATEMENT_TOUCHED_GUARD, &args, &rows, err))
        return false;
    facts->managed = (uint64_t)pg_rows_int(&rows, 0, 0);
    facts->archived_lately = (uint64_t)pg_rows_int(&rows, 0, 1);
    facts->invalid += (uint64_t)pg_rows_int(&rows, 0, 2);
    return true;
}

/* What the guards need to know of the plan's archives and of those before it. */
static bool know_archives(struct run *run, struct guard_facts *facts, struct error *err)
{
    const struct sync_definition *sync = run->session.sync;
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (facts->to_archive == 0)
        return true;
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, sync->name);
    if (!pg_run(run->session.state, STATEMENT_GUARD_ARCHIVES, &args, &rows, err))
        return false;
    facts->archived_day = (uint64_t)pg_rows_int(&rows, 0, 0);
    facts->record_id = (uint64_t)pg_rows_int(&rows, 0, 1);
    facts->record_archives = (uint64_t)pg_rows_int(&rows, 0, 2);
    facts->replica = run->plan.source_replica && !sync->source_allow_replica;
    facts->create_only = sync->policy == POLICY_CREATE_ONLY;
    return true;
}

/* The words that go into the journal end with what a person has to type to go on with `plan`. */
static void tell_way_on(struct run *run, int64_t plan)
{
    size_t length = strlen(run->verdict.text);
    (void)snprintf(run->verdict.text + length, sizeof run->verdict.text - length,
        "; review it: assocd show %lld; if it is intended: assocd approve %lld && assocd apply "
        "%lld",
        (long long)plan, (long long)plan, (long long)plan);
}

/* A saved plan that passed the guards when it was made, and does not now, is as if it had been made
 * now: its creates go on, and its archives wait under this run's number. */
static bool goes_on(struct run *run, bool *on, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *on = false;
    if (run->verdict.kind != VERDICT_WITHHOLD || run->plan.counts.to_create == 0)
        return true;
    pg_arg_int(&args, run->scope.plan_id);
    if (!pg_run(run->session.state, STATEMENT_PLAN_PASSED, &args, &rows, err))
        return false;
    *on = rows.count > 0 && pg_rows_bool(&rows, 0, 0);
    return true;
}

static bool stop_plan(struct run *run, struct error *err)
{
    const struct verdict *verdict = &run->verdict;
    bool apply = run->scope.mode == RUN_APPLY, on = true;
    if (apply && !goes_on(run, &on, err))
        return false;
    tell_way_on(run, on ? run->session.run_id : run->scope.plan_id);
    if (!withhold(run, verdict->kind == VERDICT_REFUSE, err))
        return false;
    if (!on)
        return error_set(err, ERROR_STALE,
            "plan %lld is withheld by guard %s and has no valid approval: assocd approve %lld",
            (long long)run->scope.plan_id, verdict->guard, (long long)run->scope.plan_id);
    if (verdict->kind == VERDICT_REFUSE)
        return error_set(err, ERROR_REFUSED, "sync %s refused by guard %s: %s",
            run->session.sync->name, verdict->guard, verdict->text);
    return true;
}

bool gate_plan(struct run *run, struct error *err)
{
    const struct plan_counts *planned = &run->plan.counts;
    if (!saved_plan_check(run, err) || !sift(run, err) || !fix_digest(run, err))
        return false;
    struct guard_facts facts = {
        .source_rows = planned->desired + planned->records + planned->pending,
        .desired = planned->desired + planned->pending,
        .pending = planned->pending,
        .pending_of = run->plan.pending.of_rows,
        .invalid = planned->invalid,
        .managed = planned->managed,
        .to_archive = planned->to_archive,
        .good_known = run->session.baseline.known,
        .good_desired = run->session.baseline.desired,
        .fingerprint = run->session.mapping,
        .sync = run->session.sync,
        .good_fingerprint = run->session.baseline.mapping,
    };
    if (!know_rest(run, &facts, err) || !know_archives(run, &facts, err))
        return false;
    struct verdict verdict = guard_plan(&run->session.sync->guards, &facts);
    bool approved = false;
    if (verdict.kind == VERDICT_PASS)
        return true;
    if (!use_approval(run, &approved, err))
        return false;
    if (approved)
        return accept_approved(run, &facts, err);
    run->verdict = verdict;
    return stop_plan(run, err);
}
