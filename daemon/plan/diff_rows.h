/*
 * diff_rows.h: parts of a sorted array of associations: those of a record, those of a pair. Pure.
 */
#ifndef PLAN_DIFF_ROWS_H
#define PLAN_DIFF_ROWS_H

#include "base/attr.h"
#include "model/assoc.h"

/* Sorted, distinct rows, of one from-record where nothing else is said. */
struct diff_rows {
    const struct assoc *rows;
    size_t count;
};

/* Those of one pair of records among rows that are sorted by record and target. */
struct diff_rows diff_pair(const struct assoc *rows, size_t count, const struct assoc *pair);

/* Those of one record among sorted rows. */
struct diff_rows diff_rows_of(const struct assoc *rows, size_t count, uint64_t from_id);

/* Those of one record, or of one target, at the front of *rows, which is moved past them. */
struct diff_rows diff_rows_next_record(struct diff_rows *rows, uint64_t from_id);
struct diff_rows diff_rows_next_pair(struct diff_rows *rows, uint64_t to_id);

bool diff_rows_has(struct diff_rows rows, uint32_t type);

#endif
