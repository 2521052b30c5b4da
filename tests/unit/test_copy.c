/*
 * test_copy.c: COPY against a real server. What matters most: one that was cut, wherever, is never
 * taken for a short one (fault S2, S3). COPY in is in test_pg_statements.c.
 */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"

SUITE_DATABASE(cluster_database);
static struct pg *pg;
static struct error err;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
}

static void teardown(void)
{
    pg_close(pg);
    pg = NULL;
}

static void exec_ok(const char *sql)
{
    ck_assert_msg(pg_exec(pg, sql, NULL, &err), "%s", err.text);
}

TEST(reads_a_copy_to_its_end)
{
    char *line = NULL;
    size_t length = 0;
    char *fields[4];
    ck_assert(pg_copy_out(pg,
        "copy (values (1::int, e'a\\tb\\\\c\\nd', null::text), (2, '\\N', '')) to stdout", &err));
    ck_assert(pg_copy_next(pg, &line, &length, &err));
    ck_assert_uint_eq(strlen(line), length);
    ck_assert_int_eq(pg_copy_split(line, fields, 4), 3);
    ck_assert_str_eq(fields[0], "1");
    ck_assert_str_eq(fields[1], "a\tb\\c\nd");
    ck_assert_ptr_null(fields[2]);
    ck_assert(pg_copy_next(pg, &line, &length, &err));
    ck_assert_int_eq(pg_copy_split(line, fields, 3), 3);
    ck_assert_str_eq(fields[1], "\\N");
    ck_assert_str_eq(fields[2], "");
    ck_assert(pg_copy_next(pg, &line, &length, &err));
    ck_assert_ptr_null(line);
    exec_ok("select 1");
}

TEST(splits_no_more_fields_than_there_is_room_for)
{
    char *fields[3];
    char three[] = "1\t2\t3";
    char four[] = "1\t2\t3\t4";
    char empty[] = "";
    char last_null[] = "\\N\t\\N";
    char blank_ends[] = "\t";
    ck_assert_int_eq(pg_copy_split(three, fields, 3), 3);
    ck_assert_int_eq(pg_copy_split(four, fields, 3), -1);
    ck_assert_int_eq(pg_copy_split(empty, fields, 3), 1);
    ck_assert_str_eq(fields[0], "");
    ck_assert_int_eq(pg_copy_split(last_null, fields, 3), 2);
    ck_assert_ptr_null(fields[1]);
    ck_assert_int_eq(pg_copy_split(blank_ends, fields, 3), 2);
}

/* Reads on until the end or an error; true at a clean end. */
static bool read_all(int64_t *rows)
{
    char *line = NULL;
    size_t length = 0;
    do {
        if (!pg_copy_next(pg, &line, &length, &err))
            return false;
        *rows += line != NULL;
    } while (line != NULL);
    return true;
}

/* Fault S2, S3: cut before the first row, after it, in the middle. */
TEST_LOOP(never_takes_a_cut_copy_for_its_end, 6)
{
    static const char *const cuts[] = {"pg_terminate_backend", "pg_cancel_backend"};
    static const int64_t rows_before[] = {0, 1, 5000};
    const char *cut = cuts[_i % 2];
    int64_t skip = rows_before[_i / 2];
    struct pg *other = cluster_connect(database);
    int64_t backend = cluster_int(pg, "select pg_catalog.pg_backend_pid()");
    ck_assert(pg_copy_out(pg,
        "copy (select g, repeat('x', 100) from generate_series(1, 3000000) g) to stdout", &err));
    char *line = NULL;
    size_t length = 0;
    for (int64_t i = 0; i < skip; i++)
        ck_assert(pg_copy_next(pg, &line, &length, &err));
    char sql[128];
    (void)snprintf(sql, sizeof sql, "select %s(%" PRId64 ")", cut, backend);
    cluster_exec(other, sql, NULL);
    int64_t rows = skip;
    ck_assert(!read_all(&rows));
    ck_assert_int_lt(rows, 3000000);
    ck_assert_int_eq(err.kind, ERROR_STATE);
    ck_assert_str_ne(pg_sqlstate(pg), "");
    pg_close(other);
}

TEST(reports_an_error_of_the_query_in_the_middle_of_a_copy)
{
    int64_t rows = 0;
    ck_assert(pg_copy_out(
        pg, "copy (select 1 / (5000 - g) from generate_series(1, 9000) g) to stdout", &err));
    ck_assert(!read_all(&rows));
    ck_assert_str_eq(pg_sqlstate(pg), "22012");
    exec_ok("select 1");
}

TEST(may_leave_a_copy_in_the_middle)
{
    char *line = NULL;
    size_t length = 0;
    ck_assert(pg_copy_out(pg, "copy (select g from generate_series(1, 100000) g) to stdout", &err));
    ck_assert(pg_copy_next(pg, &line, &length, &err));
    exec_ok("select 1");
}

/* COPY takes no parameters; a setting of the session would be another session's with some poolers.
 */
TEST(fault_c1_arguments_travel_in_the_statement)
{
    static const char *const names[] = {"links", "o'neil", "a\\b", "x'); drop table t; --"};
    char *line;
    size_t length;
    exec_ok("create schema assocd; create table assocd.managed (sync text, from_id bigint, to_id "
            "bigint, category text, type_id bigint, released_at timestamptz)");
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        struct pg_args args = {0};
        pg_arg_text(&args, names[i]);
        ck_assert(pg_exec_args(
            pg, "insert into assocd.managed values ($1, 1, 2, 'C', 3)", &args, NULL, &err));
        pg_arg_text(&args, "{1,5}");
        ck_assert_msg(
            pg_copy_statement(pg, STATEMENT_OWNERSHIP_COPY_OF, &args, &err), "%s", err.text);
        ck_assert(pg_copy_next(pg, &line, &length, &err));
        ck_assert_str_eq(line, "1\t2 3 C");
        ck_assert(pg_copy_next(pg, &line, &length, &err));
        ck_assert_ptr_null(line);
    }
    struct pg_args wrong = {0};
    pg_arg_text(&wrong, "\xff");
    ck_assert(!pg_copy_statement(pg, STATEMENT_OWNERSHIP_COPY, &wrong, &err));
    ck_assert_msg(strstr(err.text, "UTF-8") != NULL, "%s", err.text);
    exec_ok("drop schema assocd cascade");
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
