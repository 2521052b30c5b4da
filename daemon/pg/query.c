/*
 * query.c: statements, their arguments and their rows. Arguments travel beside the statement, in
 * text; nothing is ever pasted into SQL here except what the server itself has quoted.
 */
#include "pg/connection.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/near.h"
#include "pg/sqlstate.h"
#include "pg/statement.h"

enum { TRIES_MAX = 3 }; /* of a statement that meets a deadlock */

static void add_arg(struct pg_args *args, const char *text)
{
    assert(args->count < PG_ARGS_MAX);
    args->text[args->count++] = text;
}

void pg_arg_text(struct pg_args *args, const char *text)
{
    add_arg(args, text);
}

void pg_arg_int(struct pg_args *args, int64_t number)
{
    assert(args->count < PG_ARGS_MAX);
    char *digits = args->digits[args->count];
    (void)snprintf(digits, sizeof args->digits[0], "%" PRId64, number);
    add_arg(args, digits);
}

void pg_arg_bool(struct pg_args *args, bool truth)
{
    add_arg(args, truth ? "true" : "false");
}

void pg_rows_clear(struct pg_rows *rows)
{
    PQclear(rows->result);
    *rows = (struct pg_rows){0};
}

const char *pg_rows_text(const struct pg_rows *rows, int row, int column)
{
    assert(row >= 0 && row < PQntuples(rows->result));
    assert(column >= 0 && column < PQnfields(rows->result));
    return PQgetvalue(rows->result, row, column);
}

bool pg_rows_null(const struct pg_rows *rows, int row, int column)
{
    assert(row >= 0 && row < PQntuples(rows->result));
    assert(column >= 0 && column < PQnfields(rows->result));
    return PQgetisnull(rows->result, row, column) != 0;
}

int64_t pg_rows_int(const struct pg_rows *rows, int row, int column)
{
    return strtoll(pg_rows_text(rows, row, column), NULL, 10);
}

bool pg_rows_bool(const struct pg_rows *rows, int row, int column)
{
    return pg_rows_text(rows, row, column)[0] == 't';
}

int pg_rows_columns(const struct pg_rows *rows)
{
    return PQnfields(rows->result);
}

bool pg_rows_integer(const struct pg_rows *rows, int column)
{
    /* Oids of the built-in types never change (pg_type.dat): int8, int2, int4. */
    Oid type = PQftype(rows->result, column);
    return type == 20 || type == 21 || type == 23;
}

bool pg_rows_time(const struct pg_rows *rows, int column)
{
    return PQftype(rows->result, column) == 1184; /* timestamptz */
}

const char *pg_rows_name(const struct pg_rows *rows, int column)
{
    const char *name = PQfname(rows->result, column);
    assert(name != NULL);
    return name;
}

/* Takes result over: hands it to rows, or frees it. */
static bool finish(
    struct pg *pg, PGresult *result, const char *what, struct pg_rows *rows, struct error *err)
{
    ExecStatusType status = PQresultStatus(result);
    bool has_rows = status == PGRES_TUPLES_OK;
    if (!has_rows && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
        (void)pg_failed(pg, result, what, err);
        PQclear(result);
        return false;
    }
    if (rows == NULL) {
        PQclear(result);
        return true;
    }
    rows->result = result;
    rows->count = has_rows ? PQntuples(result) : (int)strtol(PQcmdTuples(result), NULL, 10);
    return true;
}

static PGresult *run(struct pg *pg, const char *sql, const struct pg_args *args)
{
    static const struct pg_args none;
    return pg_ask(pg, sql, args != NULL ? args : &none);
}

/* Rolled back as a whole for the sake of somebody else, and not a part of something larger: the
 * same statement once more is as good as the first time (fault J7). */
static bool is_repeatable(const struct pg *pg)
{
    enum sqlstate state = pg_failure(pg);
    return PQtransactionStatus(pg->conn) == PQTRANS_IDLE &&
        (state == SQLSTATE_SERIALIZATION_FAILURE || state == SQLSTATE_DEADLOCK_DETECTED);
}

bool pg_run(struct pg *pg, enum statement_id id, const struct pg_args *args, struct pg_rows *rows,
    struct error *err)
{
    assert((unsigned)id < STATEMENT_COUNT);
    pg_begin_call(pg);
    if (rows != NULL)
        pg_rows_clear(rows);
    char what[96];
    (void)snprintf(what, sizeof what, "statement %s", statements[id].name);
    struct error why = {0};
    for (int tries = 1; !finish(pg, run(pg, statements[id].text, args), what, rows, &why); tries++)
        if (tries == TRIES_MAX || !is_repeatable(pg)) {
            *err = why;
            return false;
        }
    return true;
}

