/*
 * test_gate.c: what of a new plan may be applied, in a real PostgreSQL: only what the saved plan
 * contains, whole pairs only, nothing in quarantine; an approval fits one plan, once, for a while.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg;
static struct error err;

/* Run 1 is the saved plan, run 2 applies it. */
static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg,
        "truncate assocd.run, assocd.reject restart identity cascade;"
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, "
        "fingerprint)"
        " select 'pairs', 'main', 'v3', 'manual', 'planning', 1, 'h', 1, 'deals to contacts' from "
        "generate_series(1, 2)",
        NULL);
}

static void teardown(void)
{
    pg_close(pg);
}

static void change(int run_id, const char *operation, int from_id, int type_id, const char *state)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason, state) select %d, '%s', count(*) + 1, %d, 10, 'HUBSPOT_DEFINED', %d,"
        " 'source_removed', '%s' from assocd.change where run_id = %d",
        run_id, operation, from_id, type_id, state, run_id);
    cluster_exec(pg, sql, NULL);
}

static void keep(void)
{
    struct pg_args args = {0};
    pg_arg_int(&args, 2);
    pg_arg_int(&args, 1);
    ck_assert_msg(pg_run(pg, STATEMENT_CHANGE_KEEP, &args, NULL, &err), "%s", err.text);
}

static void expect_planned(const char *records)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg,
        "select coalesce(string_agg(distinct from_id::text, ' '), '') from assocd.change"
        " where run_id = 2 and state = 'planned'",
        &rows);
    ck_assert_str_eq(pg_rows_text(&rows, 0, 0), records);
}

TEST(applies_only_what_the_saved_plan_contains)
{
    change(1, "create", 1, 1, "planned");
    change(1, "archive", 2, 1, "withheld");
    change(1, "archive", 3, 1, "blocked");
    change(1, "create", 4, 1, "planned");
    change(2, "create", 1, 1, "planned");
    change(2, "archive", 2, 1, "planned");
    change(2, "archive", 3, 1, "planned");
    change(2, "archive", 4, 1, "planned");
    change(2, "create", 5, 1, "planned");
    keep();
    expect_planned("1 2");
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from assocd.change where run_id = 2"
                         " and state = 'skipped' and message = 'not in plan 1'"),
        3);
}

/* The saved plan unlinks the pair; since then somebody put a label on it, which would go with it.
 */
TEST(skips_a_pair_that_has_changed_since_as_a_whole)
{
    change(1, "archive", 1, 279, "planned");
    change(1, "archive", 2, 279, "planned");
    change(2, "archive", 1, 279, "planned");
    change(2, "archive", 1, 36, "planned");
    change(2, "archive", 2, 279, "planned");
    keep();
    expect_planned("2");
}

TEST(applies_the_rest_of_a_pair_that_is_partly_done)
{
    change(1, "create", 1, 36, "planned");
    change(1, "create", 1, 37, "planned");
    change(2, "create", 1, 37, "planned");
    keep();
    expect_planned("1");
}

static void quarantine(void)
{
    struct pg_args args = {0};
    pg_arg_int(&args, 2);
    pg_arg_text(&args, "pairs");
    pg_arg_bool(&args, false);
    pg_arg_bool(&args, false);
    ck_assert_msg(pg_run(pg, STATEMENT_CHANGE_QUARANTINE, &args, NULL, &err), "%s", err.text);
}

TEST(leaves_out_what_waits_in_quarantine_until_its_time)
{
    cluster_exec(pg,
        "insert into assocd.reject (sync, origin, operation, from_id, to_id, type, category, "
        "message,"
        " first_run_id, last_run_id, retry_at) select s, 'hubspot', o, f, '10', "
        "'HUBSPOT_DEFINED:1',"
        " 'X', 'no', 1, 1, clock_timestamp() + d * interval '1 hour' from (values ('pairs', "
        "'create',"
        " '1', 1), ('pairs', 'create', '2', -1), ('pairs', 'archive', '3', 1), ('other', 'create',"
        " '4', 1)) v(s, o, f, d)",
        NULL);
    for (int from_id = 1; from_id <= 4; from_id++)
        change(2, "create", from_id, 1, "planned");
    quarantine();
    expect_planned("2 3 4");
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from assocd.change where state = 'skipped'"
                         " and message like 'quarantined until %Z: no'"),
        1);
}

static int64_t use_approval_of(int run_id, const char *mapping)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, 1);
    pg_arg_int(&args, run_id);
    pg_arg_text(&args, mapping);
    ck_assert_msg(pg_run(pg, STATEMENT_APPROVAL_USE, &args, &rows, &err), "%s", err.text);
    return rows.count;
}

static int64_t use_approval(int run_id)
{
    return use_approval_of(run_id, "{deals,contacts,NULL,NULL,NULL,NULL,NULL,NULL}");
}

static void approve(void)
{
    struct pg_args args = {0};
    cluster_exec(pg,
        "update assocd.run set digest = assocd.plan_digest(1), status = 'withheld', completed_at = "
        "clock_timestamp() where run_id = 1 and completed_at is null",
        NULL);
    pg_arg_int(&args, 1);
    pg_arg_text(&args, "meant so");
    pg_arg_int(&args, 60);
    ck_assert_msg(pg_run(pg, STATEMENT_APPROVAL_INSERT, &args, NULL, &err), "%s", err.text);
}

/* As time would: nobody may move what was approved. */
static void expire(void)
{
    cluster_exec(pg,
        "alter table assocd.plan_approval disable trigger user;"
        " update assocd.plan_approval set approved_at = approved_at - interval '2 hours',"
        " expires_at = expires_at - interval '2 hours';"
        " alter table assocd.plan_approval enable trigger user",
        NULL);
}

TEST(uses_an_approval_once_in_time_and_for_the_plan_it_was_given_for)
{
    change(1, "archive", 1, 1, "withheld");
    ck_assert_int_eq(use_approval(2), 0);
    approve();
    expire();
    ck_assert_int_eq(use_approval(2), 0);
    approve();
    change(1, "archive", 2, 1, "withheld"); /* not what was approved */
    ck_assert_int_eq(use_approval(2), 0);
    cluster_exec(pg, "delete from assocd.change where from_id = 2", NULL);
    ck_assert_int_eq(use_approval_of(2, "{deals,companies,NULL,NULL,NULL,NULL,NULL,NULL}"), 0);
    ck_assert_int_eq(use_approval(2), 1);
    ck_assert_int_eq(use_approval(2), 0);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.plan_approval where used_by_run_id = 2"), 1);
}

static const char *const edits[] = {
    "update assocd.plan_row set to_id = 11 where ordinal = 1500",
    "update assocd.plan_row set type_id = 2 where ordinal = 1",
    "update assocd.plan_row set operation = 'create' where ordinal = 2500",
    "delete from assocd.plan_row where ordinal = 1000",
    "update assocd.plan_state set states = set_byte(states, 999, 5) where chunk = 0",
};

TEST_LOOP(the_digest_tells_every_change_of_a_plan, ARRAY_COUNT(edits))
{
    cluster_exec(pg,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason) select 1, 'archive', n, n, 10, 'HUBSPOT_DEFINED', 1, 'source_removed'"
        " from generate_series(1, 2500) n; create temporary table before as select "
        "assocd.plan_digest(1) d",
        NULL);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from before where d = assocd.plan_digest(1)"), 1);
    /* Only the database's superuser gets past the trigger that keeps the journal as it is. */
    cluster_exec(pg, "set session_replication_role = replica", NULL);
    cluster_exec(pg, edits[_i], NULL);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from before where d = assocd.plan_digest(1)"), 0);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
