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
#include "journal/mapping_row.h"
#include "plan/guard.h"
#include "plan/quarantine.h"
#include "plan/saved_plan.h"

static bool run_change(
    const struct session *session, enum statement_id id, struct pg_args *args, struct error *err)
{
    return pg_run(session->state, id, args, NULL, err);
}

/* What HubSpot refused once and is no difference any more leaves the quarantine; only a look at
 * everything, or at all of a touched record, can tell. */
static bool forget_rejects(
    const struct session *session, const struct plan *plan, struct error *err)
{
    const struct scope *scope = plan->scope;
    if ((scope->mode != RUN_FULL && scope->mode != RUN_CHANGED) || scope->undoes != 0 ||
        !plan_has_read(plan) || plan->counts.invalid + plan->counts.pending > 0)
        return true;
    CLEANUP(buf_clear) struct buf ids = {0};
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, changed_records_array(plan->scope, &ids));
    return run_change(session, STATEMENT_REJECT_GONE, &args, err);
}

/* Takes out what waits in quarantine and what the saved plan does not contain; counts the rest. */
static bool filter(
    struct session *session, struct plan *plan, struct outcome *outcome, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    if (!forget_rejects(session, plan, err) || !quarantine_remove(session, plan, err) ||
        !saved_plan_keep(session, plan, err))
        return false;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_CHANGE_COUNTS, &args, &rows, err))
        return false;
    plan->counts.to_create = (uint64_t)pg_rows_int(&rows, 0, 0);
    plan->counts.to_archive = (uint64_t)pg_rows_int(&rows, 0, 1);
    outcome->counts.skipped = (uint64_t)pg_rows_int(&rows, 0, 2);
    plan->counts.drift = (uint64_t)pg_rows_int(&rows, 0, 3);
    return true;
}

static bool fix_digest(const struct session *session, struct plan *plan, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_PLAN_DIGEST, &args, &rows, err))
        return false;
    (void)snprintf(plan->digest, sizeof plan->digest, "%s", pg_rows_text(&rows, 0, 0));
    return true;
}

/* An approval of the saved plan lifts the guard for this one run, if the sync still means what it
 * meant when the plan was made. */
static bool use_approval(
    const struct session *session, const struct scope *scope, bool *approved, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf mapping = {0};
    pg_arg_int(&args, scope->plan_id);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, mapping_row_array(&session->mapping, &mapping));
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *approved = false;
    if (scope->mode != RUN_APPLY)
        return true;
    if (!pg_run(session->state, STATEMENT_APPROVAL_USE, &args, &rows, err))
        return false;
    *approved = rows.count == 1;
    return true;
}

/* What was approved, beyond this plan: the mapping is the sync's from now on, however the run ends;
 * and archives go on beside as many invalid rows as there are. */
static bool accept_approved(const struct session *session, struct plan *plan,
    const struct guard_facts *facts, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf text = {0}, fields = {0};
    plan->invalid_approved = plan->counts.invalid;
    if (guard_mapping(facts).kind == VERDICT_PASS)
        return true;
    pg_arg_text(&args, session->sync->name);
    pg_arg_text(&args, mapping_text(&session->mapping, &text));
    pg_arg_text(&args, mapping_row_array(&session->mapping, &fields));
    return run_change(session, STATEMENT_MAPPING_ACCEPT, &args, err);
}

static bool withhold(const struct session *session, const struct plan *plan,
    struct outcome *outcome, bool everything, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_bool(&args, everything);
    outcome->counts.withheld = plan->counts.to_archive + (everything ? plan->counts.to_create : 0);
    return run_change(session, STATEMENT_CHANGE_WITHHOLD, &args, err);
}

/* A run of changes sees a part of the source: what the guards need to know of the rest. The
 * set is counted only as far as the limit of archives depends on it. */
static bool know_rest(const struct session *session, const struct scope *scope,
    struct guard_facts *facts, struct error *err)
{
    const struct guards *guards = &session->sync->guards;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (scope->mode != RUN_CHANGED)
        return true;
    facts->good_known = false; /* shrinking can be judged on the whole only */
    facts->source_rows = 1; /* an empty source was refused when it was read */
    if (facts->to_archive == 0)
        return true;
    double enough = guards->max_archive_percent > 0
        ? (double)(guards->max_archive + 1) * 100.0 / guards->max_archive_percent
        : 0;
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, enough < 1e15 ? (int64_t)enough : INT64_MAX);
    pg_arg_int(&args, session->run_id);
    if (!pg_run(session->state, STATEMENT_TOUCHED_GUARD, &args, &rows, err))
        return false;
    facts->managed = (uint64_t)pg_rows_int(&rows, 0, 0);
    facts->archived_lately = (uint64_t)pg_rows_int(&rows, 0, 1);
    facts->invalid += (uint64_t)pg_rows_int(&rows, 0, 2);
    return true;
}

