/*
 * apply.c: planned changes -> batches -> journal sent -> HubSpot -> journal done. A batch that
 * HubSpot refuses as a whole is split until the inputs that spoil it are alone.
 */
#include "sync/apply.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hubspot/client.h"
#include "pg/pg.h"
#include "sync/batcher.h"
#include "sync/journal.h"
#include "sync/registry.h"

enum {
    FETCH_ROWS = 5000,
    PENDING_MAX = 64, /* parts of refused batches; splitting goes depth first */
    ISOLATION_MAX = 200, /* requests one run spends on finding bad inputs */
};

struct sending {
    bool busy;
    struct batch_rows rows;
    struct client_request request;
    struct journal_batch batch;
};

struct apply {
    struct run *run;
    enum change_operation operation;
    struct batch_limits limits;
    struct batch_rows ahead; /* fetched, not yet cut */
    size_t ahead_at;
    int64_t last_ordinal;
    bool fetched_all;
    struct batch_rows pending[PENDING_MAX]; /* a stack */
    size_t pending_count;
    size_t isolations;
    struct sending *sendings;
    size_t sendings_count;
    uint64_t done, total;
};

static bool fetch(struct apply *apply, struct error *err)
{
    struct run *run = apply->run;
    struct pg_args args = {0};
    pg_arg_int(&args, run->run_id);
    pg_arg_text(&args, apply->operation == CHANGE_CREATE ? "create" : "archive");
    pg_arg_int(&args, apply->last_ordinal);
    pg_arg_int(&args, FETCH_ROWS);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->state, STATEMENT_CHANGE_NEXT, &args, &rows, err))
        return false;
    struct batch_rows kept = {0};
    for (size_t i = apply->ahead_at; i < apply->ahead.count; i++)
        batch_rows_add(&kept, apply->ahead.rows[i], apply->ahead.ordinals[i]);
    for (int i = 0; i < rows.count; i++) {
        struct assoc row = {
            .from_id = (uint64_t)pg_rows_int(&rows, i, 1),
            .to_id = (uint64_t)pg_rows_int(&rows, i, 2),
            .type = types_find(
                &run->types, pg_rows_text(&rows, i, 3), (uint32_t)pg_rows_int(&rows, i, 4)),
        };
        assert(row.type != TYPE_NONE && run->types.items[row.type].managed);
        apply->last_ordinal = pg_rows_int(&rows, i, 0);
        batch_rows_add(&kept, row, apply->last_ordinal);
    }
    batch_rows_clear(&apply->ahead);
    apply->ahead = kept;
    apply->ahead_at = 0;
    apply->fetched_all = rows.count < FETCH_ROWS;
    return true;
}

/* The next batch into sending->rows; none: count stays 0. Parts of refused batches come first. */
static bool next_rows(struct apply *apply, struct batch_rows *rows, struct error *err)
{
    rows->count = 0;
    if (apply->pending_count > 0) {
        struct batch_rows *part = &apply->pending[apply->pending_count - 1];
        size_t cut = batch_cut(part->rows, part->count, &apply->limits);
        for (size_t i = 0; i < cut; i++)
            batch_rows_add(rows, part->rows[i], part->ordinals[i]);
        batch_rows_drop(part, cut);
        if (part->count == 0) {
            batch_rows_clear(part);
            apply->pending_count--;
        }
        return true;
    }
    size_t left = apply->ahead.count - apply->ahead_at;
    if (left < apply->limits.inputs + TYPES_MAX && !apply->fetched_all && !fetch(apply, err))
        return false;
    left = apply->ahead.count - apply->ahead_at;
    size_t cut = batch_cut(apply->ahead.rows + apply->ahead_at, left, &apply->limits);
    for (size_t i = apply->ahead_at; i < apply->ahead_at + cut; i++)
        batch_rows_add(rows, apply->ahead.rows[i], apply->ahead.ordinals[i]);
    apply->ahead_at += cut;
    return true;
}

