/*
 * fetch.c: keeps in_flight chunks on the wire.
 */
#include "plan/fetch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "journal/journal.h"
#include "journal/outage.h"

enum {
    SPLITS_MAX = 100, /* reads a run may spend on halving chunks that HubSpot refuses or cannot
                         answer */
    JOURNAL_BYTES = 64 * 1024, /* of batches' rows, written at once */
};

struct read_slot {
    bool busy;
    struct chunk chunk;
    struct client_request request;
    int64_t began_us;
};

struct read {
    struct session *session;
    struct fetch_scope scope;
    struct read_slot *slots;
    size_t slots_count;
    bool drained; /* the spools have no more chunks */
    size_t ids_max; /* records per read, less after a refusal for size */
    struct chunk *parts; /* halves that wait for a slot: a stack */
    size_t parts_count;
    size_t parts_room;
    size_t splits;
    struct read_slot *returned;
    struct outage outage;
    struct buf journal;
};

static void read_open(struct read **read, struct session *session, const struct fetch_scope *scope)
{
    const struct limits *limits = &session->sync->portal->limits;
    struct read *r = *read = mem_new(1, sizeof *r);
    r->session = session;
    r->scope = *scope;
    r->ids_max = session->sizes.read > 0 ? session->sizes.read : (size_t)limits->read_inputs;
    r->slots_count = (size_t)limits->in_flight;
    r->slots = mem_new(r->slots_count, sizeof r->slots[0]);
    for (size_t i = 0; i < r->slots_count; i++)
        chunk_init(&r->slots[i].chunk, r->ids_max);
}

static void read_close(struct read *read)
{
    for (size_t i = 0; i < read->slots_count; i++)
        chunk_clear(&read->slots[i].chunk);
    for (size_t i = 0; i < read->parts_count; i++)
        chunk_clear(&read->parts[i]);
    free(read->parts);
    buf_clear(&read->journal);
    free(read->slots);
    free(read);
}

static void submit(struct read *read, size_t number)
{
    struct read_slot *slot = &read->slots[number];
    slot->busy = true;
    slot->began_us = clock_now_us();
    slot->request = (struct client_request){
        .call = CLIENT_READ,
        .tag = number,
        .from_ids = slot->chunk.from_ids,
        .from_count = slot->chunk.from_count,
    };
    client_submit(read->session->client, &slot->request);
}

static void push_part(struct read *read, struct chunk part)
{
    mem_grow(&read->parts, &read->parts_room, read->parts_count + 1, sizeof read->parts[0]);
    read->parts[read->parts_count++] = part;
}

/* Moves all but the first `kept` records of a chunk to the parts that wait. */
static void cut(struct read *read, struct chunk *chunk, size_t kept)
{
    struct chunk rest;
    chunk_init(&rest, chunk->from_count);
    chunk_split(chunk, kept, &rest);
    push_part(read, rest);
}

/* The next records for a slot: a waiting half, else a new chunk; none: from_count 0. */
static bool fill(struct read *read, struct chunk *chunk, struct error *err)
{
    chunk->from_count = 0;
    if (read->parts_count > 0) {
        chunk_clear(chunk);
        *chunk = read->parts[--read->parts_count];
        while (chunk->from_count > read->ids_max)
            cut(read, chunk, chunk->from_count / 2);
        return true;
    }
    while (!read->drained && chunk->from_count == 0) {
        chunk->ids_max = chunk->ids_max < read->ids_max ? chunk->ids_max : read->ids_max;
        if (!chunk_next(chunk, read->scope.desired, read->scope.owned, read->scope.only, err))
            return false;
        read->drained = chunk->from_count == 0;
        if (read->scope.waits != NULL)
            unreadable_skip(read->scope.waits, chunk);
    }
    return true;
}

static bool submit_all(struct read *read, struct error *err)
{
    for (size_t i = 0; i < read->slots_count && client_room(read->session->client) > 0; i++) {
        struct read_slot *slot = &read->slots[i];
        if (slot->busy)
            continue;
        if (!fill(read, &slot->chunk, err))
            return false;
        if (slot->chunk.from_count == 0)
            return true;
        submit(read, i);
    }
    return true;
}

/* A chunk that HubSpot refused, or could not answer at all, is tried again in halves: one record
 * may spoil it, or it is too large. False: it is as small as it gets, or too many were halved. */
static bool retry_parts(struct read *read, struct read_slot *slot, enum client_outcome outcome)
{
    if (outcome == CLIENT_ANSWERED || slot->chunk.from_count < 2 || read->splits >= SPLITS_MAX)
        return false;
    read->splits++;
    if (outcome == CLIENT_TOO_LARGE && slot->chunk.from_count <= read->ids_max)
        read->ids_max = read->session->sizes.read = slot->chunk.from_count / 2;
    cut(read, &slot->chunk, outage_suspects(&read->outage) ? 1 : slot->chunk.from_count / 2);
    push_part(read, slot->chunk);
    chunk_init(&slot->chunk, read->ids_max);
    slot->busy = false;
    return true;
}

