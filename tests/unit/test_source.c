/*
 * test_source.c: desired rows out of a real PostgreSQL: in order whatever the columns' types, every
 * row accounted for, whole or not at all, and never an empty table that is only being reloaded.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "model/id_list.h"
#include "source/source.h"
#include "unit/source_case.h"

static void expect_error(const char *part)
{
    ck_assert_msg(!open_source(), "opened");
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
    source_close(source);
    source = NULL;
}

static const char *const id_types[] = {"bigint", "text", "numeric", "varchar(20)", "integer"};

TEST_LOOP(sorts_ids_as_numbers_whatever_their_column_is, ARRAY_COUNT(id_types))
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
        "create table crm.pair (from_id %s, to_id %s);"
        "insert into crm.pair values ('10','2'),('9','100'),('9','20'),('100','1'),('9',null)",
        id_types[_i], id_types[_i]);
    cluster_exec(pg, sql, NULL);
    expect("9>0:0 9>20:0 9>100:0 10>2:0 100>1:0 ");
}

TEST(tells_every_row_that_cannot_be_meant)
{
    cluster_exec(pg,
        "create table crm.pair (from_id text, to_id text);"
        "insert into crm.pair values (null,'1'),('','1'),('0','1'),('x','1'),('-1','1'),(' 1','1'),"
        "('9223372036854775808','1'),('1.0','1'),('007','8'),('7','x'),('7',''),"
        "('9223372036854775807','1'), (E'a\\tb\\nc\\\\','1'), ('\xE2\x88\x9E','1')",
        NULL);
    CLEANUP(buf_clear) struct buf text = {0};
    ck_assert(open_source());
    read_all(&text);
    size_t invalid = 0;
    for (const char *at = buf_text(&text); (at = strchr(at, '!')) != NULL; at++)
        invalid++;
    ck_assert_uint_eq(invalid, 12);
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "7>8:0 "));
    ck_assert_ptr_nonnull(strstr(buf_text(&text), "9223372036854775807>1:0 "));
}

/* Messages go into PostgreSQL: a cell that is cut must be cut between characters. */
TEST(cuts_long_cells_between_characters)
{
    sync_definition.column_type = "t";
    cluster_exec(pg,
        "create table crm.pair (from_id text, to_id text, t text);"
        "insert into crm.pair select repeat('a', n) || repeat('\xF0\x9F\x90\x98', 40), '1'"
        " from generate_series(0, 3) n;"
        "insert into crm.pair select '1', n, repeat('a', n) || repeat('\xC3\xA9', 100)"
        " from generate_series(1, 4) n",
        NULL);
    ck_assert(open_source());
    for (int i = 0; i < 8; i++) {
        struct source_row row;
        struct pg_args args = {0};
        ck_assert(source_next(source, &row, &err));
        ck_assert_int_eq(row.kind, SOURCE_INVALID);
        pg_arg_text(&args, row.message);
        ck_assert_msg(pg_exec_args(pg, "select $1::text", &args, NULL, &err), "%s", err.text);
    }
}

static const struct {
    const char *title, *setup, *table, *query, *part;
} wrong[] = {
    {"no such relation", NULL, "crm.missing", NULL, "crm.missing"},
    {"a name that tries to be more", NULL, "crm.pair; drop schema crm", NULL, "source of s"},
    {"a column that is not there", "create table crm.pair (id int, company int)", "crm.pair", NULL,
        "crm.pair has: id, company (source.columns maps them)"},
    {"a query that is none", NULL, NULL, "selekt 1", "syntax error"},
    {"a query that writes",
        "create table crm.t (i int); create function crm.f() returns int language sql as"
        " 'insert into crm.t values (1) returning i'",
        NULL, "select crm.f() as from_id, 1 as to_id", "read-only transaction"},
};

/* Whoever may write a row makes a bad row at most: neither a failed run, nor words that act. */
TEST(fault_h24_a_cell_without_bounds_is_an_invalid_row)
{
    struct source_row row = {0};
    cluster_exec(pg,
        "create table crm.pair (from_id text, to_id text); insert into crm.pair values"
        " (repeat('7', 150000000), '1'), ('1', repeat('8', 150000000)), ('2', '3'),"
        " (E'1\\x1b[2J\\u202e', '2')",
        NULL);
    expect("!to_id 2>3:0 !from_id !from_id ");
    cluster_exec(
        pg, "delete from crm.pair where length(from_id) < 3 or length(from_id) > 99", NULL);
    ck_assert_msg(open_source() && source_next(source, &row, &err), "%s", err.text);
    ck_assert_msg(strstr(row.message, "\"1\\x1B[2J\\u202E\"") != NULL, "%s", row.message);
}