static bool send_next(struct apply *apply, size_t number, bool *sent, struct error *err)
{
    struct sending *sending = &apply->sendings[number];
    *sent = false;
    if (!next_rows(apply, &sending->rows, err))
        return false;
    if (sending->rows.count == 0)
        return true;
    sending->batch = (struct journal_batch){
        .operation = apply->operation,
        .ordinals = sending->rows.ordinals,
        .count = sending->rows.count,
        .inputs = sending->rows.count,
    };
    sending->request = (struct client_request){
        .call = apply->operation == CHANGE_CREATE ? CLIENT_CREATE : CLIENT_ARCHIVE,
        .tag = number,
        .rows = sending->rows.rows,
        .row_count = sending->rows.count,
    };
    /* The journal first: a crash right here leaves a batch that is known to be in doubt. */
    if (!journal_sent(apply->run, &sending->batch, err))
        return false;
    client_submit(apply->run->client, &sending->request);
    sending->busy = true;
    *sent = true;
    return true;
}

static bool send_all(struct apply *apply, struct error *err)
{
    bool sent = true;
    for (size_t i = 0; i < apply->sendings_count && sent; i++) {
        if (apply->sendings[i].busy || client_room(apply->run->client) == 0)
            continue;
        if (!send_next(apply, i, &sent, err))
            return false;
    }
    return true;
}

