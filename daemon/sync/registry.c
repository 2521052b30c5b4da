/*
 * registry.c: moves ownership between PostgreSQL and spools, page by page.
 */
#include "sync/registry.h"

#include <stdio.h>

#include "base/buf.h"
#include "pg/pg.h"
#include "pg/text.h"

enum { PAGE_ROWS = 10000 };

static bool add_row(
    struct run *run, struct spool *owned, const struct pg_rows *rows, int i, struct error *err)
{
    struct type type = {
        .category = (char *)(uintptr_t)pg_rows_text(rows, i, 2),
        .type_id = (uint32_t)pg_rows_int(rows, i, 3),
        .kind = TYPE_LABEL,
    };
    struct assoc row = {
        .from_id = (uint64_t)pg_rows_int(rows, i, 0),
        .to_id = (uint64_t)pg_rows_int(rows, i, 1),
        .type = types_find(&run->types, type.category, type.type_id),
    };
    if (row.type == TYPE_NONE)
        row.type = types_add(&run->types, &type);
    if (row.type == TYPE_NONE)
        return error_set(err, ERROR_STATE, "assocd.managed of %s names more than %d types",
            run->options.sync->name, TYPES_MAX);
    return spool_add(owned, row, err);
}

bool registry_load(struct run *run, struct spool *owned, struct error *err)
{
    char from[24] = "0", to[24] = "0", category[64] = "", type_id[24] = "0";
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    do {
        struct pg_args args = {0};
        pg_arg_text(&args, run->options.sync->name);
        pg_arg_text(&args, from);
        pg_arg_text(&args, to);
        pg_arg_text(&args, category);
        pg_arg_text(&args, type_id);
        pg_arg_int(&args, PAGE_ROWS);
        if (!pg_run(run->state, STATEMENT_MANAGED_PAGE, &args, &rows, err))
            return false;
        for (int i = 0; i < rows.count; i++)
            if (!add_row(run, owned, &rows, i, err))
                return false;
        if (rows.count > 0) {
            int last = rows.count - 1;
            (void)snprintf(from, sizeof from, "%s", pg_rows_text(&rows, last, 0));
            (void)snprintf(to, sizeof to, "%s", pg_rows_text(&rows, last, 1));
            (void)snprintf(category, sizeof category, "%s", pg_rows_text(&rows, last, 2));
            (void)snprintf(type_id, sizeof type_id, "%s", pg_rows_text(&rows, last, 3));
        }
    } while (rows.count == PAGE_ROWS);
    /* The last pair is counted when the writing ends. */
    if (!spool_rewind(owned, err))
        return false;
    run->counts.managed = spool_count(owned);
    return true;
}

/* One page of a spool as four array parameters; *count is the number of its rows. */
static bool settle_page(struct run *run, struct spool *spool, enum statement_id statement,
    int *count, struct error *err)
{
    CLEANUP(buf_clear) struct buf from = {0};
    CLEANUP(buf_clear) struct buf to = {0};
    CLEANUP(buf_clear) struct buf category = {0};
    CLEANUP(buf_clear) struct buf type_id = {0};
    const struct assoc *row;
    for (*count = 0; *count < PAGE_ROWS; ++*count) {
        if (!spool_peek(spool, &row, err))
            return false;
        if (row == NULL)
            break;
        const struct type *type = &run->types.items[row->type];
        pg_array_int(&from, (int64_t)row->from_id);
        pg_array_int(&to, (int64_t)row->to_id);
        pg_array_text(&category, type->category);
        pg_array_int(&type_id, type->type_id);
        spool_take(spool);
    }
    if (*count == 0)
        return true;
    struct pg_args args = {0};
    pg_arg_text(&args, run->options.sync->name);
    pg_arg_int(&args, run->run_id);
    pg_arg_text(&args, pg_array_end(&from));
    pg_arg_text(&args, pg_array_end(&to));
    pg_arg_text(&args, pg_array_end(&category));
    pg_arg_text(&args, pg_array_end(&type_id));
    return pg_run(run->state, statement, &args, NULL, err);
}

static bool settle_spool(
    struct run *run, struct spool *spool, enum statement_id statement, struct error *err)
{
    if (!spool_rewind(spool, err))
        return false;
    int count;
    do {
        if (!settle_page(run, spool, statement, &count, err))
            return false;
    } while (count == PAGE_ROWS);
    return true;
}

bool registry_settle(struct run *run, struct error *err)
{
    return settle_spool(run, run->adopt, STATEMENT_MANAGED_ADOPT, err) &&
        settle_spool(run, run->forget, STATEMENT_MANAGED_FORGET, err);
}
