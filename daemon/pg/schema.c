/*
 * schema.c: the embedded migrations and the version in the database.
 */
#include "pg/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
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

const char *schema_text(const struct statement *file, bool exists)
{
    static const char create[] = "create schema if not exists assocd;\n";
    const char *at = exists ? strstr(file->text, create) : NULL;
    return at != NULL ? at + strlen(create) : file->text;
}

static bool apply_file(struct pg *pg, const struct statement *file, bool exists, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, file_version(file));
    if (!pg_exec(pg, schema_text(file, exists), NULL, err))
        return error_prefix(err, "sql/schema/%s.sql", file->name);
    return pg_run(pg, STATEMENT_SCHEMA_APPLIED, &args, NULL, err);
}

void schema_change_clear(struct schema_change *change)
{
    buf_clear(&change->lost);
    buf_clear(&change->gained);
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

/* rights: those to look through, and those to compare with. */
static bool list(struct pg *pg, enum statement_id id, const char *const rights[static 2],
    struct buf *lines, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, rights[0]);
    pg_arg_text(&args, rights[1]);
    if (!pg_run(pg, id, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        buf_addf(lines, "%s\n", pg_rows_text(&rows, i, 0));
    return true;
}

/* Takes the rights that the new objects had from the start: an owner's ALTER DEFAULT PRIVILEGES
 * gives them to whoever it names, approvals and the journal too. */
static bool record_gained(struct pg *pg, const struct buf *gained, struct error *err)
{
    for (const char *line = buf_text(gained); *line != '\0';) {
        int length = (int)strcspn(line, "\n");
        CLEANUP(buf_clear) struct buf sql = {0};
        buf_addf(&sql, "revoke %.*s", length, line);
        if (!pg_exec_args(pg, buf_text(&sql), NULL, NULL, err))
            return error_prefix(err, "%s", buf_text(&sql));
        line += length + 1;
    }
    return true;
}

static bool compare_rights(
    struct pg *pg, const char *before, struct schema_change *change, struct error *err)
{
    char *after;
    if (!rights_held(pg, &after, err))
        return false;
    bool ok = list(pg, STATEMENT_RIGHTS_GAINED, (const char *const[]){after, before},
                  &change->gained, err) &&
        record_gained(pg, &change->gained, err) &&
        (change->from == 0 ||
            list(pg, STATEMENT_RIGHTS_LOST, (const char *const[]){before, after}, &change->lost,
                err));
    free(after);
    return ok;
}

/* The name assocd is taken, by a schema that may be empty. */
static bool has_schema(struct pg *pg, bool *exists, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_exec(pg, "select pg_catalog.to_regnamespace('assocd') is not null", &rows, err))
        return false;
    *exists = pg_rows_bool(&rows, 0, 0);
    return true;
}

static bool apply_files(struct pg *pg, struct schema_change *change, struct error *err)
{
    bool exists;
    if (!has_schema(pg, &exists, err))
        return false;
    for (const struct statement *file = schema_files; file->name != NULL; file++) {
        if (file_version(file) <= change->from)
            continue;
        if (!apply_file(pg, file, exists, err))
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
    int known = schema_version_known();
    if (!schema_version(pg, &change->from, err) ||
        (change->from > 0 && change->from < known &&
            (!pg_run(pg, STATEMENT_SCHEMA_LOCK, NULL, NULL, err) ||
                !schema_version(pg, &change->from, err))))
        return false;
    change->to = change->from;
    if (change->from > known)
        return too_new(change->from, err);
    if (!rights_held(pg, &before, err))
        return false;
    bool ok = apply_files(pg, change, err) &&
        (change->from == change->to || compare_rights(pg, before, change, err));
    free(before);
    return ok;
}

/* Another one has made the schema meanwhile. */
static bool is_made(enum sqlstate state)
{
    return state == SQLSTATE_UNIQUE_VIOLATION || state == SQLSTATE_DUPLICATE_SCHEMA ||
        state == SQLSTATE_DUPLICATE_TABLE;
}

static bool try_upgrade(
    struct pg *pg, struct schema_change *change, enum sqlstate *state, struct error *err)
{
    struct error why = {0}, later;
    if (!pg_exec(pg, "begin", NULL, err))
        return false;
    if (upgrade(pg, change, &why))
        return pg_exec(pg, "commit", NULL, err);
    *state = pg_failure(pg);
    (void)!pg_exec(pg, "rollback", NULL, &later);
    *err = why;
    return false;
}

bool schema_upgrade(struct pg *pg, struct schema_change *change, struct error *err)
{
    enum sqlstate state = SQLSTATE_OTHER;
    if (try_upgrade(pg, change, &state, err))
        return true;
    if (is_made(state))
        return try_upgrade(pg, change, &state, err);
    if (state != SQLSTATE_INSUFFICIENT_PRIVILEGE)
        return false;
    struct error why = *err;
    return error_set(err, ERROR_CONFIG,
        "%s. This role may not create or change schema assocd in database %s: let its owner or a "
        "DBA run what \"assocd init --sql\" prints, or create the schema for this role (create "
        "schema assocd authorization ROLE)",
        why.text, pg_database(pg));
}

/* As schema_version, in one round trip: every run begins with it. Not within a transaction. */
static bool version_at_once(struct pg *pg, int *version, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *version = 0;
    if (pg_run(pg, STATEMENT_SCHEMA_VERSION, NULL, &rows, err)) {
        *version = (int)pg_rows_int(&rows, 0, 0);
        return true;
    }
    return sqlstate_is_missing(pg_failure(pg));
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
