/*
 * test_watch_wake.c: which changes of watched tables wake a daemon. Commits that notify are made
 * one after the other in all of the cluster, so that an application which writes from many sessions
 * must not notify with each.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "source/watch.h"

static char *database;
static struct pg *pg;

static void setup(void)
{
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
    cluster_exec(pg,
        "create schema crm; create table crm.link (from_id bigint, to_id bigint, note text);"
        "insert into assocd.sync_state (sync, portal) values ('links', 'p'), ('v', 'p');"
        "select assocd.watch('links', 'crm.link', 'from_id', 'to_id'); delete from assocd.touched",
        NULL);
}

static void teardown(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

/* How many notifications have come; all of them are for links. */
static int count_heard(struct pg *listener)
{
    struct error err = {0};
    const char *channel = NULL, *payload;
    int count = 0;
    /* Whatever was committed before this statement is heard with it. */
    ck_assert_msg(pg_exec(listener, "select", NULL, &err), "%s", err.text);
    for (;;) {
        ck_assert(pg_notification(listener, &channel, &payload, &err));
        if (channel == NULL)
            return count;
        ck_assert_str_eq(channel, WATCH_CHANNEL);
        ck_assert_str_eq(payload, "links");
        count++;
    }
}

static const struct {
    const char *why, *sql;
    int heard;
} changes[] = {
    {"the first change", "insert into crm.link values (21, 1)", 1},
    {"a change while a recent one waits", "insert into crm.link values (22, 1)", 0},
    {"a touch while a recent one waits", "select assocd.touch('links', 5)", 0},
    {"no change", "update crm.link set note = 'x'", 0},
    {"a change after all were dealt with",
        "delete from assocd.touched; insert into crm.link values (23, 1)", 1},
    {"a change while old ones wait",
        "update assocd.touched set touched_at = now() - interval '2 s';"
        "insert into crm.link values (24, 1)",
        1},
    {"a change while another sync's waits",
        "delete from assocd.touched; insert into assocd.touched (sync) values ('v');"
        "insert into crm.link values (25, 1)",
        1},
    {"a change after one that was taken back",
        "delete from assocd.touched; begin; savepoint s; insert into crm.link values (26, 1);"
        "rollback to s; insert into crm.link values (27, 1); commit",
        1},
    {"a touch after all were dealt with",
        "delete from assocd.touched; select assocd.touch('links', 5)", 1},
};

TEST(fault_y3_only_a_change_that_finds_none_of_the_last_second_waiting_notifies)
{
    struct error err = {0};
    struct pg *listener = NULL;
    ck_assert_msg(watch_open(&listener, database, &err), "%s", err.text);
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
        cluster_exec(pg, changes[i].sql, NULL);
        int heard = count_heard(listener);
        ck_assert_msg(heard == changes[i].heard, "%s: %d notifications", changes[i].why, heard);
    }
    pg_close(listener);
}

/* One that is not committed yet tells nobody anything. */
TEST(fault_y3_a_change_does_not_count_on_one_that_may_be_taken_back)
{
    struct error err = {0};
    struct pg *listener = NULL;
    struct pg *other = cluster_connect(database);
    ck_assert_msg(watch_open(&listener, database, &err), "%s", err.text);
    cluster_exec(other, "begin; insert into crm.link values (31, 1)", NULL);
    cluster_exec(pg, "insert into crm.link values (32, 1)", NULL);
    ck_assert_int_eq(count_heard(listener), 1);
    cluster_exec(other, "rollback", NULL);
    pg_close(other);
    pg_close(listener);
}

/* The application's statement costs the same however many changes wait, or have been dealt with and
 * lie about as dead rows, whatever the statistics say: here they are those of an empty table. */
TEST(fault_y3_a_change_looks_at_the_last_second_by_an_index_only)
{
    static const char *const steps[] = {
        "analyze assocd.touched",
        ("insert into assocd.touched (sync, from_id, touched_at)"
         " select 'links', n, now() - interval '1 h' from generate_series(1, 20000) n"),
        "select pg_stat_force_next_flush()",
        "select pg_stat_reset()",
        "insert into crm.link values (41, 1), (42, 1)",
        "select pg_stat_force_next_flush()",
    };
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++)
        cluster_exec(pg, steps[i], NULL);
    cluster_exec(pg,
        "select seq_scan, idx_tup_fetch, n_tup_ins from pg_stat_user_tables"
        " where relid = 'assocd.touched'::regclass",
        &rows);
    ck_assert_int_eq(pg_rows_int(&rows, 0, 2), 2);
    ck_assert_int_eq(pg_rows_int(&rows, 0, 0), 0);
    ck_assert_int_eq(pg_rows_int(&rows, 0, 1), 0);
}

SUITE(.before = setup, .after = teardown);
