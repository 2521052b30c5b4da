/*
 * apply.c: planned changes -> batches -> journal sent -> HubSpot -> journal done. A batch that
 * HubSpot refuses as a whole is split until the inputs that spoil it are alone.
 */
#include "apply/apply.h"

#include <assert.h>
#include <stdlib.h>

#include "base/amount.h"
#include "base/mem.h"
#include "base/stop.h"
#include "hubspot/client.h"
#include "journal/journal.h"
#include "journal/outage.h"
#include "journal/ownership.h"
#include "journal/progress.h"
#include "plan/merged.h"
#include "plan/saved_plan.h"
#include "apply/batch.h"
#include "apply/held.h"
#include "apply/queue.h"
#include "apply/recheck.h"

enum { ISOLATION_MAX = 200 }; /* batches one operation of a run splits to find bad inputs */

struct sending {
    bool busy;
    struct batch_rows rows;
    struct client_request request;
    struct journal_batch batch;
};

/* All creates, or all archives, over all their queues. */
struct operation {
    struct session *session;
    const struct plan *plan;
    struct archive_window window; /* archives: those that are in turn */
    uint64_t done, total;
    struct outage outage;
    bool again; /* v3: types of pairs were passed over and wait for another queue */
};

struct apply {
    struct session *session;
    enum queue_kind kind;
    struct batch_limits limits;
    struct queue *queue;
    struct held held;
    bool suspicious; /* everybody seems to be refused: nothing more is sent until that is known */
    size_t isolations;
    struct sending *sendings;
    size_t sendings_count;
    struct operation *operation;
};

/* What the request is called on the wire and in the journal. */
static const struct {
    enum client_call call;
    const char *operation;
    const char *noun;
} calls[] = {
    [QUEUE_CREATE] = {CLIENT_CREATE, "create", "creates"},
    [QUEUE_ARCHIVE] = {CLIENT_ARCHIVE, "archive", "archives"},
    [QUEUE_ARCHIVE_LABELS] = {CLIENT_ARCHIVE_LABELS, "archive_labels", "archives"},
    [QUEUE_ARCHIVE_PAIRS] = {CLIENT_ARCHIVE, "archive", "archives"},
};

/* The size of batches that this run has learnt; 0: none was refused so far. */
static size_t *learnt_size(struct session *session, enum queue_kind kind)
{
    return kind == QUEUE_CREATE ? &session->sizes.create : &session->sizes.archive;
}

static bool send_next(struct apply *apply, size_t number, bool *sent, struct error *err)
{
    struct sending *sending = &apply->sendings[number];
    *sent = false;
    if (!queue_next(apply->queue, &apply->limits, &sending->rows, err))
        return false;
    if (sending->rows.count == 0)
        return true;
    sending->batch = (struct journal_batch){
        .operation = calls[apply->kind].operation,
        .create = apply->kind == QUEUE_CREATE,
        .ordinals = sending->rows.ordinals,
        .count = sending->rows.count,
        .inputs = client_dialect(apply->session->client) == DIALECT_V3
            ? sending->rows.count
            : batch_pairs(&sending->rows),
    };
    sending->request = (struct client_request){
        .call = calls[apply->kind].call,
        .tag = number,
        .rows = sending->rows.rows,
        .row_count = sending->rows.count,
    };
    /* The journal first: a crash right here leaves a batch that is known to be in doubt. */
    if (!journal_sent(apply->session, &sending->batch, err))
        return false;
    client_submit(apply->session->client, &sending->request);
    sending->busy = true;
    *sent = true;
    return true;
}

static bool send_all(struct apply *apply, struct error *err)
{
    bool sent = true;
    for (size_t i = 0; i < apply->sendings_count && sent; i++) {
        if (apply->sendings[i].busy || client_room(apply->session->client) == 0)
            continue;
        if (!send_next(apply, i, &sent, err))
            return false;
    }
    return true;
}

