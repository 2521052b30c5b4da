/*
 * source_lock.c: fault S4: a snapshot that was taken while a load held the table truncated reads
 * an empty table, so locks come first, and the snapshot behind them.
 */
#include "source/source_lock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct look {
    struct pg *pg;
    const struct sync_definition *sync;
    const char *relation;
    struct buf names; /* what can be locked, for LOCK TABLE */
    bool locked; /* this look is under the locks that the first one asked for */
    bool unlockable; /* a part of it is a materialised view or a foreign table */
    char shape[SOURCE_SHAPE_MAX];
};

static void look_clear(struct look *look)
{
    buf_clear(&look->names);
}

/* `"schema"."table"`, quoted here: what the server answers is not to be run as it comes. */
static bool add_name(struct look *look, const char *schema, const char *table, struct error *err)
{
    char *first = NULL, *second = NULL;
    bool ok = pg_identifier(look->pg, schema, &first, err) &&
        pg_identifier(look->pg, table, &second, err);
    if (ok)
        buf_addf(&look->names, "%s%s.%s", look->names.length > 0 ? ", " : "", first, second);
    free(first);
    free(second);
    return ok;
}

/* The base relations that reading a query touches, as PostgreSQL's planner names them. Planning
 * runs code of the source, which may give names another meaning (search_path); what is asked for
 * after it is asked in a transaction of its own, unless it is only compared with what was found so.
 */
static bool look_below(struct look *look, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    buf_addf(&sql, "explain (verbose, costs off, format json) select * from %s source_rows",
        look->relation);
    CLEANUP(pg_rows_clear) struct pg_rows plan = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_exec_args(look->pg, buf_text(&sql), NULL, &plan, err))
        return false;
    if (!look->locked &&
        (!pg_exec(look->pg, "rollback", NULL, err) || !pg_begin(look->pg, "read only", err)))
        return false;
    struct pg_args args = {0};
    pg_arg_text(&args, pg_rows_text(&plan, 0, 0));
    if (!pg_run(look->pg, STATEMENT_SOURCE_RELATIONS, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        if (!pg_rows_bool(&rows, i, 2))
            look->unlockable = true;
        else if (!add_name(look, pg_rows_text(&rows, i, 0), pg_rows_text(&rows, i, 1), err))
            return false;
    return true;
}

static bool look_at(struct look *look, struct error *err)
{
    if (look->sync->source_table == NULL)
        return look_below(look, err);
    struct pg_args args = {0};
    pg_arg_text(&args, look->relation);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(look->pg, STATEMENT_SOURCE_LOCKABLE, &args, &rows, err))
        return false;
    if (rows.count == 0)
        return error_set(err, ERROR_SOURCE, "%s has gone", look->relation);
    (void)snprintf(look->shape, sizeof look->shape, "%s", pg_rows_text(&rows, 0, 1));
    look->unlockable = !pg_rows_bool(&rows, 0, 0);
    if (!look->unlockable)
        buf_add_text(&look->names, look->relation);
    return true;
}

/* One snapshot for all, taken behind the locks. What cannot be locked is locked by the first look
 * at it, and that look must not fix the snapshot of the reading: then each statement has its own,
 * and the rows come out of a single one. */
static bool begin(const struct look *look, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    if (!pg_exec(look->pg, "rollback", NULL, err) ||
        !pg_begin(look->pg,
            look->unlockable ? "isolation level read committed read only"
                             : "isolation level repeatable read read only",
            err))
        return false;
    if (look->names.length == 0)
        return true;
    buf_addf(&sql, "lock table %s in access share mode", buf_text(&look->names));
    return pg_exec_args(look->pg, buf_text(&sql), NULL, NULL, err) ||
        error_prefix(err,
            "%s must be locked before it is read (a load in progress would look empty)",
            buf_text(&look->names));
}

/* Looks again under the locks: a view may have been replaced while we waited for them. */
static bool lock(struct look *look, struct error *err)
{
    CLEANUP(look_clear)
    struct look first = {.pg = look->pg, .sync = look->sync, .relation = look->relation};
    if (!look_at(&first, err) || !begin(&first, err) || !look_at(look, err))
        return false;
    if (strcmp(buf_text(&first.names), buf_text(&look->names)) == 0)
        return true;
    return error_set(err, ERROR_SOURCE, "it was changed while it was being locked (%s, now %s)",
        buf_text(&first.names), buf_text(&look->names));
}

bool source_lock(struct pg *pg, const struct sync_definition *sync, const char *relation,
    char shape[static SOURCE_SHAPE_MAX], struct error *err)
{
    CLEANUP(look_clear)
    struct look look = {.pg = pg, .sync = sync, .relation = relation, .locked = true};
    if (!lock(&look, err))
        return error_prefix(err, "source of %s", sync->name);
    (void)snprintf(shape, SOURCE_SHAPE_MAX, "%s", look.shape);
    return true;
}
