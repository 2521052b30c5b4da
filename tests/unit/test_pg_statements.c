/*
 * test_pg_statements.c: PostgreSQL itself judges every embedded statement against the schema of
 * this build, and every table and column says what it is for. Uses libpq beside pg.h, because only
 * the protocol's own Parse accepts every kind of statement.
 */
#include <check.h>
#include <libpq-fe.h>
#include <stdlib.h>

#include "base/buf.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/statement.h"

SUITE_DATABASE(cluster_database_with_schema);

static const char keys_begin[] = "select assocd.begin_keys()";

static PGconn *connect_plainly(void)
{
    PGconn *conn = PQconnectdb(database);
    ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
    PQclear(PQexec(conn, "set search_path = ''"));
    PQclear(PQexec(conn, keys_begin)); /* some statements are about tables of the session */
    return conn;
}

static bool is_copy(const struct statement *statement)
{
    return strncasecmp(statement->text, "copy", 4) == 0;
}

static bool is_copy_in(const struct statement *statement)
{
    return is_copy(statement) && strstr(statement->text, "from stdin") != NULL;
}

TEST(prepares_every_statement)
{
    PGconn *conn = connect_plainly();
    int count = 0;
    int wrong = 0;
    for (const struct statement *at = statements; at->name != NULL; at++, count++) {
        PGresult *result = PQprepare(conn, at->name, at->text, 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            wrong++;
            (void)fprintf(stderr, "%s: %s", at->name, PQerrorMessage(conn));
        }
        PQclear(result);
    }
    PQfinish(conn);
    ck_assert_int_eq(count, STATEMENT_COUNT);
    ck_assert_msg(wrong == 0, "%d of %d statements are wrong", wrong, count);
}

/* Parse does not look at the names in a COPY: it is begun, and ended (\.) without a row. */
TEST(begins_and_ends_every_copy)
{
    struct pg *pg = cluster_connect(database);
    struct error err = {0};
    ck_assert_msg(pg_exec(pg, keys_begin, NULL, &err), "%s", err.text);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (!is_copy_in(&statements[i]))
            continue;
        CLEANUP(buf_clear) struct buf end = {0};
        buf_add_text(&end, "\\.\n");
        ck_assert_msg(pg_copy_rows(pg, (enum statement_id)i, &end, &err), "%s", err.text);
    }
    pg_close(pg);
}

TEST(reads_every_copy_out_to_its_end)
{
    struct pg *pg = cluster_connect(database);
    struct error err = {0};
    char *line = "";
    size_t length;
    ck_assert_msg(pg_exec(pg, keys_begin, NULL, &err), "%s", err.text);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (!is_copy(&statements[i]) || is_copy_in(&statements[i]))
            continue;
        struct pg_args args = {0}; /* NULL for all of them: no row */
        for (int n = 0; n < 9; n++)
            pg_arg_text(&args, NULL);
        ck_assert_msg(pg_copy_statement(pg, (enum statement_id)i, &args, &err), "%s", err.text);
        ck_assert_msg(pg_copy_next(pg, &line, &length, &err), "%s", err.text);
        ck_assert_ptr_null(line);
    }
    pg_close(pg);
}

TEST(refuses_a_copy_of_lines_that_are_none)
{
    struct pg *pg = cluster_connect(database);
    struct error err = {0};
    ck_assert_msg(pg_exec(pg, keys_begin, NULL, &err), "%s", err.text);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (!is_copy_in(&statements[i]))
            continue;
        CLEANUP(buf_clear) struct buf rows = {0};
        buf_add_text(&rows, "no such row\n");
        ck_assert(!pg_copy_rows(pg, (enum statement_id)i, &rows, &err));
        ck_assert_uint_eq(rows.length, 0);
        ck_assert_msg(strstr(err.text, statements[i].name) != NULL, "%s", err.text);
        ck_assert(pg_exec(pg, "select 1", NULL, &err));
    }
    pg_close(pg);
}

/* Every statement runs with NULL for all its arguments inside a transaction that is rolled back:
 * that finds what Parse cannot see. A failure is fine, a mistake in names or types is not. */
TEST(finds_no_unknown_name_when_statements_run)
{
    struct pg *pg = cluster_connect(database);
    struct error err = {0};
    ck_assert_msg(pg_exec(pg, keys_begin, NULL, &err), "%s", err.text);
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        if (is_copy(&statements[i]))
            continue;
        struct pg_args args = {0};
        for (char parameter[16]; args.count < PG_ARGS_MAX; pg_arg_text(&args, NULL)) {
            (void)snprintf(parameter, sizeof parameter, "$%d", args.count + 1);
            if (strstr(statements[i].text, parameter) == NULL)
                break;
        }
        ck_assert(pg_exec(pg, "begin", NULL, &err));
        bool ran = pg_run(pg, (enum statement_id)i, &args, NULL, &err);
        ck_assert_msg(ran || strncmp(pg_sqlstate(pg), "42", 2) != 0, "%s", err.text);
        ck_assert(pg_exec(pg, "rollback", NULL, &err));
    }
    pg_close(pg);
}

TEST(comments_every_table_and_column)
{
    static const char uncommented[] =
        "select c.oid::regclass::text from pg_class c"
        " where c.relnamespace = 'assocd'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')"
        " and obj_description(c.oid, 'pg_class') is null"
        " union all select c.oid::regclass || '.' || a.attname"
        " from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'assocd'::regnamespace and c.relkind in ('r', 'p')"
        " and a.attnum > 0 and not a.attisdropped"
        " and col_description(c.oid, a.attnum) is null order by 1";
    struct pg *pg = cluster_connect(database);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, uncommented, &rows);
    for (int i = 0; i < rows.count; i++)
        (void)fprintf(stderr, "no comment on %s\n", pg_rows_text(&rows, i, 0));
    ck_assert_int_eq(rows.count, 0);
    pg_close(pg);
}

SUITE(.open = open_database, .close = close_database);
