/*
 * login_cases.c: what a login that has one of the roles, and nothing else, can do to the tables,
 * and what the journal's triggers refuse it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "lib/roles.h"
#include "pg/pg.h"

static char *database;
static struct pg *pg;

/* Run 1: a withheld plan. 2: it works. 3: it ended well. 4: it ended in doubt. */
static const char world[] =
    "create schema crm; create table crm.link (from_id bigint, to_id bigint);"
    "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid, "
    "digest)"
    " values ('s', 'p', 'v3', 'manual', 'withheld', now(), 1, 'h', 1, 'd');"
    "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid)"
    " values ('s', 'p', 'v3', 'manual', 'applying', 2, 'h', 1);"
    "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid, "
    "created)"
    " values ('s', 'p', 'v3', 'manual', 'succeeded', now(), 3, 'h', 1, 5);"
    "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid, "
    "unsettled)"
    " values ('s', 'p', 'v3', 'manual', 'failed', now(), 4, 'h', 1, true);"
    "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, "
    "reason, state)"
    " values (4, 'create', 1, 1, 10, 'HUBSPOT_DEFINED', 3, 'source_added', 'unknown'),"
    " (3, 'create', 1, 1, 10, 'HUBSPOT_DEFINED', 3, 'source_added', 'verified');"
    "insert into assocd.batch (run_id, operation, status, inputs) values (3, 'create', 'done', 1);"
    "insert into assocd.sync_state (sync, portal, paused_at, paused_by) values ('s', 'p', now(), "
    "'anna');"
    "insert into assocd.reject (sync, origin, category, message, first_run_id, last_run_id)"
    " values ('s', 'hubspot', 'x', 'y', 1, 1);"
    "insert into assocd.signal (verb, run_id, requested_by, reason) values ('approve', 1, 'anna', "
    "'moved');"
    "insert into assocd.signal (verb, sync, requested_by, handled_at, handled_by)"
    " values ('trigger', 's', 'anna', now(), 'h:1');"
    "insert into assocd.plan_approval (plan_id, digest, expires_at) values (1, 'd', now() + "
    "interval '1 h')";

static void open_world(void)
{
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
    cluster_exec(pg, world, NULL);
    roles_make(pg);
}