/* HubSpot took the request apart: one exception for each input it refused or did not mention. */
static bool settle_answered(struct apply *apply, struct sending *sending,
    const struct client_reply *reply, struct error *err)
{
    size_t count = sending->rows.count, used = 0, rejected = 0;
    struct journal_exception *exceptions = mem_new(count, sizeof *exceptions);
    for (size_t i = 0; i < count; i++) {
        if (reply->outcomes[i] == ROW_DONE)
            continue;
        bool refused = reply->outcomes[i] == ROW_REFUSED;
        struct journal_exception *e = &exceptions[used++];
        *e = (struct journal_exception){.ordinal = sending->rows.ordinals[i],
            .state = refused ? "rejected" : "unknown",
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
        .state = "applied",
        .exceptions = exceptions,
        .exceptions_count = used};
    bool ok = journal_done(apply->run, &sending->batch, reply, &answer, err) &&
        (rejected == 0 || journal_quarantine(apply->run, sending->batch.batch_id, reply, err));
    free(exceptions);
    apply->done += count;
    return ok;
}

static bool settle_whole(struct apply *apply, struct sending *sending,
    const struct client_reply *reply, const struct journal_answer *answer, struct error *err)
{
    return journal_done(apply->run, &sending->batch, reply, answer, err);
}

/* Refused as a whole: split it, or, alone at last, name it. */
static bool settle_refused(struct apply *apply, struct sending *sending,
    const struct client_reply *reply, struct error *err)
{
    struct batch_rows first = {0}, second = {0};
    bool room = apply->pending_count + 2 <= PENDING_MAX && apply->isolations < ISOLATION_MAX;
    if (room &&
        batch_split(&sending->rows, reply->culprits, reply->culprits_count, &first, &second)) {
        apply->isolations++;
        apply->pending[apply->pending_count++] = second;
        apply->pending[apply->pending_count++] = first;
        struct journal_answer again = {.status = "failed", .state = "sent"};
        return settle_whole(apply, sending, reply, &again, err);
    }
    batch_rows_clear(&first);
    batch_rows_clear(&second);
    apply->done += sending->rows.count;
    if (!room) {
        struct journal_answer left = {.status = "failed", .state = "abandoned"};
        return settle_whole(apply, sending, reply, &left, err);
    }
    struct journal_exception *exceptions = mem_new(sending->rows.count, sizeof *exceptions);
    for (size_t i = 0; i < sending->rows.count; i++)
        exceptions[i] = (struct journal_exception){
            .ordinal = sending->rows.ordinals[i], .state = "rejected", .message = reply->message};
    struct journal_answer alone = {.status = "failed",
        .state = "rejected",
        .exceptions = exceptions,
        .exceptions_count = sending->rows.count};
    bool ok = settle_whole(apply, sending, reply, &alone, err) &&
        journal_quarantine(apply->run, sending->batch.batch_id, reply, err);
    free(exceptions);
    return ok;
}

static bool settle(struct apply *apply, const struct client_reply *reply, struct error *err)
{
    struct sending *sending = &apply->sendings[reply->tag];
    struct journal_answer unknown = {.status = "unknown", .state = "unknown"};
    struct journal_answer not_sent = {.status = "not_sent", .state = "abandoned"};
    assert(sending->busy);
    sending->busy = false;
    switch (reply->outcome) {
    case CLIENT_ANSWERED:
        return settle_answered(apply, sending, reply, err);
    case CLIENT_TOO_LARGE:
        /* Smaller from here on; the size that was refused is not tried again in this run. */
        if (apply->limits.inputs > 1 && sending->rows.count <= apply->limits.inputs)
            apply->limits.inputs = sending->rows.count > 1 ? sending->rows.count / 2 : 1;
        return settle_refused(apply, sending, reply, err);
    case CLIENT_REFUSED:
        return settle_refused(apply, sending, reply, err);
    case CLIENT_UNKNOWN:
        apply->done += sending->rows.count;
        return settle_whole(apply, sending, reply, &unknown, err);
    case CLIENT_NOT_SENT:
        return settle_whole(apply, sending, reply, &not_sent, err);
    }
    return false;
}

/* An error that ends the run: what is on the wire is settled first, as far as the journal lives. */
static bool drain(struct apply *apply, struct error *err)
{
    const struct client_reply *reply;
    struct error later;
    for (int tries = 0; err->kind != ERROR_STATE && tries < 1000; tries++) {
        if (!client_next(apply->run->client, &reply, &later))
            continue;
        if (reply == NULL || !settle(apply, reply, &later))
            break;
    }
    return false;
}

static bool apply_operation(struct apply *apply, struct error *err)
{
    const struct client_reply *reply;
    for (;;) {
        if (!client_stopped(apply->run->client) && !send_all(apply, err))
            return drain(apply, err);
        if (!client_next(apply->run->client, &reply, err))
            return drain(apply, err);
        if (reply == NULL && client_stopped(apply->run->client))
            return error_set(err, ERROR_STOPPED,
                "stopped early after %llu of %llu %s; the next run goes on from the real state",
                (unsigned long long)apply->done, (unsigned long long)apply->total,
                apply->operation == CHANGE_CREATE ? "creates" : "archives");
        if (reply == NULL)
            return true;
        if (!settle(apply, reply, err))
            return drain(apply, err);
        run_show(apply->run, apply->operation == CHANGE_CREATE ? "create" : "archive", apply->done,
            apply->total);
    }
}

static void apply_clear(struct apply *apply)
{
    batch_rows_clear(&apply->ahead);
    for (size_t i = 0; i < apply->pending_count; i++)
        batch_rows_clear(&apply->pending[i]);
    for (size_t i = 0; i < apply->sendings_count; i++)
        batch_rows_clear(&apply->sendings[i].rows);
    free(apply->sendings);
}

static bool apply_all(
    struct run *run, enum change_operation operation, uint64_t total, struct error *err)
{
    const struct limits *limits = &run->options.sync->portal->limits;
    bool create = operation == CHANGE_CREATE;
    struct apply apply = {
        .run = run,
        .operation = operation,
        .limits = {.inputs = (size_t)(create ? limits->create_inputs : limits->archive_inputs),
            .from_ids = create ? SIZE_MAX : (size_t)limits->archive_from_ids},
        .total = total,
        .sendings_count = (size_t)limits->in_flight,
    };
    if (total == 0)
        return true;
    apply.sendings = mem_new(apply.sendings_count, sizeof apply.sendings[0]);
    bool ok = apply_operation(&apply, err);
    apply_clear(&apply);
    return ok;
}

/* The saved plan says who took it, so that it is not applied twice. */
static bool take_plan(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->options.plan_id);
    pg_arg_int(&args, run->run_id);
    return run->options.mode != RUN_APPLY ||
        pg_run(run->state, STATEMENT_PLAN_USED, &args, NULL, err);
}

bool apply_plan(struct run *run, struct error *err)
{
    uint64_t archives = run->verdict.kind == VERDICT_PASS ? run->counts.to_archive : 0;
    return journal_status(run, RUN_APPLYING, err) && take_plan(run, err) &&
        registry_settle(run, err) && apply_all(run, CHANGE_CREATE, run->counts.to_create, err) &&
        apply_all(run, CHANGE_ARCHIVE, archives, err);
}