bool pg_exec(struct pg *pg, const char *sql, struct pg_rows *rows, struct error *err)
{
    pg_begin_call(pg);
    if (rows != NULL)
        pg_rows_clear(rows);
    return finish(pg, pg_ask(pg, sql, NULL), "database", rows, err);
}

bool pg_exec_args(struct pg *pg, const char *sql, const struct pg_args *args, struct pg_rows *rows,
    struct error *err)
{
    pg_begin_call(pg);
    if (rows != NULL)
        pg_rows_clear(rows);
    return finish(pg, run(pg, sql, args), "database", rows, err);
}

/* The relation as the catalog spells it, only if a person's text means exactly that one: names that
 * the server would cut or complete do not match. */
static const char relation_sql[] =
    "select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)"
    " from (select pg_catalog.parse_ident($1) as part) as name,"
    " pg_catalog.pg_class as c, pg_catalog.pg_namespace as n"
    " where c.oid = pg_catalog.to_regclass($1)::pg_catalog.oid and n.oid = c.relnamespace"
    " and pg_catalog.cardinality(part) = 2 and part[1] = n.nspname and part[2] = c.relname"
    " and c.relkind in ('r', 'p', 'v', 'm', 'f')";

/* Those of another spelling: a person's public.Order is public.order to the server. */
static const char near_sql[] =
    "select pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ' or ')"
    " from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace"
    " where pg_catalog.lower(n.nspname || '.' || c.relname) ="
    " pg_catalog.lower(pg_catalog.replace($1, '\"', '')) and c.relkind in ('r', 'p', 'v', 'm', "
    "'f')";

/* What somebody may have meant. */
static const char all_sql[] =
    "select pg_catalog.format('%I.%I', n.nspname, c.relname), c.relname"
    " from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace"
    " where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('assocd', 'pg_catalog',"
    " 'information_schema') and n.nspname !~ '^pg_' and $1::text is not null order by 1 limit 5000";

bool pg_relation_near(struct pg *pg, const char *name, char meant[static PG_RELATION_MAX])
{
    struct pg_args args = {0};
    struct near near = {.wanted = name};
    struct error ignored;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    const char *dot = strchr(name, '.');
    pg_arg_text(&args, name);
    if (!pg_exec_args(pg, all_sql, &args, &rows, &ignored))
        return false;
    const char *elsewhere = NULL;
    for (int i = 0; i < rows.count; i++) {
        if (dot != NULL && strcmp(pg_rows_text(&rows, i, 1), dot + 1) == 0)
            elsewhere = pg_rows_text(&rows, i, 0);
        near_offer(&near, pg_rows_text(&rows, i, 0));
    }
    const char *best = elsewhere != NULL ? elsewhere : near.best;
    (void)snprintf(meant, PG_RELATION_MAX, "%s", best != NULL ? best : "");
    return best != NULL;
}

static bool no_relation(struct pg *pg, const char *name, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, name);
    if (!pg_exec_args(pg, near_sql, &args, &rows, err))
        return false;
    if (!pg_rows_null(&rows, 0, 0))
        return error_set(err, pg->kind,
            "relation '%s' does not exist; write it as %s (names with capitals need double quotes "
            "inside the value, in YAML: table: '%s')",
            name, pg_rows_text(&rows, 0, 0), pg_rows_text(&rows, 0, 0));
    char meant[PG_RELATION_MAX];
    if (pg_relation_near(pg, name, meant))
        return error_set(
            err, pg->kind, "relation '%s' does not exist; did you mean %s?", name, meant);
    return error_set(err, pg->kind,
        "relation '%s' does not exist in database %s; expected a table or view written as "
        "schema.table (in another database: source.database_url)",
        name, PQdb(pg->conn));
}

bool pg_relation(struct pg *pg, const char *name, char **quoted, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_exec_args(pg, relation_sql, &args, &rows, err))
        return error_prefix(err, "relation '%s'", name);
    if (rows.count != 1)
        return no_relation(pg, name, err);
    *quoted = mem_text(pg_rows_text(&rows, 0, 0));
    return true;
}

bool pg_identifier(struct pg *pg, const char *name, char **quoted, struct error *err)
{
    size_t length = strlen(name);
    if (length < 1 || length > 63) /* NAMEDATALEN - 1: the server would cut it */
        return error_set(err, pg->kind, "name '%s': expected 1 to 63 bytes", name);
    char *escaped = PQescapeIdentifier(pg->conn, name, length);
    if (escaped == NULL) /* not UTF-8 */
        return error_set(err, pg->kind, "name '%s': %s", name, "expected valid UTF-8");
    *quoted = mem_text(escaped);
    PQfreemem(escaped);
    return true;
}