static bool stopped(const struct read *read, struct error *err)
{
    if (strcmp(read->scope.operation, "verify") == 0)
        return error_set(err, ERROR_STOPPED,
            "stopped (%s) before all changes were seen in HubSpot; the next run verifies them",
            stop_reason());
    return error_set(err, ERROR_STOPPED,
        "stopped (%s) while reading. Safe to continue: assocd run %s", stop_reason(),
        read->session->sync->name);
}

static void note(struct read *read, const struct client_reply *reply)
{
    if (reply->attempts > 0)
        journal_note_read(read->session, &read->journal, read->scope.operation, reply,
            read->slots[reply->tag].began_us);
}

/* An error of the client's ends the run: the job log gets what was on the wire. */
static void drain(struct read *read)
{
    const struct client_reply *reply;
    struct error later;
    for (size_t tries = 0; tries < 2 * read->slots_count; tries++) {
        if (!client_next(read->session->client, &reply, &later))
            continue;
        if (reply == NULL)
            break;
        note(read, reply);
    }
}

static uint64_t count_complete(const struct client_reply *reply)
{
    uint64_t complete = 0;
    for (size_t i = 0; i < reply->request->from_count && reply->outcome == CLIENT_ANSWERED; i++)
        complete += reply->records[i] == RECORD_COMPLETE;
    return complete;
}

/* Is everybody refused, and not this chunk? */
static bool check_refusal(struct read *read, const struct client_reply *reply, struct error *err)
{
    if (count_complete(reply) > 0)
        outage_pass(&read->outage);
    if (reply->outcome == CLIENT_REFUSED && !outage_names_input(reply))
        outage_refused(&read->outage, reply, reply->request->from_count == 1);
    return !outage_everybody(&read->outage, false) || outage_fail(&read->outage, "read", err);
}

/* What is said of the chunk is final. One record that is refused by name is told about. */
static void count(struct read *read, const struct client_reply *reply)
{
    uint64_t asked = reply->request->from_count;
    bool told = asked == 1 && reply->outcome == CLIENT_REFUSED && outage_names_input(reply);
    outage_count(&read->outage, reply, asked, told ? asked : count_complete(reply));
}

/* The next chunk that was answered; NULL when all are through. Both are borrowed until the next
 * call. */
static bool read_next(struct read *read, const struct chunk **chunk,
    const struct client_reply **reply, struct error *err)
{
    if (read->returned != NULL)
        read->returned->busy = false;
    read->returned = NULL;
    *chunk = NULL;
    for (;;) {
        if (client_stopped(read->session->client))
            return stopped(read, err);
        if (!submit_all(read, err))
            return false;
        if (!client_next(read->session->client, reply, err)) {
            drain(read);
            return false;
        }
        if (*reply == NULL)
            return true;
        struct read_slot *slot = &read->slots[(*reply)->tag];
        assert(slot->busy && (*reply)->request == &slot->request);
        note(read, *reply);
        if ((*reply)->outcome == CLIENT_NOT_SENT)
            continue;
        if (!check_refusal(read, *reply, err)) {
            drain(read);
            return false;
        }
        if (retry_parts(read, slot, (*reply)->outcome))
            continue;
        count(read, *reply);
        read->returned = slot;
        *chunk = &slot->chunk;
        return true;
    }
}

static bool consume_all(struct read *read, fetch_consume *consume, void *context, struct error *err)
{
    for (;;) {
        const struct chunk *chunk;
        const struct client_reply *reply;
        if (!read_next(read, &chunk, &reply, err))
            return false;
        if (chunk == NULL)
            return true;
        if (!consume(context, chunk, reply, err))
            return false;
        if (read->journal.length > JOURNAL_BYTES &&
            !journal_reads(read->session, &read->journal, err))
            return false;
    }
}

bool fetch_each(struct session *session, const struct fetch_scope *scope, fetch_consume *consume,
    void *context, struct error *err)
{
    struct read *read;
    struct error later;
    read_open(&read, session, scope);
    uint64_t records =
        spool_records(scope->desired) + (scope->owned != NULL ? spool_records(scope->owned) : 0);
    rate_budget_allow(&session->access.permits, records / read->ids_max + 1);
    bool ok = consume_all(read, consume, context, err) &&
        outage_end_read(&read->outage, session, scope->operation, err);
    bool told = journal_reads(session, &read->journal, ok ? err : &later);
    read_close(read);
    return ok && told;
}

bool fetch_complete(const struct chunk *chunk, const struct client_reply *reply, uint64_t from_id)
{
    size_t low = 0, high = chunk->from_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (chunk->from_ids[middle] < from_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < chunk->from_count && chunk->from_ids[low] == from_id &&
        reply->outcome == CLIENT_ANSWERED && reply->records[low] == RECORD_COMPLETE;
}