/* HubSpot took the request apart: one exception for each input it refused or did not mention. */
static bool finish_answered(struct apply *apply, struct sending *sending,
    const struct client_reply *reply, struct error *err)
{
    size_t count = sending->rows.count, used = 0, rejected = 0;
    struct journal_exception *exceptions = mem_new(count, sizeof *exceptions);
    for (size_t i = 0; i < count; i++) {
        if (reply->outcomes[i] == ROW_DONE || sending->rows.ordinals[i] == 0)
            continue;
        bool refused = reply->outcomes[i] == ROW_REFUSED;
        struct journal_exception *e = &exceptions[used++];
        *e = (struct journal_exception){.ordinal = sending->rows.ordinals[i],
            .state = refused ? STATE_REJECTED : STATE_UNKNOWN,
            .message = refused ? NULL : "HubSpot's answer does not mention it"};
        rejected += refused;
        const struct assoc *row = &sending->rows.rows[i];
        for (size_t k = 0; refused && k < reply->refusals_count && e->message == NULL; k++) {
            const struct client_refusal *refusal = &reply->refusals[k];
            if (refusal->from_id == row->from_id &&
                (refusal->to_id == 0 || refusal->to_id == row->to_id))
                e->message = refusal->message;
        }
        if (refused && e->message == NULL)
            e->message = reply->message;
    }
    struct journal_answer answer = {.status = used == 0 ? "done" : "partial",
        .state = STATE_APPLIED,
        .exceptions = exceptions,
        .exceptions_count = used};
    bool ok = journal_done(apply->session, &sending->batch, reply, &answer, err) &&
        (rejected == 0 || journal_quarantine(apply->session, sending->batch.batch_id, reply, err));
    free(exceptions);
    apply->operation->done += count;
    return ok;
}

/* Alone at last. If its refusal names it, it is a reject; otherwise that has to show. */
static bool finish_alone(struct apply *apply, struct sending *sending,
    const struct client_reply *reply, bool nameless, struct error *err)
{
    apply->operation->done += sending->rows.count;
    if (!nameless)
        return held_reject_batch(apply->session, &sending->batch, reply, err);
    held_add(&apply->held, &sending->batch, reply);
    apply->suspicious = outage_everybody(&apply->operation->outage, false);
    return true;
}

/* Refused as a whole: nothing of it was applied. Its parts try again until the bad input is alone.
 */
static bool finish_refused(struct apply *apply, struct sending *sending,
    const struct client_reply *reply, struct error *err)
{
    struct batch_rows first = {0}, second = {0};
    struct journal_answer answer = {.status = "failed", .state = STATE_SENT};
    struct outage *outage = &apply->operation->outage;
    bool nameless = reply->outcome == CLIENT_REFUSED && !outage_names_input(reply);
    bool alone = batch_is_pair(&sending->rows);
    if (nameless)
        outage_refused(outage, reply, alone);
    if (alone)
        return finish_alone(apply, sending, reply, nameless, err);
    if (nameless && outage_suspects(outage))
        batch_pick(&sending->rows, apply->isolations, &first, &second);
    else
        batch_split(&sending->rows, reply->culprits, reply->culprits_count, &first, &second);
    if (apply->isolations++ >= ISOLATION_MAX || !queue_back(apply->queue, &first, &second)) {
        answer.state = STATE_ABANDONED; /* too many bad inputs for one run; the next goes on */
        apply->operation->done += sending->rows.count;
        session_note(apply->session,
            "HubSpot refuses too many %s for one run, the next one goes on: %s",
            calls[apply->kind].noun, reply->message);
    }
    batch_rows_clear(&first);
    batch_rows_clear(&second);
    return journal_done(apply->session, &sending->batch, reply, &answer, err);
}

/* Counts what an answer says about HubSpot itself. */
static void count(struct apply *apply, const struct client_reply *reply)
{
    uint64_t inputs = apply->sendings[reply->tag].batch.inputs;
    if (reply->outcome == CLIENT_NOT_SENT && client_stopped(apply->session->client))
        return;
    if (reply->outcome == CLIENT_UNKNOWN)
        session_note(apply->session, "it is not known whether HubSpot did %llu %s: %s",
            (unsigned long long)inputs, calls[apply->kind].noun, reply->message);
    outage_count(
        &apply->operation->outage, reply, inputs, reply->outcome == CLIENT_NOT_SENT ? 0 : inputs);
}

