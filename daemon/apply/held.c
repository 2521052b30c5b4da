/*
 * held.c: a list of refused batches of one input each, with copies of their answers.
 */
#include "apply/held.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "journal/lookup.h"

struct held_batch {
    struct journal_batch batch; /* its ordinals are a copy */
    struct assoc pair;
    struct client_reply reply; /* as far as the journal needs it; its texts are those below */
    char *message;
    char category[64];
    char correlation_id[80];
};

void held_add(
    struct held *held, const struct journal_batch *batch, const struct client_reply *reply)
{
    mem_grow(&held->items, &held->room, held->count + 1, sizeof *held->items);
    struct held_batch *one = &held->items[held->count++];
    *one = (struct held_batch){
        .batch = *batch, .pair = reply->request->rows[0], .message = mem_text(reply->message)};
    int64_t *ordinals = mem_new(batch->count, sizeof *ordinals);
    memcpy(ordinals, batch->ordinals, batch->count * sizeof *ordinals);
    one->batch.ordinals = ordinals;
    (void)snprintf(one->category, sizeof one->category, "%s", reply->category);
    (void)snprintf(one->correlation_id, sizeof one->correlation_id, "%s", reply->correlation_id);
    one->reply = (struct client_reply){.attempts = reply->attempts,
        .http_status = reply->http_status,
        .late = reply->late,
        .api_started_at = "",
        .api_completed_at = ""};
}

/* The reply again; the list may have moved since. */
static const struct client_reply *reply_of(struct held_batch *one)
{
    one->reply.message = one->message;
    one->reply.category = one->category;
    one->reply.correlation_id = one->correlation_id;
    return &one->reply;
}

bool held_reject_batch(struct session *session, const struct journal_batch *batch,
    const struct client_reply *reply, struct error *err)
{
    struct journal_exception *exceptions = mem_new(batch->count, sizeof *exceptions);
    struct journal_answer answer = {
        .status = "failed", .state = STATE_REJECTED, .exceptions = exceptions};
    for (size_t i = 0; i < batch->count; i++)
        if (batch->ordinals[i] != 0)
            exceptions[answer.exceptions_count++] = (struct journal_exception){
                .ordinal = batch->ordinals[i], .state = STATE_REJECTED, .message = reply->message};
    bool ok = journal_done(session, batch, reply, &answer, err) &&
        journal_quarantine(session, batch->batch_id, reply, err);
    free(exceptions);
    return ok;
}

bool held_reject(struct held *held, struct session *session, struct error *err)
{
    bool ok = true;
    for (size_t i = 0; i < held->count && ok; i++)
        ok = held_reject_batch(session, &held->items[i].batch, reply_of(&held->items[i]), err);
    held_clear(held);
    return ok;
}

bool held_abandon(struct held *held, struct session *session, struct error *err)
{
    const struct journal_answer answer = {.status = "failed", .state = STATE_ABANDONED};
    bool ok = true;
    for (size_t i = 0; i < held->count && ok; i++)
        ok = journal_done(session, &held->items[i].batch, reply_of(&held->items[i]), &answer, err);
    held_clear(held);
    return ok;
}

static bool some_gone(const struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->count; i++)
        if (lookup->records[i].fate == LOOKUP_MERGED || lookup->records[i].fate == LOOKUP_DELETED)
            return true;
    return false;
}

/* Look-ups are bounded: some inputs got through before, so bad rows beyond the bound are likelier
 * than an outage. */
static bool some_unasked(const struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->count && !lookup->away; i++)
        if (lookup->records[i].fate == LOOKUP_UNKNOWN)
            return true;
    return false;
}

static bool ask_side(struct lookup *lookup, const struct held *held, bool to, struct error *err)
{
    for (size_t i = 0; i < held->count; i++) {
        const struct assoc *pair = &held->items[i].pair;
        if (!lookup_add(lookup, to ? pair->to_id : pair->from_id, err))
            return false;
    }
    return lookup_end(lookup, err);
}

bool held_decide(struct held *held, struct session *session, struct outage *outage,
    const char *what, struct error *err)
{
    CLEANUP(lookup_clear)
    struct lookup from = {
        .session = session, .object = session->sync->from, .type = session->from_type};
    CLEANUP(lookup_clear)
    struct lookup to = {.session = session, .object = session->sync->to, .type = session->to_type};
    if (held->count == 0) /* another input has got through meanwhile */
        return true;
    if (!ask_side(&to, held, true, err) || !ask_side(&from, held, false, err))
        return false;
    bool explained = some_gone(&to) || some_gone(&from);
    explained = explained || (outage->passed && (some_unasked(&to) || some_unasked(&from)));
    if (!explained)
        return held_abandon(held, session, err) && outage_fail(outage, what, err);
    outage->in_row = outage->alone = 0;
    return held_reject(held, session, err);
}

void held_clear(struct held *held)
{
    for (size_t i = 0; i < held->count; i++) {
        free(held->items[i].message);
        free((int64_t *)(uintptr_t)held->items[i].batch.ordinals);
    }
    free(held->items);
    *held = (struct held){0};
}
