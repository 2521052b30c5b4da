/*
 * text.h: PostgreSQL's text forms of arrays (for unnest($1::bigint[])) and of COPY rows.
 */
#ifndef PG_TEXT_H
#define PG_TEXT_H

#include "base/attr.h"
#include "base/buf.h"

/* An array literal grows in a buf: any number of adds, then one end. An array without elements is
 * just the end. NULL text is a NULL element. */
void pg_array_int(struct buf *array, int64_t element);
void pg_array_text(struct buf *array, const char *element);
void pg_array_type(struct buf *array, const char *category, uint32_t type_id); /* CATEGORY:id */
const char *pg_array_end(struct buf *array); /* the literal; borrowed from array */

/* Cuts an array literal of one dimension, as the server prints it, into its elements, in place;
 * NULL for one that is null. Returns how many there are, at most room. */
size_t pg_array_split(char *array, char **elements, size_t room);

/* One field of a COPY row, escaped; NULL is \N. Fields of a row are separated by these
 * calls; the first field of a row must not be empty text. */
void pg_copy_text(struct buf *row, const char *field);
void pg_copy_int(struct buf *row, int64_t field);
void pg_copy_row_end(struct buf *row);

#endif