static bool finish(struct apply *apply, const struct client_reply *reply, struct error *err)
{
    struct sending *sending = &apply->sendings[reply->tag];
    struct journal_answer unknown = {.status = "unknown", .state = STATE_UNKNOWN};
    struct journal_answer not_sent = {
        .status = reply->attempts > 0 ? "failed" : "not_sent", .state = STATE_ABANDONED};
    assert(sending->busy);
    sending->busy = false;
    count(apply, reply);
    switch (reply->outcome) {
    case CLIENT_ANSWERED:
        /* Those that were refused alone meanwhile are to blame themselves. */
        if (outage_pass_reply(&apply->operation->outage, reply) &&
            !held_reject(&apply->held, apply->session, err))
            return false;
        return finish_answered(apply, sending, reply, err);
    case CLIENT_TOO_LARGE:
        /* Smaller from here on; the size that was refused is not tried again in this run. */
        if (apply->limits.inputs > 1 && sending->rows.count <= apply->limits.inputs)
            apply->limits.inputs = *learnt_size(apply->session, apply->kind) =
                sending->rows.count > 1 ? sending->rows.count / 2 : 1;
        return finish_refused(apply, sending, reply, err);
    case CLIENT_REFUSED:
        return finish_refused(apply, sending, reply, err);
    case CLIENT_UNKNOWN:
        apply->operation->done += sending->rows.count;
        return journal_done(apply->session, &sending->batch, reply, &unknown, err);
    case CLIENT_NOT_SENT:
        return journal_done(apply->session, &sending->batch, reply, &not_sent, err);
    }
    return false;
}

/* An error that ends the run: what is on the wire is finished first, as far as the journal lives.
 */
static bool finish_sent(struct apply *apply, struct error *err)
{
    const struct client_reply *reply;
    struct error later;
    for (int tries = 0; err->kind != ERROR_STATE && tries < 1000; tries++) {
        if (!client_next(apply->session->client, &reply, &later))
            continue;
        if (reply == NULL || !finish(apply, reply, &later))
            break;
    }
    return false;
}

/* Says what is left. */
static bool stopped(const struct apply *apply, struct error *err)
{
    const struct operation *operation = apply->operation;
    uint64_t to_archive = operation->plan->counts.to_archive;
    char done[AMOUNT_NUMBER_MAX], total[AMOUNT_TEXT_MAX], archives[AMOUNT_TEXT_MAX];
    bool waiting = apply->kind == QUEUE_CREATE && to_archive > 0;
    return error_set(err, ERROR_STOPPED,
        "stopped early (%s): %s of %s done%s%s%s. Safe to continue: assocd run %s", stop_reason(),
        amount_number(operation->done, done),
        amount_text(operation->total, calls[apply->kind].noun, total), waiting ? ", " : "",
        waiting ? amount_text(to_archive, "archives", archives) : "", waiting ? " not started" : "",
        apply->session->sync->name);
}

/* Everybody seems to be refused: asks, once nothing is under way any more. */
static bool decide(struct apply *apply, struct error *err)
{
    apply->suspicious = false;
    return held_decide(&apply->held, apply->session, &apply->operation->outage,
        apply->kind == QUEUE_CREATE ? "create" : "archive", err);
}

/* All inputs have been tried. */
static bool end(struct apply *apply, struct error *err)
{
    if (apply->held.count > 0 && outage_everybody(&apply->operation->outage, true))
        return decide(apply, err);
    return held_reject(&apply->held, apply->session, err);
}

static bool apply_operation(struct apply *apply, struct error *err)
{
    const struct client_reply *reply;
    for (;;) {
        if (!client_stopped(apply->session->client) && !apply->suspicious && !send_all(apply, err))
            return finish_sent(apply, err);
        if (!client_next(apply->session->client, &reply, err))
            return finish_sent(apply, err);
        if (reply == NULL && client_stopped(apply->session->client))
            return stopped(apply, err);
        if (reply == NULL && !apply->suspicious)
            return end(apply, err);
        if (reply == NULL ? !decide(apply, err) : !finish(apply, reply, err))
            return finish_sent(apply, err);
        progress_show(apply->session, apply->kind == QUEUE_CREATE ? "create" : "archive",
            apply->operation->done, apply->operation->total);
    }
}

