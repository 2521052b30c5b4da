/* test_roles.c: what each role of sql/grants.tsv may do, and what the journal's triggers refuse
 * even to those who may. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/statement.h"

static char *database;
static struct pg *pg;

static const char world[] =
    "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid, "
    "digest)"
    " values ('s', 'p', 'v3', 'manual', 'withheld', now(), 1, 'h', 1, 'd');"
    "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid)"
    " values ('s', 'p', 'v3', 'manual', 'applying', 2, 'h', 1);"
    "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, "
    "reason)"
    " values (2, 'create', 1, 1, 10, 'HUBSPOT_DEFINED', 3, 'source_added');"
    "insert into assocd.reject (sync, origin, category, message, first_run_id, last_run_id)"
    " values ('s', 'hubspot', 'x', 'y', 1, 1)";

static void open_world(void)
{
    struct error err = {0};
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
    /* Twice: it must be harmless when repeated. */
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(pg_exec(pg, sql_roles, NULL, &err), "%s", err.text);
        ck_assert_msg(pg_exec(pg, sql_grants, NULL, &err), "%s", err.text);
    }
    ck_assert_msg(pg_exec(pg, world, NULL, &err), "%s", err.text);
}

static void close_world(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

/* denied: 42501 insufficient_privilege; refused: 23514 by a trigger */
static const struct {
    const char *role;
    const char *sql;
    const char *sqlstate; /* "": it works */
} cases[] = {
    {"assocd_reader", "select * from assocd.job_log", ""},
    {"assocd_reader", "select * from assocd.drift", ""},
    {"assocd_reader", "insert into assocd.signal (verb, sync) values ('trigger', 's')", "42501"},
    {"assocd_reader", "select assocd.approve(1, 'me', 1)", "42501"},
    {"assocd_reader", "update assocd.change set state = 'skipped'", "42501"},
    {"assocd_reader", "select assocd.take_permits('a', 1, 1, 'UTC')", "42501"},
    {"assocd_operator", "select * from assocd.approve(1, 'sales region closed')", ""},
    {"assocd_operator", "insert into assocd.signal (verb, sync) values ('trigger', 's')", ""},
    {"assocd_operator", "update assocd.reject set retry_at = now()", ""},
    {"assocd_operator",
        "insert into assocd.plan_approval (plan_id, digest, approved_by, expires_at)"
        " values (1, 'd', 'somebody else', now())",
        "42501"},
    {"assocd_operator", "update assocd.plan_approval set used_at = null", "42501"},
    {"assocd_operator", "update assocd.change set state = 'skipped'", "42501"},
    {"assocd_operator", "delete from assocd.managed", "42501"},
    {"assocd_daemon", "update assocd.change set state = 'sent' where state = 'planned'", ""},
    {"assocd_daemon", "update assocd.change set state = 'verified'", "23514"},
    {"assocd_daemon", "update assocd.change set to_id = 11", "23514"},
    {"assocd_daemon", "update assocd.run set status = 'succeeded' where run_id = 1", "23514"},
    {"assocd_daemon", "update assocd.run set status = 'verifying' where run_id = 2", ""},
    {"assocd_daemon", "update assocd.run set epoch = 7", "23514"},
    {"assocd_daemon", "update assocd.plan_approval set digest = 'e'", "42501"},
    {"assocd_daemon", "delete from assocd.run", "42501"},
    {"assocd_daemon", "delete from assocd.change", "42501"},
    {"assocd_daemon", "truncate assocd.managed", "42501"},
    {"assocd_daemon", "drop table assocd.plan_row", "42501"},
    {"assocd_daemon", "alter table assocd.plan_state disable trigger all", "42501"},
    {"assocd_daemon", "create table assocd.mine (x integer)", "42501"},
    {"assocd_daemon", "insert into assocd.schema_version (version) values (99)", "42501"},
    {"assocd_daemon", "select assocd.prune_history(90, 730)", ""},
    {"assocd_daemon", "select * from assocd.take_permits('a', 1, 1, 'UTC')", ""},
    {"assocd_daemon", "select assocd.interrupt_runs('s')", ""},
    {"assocd_daemon", "select assocd.interrupt_runs_within('s', interval '1 s')", ""},
    {"assocd_daemon", "select assocd.approve(1, 'I do it myself', 1)", "42501"},
};

TEST_LOOP(may_do_what_the_role_needs_and_no_more, ARRAY_COUNT(cases))
{
    struct error err = {0};
    char text[128];
    (void)snprintf(text, sizeof text, "begin; set local role %s", cases[_i].role);
    ck_assert_msg(pg_exec(pg, text, NULL, &err), "%s", err.text);
    bool ok = pg_exec(pg, cases[_i].sql, NULL, &err);
    ck_assert_msg(strcmp(ok ? "" : pg_sqlstate(pg), cases[_i].sqlstate) == 0, "%s: %s: %s",
        cases[_i].role, cases[_i].sql, ok ? "it worked" : err.text);
    ck_assert(pg_exec(pg, "rollback", NULL, &err));
}

TEST(keeps_who_approved_and_why)
{
    struct error err = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    ck_assert_msg(pg_exec(pg, "select assocd.approve(1, 'sales region closed', 5)", NULL, &err),
        "%s", err.text);
    ck_assert(pg_exec(pg,
        "select approved_by = session_user and reason = 'sales region closed' and digest = 'd'"
        " and expires_at < now() + interval '6 minutes' from assocd.plan_approval",
        &rows, &err));
    ck_assert_int_eq(rows.count, 1);
    ck_assert(pg_rows_bool(&rows, 0, 0));
    ck_assert(pg_exec(
        pg, "update assocd.plan_approval set used_by_run_id = 2, used_at = now()", NULL, &err));
    ck_assert_msg(!pg_exec(pg, "update assocd.plan_approval set used_at = null", NULL, &err),
        "an approval is used once");
}

SUITE(.open = open_world, .close = close_world, .in_one = true);
