/*
 * source_order.h: the order in which the desired rows come: by from_id, then to_id, as numbers.
 */
#ifndef SOURCE_SOURCE_ORDER_H
#define SOURCE_SOURCE_ORDER_H

#include "base/attr.h"
#include "base/error.h"

struct buf;
struct pg;
struct pg_rows;

/* A cell as text, cut on the server: no id and no type is that long, and what somebody writes into
 * a row would otherwise cost the server and us as much again, or be more than a COPY can carry. */
void source_cell(struct buf *sql, const struct pg_rows *shape, int column);

/* Which of the two id columns of a table can hold no NULL. relation: quoted; names: of the columns.
 */
MUST_CHECK bool source_not_null(struct pg *pg, const char *relation, const char *const names[2],
    bool ret_not_null[2], struct error *err);

/* ` order by …` of the cells c0 and c1. Rows without an id come first, where there may be any: no
 * index has that order, so a column that can hold none is sorted as its index is, and the server
 * need not sort at all. */
void source_order(struct buf *sql, const struct pg_rows *shape, const bool not_null[2]);

#endif