static void close_world(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

#define DENIED "42501"
#define REFUSED "23514"
#define WORKS ""
#define APPROVAL "insert into assocd.plan_approval (plan_id, digest, expires_at"
#define ADD_CHANGE(run) \
    "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, " \
    "reason) values (2, 'archive', 7, 1, 12, 'HUBSPOT_DEFINED', 3, 'source_removed'), (" run \
    ", 'archive', 9, 1, 11, 'HUBSPOT_DEFINED', 3, 'source_removed')"
#define ADD_BATCH(run) \
    "insert into assocd.batch (run_id, operation, status, inputs) values (" run \
    ", 'create', 'done', 1)"
#define FOREVER ") values (1, 'd', 'infinity'"

static const struct {
    const char *verb; /* whose login: see lib/roles.c */
    const char *sql;
    const char *sqlstate;
} cases[] = {
    /* Approvals come of people, in their own name, for a time. */
    {"daemon", APPROVAL FOREVER ")", DENIED},
    {"daemon", APPROVAL ", approved_by" FOREVER ", 'anna')", DENIED},
    {"daemon", "select assocd.approve(1, 'I do it myself', 1)", DENIED},
    {"daemon", "update assocd.plan_approval set expires_at = 'infinity'", DENIED},
    {"daemon", "update assocd.plan_approval set approved_by = 'anna'", DENIED},
    {"daemon", "update assocd.plan_approval set used_at = now(), used_by_run_id = 2", WORKS},
    {"daemon", "insert into assocd.signal (verb, run_id) values ('approve', 1)", DENIED},
    {"daemon",
        "insert into assocd.signal (verb, run_id, requested_by) values ('approve', 1, 'anna')",
        DENIED},
    {"daemon", "update assocd.signal set run_id = 2", DENIED},
    {"daemon", "update assocd.signal set requested_by = 'me'", DENIED},
    {"daemon", "update assocd.signal set handled_at = null, handled_by = null where signal_id = 2",
        REFUSED},
    {"daemon", "update assocd.signal set handled_by = 'other' where signal_id = 2", REFUSED},
    {"daemon", "update assocd.signal set outcome = 'run 3: succeeded' where signal_id = 2", WORKS},
    {"daemon", "alter table assocd.plan_approval disable trigger all", DENIED},
    {"daemon", "set session_replication_role = replica", DENIED},
    {"operator", "select assocd.approve(1, 'sales region closed')", WORKS},
    {"operator", "select assocd.approve(1, 'for ever', 1000000000)", "22023"},
    {"operator", "select assocd.approve(1, 'backwards', -5)", "22023"},
    {"operator", "select assocd.approve(1, repeat('x', 3000))", REFUSED},
    {"operator", "select assocd.approve(2, 'it works still')", "P0002"},
    {"operator", APPROVAL FOREVER ")", DENIED},
    {"operator",
        "insert into assocd.signal (verb, sync, reason) values ('pause', 's', repeat('x', 300000))",
        REFUSED},
    {"operator", "insert into assocd.signal (verb, sync) values ('trigger', repeat('x', 300000))",
        REFUSED},
    {"operator",
        "insert into assocd.signal (verb, sync, requested_by) values ('trigger', 's', 'anna')",
        DENIED},
    {"operator", "update assocd.reject set retry_at = 'infinity'", REFUSED},
    {"operator", "select assocd.take_request(1, 'me', 'x')", DENIED},
    {"reader", "select assocd.approve(1, 'me', 1)", DENIED},
    {"reader", "insert into assocd.signal (verb, sync) values ('trigger', 's')", DENIED},
    /* Pausing is for people. */
    {"daemon", "update assocd.sync_state set paused_at = null", DENIED},
    {"daemon", "update assocd.sync_state set paused_by = 'bert'", DENIED},
    {"daemon", "insert into assocd.sync_state (sync, portal, paused_at) values ('t', 'p', now())",
        DENIED},
    {"daemon", "update assocd.sync_state set wanted = 999", "23503"},
    {"daemon", "update assocd.sync_state set failures = failures + 1", WORKS},
    /* What has ended stays. */
    {"daemon",
        "update assocd.run set created = 0, completed_at = now() - interval '1 y' where run_id = 3",
        REFUSED},
    {"daemon", "update assocd.run set digest = 'e' where run_id = 1", REFUSED},
    {"daemon",
        "update assocd.run set guard = null, error = null, fingerprint = 'f' where run_id = 1",
        REFUSED},
    {"daemon", "update assocd.run set requests = 5 where run_id = 4", REFUSED},
    {"daemon", "update assocd.run set unsettled = true where run_id = 3", REFUSED},
    {"daemon", "update assocd.run set unsettled = false where run_id = 4", WORKS},
    {"daemon", "update assocd.run set created = 3 where run_id = 2", WORKS},
    {"daemon", "update assocd.change set message = 'x' where run_id = 3", REFUSED},
    {"daemon", "update assocd.change set batch_id = 1 where run_id = 3", REFUSED},
    {"daemon", "update assocd.change set state = 'verified' where run_id = 4", WORKS},
    {"daemon", "update assocd.batch set correlation_id = 'x', http_status = 200", REFUSED},
    {"daemon",
        "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid, "
        "digest)"
        " values ('s', 'p', 'v3', 'plan', 'planned', now(), 9, 'h', 1, 'd')",
        REFUSED},
    {"daemon",
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, signal_id)"
        " values ('s', 'p', 'v3', 'manual', 'planning', 9, 'h', 1, 2)",
        REFUSED},
    {"daemon",
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid)"
        " values ('s', 'p', 'v3', 'manual', 'planning', 9, 'h', 1)",
        WORKS},
    {"daemon", ADD_CHANGE("1"), REFUSED},
    {"daemon", ADD_CHANGE("3"), REFUSED},
    {"daemon", ADD_CHANGE("4"), REFUSED},
    {"daemon", ADD_CHANGE("2"), WORKS},
    {"daemon", ADD_BATCH("1"), REFUSED},
    {"daemon", ADD_BATCH("3"), REFUSED},
    {"daemon", ADD_BATCH("4"), REFUSED},
    {"daemon", ADD_BATCH("2"), WORKS},
    /* Who asked and when is not the daemon's to say. */
    {"daemon", "update assocd.run set signal_id = 2 where run_id = 2", REFUSED},
    {"daemon",
        "with ended as (update assocd.run set status = 'failed', completed_at = now() - interval "
        "'9 years' where run_id = 2 returning completed_at)"
        " select 1 / (completed_at > now() - interval '1 hour')::integer from ended",
        WORKS},
    {"daemon",
        "with begun as (insert into assocd.run (sync, portal, api, cause, status, epoch, host, "
        "pid, "
        "started_at) values ('s', 'p', 'v3', 'manual', 'planning', 9, 'h', 1, '2000-01-01') "
        "returning started_at)"
        " select 1 / (started_at > now() - interval '1 hour')::integer from begun",
        WORKS},
    {"daemon", "delete from assocd.run", DENIED},
    {"daemon", "truncate assocd.signal cascade", DENIED},
    {"operator", "update assocd.run set created = 0", DENIED},
    /* Nothing for those who have no role, or the wrong one. */
    {"reader", "select assocd.touch('s', null::bigint)", DENIED},
    {"operator", "select assocd.touch('s', '7')", DENIED},
    {"daemon", "select assocd.touch('s', null::bigint)", DENIED},
    {"reader", "select assocd.watch('s', 'crm.link', 'from_id', 'to_id')", DENIED},
    {"reader", "select assocd.unwatch('s')", DENIED},
    {"reader", "select assocd.prune_history(1, 1)", DENIED},
    {"reader", "select assocd.take_permits('a', 1, 1, 'UTC')", DENIED},
    {"reader", "select * from assocd.job_log", WORKS},
};

