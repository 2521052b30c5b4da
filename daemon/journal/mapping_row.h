/*
 * mapping_row.h: a mapping (model/mapping.h) as the journal keeps it: its fields, an array of
 * texts.
 */
#ifndef JOURNAL_MAPPING_ROW_H
#define JOURNAL_MAPPING_ROW_H

#include "base/buf.h"
#include "model/mapping.h"

struct pg_rows;

/* The array literal for a statement's argument, built in `array`. */
const char *mapping_row_array(const struct mapping *mapping, struct buf *array);

/* Fills a fresh mapping from a cell that holds such an array; NULL: none is known. */
void mapping_row_read(struct mapping *mapping, const struct pg_rows *rows, int row, int column);

#endif
