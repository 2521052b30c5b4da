/*
 * test_pgproxy.c: the proxy that all sweeps rely on counts right and strikes exactly where it is
 * told, seen from PostgreSQL's side. The program that is killed is psql.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/cluster.h"
#include "lib/pgproxy.h"
#include "lib/process.h"
#include "lib/suite.h"

enum { WAIT_MS = 30000 };

SUITE_DATABASE(cluster_database);
static struct pgproxy *proxy;
static struct pg *direct; /* past the proxy */
static struct error err;

static void setup(void)
{
    err = (struct error){0};
    direct = cluster_connect(database);
    cluster_exec(direct, "drop table if exists public.t; create table public.t (a int)", NULL);
    proxy = pgproxy_open(database);
}

static void teardown(void)
{
    pgproxy_close(proxy);
    pg_close(direct);
}

static int64_t rows(void)
{
    return cluster_int(direct, "select count(*) from public.t");
}

/* psql sends three statements: insert, insert, select. */
static int run_psql(struct process *psql)
{
    const char *const argv[] = {"psql", "-X", "-v", "ON_ERROR_STOP=1", "-c",
        "insert into public.t values (1)", "-c", "insert into public.t values (2)", "-c",
        "select count(*) from public.t", pgproxy_url(proxy), NULL};
    return process_run(psql, argv, NULL, WAIT_MS);
}

TEST(passes_everything_and_counts_it)
{
    CLEANUP(process_clear) struct process psql = {0};
    ck_assert_int_eq(run_psql(&psql), 0);
    ck_assert_int_eq(pgproxy_count(proxy), 3);
    ck_assert(!pgproxy_fired(proxy));
    ck_assert(pgproxy_settle(proxy, WAIT_MS));
    ck_assert_int_eq(rows(), 2);
}

TEST(counts_arguments_and_copy_once)
{
    struct pg *pg = cluster_connect(pgproxy_url(proxy));
    pgproxy_plan(proxy, PGPROXY_NONE, 0, 0);
    struct pg_args args = {0};
    pg_arg_int(&args, 7);
    ck_assert(pg_exec_args(pg, "insert into public.t values ($1)", &args, NULL, &err));
    ck_assert_int_eq(pgproxy_count(proxy), 1);
    char *line = NULL;
    size_t length = 0;
    ck_assert(pg_copy_out(
        pg, "copy (select repeat('x', 1000) from generate_series(1, 20000)) to stdout", &err));
    int64_t lines = -1;
    do {
        ck_assert(pg_copy_next(pg, &line, &length, &err));
        lines++;
    } while (line != NULL);
    ck_assert_int_eq(lines, 20000);
    ck_assert_int_eq(pgproxy_count(proxy), 2);
    pg_close(pg);
}

/* What PostgreSQL has after a fault at statement k: k - 1 inserts before it, k after it. */
TEST_LOOP(kills_exactly_at_the_statement, 6)
{
    int statement = _i / 2 + 1;
    bool after = _i % 2 == 1;
    CLEANUP(process_clear) struct process psql = {0};
    pgproxy_plan(proxy, after ? PGPROXY_KILL_AFTER : PGPROXY_KILL_BEFORE, statement, 0);
    ck_assert_int_eq(run_psql(&psql), 128 + SIGKILL);
    ck_assert(pgproxy_fired(proxy));
    ck_assert(pgproxy_settle(proxy, WAIT_MS));
    ck_assert_int_eq(pgproxy_count(proxy), statement);
    int inserted = after ? statement : statement - 1;
    ck_assert_int_eq(rows(), inserted < 2 ? inserted : 2);
    ck_assert_str_eq(buf_text(&psql.out) + (statement > 2 ? 22 : (statement - 1) * 11), "");
}

TEST_LOOP(cuts_the_connection_and_leaves_the_program, 2)
{
    bool after = _i == 1;
    struct pg *pg = cluster_connect(pgproxy_url(proxy));
    pgproxy_plan(proxy, after ? PGPROXY_CUT_AFTER : PGPROXY_CUT_BEFORE, 1, 0);
    struct pg_args args = {0};
    pg_arg_int(&args, 7);
    ck_assert(!pg_exec_args(pg, "insert into public.t values ($1)", &args, NULL, &err));
    ck_assert_str_eq(pg_sqlstate(pg), "08006");
    ck_assert(pgproxy_fired(proxy));
    ck_assert(pgproxy_settle(proxy, WAIT_MS));
    ck_assert_int_eq(rows(), after ? 1 : 0);
    pg_close(pg);
    pg = cluster_connect(pgproxy_url(proxy));
    ck_assert(pg_exec(pg, "select 1", NULL, &err));
    pg_close(pg);
}

/* Fault J4: COMMIT was done, and nobody can know. */
TEST(swallows_the_answer_of_a_commit)
{
    struct pg *pg = cluster_connect(pgproxy_url(proxy));
    pgproxy_plan(proxy, PGPROXY_CUT_AFTER, 3, 0);
    ck_assert(pg_exec(pg, "begin", NULL, &err));
    ck_assert(pg_exec(pg, "insert into public.t values (1)", NULL, &err));
    ck_assert(!pg_exec(pg, "commit", NULL, &err));
    ck_assert(pgproxy_settle(proxy, WAIT_MS));
    ck_assert_int_eq(rows(), 1);
    pg_close(pg);
}

TEST(frees_locks_before_it_has_settled)
{
    struct pg *pg = cluster_connect(pgproxy_url(proxy));
    ck_assert(pg_exec(pg, "select pg_advisory_lock(1)", NULL, &err));
    pgproxy_plan(proxy, PGPROXY_CUT_BEFORE, 1, 0);
    ck_assert(!pg_exec(pg, "select 1", NULL, &err));
    ck_assert(pgproxy_settle(proxy, WAIT_MS));
    ck_assert_int_eq(cluster_int(direct, "select pg_try_advisory_lock(1)::int"), 1);
    pg_close(pg);
}

TEST(lets_one_connection_wait_while_another_works)
{
    struct pg *full = cluster_connect(pgproxy_url(proxy));
    struct pg *other = cluster_connect(pgproxy_url(proxy));
    ck_assert(pg_copy_out(
        full, "copy (select repeat('x', 1000) from generate_series(1, 50000)) to stdout", &err));
    for (int i = 0; i < 100; i++)
        ck_assert(pg_exec(other, "select 1", NULL, &err));
    pg_close(full);
    pg_close(other);
    ck_assert(pgproxy_settle(proxy, WAIT_MS));
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
