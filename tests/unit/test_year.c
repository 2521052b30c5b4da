/*
 * test_year.c: what is asked of a journal that a year has filled reads no table as a whole, and
 * what is asked of a plan newer than the statistics goes by its rows once. How, not how long: times
 * are in tests/bench.
 */
#include <check.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "pg/statement.h"

enum { PAGES_MOST = 400 }; /* a run of three changes, or a day's batches; a table has more */

static char *database;
static struct pg *pg;

/* Runs 1 … 20000 of 20 syncs over a year with two batches and three changes each; statistics;
 * then plan 100000, of which the statistics know nothing: 3,000 creates and 3,000 archives of the
 * same records. */
static const char *const world[] = {
    "set session_replication_role = replica",
    "insert into assocd.sync_state (sync, portal, good_at) select 's' || n, 'p', now() from "
    "generate_series(0, 19) n",
    "insert into assocd.run (sync, portal, api, cause, status, started_at, completed_at, epoch, "
    "host, pid, digest) select 's' || case when n % 20 = 19 and n > 1000 then 18 else n % 20 end, "
    "'p', 'v3', case when n % 20 < 10 then 'schedule' "
    "else "
    "'watch' end, case when n % 997 = 0 then 'failed' when n % 499 = 0 then 'withheld' else "
    "'no_change' end, at, at, n, 'h', n, 'x' from generate_series(1, 20000) n, "
    "lateral (select now() - (20000 - n) * interval '26 minutes' as at) t",
    "insert into assocd.batch (run_id, operation, status, inputs, sent_at, api_started_at, "
    "correlation_id) select n, 'read', 'done', 100, at, at, md5(n || 'c' || k) from "
    "generate_series(1, 20000) n, generate_series(1, 2) k, "
    "lateral (select now() - (20000 - n) * interval '26 minutes' as at) t",
    "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, "
    "reason, state) select n, 'create', o, (n * 97 + o) % 5000 + 1, n % 700 + o, "
    "'HUBSPOT_DEFINED', 3, "
    "case when (n + o) % 25 = 0 then 'drift_removed' else 'source_added' end, 'verified' from "
    "generate_series(1, 20000) n, generate_series(1, 3) o",
    "insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id) select "
    "'s' || n % 20, n, n, 'HUBSPOT_DEFINED', 3, 'created', 1 from generate_series(1, 30000) n",
    "analyze",
    "insert into assocd.run (run_id, sync, portal, api, cause, status, completed_at, epoch, host, "
    "pid, digest) overriding system value values (100000, 's0', 'p', 'v3', 'plan', 'planned', "
    "now(), 1, 'h', 1, 'x'), (100001, 's0', 'p', 'v3', 'apply', 'applying', null, 1, 'h', 1, 'x')",
    "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, "
    "reason, state) select r, op, n, n, n + case op when 'create' then 0 else 5000 end, "
    "'HUBSPOT_DEFINED', 3, 'source_added', 'planned' from generate_series(100000, 100001) r, "
    "generate_series(1, 3000) n, unnest(array['create', 'archive']) op where r = 100000 or n % 3 = "
    "0",
};

static void open_world(void)
{
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
    for (size_t i = 0; i < ARRAY_COUNT(world); i++)
        cluster_exec(pg, world[i], NULL);
}

