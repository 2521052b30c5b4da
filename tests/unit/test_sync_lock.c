/*
 * test_sync_lock.c: who holds the lock of a sync is said by rows of ours: strangers' advisory locks
 * stop nobody, and nothing is written outside the session that has the lock.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "journal/journal.h"
#include "run/run.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg;
static struct error err;
static struct portal_definition portal = {.name = (char[]){"main"}, .api = DIALECT_V3};
static struct sync_definition sync_definition = {.name = (char[]){"pairs"}, .portal = &portal};
static struct run run, other;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg, "truncate assocd.run, assocd.sync_state restart identity cascade", NULL);
    run = other = (struct run){
        .session = {.sync = &sync_definition, .database_url = database, .cause = "manual"}};
}

static void teardown(void)
{
    run_clear(&run);
    run_clear(&other);
    pg_close(pg);
}

static void open_run(struct run *opened)
{
    ck_assert_msg(journal_open(&opened->session, &opened->scope, &err), "%s", err.text);
}

/* Ends the run's session, and waits until the server has ended it: somebody else has its lock then.
 */
static void end_session(void)
{
    char sql[128];
    int64_t key = cluster_int(pg, "select lock_key from assocd.sync_state");
    pg_close(run.session.state);
    run.session.state = NULL;
    run.session.run_id = 0;
    (void)snprintf(sql, sizeof sql, "select pg_advisory_lock('%" PRId64 "'::bigint)", key);
    cluster_exec(pg, sql, NULL);
}

/* Everybody may take an advisory lock, and see which ones are held: none of that stops a run, or
 * keeps a dead one from being told. */
TEST(fault_h6_locks_of_strangers_stop_nobody)
{
    cluster_exec(pg,
        "select pg_advisory_lock(hashtextextended('assocd.sync:pairs', 0)),"
        " pg_advisory_lock(hashtextextended('assocd.schema', 0)),"
        " pg_advisory_lock(hashtextextended('assocd.run:' || n, 0)) from generate_series(1, 9) n",
        NULL);
    open_run(&run);
    end_session(); /* the stranger waited for just that */
    ck_assert_int_eq(cluster_int(pg, "select assocd.sync_busy('pairs')::int"), 0);
    open_run(&other);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.run where status = 'interrupted'"), 1);
}

/* A session that has taken the lock and no more is named, too. */
TEST(fault_h6_names_the_session_that_holds_the_lock)
{
    char part[64];
    cluster_exec(pg, "select assocd.lock_sync('pairs', 'main')", NULL);
    int64_t pid = cluster_int(pg, "select pg_backend_pid()");
    ck_assert(!journal_open(&run.session, &run.scope, &err));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    (void)snprintf(part, sizeof part, "PostgreSQL session %lld of role assocd", (long long)pid);
    ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
    ck_assert_msg(strstr(err.text, "(application \"test\", host [local])") != NULL, "%s", err.text);
}

/* The server process behind the connection changes: the lock stays behind with another one. */
TEST(fault_c1_writes_only_in_the_session_that_holds_the_lock)
{
    static const int64_t ordinals[] = {1, 2};
    struct journal_batch batch = {
        .operation = "create", .create = true, .ordinals = ordinals, .count = 2, .inputs = 2};
    open_run(&run);
    cluster_exec(pg,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason) select run_id, 'create', n, n, n, 'HUBSPOT_DEFINED', 1, 'source_added'"
        " from assocd.run, generate_series(1, 2) n",
        NULL);
    cluster_exec(pg, "update assocd.sync_state set lock_pid = lock_pid + 1", NULL);
    ck_assert(!journal_sent(&run.session, &batch, &err));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.change where state = 'planned'"), 2);
}

/* A run begins only in the session that took the lock. */
TEST(fault_c1_a_lock_left_behind_by_a_session_that_ended_is_free)
{
    open_run(&run);
    end_session();
    open_run(&other);
    ck_assert_int_eq(other.session.epoch, 2);
    ck_assert_int_eq(
        cluster_int(pg,
            "select (lock_key = session_key)::int from assocd.sync_state join assocd.run"
            " on assocd.run.run_id = 2"),
        1);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