static bool apply_once(struct operation *operation, enum queue_kind kind, struct error *err)
{
    struct session *session = operation->session;
    const struct limits *limits = &session->sync->portal->limits;
    bool create = kind == QUEUE_CREATE;
    struct apply apply = {
        .session = session,
        .kind = kind,
        .limits = {.inputs = (size_t)(create ? limits->create_inputs : limits->archive_inputs),
            .from_ids = create ? SIZE_MAX : (size_t)limits->archive_from_ids},
        .operation = operation,
        .sendings_count = (size_t)limits->in_flight,
    };
    if (*learnt_size(session, kind) > 0)
        apply.limits.inputs = *learnt_size(session, kind);
    queue_open(&apply.queue, session, operation->plan->scope, kind, &operation->window);
    rate_budget_allow(&session->access.permits, operation->total / apply.limits.inputs + 1);
    apply.sendings = mem_new(apply.sendings_count, sizeof apply.sendings[0]);
    bool ok = apply_operation(&apply, err);
    struct error later; /* what was held back is as good as not sent */
    (void)!held_abandon(&apply.held, session, &later);
    operation->again = queue_skipped(apply.queue);
    for (size_t i = 0; i < apply.sendings_count; i++)
        batch_rows_clear(&apply.sendings[i].rows);
    free(apply.sendings);
    queue_close(apply.queue);
    return ok;
}

static bool apply_queue(struct operation *operation, enum queue_kind kind, struct error *err)
{
    do {
        if (!apply_once(operation, kind, err))
            return false;
    } while (operation->again);
    return true;
}

static bool apply_creates(struct session *session, const struct plan *plan, struct error *err)
{
    struct operation creates = {.session = session, .plan = plan, .total = plan->counts.to_create};
    return !plan_has_work(plan, creates.total) ||
        (apply_queue(&creates, QUEUE_CREATE, err) &&
            outage_end_write(&creates.outage, session, "creates", err));
}

static bool archive_window(struct operation *archives, struct error *err)
{
    if (client_dialect(archives->session->client) == DIALECT_V3)
        return apply_queue(archives, QUEUE_ARCHIVE, err);
    return apply_queue(archives, QUEUE_ARCHIVE_LABELS, err) &&
        apply_queue(archives, QUEUE_ARCHIVE_PAIRS, err);
}

static bool apply_archives(
    struct session *session, struct plan *plan, struct outcome *outcome, struct error *err)
{
    struct operation archives = {
        .session = session, .plan = plan, .total = plan->counts.to_archive};
    const struct assoc_list none = {0};
    if (!plan_has_work(plan, archives.total))
        return true;
    bool unasked = plan->merges_unasked;
    plan->merges_unasked = false;
    if (unasked && !merged_look(session, plan, &none, err))
        return false;
    for (;;) {
        if (!recheck_window(session, plan, &archives.window, outcome, err))
            return false;
        if (archives.window.last == 0)
            return outage_end_write(&archives.outage, session, "archives", err);
        if (!archive_window(&archives, err))
            return false;
    }
}

bool apply_confirm(struct session *session, const struct plan *plan, const struct verdict *verdict,
    struct error *err)
{
    bool writes = plan_has_work(plan, plan->counts.to_create) ||
        (plan->counts.to_archive > 0 && verdict->kind == VERDICT_PASS);
    return !writes || account_confirm(session, plan->scope, err);
}

bool apply_plan(struct session *session, struct plan *plan, const struct verdict *verdict,
    struct outcome *outcome, struct error *err)
{
    return saved_plan_use(session, plan->scope, err) && ownership_finish(session, plan, err) &&
        apply_creates(session, plan, err) &&
        (verdict->kind != VERDICT_PASS || apply_archives(session, plan, outcome, err));
}
