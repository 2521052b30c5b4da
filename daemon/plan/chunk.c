/*
 * chunk.c: merges two sorted spools into chunks of whole from-records.
 */
#include "plan/chunk.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

/* Ends a chunk early when its records are crowded, so that a chunk's memory stays bounded; a single
 * record may still be larger, it cannot be cut. */
enum { CHUNK_ROWS_MAX = 20000 };

void chunk_init(struct chunk *chunk, size_t ids_max)
{
    *chunk = (struct chunk){.ids_max = ids_max};
    chunk->from_ids = mem_new(ids_max, sizeof chunk->from_ids[0]);
}

void chunk_clear(struct chunk *chunk)
{
    free(chunk->from_ids);
    assoc_list_clear(&chunk->desired);
    assoc_list_clear(&chunk->owned);
    *chunk = (struct chunk){0};
}

/* The from-id at the front of a spool, UINT64_MAX at its end; spool NULL: an empty one. */
static bool front(struct spool *spool, uint64_t *from_id, struct error *err)
{
    const struct assoc *row = NULL;
    if (spool != NULL && !spool_peek(spool, &row, err))
        return false;
    *from_id = row != NULL ? row->from_id : UINT64_MAX;
    return true;
}

/* Moves all rows of from_id into list; list NULL: drops them. spool NULL: an empty one. */
static bool read_record(
    struct spool *spool, uint64_t from_id, struct assoc_list *list, struct error *err)
{
    while (spool != NULL) {
        const struct assoc *row;
        if (!spool_peek(spool, &row, err))
            return false;
        if (row == NULL || row->from_id != from_id)
            return true;
        if (list != NULL)
            assoc_list_add(list, *row);
        spool_take(spool);
    }
    return true;
}

static bool wanted(struct spool *only, uint64_t from_id, bool *yes, struct error *err)
{
    *yes = true;
    if (only == NULL)
        return true;
    for (;;) {
        uint64_t next;
        if (!front(only, &next, err))
            return false;
        *yes = next == from_id;
        if (next >= from_id)
            return true;
        spool_take(only);
    }
}

bool chunk_next(struct chunk *chunk, struct spool *desired, struct spool *owned, struct spool *only,
    struct error *err)
{
    chunk->from_count = 0;
    chunk->desired.count = 0;
    chunk->owned.count = 0;
    while (chunk->from_count < chunk->ids_max &&
        chunk->desired.count + chunk->owned.count < CHUNK_ROWS_MAX) {
        uint64_t a, b;
        if (!front(desired, &a, err) || !front(owned, &b, err))
            return false;
        uint64_t from_id = a < b ? a : b;
        bool yes;
        if (from_id == UINT64_MAX)
            return true;
        if (!wanted(only, from_id, &yes, err) ||
            !read_record(desired, from_id, yes ? &chunk->desired : NULL, err) ||
            !read_record(owned, from_id, yes ? &chunk->owned : NULL, err))
            return false;
        if (yes)
            chunk->from_ids[chunk->from_count++] = from_id;
    }
    return true;
}

/* Moves the rows from `from_id` on to the other list. */
static void move_rows(struct assoc_list *rows, uint64_t from_id, struct assoc_list *rest)
{
    size_t kept = 0;
    while (kept < rows->count && rows->rows[kept].from_id < from_id)
        kept++;
    for (size_t i = kept; i < rows->count; i++)
        assoc_list_add(rest, rows->rows[i]);
    rows->count = kept;
}

void chunk_split(struct chunk *chunk, size_t kept, struct chunk *rest)
{
    assert(kept > 0 && kept < chunk->from_count && rest->from_count == 0);
    assert(rest->ids_max >= chunk->from_count - kept);
    for (size_t i = kept; i < chunk->from_count; i++)
        rest->from_ids[rest->from_count++] = chunk->from_ids[i];
    chunk->from_count = kept;
    move_rows(&chunk->desired, rest->from_ids[0], &rest->desired);
    move_rows(&chunk->owned, rest->from_ids[0], &rest->owned);
}

static void drop_rows(struct assoc_list *rows, uint64_t from_id)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i].from_id != from_id)
            rows->rows[kept++] = rows->rows[i];
    rows->count = kept;
}

void chunk_drop(struct chunk *chunk, size_t number)
{
    uint64_t from_id = chunk->from_ids[number];
    drop_rows(&chunk->desired, from_id);
    drop_rows(&chunk->owned, from_id);
    chunk->from_count--;
    for (size_t i = number; i < chunk->from_count; i++)
        chunk->from_ids[i] = chunk->from_ids[i + 1];
}
