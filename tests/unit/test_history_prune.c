/* test_history_prune.c: what is forgotten after the retention, and what never is. */
#include <check.h>
#include <stdlib.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "pg/statement.h"

static char *database;
static struct pg *pg;

/* Runs 1 … 30 of the last 30 weeks, the newest last, each with a batch, a change and the signal
 * that asked for it; every tenth run has forgotten its details already. */
static const char world[] =
    "insert into assocd.signal (verb, sync, requested_at, handled_at, handled_by) select "
    "'trigger', "
    "'s', t, t, 'h:1' from generate_series(30, 1, -1) n, lateral (select now() - n * interval '1 "
    "week' as t) x;"
    "insert into assocd.run (sync, portal, api, cause, status, started_at, completed_at, epoch, "
    "host, pid) select 's', 'p', 'v3', 'trigger', 'succeeded', t, t, n, 'h', 1 "
    "from generate_series(30, 1, -1) n, lateral (select now() - n * interval '1 week' as t) x;"
    "update assocd.run set signal_id = run_id;"
    "insert into assocd.batch (run_id, operation, status, inputs, completed_at) select run_id, "
    "'create', 'done', 1, now() from assocd.run where run_id % 10 <> 0;"
    "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, "
    "reason, state) select run_id, 'create', 1, 1, 10, 'HUBSPOT_DEFINED', 3, 'source_added', "
    "'verified' from assocd.run where run_id % 10 <> 0;"
    "insert into assocd.sync_state (sync, portal, wanted) values ('t', 'p', 7)";

static void open_world(void)
{
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
    cluster_exec(pg, world, NULL);
}

static void close_world(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

/* How many rows went. */
static int64_t prune_both(int64_t days, int64_t run_days)
{
    struct error err = {0};
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, days);
    pg_arg_int(&args, run_days);
    ck_assert_msg(pg_run(pg, STATEMENT_HISTORY_PRUNE, &args, &rows, &err), "%s", err.text);
    return pg_rows_int(&rows, 0, 0);
}

static void prune(int64_t days)
{
    (void)prune_both(days, 3650);
}

TEST(forgets_details_and_requests_older_than_the_retention)
{
    prune(73); /* runs 1 … 20 are older; request 7 is still to start a run */
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.run"), 30);
    ck_assert_int_eq(cluster_int(pg, "select min(run_id) from assocd.change"), 21);
    ck_assert_int_eq(cluster_int(pg, "select min(run_id) from assocd.batch"), 21);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.run where signal_id is null"), 19);
    prune(73);
    ck_assert_int_eq(cluster_int(pg, "select min(run_id) from assocd.change"), 21);
}

TEST(forgets_links_let_go_of_in_portions_oldest_first)
{
    cluster_exec(pg,
        "insert into assocd.let_go (sync, from_id, to_id, let_go_at) select 's', n, 10, now() - "
        "interval '80 days' - n * interval '1 second' from generate_series(1, 20005) n union all "
        "select 's', 1, 11, now() - interval '72 days'",
        NULL);
    prune(73);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.let_go"), 6);
    ck_assert_int_eq(cluster_int(pg, "select max(from_id) from assocd.let_go where to_id = 10"), 5);
    prune(73);
    ck_assert_int_eq(cluster_int(pg, "select min(to_id) from assocd.let_go"), 11);
}

TEST(keeps_a_request_that_nobody_has_taken_up_or_that_waits_for_its_run)
{
    cluster_exec(pg,
        "update assocd.signal set handled_at = null, handled_by = null where signal_id = 3; "
        "delete from assocd.run where signal_id in (3, 7)",
        NULL);
    prune(73);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.signal where signal_id < 11"), 2);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.signal where signal_id in (3, 7)"), 2);
}

TEST(forgets_twenty_runs_at_a_time_oldest_first)
{
    prune(1); /* 27 runs have details */
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.change"), 7);
    ck_assert_int_eq(cluster_int(pg, "select min(run_id) from assocd.change"), 23);
    prune(1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.change"), 0);
    prune(1);
}

/* A single statement must not take longer with the size of what it forgets. */
TEST(forgets_a_large_run_in_portions)
{
    cluster_exec(pg,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id, "
        "reason, state) select 1, 'archive', n, 1, n, 'HUBSPOT_DEFINED', 3, 'source_removed', "
        "'verified' from generate_series(1, 30000) n",
        NULL);
    prune(73); /* 20,000 archives of run 1, and no change of a later one */
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.change where run_id = 1"), 10001);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.change"), 10001 + 26);
    prune(73);
    ck_assert_int_eq(cluster_int(pg, "select min(run_id) from assocd.change"), 21);
}

/* Runs 1 … 20 are older than 73 days and have no details any more. */
TEST(forgets_runs_and_their_approvals_after_their_own_retention)
{
    prune(73);
    cluster_exec(pg,
        "insert into assocd.plan_approval (plan_id, digest, expires_at) values (8, 'x', now() + "
        "interval '1 h'), (25, 'x', now() + interval '1 h')",
        NULL);
    ck_assert_int_eq(prune_both(73, 73), 20);
    ck_assert_int_eq(cluster_int(pg, "select min(run_id) from assocd.run"), 21);
    ck_assert_int_eq(cluster_int(pg, "select sum(plan_id) from assocd.plan_approval"), 25);
    ck_assert_int_eq(prune_both(73, 73), 0);
}

static const char *const kept[] = {
    "update assocd.run set unsettled = true where run_id = 5",
    "insert into assocd.sync_state (sync, portal, good_run_id) values ('s', 'p', 5)",
    "insert into assocd.sync_state (sync, portal, run_id) values ('s', 'p', 5)",
    "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, plan_id) "
    "values ('s', 'p', 'v3', 'apply', 'planning', 1, 'h', 1, 5)",
    "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, undoes) "
    "values ('s', 'p', 'v3', 'undo', 'planning', 1, 'h', 1, 5)",
    "update assocd.run set completed_at = now() where run_id = 5",
    /* The newest of its sync says how the sync ended. */
    "set session_replication_role = replica;"
    "update assocd.run set sync = 'gone' where run_id = 5",
    "insert into assocd.batch (run_id, operation, status, inputs) "
    "select 5, 'read', 'done', 1 from generate_series(1, 40000)",
};

TEST_LOOP(never_forgets_a_run_that_something_still_goes_by, ARRAY_COUNT(kept))
{
    prune(73);
    cluster_exec(pg, kept[_i], NULL);
    (void)prune_both(73, 73);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.run where run_id = 5"), 1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.run where run_id < 21"), 1);
}

/* What details hang on is kept as long as they are. */
TEST(never_forgets_a_run_before_its_details)
{
    ck_assert_int_gt(prune_both(3650, 1), -1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.run"), 30);
}

TEST(never_forgets_what_is_younger_than_a_day_whatever_it_is_told)
{
    cluster_exec(pg,
        "update assocd.run set completed_at = now() - interval '1 hour'; "
        "update assocd.signal set handled_at = now()",
        NULL);
    prune(0);
    prune(-5);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.change"), 27);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.signal"), 30);
}

SUITE(.before = open_world, .after = close_world);