TEST_LOOP(says_what_is_wrong_with_the_source, ARRAY_COUNT(wrong))
{
    if (wrong[_i].setup != NULL)
        cluster_exec(pg, wrong[_i].setup, NULL);
    sync_definition.source_table = (char *)(uintptr_t)wrong[_i].table;
    sync_definition.source_query = (char *)(uintptr_t)wrong[_i].query;
    bool ok = open_source();
    struct source_row row;
    while (ok && (ok = source_next(source, &row, &err)) && row.kind != SOURCE_END)
        continue;
    ck_assert_msg(!ok, "%s is read", wrong[_i].title);
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    ck_assert_msg(strstr(err.text, wrong[_i].part) != NULL, "%s: %s", wrong[_i].title, err.text);
}

TEST(says_when_it_cannot_connect)
{
    char *url = cluster_url_of(database, "no_such_database");
    sync_definition.source_database_url = url;
    expect_error("no_such_database");
    free(url);
}

/* PostgreSQL neither checks nor converts what stands in such a database. */
TEST(says_how_to_read_what_is_not_utf8)
{
    cluster_exec(pg,
        "create database latin encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'",
        NULL);
    char *url = cluster_url_of(database, "latin");
    struct pg *latin = cluster_connect(url);
    cluster_exec(latin,
        "set client_encoding = 'SQL_ASCII'; create schema crm; create table crm.pair (from_id "
        "text, "
        "to_id text); insert into crm.pair values ('1', E'2\\374')",
        NULL);
    sync_definition.source_database_url = url;
    struct source_row row;
    ck_assert_msg(open_source(), "%s", err.text);
    ck_assert(!source_next(source, &row, &err));
    ck_assert_msg(
        strstr(err.text, "holds bytes that are not UTF-8: repair it, or") != NULL, "%s", err.text);
    source_close(source);
    source = NULL;
    sync_definition.source_table = NULL;
    sync_definition.source_query = "select from_id, convert_from(convert(convert_to(to_id, "
                                   "'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII') as "
                                   "to_id from crm.pair";
    expect("!to_id ");
    pg_close(latin);
    cluster_exec(pg, "drop database latin", NULL);
    free(url);
}

static const char *const relations[] = {
    "create table crm.pair as select 1 as from_id, 2 as to_id",
    "create view crm.pair as select 1 as from_id, 2 as to_id",
    "create materialized view crm.pair as select 1 as from_id, 2 as to_id",
    ("create table crm.pair (from_id int, to_id int) partition by list (from_id);"
     "create table crm.part partition of crm.pair default; insert into crm.pair values (1, 2)"),
};

TEST_LOOP(reads_every_kind_of_relation, ARRAY_COUNT(relations))
{
    cluster_exec(pg, relations[_i], NULL);
    expect("1>2:0 ");
    sync_definition.source_table = NULL;
    sync_definition.source_query = "select * from crm.pair -- all of it;\n;\n ";
    expect("1>2:0 ");
    sync_definition.source_query = "with p as (table crm.pair) select p.* from p, crm.pair";
    expect("1>2:0 ");
}

TEST(reads_a_query_without_any_relation)
{
    sync_definition.source_table = NULL;
    sync_definition.source_query = "values (1, 2)";
    sync_definition.column_from = "column1";
    sync_definition.column_to = "column2";
    expect("1>2:0 ");
}

TEST_LOOP(reads_only_the_rows_of_the_records_asked_for, ARRAY_COUNT(id_types))
{
    uint64_t ids[] = {9, 10, 12};
    struct id_list asked = {.ids = ids, .count = ARRAY_COUNT(ids)};
    char sql[512];
    (void)snprintf(sql, sizeof sql,
        "create table crm.pair (from_id %s, to_id %s);"
        "insert into crm.pair values ('10','2'),('9','100'),('100','1'),('11',null)",
        id_types[_i], id_types[_i]);
    cluster_exec(pg, sql, NULL);
    wish.from_ids = &asked;
    expect("9>100:0 10>2:0 ");
    asked.count = 0;
    expect("");
}

/* That the records asked for have no rows does not make the source an empty one. */
TEST(tells_an_empty_source_from_one_without_the_records_asked_for)
{
    uint64_t id = 7;
    const struct id_list asked = {.ids = &id, .count = 1};
    CLEANUP(buf_clear) struct buf text = {0};
    cluster_exec(pg, "create table crm.pair as select 1 as from_id, 2 as to_id", NULL);
    wish.from_ids = &asked;
    for (int round = 0; round < 2; round++) {
        ck_assert_msg(open_source(), "%s", err.text);
        read_all(&text);
        ck_assert_int_eq(source_empty(source), round == 1);
        source_close(source);
        source = NULL;
        cluster_exec(pg, "truncate crm.pair", NULL);
    }
    ck_assert_str_eq(buf_text(&text), "");
}

/* Fault S4. The reader starts while a load holds the table truncated, and must see it reloaded. */
static void read_in_child(void)
{
    CLEANUP(buf_clear) struct buf text = {0};
    if (open_source())
        read_all(&text);
    _exit(strcmp(buf_text(&text), "3>4:0 ") == 0 ? 0 : 1);
}

