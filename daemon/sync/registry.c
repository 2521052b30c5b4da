/*
 * registry.c: moves ownership between PostgreSQL and spools, page by page.
 */
#include "sync/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pg/pg.h"
#include "pg/statement.h"
#include "pg/text.h"
#include "sync/touched.h"

enum { PAGE_ROWS = 10000 };

static bool add_row(struct run *run, struct spool *owned, char *line, struct error *err)
{
    char *cells[4];
    struct assoc row = {0};
    if (pg_copy_split(line, cells, 4) != 4 ||
        !assoc_parse_id(cells[0], strlen(cells[0]), &row.from_id) ||
        !assoc_parse_id(cells[1], strlen(cells[1]), &row.to_id))
        return error_set(err, ERROR_STATE, "assocd.managed has a row that is no association");
    struct type type = {
        .category = cells[2], .type_id = (uint32_t)strtoul(cells[3], NULL, 10), .kind = TYPE_LABEL};
    row.type = types_find(&run->types, type.category, type.type_id);
    if (row.type == TYPE_NONE)
        row.type = types_add(&run->types, &type);
    if (row.type == TYPE_NONE)
        return error_set(err, ERROR_STATE, "assocd.managed of %s names more than %d types",
            run->options.sync->name, TYPES_MAX);
    return spool_add(owned, row, err);
}

/* One COPY, not pages: without statistics PostgreSQL sorts all that is left for every page. */
static bool copy_rows(struct run *run, struct spool *owned, struct error *err)
{
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(run->state, &line, &length, err))
            return false;
        if (line == NULL)
            return true;
        if (!add_row(run, owned, line, err))
            return false;
    }
}

bool registry_load(struct run *run, struct spool *owned, struct error *err)
{
    size_t count;
    const uint64_t *from_ids = touched_ids(run, &count);
    CLEANUP(buf_clear) struct buf ids = {0};
    for (size_t i = 0; i < count; i++)
        pg_array_int(&ids, (int64_t)from_ids[i]);
    struct pg_args args = {0};
    pg_arg_text(&args, run->options.sync->name);
    if (count > 0)
        pg_arg_text(&args, pg_array_end(&ids));
    enum statement_id scope = count > 0 ? STATEMENT_MANAGED_SCOPE_OF : STATEMENT_MANAGED_SCOPE;
    enum statement_id copy = count > 0 ? STATEMENT_MANAGED_COPY_OF : STATEMENT_MANAGED_COPY;
    if (!pg_run(run->state, scope, &args, NULL, err) ||
        !pg_copy_out(run->state, statements[copy].text, err) || !copy_rows(run, owned, err))
        return false;
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
