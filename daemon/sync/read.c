/*
 * read.c: keeps in_flight chunks on the wire.
 */
#include "sync/read.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sync/journal.h"

struct read_slot {
    bool busy;
    struct chunk chunk;
    struct client_request request;
    int64_t began_us;
};

struct read {
    struct run *run;
    struct read_scope scope;
    struct read_slot *slots;
    size_t slots_count;
    bool drained; /* the spools have no more chunks */
    struct read_slot *returned;
    struct buf journal;
};

void read_open(struct read **read, struct run *run, const struct read_scope *scope)
{
    const struct limits *limits = &run->options.sync->portal->limits;
    struct read *r = *read = mem_new(1, sizeof *r);
    r->run = run;
    r->scope = *scope;
    r->slots_count = (size_t)limits->in_flight;
    r->slots = mem_new(r->slots_count, sizeof r->slots[0]);
    for (size_t i = 0; i < r->slots_count; i++)
        chunk_init(&r->slots[i].chunk, (size_t)limits->read_inputs);
}

void read_close(struct read *read)
{
    if (read == NULL)
        return;
    for (size_t i = 0; i < read->slots_count; i++)
        chunk_clear(&read->slots[i].chunk);
    buf_clear(&read->journal);
    free(read->slots);
    free(read);
}

static bool submit(struct read *read, size_t number, struct error *err)
{
    struct read_slot *slot = &read->slots[number];
    if (!chunk_next(&slot->chunk, read->scope.desired, read->scope.owned, read->scope.only, err))
        return false;
    if (slot->chunk.from_count == 0) {
        read->drained = true;
        return true;
    }
    slot->busy = true;
    slot->began_us = clock_now_us();
    slot->request = (struct client_request){
        .call = CLIENT_READ,
        .tag = number,
        .from_ids = slot->chunk.from_ids,
        .from_count = slot->chunk.from_count,
    };
    client_submit(read->run->client, &slot->request);
    return true;
}

static bool submit_all(struct read *read, struct error *err)
{
    for (size_t i = 0; i < read->slots_count && !read->drained; i++)
        if (!read->slots[i].busy && client_room(read->run->client) > 0 && !submit(read, i, err))
            return false;
    return true;
}

bool read_next(struct read *read, const struct chunk **chunk, const struct client_reply **reply,
    struct error *err)
{
    if (read->returned != NULL)
        read->returned->busy = false;
    read->returned = NULL;
    *chunk = NULL;
    if (client_stopped(read->run->client))
        return error_set(err, ERROR_STOPPED, "stopped while reading; nothing was written");
    if (!submit_all(read, err) || !client_next(read->run->client, reply, err))
        return false;
    if (*reply == NULL)
        return true;
    struct read_slot *slot = &read->slots[(*reply)->tag];
    assert(slot->busy && (*reply)->request == &slot->request);
    if ((*reply)->outcome == CLIENT_NOT_SENT)
        return error_set(err, ERROR_STOPPED, "stopped while reading; nothing was written");
    read->returned = slot;
    *chunk = &slot->chunk;
    journal_note_read(read->run, &read->journal, read->scope.operation, *reply, slot->began_us);
    return true;
}

bool read_journal(struct read *read, struct error *err)
{
    return journal_reads(read->run, &read->journal, err);
}