static void close_world(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

/* The plan of a query, and what came of it. */
static void explain(const char *sql, struct buf *plan)
{
    CLEANUP(buf_clear) struct buf text = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    buf_addf(
        &text, "begin; explain (analyze, buffers, costs off, timing off, summary off) %s", sql);
    cluster_exec(pg, buf_text(&text), &rows);
    for (int i = 0; i < rows.count; i++)
        buf_addf(plan, "%s\n", pg_rows_text(&rows, i, 0));
    cluster_exec(pg, "rollback", NULL);
}

static const char *statement_text(const char *name)
{
    for (const struct statement *statement = statements; statement->name != NULL; statement++)
        if (strcmp(statement->name, name) == 0)
            return statement->text;
    ck_abort_msg("no sql/statement/%s.sql", name);
}

/* The plan of one of our statements, which are sent with their values. */
static void explain_statement(const char *name, const char *values, struct buf *plan)
{
    CLEANUP(buf_clear) struct buf prepare = {0};
    CLEANUP(buf_clear) struct buf execute = {0};
    buf_addf(&prepare, "prepare asked as %s", statement_text(name));
    cluster_exec(pg, buf_text(&prepare), NULL);
    buf_addf(&execute, "execute asked%s", values);
    explain(buf_text(&execute), plan);
    cluster_exec(pg, "deallocate asked", NULL);
}

static void expect_none(const struct buf *plan, const char *pattern, const char *what)
{
    regex_t regex;
    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    ck_assert_msg(
        regexec(&regex, buf_text(plan), 0, NULL, 0) != 0, "%s:\n%s", what, buf_text(plan));
    regfree(&regex);
}

/* No more pages than what is asked for needs: a table, or an index, as a whole has more. */
static void expect_pages(const struct buf *plan, long most, const char *what)
{
    static const char head[] = "Buffers: shared hit=";
    const char *at = strstr(buf_text(plan), head);
    long pages = at != NULL ? strtol(at + strlen(head), NULL, 10) : 0;
    ck_assert_msg(pages <= most, "%s: %ld pages:\n%s", what, pages, buf_text(plan));
}

static const char *const asked[] = {
    "select * from assocd.pair where from_id = 105 and to_id = 8",
    "select * from assocd.drift where from_id = 105 and to_id = 25",
    "select * from assocd.drift order by run_id desc limit 20",
    "select * from assocd.job_log where started_at > now() - interval '1 day'",
    "select * from assocd.job_log where sync = 's4' and started_at > now() - interval '7 days'",
    "select * from assocd.job_log where status = 'failed' order by run_id desc limit 20",
    "select * from assocd.job_batch where correlation_id = md5('777c1')",
    "select * from assocd.job_batch where sent_at > now() - interval '1 day'",
    "select * from assocd.job_batch where api_started_at > now() - interval '1 day'",
    "select * from assocd.job_batch where status = 'failed' order by batch_id desc limit 20",
    "select * from assocd.job_batch where run_id = 19990",
};

TEST_LOOP(fault_y10_what_people_ask_of_the_views_reads_no_table_as_a_whole, ARRAY_COUNT(asked))
{
    CLEANUP(buf_clear) struct buf plan = {0};
    explain(asked[_i], &plan);
    expect_pages(&plan, PAGES_MOST, asked[_i]);
}

static const struct {
    const char *name, *values;
} told[] = {
    {"history", "(null, 20)"},
    {"history", "('s3', 20)"},
    {"history", "('s19', 60)"},
    {"history_json", "('s3', 20)"},
    {"show_run", "(100000)"},
    {"show_batches", "(19990, 200)"},
    {"show_changes", "(100000, 10)"},
    {"show_json", "(100000)"},
    {"status_plans", ""},
    {"status_problems", ""},
    {"status_runs", ""},
    {"status_locks", ""},
    {"explain_changes", "('s0', 105, 8, 'p')"},
    {"explain_json", "('s0', 105, 8, 'p')"},
    {"explain_owner", "('s0', 20, 20, 'p')"},
    {"worker_run",
        "('s3', 'h', 19983, (extract(epoch from now()) * 1000000)::bigint - 86400000000)"},
    {"worker_run", "('s3', 'h', 1, (extract(epoch from now()) * 1000000)::bigint - 86400000000)"},
    {"guard_archives", "(100000, 's0')"},
    {"touched_guard", "('s0', 100, 100000)"},
    {"recover_runs", "('s0', 1000, 1000)"},
    {"plan_get", "(100000)"},
    {"undo_changes", "(19990, 0, 99999999, false, '{}')"},
};

TEST_LOOP(fault_y9_what_the_verbs_and_the_daemon_ask_reads_no_table_as_a_whole, ARRAY_COUNT(told))
{
    CLEANUP(buf_clear) struct buf plan = {0};
    explain_statement(told[_i].name, told[_i].values, &plan);
    expect_pages(&plan, PAGES_MOST, told[_i].name);
}

/* The rows of a plan are gone through for each other where the planner expects one of them. */
TEST_LOOP(fault_y7_what_is_asked_of_a_plan_goes_through_its_rows_once, 4)
{
    static const char *const names[] = {
        "plan_price", "change_keep", "plan_get", "change_quarantine"};
    static const char *const values[] = {
        "(100000)", "(100001, 100000)", "(100000)", "(100000, 's0', true, true)"};
    CLEANUP(buf_clear) struct buf plan = {0};
    explain_statement(names[_i], values[_i], &plan);
    expect_none(&plan, "CTE Scan[^\n]*rows=[0-9]{3,} loops=[0-9]{2}", names[_i]);
    expect_none(&plan, "(Seq|Bitmap Heap) Scan[^\n]*rows=[0-9]{3,} loops=[0-9]{2}", names[_i]);
}

/* Of a plan of millions ten rows are shown. */
TEST(fault_y7_the_first_changes_are_shown_without_sorting_the_plan)
{
    CLEANUP(buf_clear) struct buf plan = {0};
    explain_statement("show_changes", "(100000, 10)", &plan);
    expect_none(&plan, "on change[^\n]*rows=[0-9]{3,}", "show_changes");
}

/* The planner works a function out when it is compared with: then the digest would be worked out
 * twice. */
TEST(fault_y8_an_approval_works_the_digest_out_once)
{
    CLEANUP(buf_clear) struct buf plan = {0};
    explain_statement("approval_use", "(100000, 100001, '{f}')", &plan);
    ck_assert_msg(strstr(buf_text(&plan), "InitPlan") != NULL, "%s", buf_text(&plan));
    ck_assert_ptr_null(strstr(buf_text(&plan), "plan_digest"));
}

SUITE(.open = open_world, .close = close_world);
