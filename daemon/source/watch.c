/*
 * watch.c: which changes of watched sources wait, where to listen for them, and whose nobody takes.
 */
#include "source/watch.h"

#include <string.h>

#include "base/amount.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
#include "pg/statement.h"
#include "pg/text.h"

const char *watch_source(const struct sync_definition *sync, const char *database_url)
{
    return sync->source_database_url != NULL ? sync->source_database_url : database_url;
}

const char *watch_database(
    const struct definitions *definitions, const struct sync_definition *sync)
{
    return watch_source(sync, definitions->database_url);
}

size_t watch_databases(const struct definitions *definitions, const char **urls)
{
    size_t count = 0;
    for (size_t i = 0; i < definitions->syncs_count; i++) {
        const char *url = watch_database(definitions, definitions->syncs[i]);
        size_t known = 0;
        while (known < count && strcmp(urls[known], url) != 0)
            known++;
        if (definitions->syncs[i]->watch && known == count)
            urls[count++] = url;
    }
    return count;
}

/* The names of the watched syncs whose rows are in that database; definitions NULL: none. */
static const char *names_of(
    const struct definitions *definitions, const char *url, struct buf *names)
{
    for (size_t i = 0; definitions != NULL && i < definitions->syncs_count; i++) {
        const struct sync_definition *sync = definitions->syncs[i];
        if (sync->watch && strcmp(watch_database(definitions, sync), url) == 0)
            pg_array_text(names, sync->name);
    }
    return pg_array_end(names);
}

static bool ask(
    struct pg *pg, enum statement_id id, const char *names, struct pg_rows *rows, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, names);
    if (pg_run(pg, id, &args, rows, err))
        return true;
    enum sqlstate state = pg_failure(pg);
    if (sqlstate_is_missing(state) || state == SQLSTATE_INSUFFICIENT_PRIVILEGE)
        return error_prefix(err, "watched tables (run assocd init --watch)");
    return false;
}

bool watch_waiting(struct pg *pg, const struct definitions *definitions, const char *url,
    struct pg_rows *rows, struct error *err)
{
    CLEANUP(buf_clear) struct buf names = {0};
    return ask(pg, STATEMENT_TOUCHED_WAITING, names_of(definitions, url, &names), rows, err);
}

bool watch_forget(
    struct pg *pg, const struct definitions *definitions, const char *url, struct error *err)
{
    CLEANUP(buf_clear) struct buf names = {0};
    return ask(pg, STATEMENT_TOUCHED_FORGET, names_of(definitions, url, &names), NULL, err);
}

bool watch_open(struct pg **pg, const char *url, struct error *err)
{
    struct pg *opened;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_open(&opened, url, "assocd watch", ERROR_SOURCE, err))
        return error_prefix(err, "watched tables");
    if (pg_exec(opened, "listen " WATCH_CHANNEL, NULL, err) &&
        watch_waiting(opened, NULL, url, &rows, err)) {
        *pg = opened;
        return true;
    }
    pg_close(opened);
    return false;
}

bool watch_strays(struct pg *pg, const struct definitions *definitions, const char *url,
    struct buf *text, struct error *err)
{
    enum { STRAY_SYNC, STRAY_ROWS };
    char count[AMOUNT_TEXT_MAX];
    CLEANUP(buf_clear) struct buf names = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    bool known = ask(pg, STATEMENT_TOUCHED_STRAYS, names_of(definitions, url, &names), &rows, err);
    for (int i = 0; known && i < rows.count; i++)
        buf_addf(text, "%s%s (%s)",
            text->length > 0 ? ", "
                             : "assocd.touched has rows that no watched sync here takes up: ",
            pg_rows_text(&rows, i, STRAY_SYNC),
            amount_text((uint64_t)pg_rows_int(&rows, i, STRAY_ROWS), "rows", count));
    if (text->length > 0)
        buf_add_text(text, "; unless another configuration watches: select assocd.unwatch(NAME)");
    return known;
}