static const char *const views[] = {NULL, "crm.over", "select * from crm.over"};

TEST_LOOP(waits_for_a_reload_instead_of_seeing_an_empty_table, 3)
{
    cluster_exec(pg,
        "create table crm.pair as select 1 as from_id, 2 as to_id;"
        "create view crm.over as table crm.pair;",
        NULL);
    if (_i == 1)
        sync_definition.source_table = (char *)(uintptr_t)views[_i];
    if (_i == 2)
        sync_definition.source_table = NULL;
    sync_definition.source_query = _i == 2 ? (char *)(uintptr_t)views[_i] : NULL;
    cluster_exec(pg, "begin; truncate crm.pair; insert into crm.pair values (3, 4)", NULL);
    pid_t child = fork();
    if (child == 0)
        read_in_child();
    while (cluster_int(pg, "select count(*) from pg_locks where not granted") == 0)
        continue; /* each turn is a round trip to the server */
    cluster_exec(pg, "commit", NULL);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

TEST(gives_up_on_a_table_that_stays_locked)
{
    cluster_exec(pg, "create table crm.pair as select 1 as from_id, 2 as to_id", NULL);
    cluster_exec(pg, "begin; truncate crm.pair", NULL);
    expect_error("must be locked before it is read");
    cluster_exec(pg, "rollback", NULL);
}

/* Fault S2: rows count only after the clean end; whoever reads learns that there is none. */
TEST(a_connection_lost_in_the_middle_is_an_error_and_never_an_end)
{
    cluster_exec(pg,
        "create table crm.pair as select n as from_id, n as to_id from generate_series(1, 300000) "
        "n",
        NULL);
    ck_assert_msg(open_source(), "%s", err.text);
    struct source_row row;
    for (int i = 0; i < 100; i++)
        ck_assert(source_next(source, &row, &err));
    cluster_exec(pg,
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'assocd source'",
        NULL);
    bool ok = true;
    while (ok && row.kind != SOURCE_END)
        ok = source_next(source, &row, &err);
    ck_assert(!ok);
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    ck_assert_ptr_nonnull(strstr(err.text, "none of its rows are used"));
}

/* What the server is asked, and how it goes about it. */
static void explain_copy(struct buf *plan)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    CLEANUP(buf_clear) struct buf sql = {0};
    cluster_exec(pg,
        "select regexp_replace(regexp_replace(query, '^copy .', ''), '. to stdout$', '') from "
        "pg_stat_activity where application_name = 'assocd source' and query like 'copy %' and "
        "datname = current_database()",
        &rows);
    ck_assert_int_eq(rows.count, 1);
    buf_addf(&sql, "explain (costs off) %s", pg_rows_text(&rows, 0, 0));
    pg_rows_clear(&rows);
    cluster_exec(pg, "set enable_seqscan = off; set enable_bitmapscan = off", NULL);
    cluster_exec(pg, buf_text(&sql), &rows);
    for (int i = 0; i < rows.count; i++)
        buf_addf(plan, "%s\n", pg_rows_text(&rows, i, 0));
}

static const struct {
    const char *table;
    bool sorted; /* the server must sort it itself */
} orders[] = {
    {"create table crm.pair (from_id bigint, to_id integer, primary key (from_id, to_id))", false},
    {"create table crm.pair (from_id bigint not null, to_id bigint not null); create index on "
     "crm.pair (from_id, to_id)",
        false},
    {"create table crm.pair (from_id bigint, to_id bigint, primary key (from_id, to_id)) partition "
     "by range (from_id); create table crm.one partition of crm.pair for values from (1) to (9)",
        false},
    {"create table crm.pair (from_id bigint not null, to_id bigint); create index on crm.pair "
     "(from_id, to_id)",
        true},
    /* A child of a table may have no primary key. */
    {"create table crm.pair (from_id bigint, to_id bigint, primary key (from_id, to_id)); create "
     "table crm.child (from_id bigint, to_id bigint, other integer); alter table crm.child alter "
     "from_id set not null, alter to_id set not null; alter table crm.child inherit crm.pair",
        true},
    {"create table crm.base (from_id bigint, to_id bigint, primary key (from_id, to_id)); create "
     "view crm.pair as select b.* from generate_series(1, 2) n left join crm.base b on from_id = n",
        true},
};

/* 5 million rows sorted on disk take twice the time of the index that has their order. */
TEST_LOOP(fault_y12_a_table_with_a_key_is_read_by_it_and_not_sorted, ARRAY_COUNT(orders))
{
    CLEANUP(buf_clear) struct buf plan = {0};
    cluster_exec(pg, orders[_i].table, NULL);
    ck_assert_msg(open_source(), "%s", err.text);
    explain_copy(&plan);
    ck_assert_msg((strstr(buf_text(&plan), "Sort") != NULL) == orders[_i].sorted, "%s:\n%s",
        orders[_i].table, buf_text(&plan));
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
