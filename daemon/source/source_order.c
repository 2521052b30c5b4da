/*
 * source_order.c: ids sort as numbers whatever the column's type.
 */
#include "source/source_order.h"

#include "base/buf.h"
#include "pg/pg.h"

enum { CELL_MAX = 2000 };

void source_cell(struct buf *sql, const struct pg_rows *shape, int column)
{
    if (pg_rows_integer(shape, column))
        buf_addf(sql, "cells.c%d::text", column);
    else
        buf_addf(sql, "pg_catalog.left(cells.c%d::text, %d)", column, CELL_MAX);
}

bool source_not_null(struct pg *pg, const char *relation, const char *const names[2],
    bool ret_not_null[2], struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, relation);
    pg_arg_text(&args, names[0]);
    pg_arg_text(&args, names[1]);
    if (!pg_run(pg, STATEMENT_SOURCE_NOT_NULL, &args, &rows, err))
        return false;
    for (int i = 0; i < 2; i++)
        ret_not_null[i] = rows.count > 0 && pg_rows_bool(&rows, 0, i);
    return true;
}

/* Text by length and then by digits. A bare c0 would mean the output column, which is text. */
void source_order(struct buf *sql, const struct pg_rows *shape, const bool not_null[2])
{
    buf_add_text(sql, " order by ");
    for (int i = 0; i < 2; i++) {
        CLEANUP(buf_clear) struct buf cell = {0};
        source_cell(&cell, shape, i);
        buf_add_text(sql, i > 0 ? ", " : "");
        if (pg_rows_integer(shape, i))
            buf_addf(sql, "cells.c%d%s", i, not_null[i] ? "" : " nulls first");
        else
            buf_addf(sql,
                "pg_catalog.length(pg_catalog.ltrim(%s, '0')) nulls first,"
                " pg_catalog.ltrim(%s, '0') collate \"C\"",
                buf_text(&cell), buf_text(&cell));
    }
}
