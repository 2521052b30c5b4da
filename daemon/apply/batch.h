/*
 * batch.h: cuts planned changes into batches. Pure memory: rows in, batches out, parts of refused
 * batches in again. Never cuts a pair in two, so that all types of a pair travel together.
 */
#ifndef APPLY_BATCH_H
#define APPLY_BATCH_H

#include "base/attr.h"
#include "model/assoc.h"

/* Rows and their ordinals in the plan, side by side; 0: no change, but travels along. */
struct batch_rows {
    struct assoc *rows;
    int64_t *ordinals;
    size_t count;
    size_t rows_room, ordinals_room;
};
void batch_rows_add(struct batch_rows *list, struct assoc row, int64_t ordinal);
void batch_rows_remove(struct batch_rows *list, size_t first, size_t count);
void batch_rows_swap(struct batch_rows *list, size_t a, size_t b);
void batch_rows_clear(struct batch_rows *list);

struct batch_limits {
    size_t inputs; /* rows per batch */
    size_t from_ids; /* distinct from-ids per batch */
};

/* How many rows at the front of rows make one batch; at least one pair, however many types it has.
 */
size_t batch_cut(const struct assoc *rows, size_t count, const struct batch_limits *limits);

/* How many pairs of records. HubSpot counts them as inputs; in v3 it counts every row. */
size_t batch_pairs(const struct batch_rows *rows);

/* Is it one pair of records, which cannot be split? */
bool batch_is_pair(const struct batch_rows *rows);

/* Splits the rows of a refused batch, of two pairs at least, for another try: the rows that name a
 * culprit record, if any and not all do, else the first half (never inside a pair). */
void batch_split(const struct batch_rows *refused, const uint64_t *culprits, size_t culprits_count,
    struct batch_rows *first, struct batch_rows *second);

/* The same, one pair alone into first: another one for each number, from all over the batch. */
void batch_pick(const struct batch_rows *refused, size_t number, struct batch_rows *first,
    struct batch_rows *second);

#endif
