/*
 * record_ids.c: lists of from-records, page by page: a plan may be about millions.
 */
#include "journal/record_ids.h"

#include "source/spool.h"

enum { PAGE = 10000 };

bool record_ids_load(struct pg *state, enum statement_id statement, const struct pg_args *args,
    struct spool *records, struct error *err)
{
    int64_t last = 0;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    do {
        struct pg_args page = *args;
        pg_arg_int(&page, last);
        pg_arg_int(&page, PAGE);
        if (!pg_run(state, statement, &page, &rows, err))
            return false;
        for (int i = 0; i < rows.count; i++) {
            last = pg_rows_int(&rows, i, 0);
            if (!spool_add(records, assoc_scope((uint64_t)last), err))
                return false;
        }
    } while (rows.count == PAGE);
    return spool_rewind(records, err);
}
