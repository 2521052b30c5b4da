/*
 * change_row.c: four columns -> an association.
 */
#include "journal/change_row.h"

#include "model/types.h"
#include "pg/pg.h"

struct assoc change_row_assoc(
    const struct types *types, const struct pg_rows *rows, int row, int column)
{
    return (struct assoc){
        .from_id = (uint64_t)pg_rows_int(rows, row, column),
        .to_id = (uint64_t)pg_rows_int(rows, row, column + 1),
        .type = types_find(types, pg_rows_text(rows, row, column + 2),
            (uint32_t)pg_rows_int(rows, row, column + 3)),
    };
}