TEST_LOOP(may_do_what_its_role_needs_and_no_more, (sizeof cases / sizeof cases[0]))
{
    struct error err = {0};
    char *url = roles_text(database, cases[_i].verb);
    struct pg *login = cluster_connect(url);
    ck_assert(pg_exec(login, "begin", NULL, &err));
    bool ok = pg_exec(login, cases[_i].sql, NULL, &err);
    ck_assert_msg(strcmp(ok ? WORKS : pg_sqlstate(login), cases[_i].sqlstate) == 0, "%s: %s: %s",
        cases[_i].verb, cases[_i].sql, ok ? "it worked" : err.text);
    ck_assert(pg_exec(login, "rollback", NULL, &err));
    pg_close(login);
    free(url);
}

/* Of a run in doubt only its changes tell. */
TEST(fault_h8_counts_of_a_run_in_doubt_are_those_of_its_changes)
{
    char *url = roles_text(database, "daemon");
    struct pg *login = cluster_connect(url);
    cluster_exec(login,
        "update assocd.run set created = 77, archived = 88, unverified = 0 where run_id = 4", NULL);
    ck_assert_int_eq(
        cluster_int(
            pg, "select created + archived + 10 * unverified from assocd.run where run_id = 4"),
        10);
    pg_close(login);
    free(url);
}

TEST(fault_h1_an_approval_says_what_the_request_said)
{
    char *url = roles_text(database, "daemon");
    struct pg *login = cluster_connect(url);
    cluster_exec(login, "select assocd.take_request(1, 'h:1', 'starts now')", NULL);
    cluster_exec(login, "select assocd.take_request(1, 'h:2', 'again')", NULL);
    cluster_exec(
        login, "select assocd.take_request(2, 'h:1', 'a request that was taken up')", NULL);
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from assocd.plan_approval a where signal_id = 1 and "
                         "approved_by = 'anna'"
                         " and reason = 'moved' and digest = 'd' and plan_id = 1 and expires_at < "
                         "now() + interval '61 min'"
                         " and (select wanted from assocd.sync_state) = 1"
                         " and (select handled_by from assocd.signal where signal_id = 1) = 'h:1'"),
        1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.plan_approval"), 2);
    pg_close(login);
    free(url);
}

SUITE(.before = open_world, .after = close_world);
