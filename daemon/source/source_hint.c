/*
 * source_hint.c: a query or the code of a view may name a table without its schema; with an empty
 * search_path that finds nothing. A name with a schema may be misspelt. A database may hold bytes
 * that are no text.
 */
#include "source/source_hint.h"

#include <stdio.h>
#include <string.h>

#include "pg/pg.h"
#include "pg/sqlstate.h"

enum { NAME_MAX_BYTES = 140 };

static const char places_sql[] =
    "select pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ' or ')"
    " from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace"
    " where c.relname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')"
    " and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'";

/* What the message has in quotation marks. */
static bool quoted_name(const char *text, char name[static NAME_MAX_BYTES])
{
    const char *first = strchr(text, '"');
    const char *last = first != NULL ? strchr(first + 1, '"') : NULL;
    if (last == NULL || last - first > NAME_MAX_BYTES)
        return false;
    (void)snprintf(name, NAME_MAX_BYTES, "%.*s", (int)(last - first - 1), first + 1);
    return true;
}

static void find(struct pg *pg, const char *name, struct pg_rows *rows)
{
    struct error ignored;
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    if (!pg_exec(pg, "rollback", NULL, &ignored) || !pg_begin(pg, "read only", &ignored) ||
        !pg_exec_args(pg, places_sql, &args, rows, &ignored))
        pg_rows_clear(rows);
}

static bool hint_near(struct pg *pg, const char *name, struct error *err)
{
    char meant[PG_RELATION_MAX];
    if (!pg_relation_near(pg, name, meant))
        return false;
    return error_set(err, err->kind, "%s; did you mean %s?", err->text, meant);
}

bool source_hint(struct pg *pg, struct error *err)
{
    enum sqlstate state = pg != NULL ? pg_failure(pg) : SQLSTATE_OTHER;
    char name[NAME_MAX_BYTES] = "";
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct error why = *err;
    if (state == SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE) /* a database of encoding SQL_ASCII */
        return error_set(err, why.kind,
            "%s. A cell holds bytes that are not UTF-8: repair it, or convert the column in a view "
            "or in source.query, as in convert_from(convert(convert_to(COLUMN, 'SQL_ASCII'), "
            "'LATIN1', 'UTF8'), "
            "'SQL_ASCII')",
            why.text);
    bool table = state == SQLSTATE_UNDEFINED_TABLE;
    if (!table && state != SQLSTATE_UNDEFINED_FUNCTION)
        return false;
    if (table && quoted_name(why.text, name)) {
        find(pg, name, &rows);
        if (strchr(name, '.') != NULL)
            return hint_near(pg, name, err);
    }
    if (rows.count == 1 && !pg_rows_null(&rows, 0, 0))
        return error_set(err, why.kind,
            "%s. search_path is empty here, so every name in the query, its views and functions "
            "needs its schema: write %s",
            why.text, pg_rows_text(&rows, 0, 0));
    return error_set(err, why.kind,
        "%s. search_path is empty here, so every name in the query, its views and functions needs "
        "its schema: write SCHEMA.NAME",
        why.text);
}
