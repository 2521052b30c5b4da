/*
 * mapping_row.c: fields <-> array literal.
 */
#include "journal/mapping_row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "pg/pg.h"
#include "pg/text.h"

const char *mapping_row_array(const struct mapping *mapping, struct buf *array)
{
    for (size_t i = 0; i < MAPPING_FIELDS; i++)
        pg_array_text(array, mapping->fields[i]);
    return pg_array_end(array);
}

void mapping_row_read(struct mapping *mapping, const struct pg_rows *rows, int row, int column)
{
    char *fields[MAPPING_FIELDS] = {0};
    char *array = mem_text(pg_rows_text(rows, row, column));
    size_t count = pg_array_split(array, fields, MAPPING_FIELDS);
    for (size_t i = 0; i < count; i++)
        if (fields[i] != NULL)
            mapping_set(mapping, (enum mapping_field)i, fields[i]);
    free(array);
}
