/*
 * test_progress.c: what is written each second of a run lies where it is cheap: in a row of its
 * own, whose versions stay on one page and out of every index.
 */
#include <check.h>
#include <stdlib.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "pg/statement.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg;

static void open_world(void)
{
    pg = cluster_connect(database);
    cluster_exec(pg,
        "insert into assocd.sync_state (sync, portal) values ('s', 'p'), ('t', 'p'); "
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid) select s, "
        "'p', "
        "'v3', 'manual', 'planning', 1, 'h', 1 from unnest(array['s', 't']) s",
        NULL);
}

static void close_world(void)
{
    cluster_exec(pg,
        "truncate assocd.progress; truncate assocd.run restart identity cascade; "
        "delete from assocd.sync_state",
        NULL);
    pg_close(pg);
}

static void progress(int64_t run_id, const char *stage, int64_t done)
{
    struct error err = {0};
    struct pg_args args = {0};
    pg_arg_int(&args, run_id);
    pg_arg_text(&args, stage);
    pg_arg_int(&args, done);
    pg_arg_int(&args, 1000);
    ck_assert_msg(pg_run(pg, STATEMENT_RUN_PROGRESS, &args, NULL, &err), "%s", err.text);
}

TEST(fault_y17_progress_rewrites_nothing_but_its_own_row)
{
    for (int64_t done = 0; done < 1000; done++)
        progress(done % 2 + 1, "read", done);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.progress"), 2);
    ck_assert_int_le(cluster_int(pg, "select pg_relation_size('assocd.progress')"), 2 * 8192);
    ck_assert_int_le(cluster_int(pg, "select pg_relation_size('assocd.progress_pkey')"), 2 * 8192);
    ck_assert_int_le(cluster_int(pg, "select pg_relation_size('assocd.run')"), 8192);
}

TEST(a_stage_keeps_its_beginning_and_another_has_its_own)
{
    static const char began[] =
        "select count(*) from assocd.progress where stage_began_at = stage_at";
    progress(1, "read", 1);
    ck_assert_int_eq(cluster_int(pg, began), 1);
    progress(1, "read", 2);
    ck_assert_int_eq(cluster_int(pg, began), 0);
    progress(1, "create", 1);
    ck_assert_int_eq(cluster_int(pg, began), 1);
}

TEST(a_run_that_has_ended_says_no_more_how_far_it_is)
{
    progress(1, "read", 7);
    cluster_exec(pg,
        "update assocd.run set status = 'failed', completed_at = clock_timestamp() where run_id = "
        "1",
        NULL);
    progress(1, "create", 9);
    ck_assert_int_eq(cluster_int(pg, "select stage_done from assocd.progress"), 7);
}

/* Said in one place, which the table, its moves and the statement that closes a run all ask. */
TEST(what_is_under_way_is_said_in_one_place)
{
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from unnest(array['planning', 'applying', 'verifying', "
                         "'planned', 'failed', 'withheld']) s where assocd.is_working(s)"),
        3);
    ck_assert_int_eq(
        cluster_int(pg,
            "select count(*) from (select pg_get_constraintdef(oid) as text from pg_constraint "
            "where conname = 'completed_in_end_states' union all select pg_get_triggerdef(oid) "
            "from "
            "pg_trigger where tgname = 'legal_move' and tgrelid = 'assocd.run'::regclass) t where "
            "text like '%is_working%' and text not like '%''planned''%'"),
        2);
}

SUITE(.open = open_database, .close = close_database, .before = open_world, .after = close_world);
