/*
 * chunk.h: whole from-records, as many as one read may carry, cut from the desired rows and the
 * owned set together: owned records that the source no longer names are in scope too, so that what
 * is left of them can be seen and archived.
 */
#ifndef PLAN_CHUNK_H
#define PLAN_CHUNK_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "source/spool.h"

struct chunk {
    uint64_t *from_ids; /* ascending, distinct; room for ids_max */
    size_t from_count;
    size_t ids_max;
    struct assoc_list desired; /* sorted, of these from-ids */
    struct assoc_list owned;
};

void chunk_init(struct chunk *chunk, size_t ids_max);
void chunk_clear(struct chunk *chunk);

/* Moves all but the first `kept` of chunk's records into rest (initialised, empty). Each has one.
 */
void chunk_split(struct chunk *chunk, size_t kept, struct chunk *rest);

/* Takes record number `number` out, and its rows. */
void chunk_drop(struct chunk *chunk, size_t number);

/* Fills chunk with the next from-records of both spools; from_count 0 at the end. owned NULL: no
 * more than desired. only: if not NULL, from-records outside of it are passed over (a sorted spool
 * with to_id 0). */
MUST_CHECK bool chunk_next(struct chunk *chunk, struct spool *desired, struct spool *owned,
    struct spool *only, struct error *err);

#endif
