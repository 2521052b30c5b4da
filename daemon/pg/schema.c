/*
 * schema.c: the embedded migrations and the version in the database.
 */
#include "pg/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pg/pg.h"
#include "pg/statement.h"

static int file_version(const struct statement *file)
{
    return (int)strtol(file->name, NULL, 10);
}

int schema_version_known(void)
{
    int version = 0;
    for (const struct statement *file = schema_files; file->name != NULL; file++)
        version = file_version(file);
    return version;
}

bool schema_version(struct pg *pg, int *version, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *version = 0;
    if (!pg_run(pg, STATEMENT_SCHEMA_EXISTS, NULL, &rows, err))
        return false;
    if (!pg_rows_bool(&rows, 0, 0))
        return true;
    if (!pg_run(pg, STATEMENT_SCHEMA_VERSION, NULL, &rows, err))
        return false;
    *version = (int)pg_rows_int(&rows, 0, 0);
    return true;
}

static bool too_new(int version, struct error *err)
{
    return error_set(err, ERROR_STATE,
        "the database has version %d of the assocd schema, this assocd speaks %d; use a newer "
        "assocd",
        version, schema_version_known());
}

static bool apply_file(struct pg *pg, const struct statement *file, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, file_version(file));
    if (!pg_exec(pg, file->text, NULL, err))
        return error_prefix(err, "sql/schema/%s.sql", file->name);
    return pg_run(pg, STATEMENT_SCHEMA_APPLIED, &args, NULL, err);
}

void schema_change_clear(struct schema_change *change)
{
    buf_clear(&change->lost);
}

/* What others than the owner may do, as one array. */
static bool rights_held(struct pg *pg, char **rights, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(pg, STATEMENT_RIGHTS_HELD, NULL, &rows, err))
        return false;
    *rights = mem_text(pg_rows_text(&rows, 0, 0));
    return true;
}

static bool list_lost(
    struct pg *pg, const char *before, struct schema_change *change, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    char *after;
    if (!rights_held(pg, &after, err))
        return false;
    pg_arg_text(&args, before);
    pg_arg_text(&args, after);
    bool ok = pg_run(pg, STATEMENT_RIGHTS_LOST, &args, &rows, err);
    for (int i = 0; ok && i < rows.count; i++)
        buf_addf(&change->lost, "%s\n", pg_rows_text(&rows, i, 0));
    free(after);
    return ok;
}

static bool apply_files(struct pg *pg, struct schema_change *change, struct error *err)
{
    for (const struct statement *file = schema_files; file->name != NULL; file++) {
        if (file_version(file) <= change->from)
            continue;
        if (!apply_file(pg, file, err))
            return false;
        change->to = file_version(file);
    }
    if (change->from == change->to || pg_exec(pg, sql_grants, NULL, err))
        return true;
    return error_prefix(err, "rights (sql/grants.tsv)");
}

static bool upgrade(struct pg *pg, struct schema_change *change, struct error *err)
{
    char *before;
    if (!pg_run(pg, STATEMENT_SCHEMA_LOCK, NULL, NULL, err) ||
        !schema_version(pg, &change->from, err))
        return false;
    change->to = change->from;
    if (change->from > schema_version_known())
        return too_new(change->from, err);
    if (!rights_held(pg, &before, err))
        return false;
    bool ok = apply_files(pg, change, err) &&
        (change->from == 0 || change->from == change->to || list_lost(pg, before, change, err));
    free(before);
    return ok;
}

bool schema_upgrade(struct pg *pg, struct schema_change *change, struct error *err)
{
    if (!pg_exec(pg, "begin", NULL, err))
        return false;
    if (upgrade(pg, change, err))
        return pg_exec(pg, "commit", NULL, err);
    struct error later;
    (void)!pg_exec(pg, "rollback", NULL, &later);
    return false;
}

/* As schema_version, in one round trip: every run begins with it. Not within a transaction. */
static bool version_at_once(struct pg *pg, int *version, struct error *err)
{
    static const char *const missing[] = {"42P01", "3F000"};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *version = 0;
    if (pg_run(pg, STATEMENT_SCHEMA_VERSION, NULL, &rows, err)) {
        *version = (int)pg_rows_int(&rows, 0, 0);
        return true;
    }
    for (size_t i = 0; i < ARRAY_COUNT(missing); i++)
        if (strcmp(pg_sqlstate(pg), missing[i]) == 0)
            return true;
    return false;
}

bool schema_open(struct pg **pg, const char *url, const char *name, struct error *err)
{
    int version;
    if (!pg_open(pg, url, name, ERROR_STATE, err) || !version_at_once(*pg, &version, err))
        return false;
    if (version > schema_version_known())
        return too_new(version, err);
    if (version == 0)
        return error_set(err, ERROR_STATE, "the database has no assocd schema: run assocd init");
    if (version < schema_version_known())
        return error_set(err, ERROR_STATE,
            "the database has version %d of the assocd schema, this assocd needs %d: run assocd "
            "init",
            version, schema_version_known());
    return true;
}