/* What the guards need to know of the plan's archives and of those before it. */
static bool know_archives(const struct session *session, const struct plan *plan,
    struct guard_facts *facts, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (facts->to_archive == 0)
        return true;
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, sync->name);
    if (!pg_run(session->state, STATEMENT_GUARD_ARCHIVES, &args, &rows, err))
        return false;
    facts->archived_day = (uint64_t)pg_rows_int(&rows, 0, 0);
    facts->record_id = (uint64_t)pg_rows_int(&rows, 0, 1);
    facts->record_archives = (uint64_t)pg_rows_int(&rows, 0, 2);
    facts->replica = plan->source_replica && !sync->source_allow_replica;
    facts->create_only = sync->policy == POLICY_CREATE_ONLY;
    return true;
}

/* The words that go into the journal end with what a person has to type to go on with `plan`. */
static void add_next_step(struct verdict *verdict, int64_t plan)
{
    size_t length = strlen(verdict->text);
    (void)snprintf(verdict->text + length, sizeof verdict->text - length,
        "; review it: assocd show %lld; if it is intended: assocd approve %lld && assocd apply "
        "%lld",
        (long long)plan, (long long)plan, (long long)plan);
}

/* A saved plan that passed the guards when it was made, and does not now, is as if it had been made
 * now: its creates go on, and its archives wait under this run's number. */
static bool goes_on(const struct session *session, const struct plan *plan,
    const struct verdict *verdict, bool *on, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *on = false;
    if (verdict->kind != VERDICT_WITHHOLD || plan->counts.to_create == 0)
        return true;
    pg_arg_int(&args, plan->scope->plan_id);
    if (!pg_run(session->state, STATEMENT_PLAN_PASSED, &args, &rows, err))
        return false;
    *on = rows.count > 0 && pg_rows_bool(&rows, 0, 0);
    return true;
}

static bool refuse(const struct session *session, const struct verdict *verdict, struct error *err)
{
    return error_set(err, ERROR_REFUSED, "sync %s refused by guard %s: %s", session->sync->name,
        verdict->guard, verdict->text);
}

static bool stop_plan(const struct session *session, const struct plan *plan,
    struct verdict *verdict, struct outcome *outcome, struct error *err)
{
    bool apply = plan->scope->mode == RUN_APPLY, on = true;
    if (apply && !goes_on(session, plan, verdict, &on, err))
        return false;
    add_next_step(verdict, on ? session->run_id : plan->scope->plan_id);
    if (!withhold(session, plan, outcome, verdict->kind == VERDICT_REFUSE, err))
        return false;
    if (!on)
        return error_set(err, ERROR_STALE,
            "plan %lld is withheld by guard %s and has no valid approval: assocd approve %lld",
            (long long)plan->scope->plan_id, verdict->guard, (long long)plan->scope->plan_id);
    return verdict->kind != VERDICT_REFUSE || refuse(session, verdict, err);
}

/* What the guards are told. */
static bool know(const struct session *session, const struct plan *plan, struct guard_facts *facts,
    struct error *err)
{
    const struct plan_counts *planned = &plan->counts;
    /* An undo does not read the source: there is no size to compare, and no shape (undo.c compares
     * the rest of the mapping). */
    bool compares = plan->scope->undoes == 0;
    *facts = (struct guard_facts){
        .source_rows = planned->desired + planned->records + planned->pending,
        .desired = planned->desired + planned->pending,
        .pending = planned->pending,
        .pending_of = plan->pending.of_rows,
        .invalid = planned->invalid,
        .managed = planned->managed,
        .to_archive = planned->to_archive,
        .good_known = compares && session->baseline.known,
        .good_desired = session->baseline.desired,
        .mapping = &session->mapping,
        .sync = session->sync,
        .good_mapping = compares ? &session->baseline.mapping : NULL,
    };
    return know_rest(session, plan->scope, facts, err) && know_archives(session, plan, facts, err);
}

bool gate_check(struct session *session, struct plan *plan, struct verdict *verdict,
    struct outcome *outcome, struct error *err)
{
    struct guard_facts facts = {0};
    bool approved = false;
    if (plan->source_refused) {
        *verdict = guard_source(&session->sync->guards, &facts);
        return refuse(session, verdict, err);
    }
    if (!saved_plan_check(session, plan->scope, err) || !filter(session, plan, outcome, err) ||
        !fix_digest(session, plan, err) || !know(session, plan, &facts, err))
        return false;
    struct verdict found = guard_plan(&session->sync->guards, &facts);
    if (found.kind == VERDICT_PASS)
        return true;
    if (!use_approval(session, plan->scope, &approved, err))
        return false;
    if (approved)
        return accept_approved(session, plan, &facts, err);
    *verdict = found;
    return stop_plan(session, plan, verdict, outcome, err);
}
