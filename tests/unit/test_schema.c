/*
 * test_schema.c: the schema gets into a database whole or not at all, once, whoever tries at once,
 * and a version that is not ours is refused with what to do about it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "pg/schema.h"
#include "pg/statement.h"

SUITE_DATABASE(cluster_database);
static struct pg *pg, *state;
static struct error err;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg, "drop schema if exists assocd cascade", NULL);
    state = NULL;
}

static void teardown(void)
{
    pg_close(state);
    pg_close(pg);
}

static void expect_upgrade(int before, int after)
{
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    int version = -1;
    ck_assert_msg(schema_upgrade(pg, &change, &err), "%s", err.text);
    ck_assert_int_eq(change.from, before);
    ck_assert_int_eq(change.to, after);
    ck_assert(schema_version(pg, &version, &err));
    ck_assert_int_eq(version, after);
}

static void expect_no_schema(void)
{
    int version = -1;
    ck_assert(schema_version(pg, &version, &err));
    ck_assert_int_eq(version, 0);
}

static void expect_not_opened(const char *why)
{
    ck_assert(!schema_open(&state, database, "test", &err));
    ck_assert_int_eq(err.kind, ERROR_STATE);
    ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
    pg_close(state);
    state = NULL;
}

TEST(installs_once_and_then_has_nothing_to_do)
{
    int known = schema_version_known();
    ck_assert_int_ge(known, 2);
    expect_no_schema();
    expect_upgrade(0, known);
    expect_upgrade(known, known);
    int64_t files = 0;
    while (schema_files[files].name != NULL)
        files++;
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.schema_version"), files);
    ck_assert_msg(schema_open(&state, database, "test", &err), "%s", err.text);
}

TEST(sends_to_init_where_there_is_no_schema_or_an_old_one)
{
    expect_not_opened("no assocd schema: run assocd init");
    expect_upgrade(0, schema_version_known());
    cluster_exec(pg, "delete from assocd.schema_version where version > 1", NULL);
    expect_not_opened("has version 1 of the assocd schema");
    expect_not_opened("run assocd init");
}

TEST(refuses_a_newer_schema)
{
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    expect_upgrade(0, schema_version_known());
    cluster_exec(pg, "insert into assocd.schema_version (version) values (999)", NULL);
    expect_not_opened("use a newer assocd");
    ck_assert(!schema_upgrade(pg, &change, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "has version 999 of the assocd schema"));
    /* The connection is not left inside a failed transaction. */
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.schema_version where version = 999"), 1);
}

TEST(leaves_nothing_behind_when_a_migration_fails)
{
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    cluster_exec(pg, "create schema assocd; create view assocd.drift as select 1 as mine", NULL);
    ck_assert(!schema_upgrade(pg, &change, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "sql/schema/002_functions.sql"));
    ck_assert_ptr_nonnull(strstr(err.text, "already exists"));
    expect_no_schema();
    ck_assert_int_eq(
        cluster_int(
            pg, "select count(*) from pg_class where relnamespace = 'assocd'::regnamespace"),
        1);
}

/* Each in its own process; the lock decides who does it. */
TEST(is_installed_once_by_several_at_once)
{
    enum { SESSIONS = 5 };
    pid_t children[SESSIONS];
    int installed = 0;
    for (int i = 0; i < SESSIONS; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        struct schema_change change = {0};
        struct pg *own = cluster_connect(database);
        bool ok = schema_upgrade(own, &change, &err) && change.to == schema_version_known();
        pg_close(own);
        _exit(ok ? change.from == 0 : 9);
    }
    for (int i = 0; i < SESSIONS; i++) {
        int status;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        installed += WEXITSTATUS(status);
    }
    ck_assert_int_eq(installed, 1);
}

static const char without_identity[] =
    "select coalesce(string_agg(c.oid::regclass::text, ', '), '') from pg_class c"
    " where relnamespace = 'assocd'::regnamespace and relkind in ('r', 'p')"
    " and relreplident not in ('f', 'i') and not exists (select from pg_index i"
    " where i.indrelid = c.oid and i.indisprimary)";

/* Without a key, or another identity, nothing could be deleted or changed once somebody publishes
 * all tables. */
TEST(fault_c9_every_table_can_be_published)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    expect_upgrade(0, schema_version_known());
    cluster_exec(pg, without_identity, &rows);
    ck_assert_str_eq(pg_rows_text(&rows, 0, 0), "");
    cluster_exec(pg,
        "create table public.pair (from_id bigint primary key, to_id bigint);"
        "create publication etl for all tables;"
        "select assocd.watch('links', 'public.pair', 'from_id', 'to_id');"
        "insert into public.pair values (1, 2); delete from public.pair;"
        "delete from assocd.touched; select assocd.unwatch('links');"
        "drop publication etl; drop table public.pair",
        NULL);
}

/* The url of the database for another role. */
static char *url_as(const char *role)
{
    struct buf url = {0};
    const char *at = strstr(database, "user=");
    ck_assert_ptr_nonnull(at);
    at += strlen("user=");
    buf_add(&url, database, (size_t)(at - database));
    buf_add_text(&url, role);
    buf_add_text(&url, at + strlen("assocd"));
    return url.bytes;
}

TEST(fault_c10_installs_into_a_schema_of_its_own_without_create_on_the_database)
{
    struct schema_change change = {0};
    cluster_exec(pg,
        "do $$ begin create role poor login; exception when duplicate_object or unique_violation"
        " then null; end $$",
        NULL);
    char *url = url_as("poor");
    struct pg *poor = cluster_connect(url);
    ck_assert(!schema_upgrade(poor, &change, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_msg(strstr(err.text, "assocd init --sql") != NULL, "%s", err.text);
    cluster_exec(pg, "create schema assocd authorization poor", NULL);
    ck_assert_msg(schema_upgrade(poor, &change, &err), "%s", err.text);
    ck_assert_int_eq(change.from, 0);
    ck_assert_int_eq(change.to, schema_version_known());
    schema_change_clear(&change);
    pg_close(poor);
    free(url);
}

/* The schema as it was before version 95. */
static void install_before_95(void)
{
    char sql[80];
    for (const struct statement *file = schema_files; strtol(file->name, NULL, 10) < 95; file++) {
        cluster_exec(pg, schema_text(file, false), NULL);
        (void)snprintf(sql, sizeof sql, "insert into assocd.schema_version (version) values (%d)",
            (int)strtol(file->name, NULL, 10));
        cluster_exec(pg, sql, NULL);
    }
}

/* Run 1: an approved plan. 2: it died with a batch on the wire. 3: it has ended. 4: in doubt. */
static const char filled_before_95[] =
    "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid,"
    " unsettled, digest) select 's', 'p', 'v3', 'manual', status, done, 1, 'h', 1, n = 4,"
    " case n when 1 then 'd' end from (values (1, 'withheld', now()), (2, 'applying', null),"
    " (3, 'succeeded', now()), (4, 'failed', now())) as r(n, status, done) order by n;"
    "insert into assocd.plan_approval (plan_id, digest, expires_at)"
    " values (1, 'd', now() + interval '1 hour');"
    "insert into assocd.batch (run_id, operation, status, inputs) values (2, 'create', 'sent', 2);"
    "insert into assocd.change (run_id, operation, ordinal, from_id, to_id, category, type_id,"
    " reason, state, batch_id, message, origin, came, merged_from)"
    " select run_id, operation, n, n, 10 + n, 'HUBSPOT_DEFINED', 3, reason, state, batch_id,"
    " message, origin, null, merged_from from (values"
    " (1, 'archive', 'source_removed', 'withheld', null::bigint, null, null, null::bigint, 2500),"
    " (2, 'create', 'source_added', 'sent', 1, null, null, null, 2),"
    " (3, 'archive', 'source_removed', 'verified', 7, null, 'adopted', null, 3),"
    " (4, 'create', 'source_added', 'unknown', 9, null, null, null, 2)) as"
    " r(run_id, operation, reason, state, batch_id, message, origin, merged_from, many),"
    " generate_series(1, many) n;"
    "insert into assocd.change (run_id, operation, ordinal, from_id, to_id, category, type_id,"
    " reason, state, message, merged_from) values (2, 'create', 3, 3, 13, 'HUBSPOT_DEFINED', 3,"
    " 'source_added', 'planned', null, null), (3, 'archive', 4, 4, 14, 'HUBSPOT_DEFINED', 3,"
    " 'drift_added', 'skipped', 'why', 99);"
    "insert into assocd.managed values ('s', 1, 11, 'HUBSPOT_DEFINED', 3, 'created', 3);"
    "create table public.before as table assocd.change";

/* A journal with an open plan, its approval, ownership, history and a dead run comes over as it
 * was, without a row of it rewritten, and what was open is settled by the laws of today. */
TEST(an_upgrade_to_95_keeps_what_a_filled_journal_says)
{
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    cluster_exec(pg, "drop table if exists public.before", NULL);
    install_before_95();
    cluster_exec(pg, filled_before_95, NULL);
    int64_t file = cluster_int(pg, "select pg_relation_filenode('assocd.change')::bigint");
    ck_assert_msg(schema_upgrade(pg, &change, &err), "%s", err.text);
    ck_assert_int_eq(
        cluster_int(pg, "select pg_relation_filenode('assocd.plan_row')::bigint"), file);
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from assocd.change c join public.before b"
                         " using (run_id, operation, ordinal) where (c.from_id, c.to_id, c.state)"
                         " = (b.from_id, b.to_id, b.state) and (c.batch_id, c.message, c.origin,"
                         " c.merged_from) is not distinct from (b.batch_id, b.message, b.origin,"
                         " b.merged_from)"),
        cluster_int(pg, "select count(*) from public.before"));
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.pair where merged_from = 99"), 1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.managed"), 1);
    /* The dead run. */
    ck_assert_int_eq(cluster_int(pg, "select assocd.interrupt_runs('s')"), 2);
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) filter (where state = 'unknown') * 10"
                         " + count(*) filter (where state = 'abandoned')"
                         " from assocd.change where run_id = 2"),
        21);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.doubt"), 2);
    /* The open plan is taken, once. */
    ck_assert_int_eq(
        cluster_int(pg, "select assocd.move_plan(1, null, '{planned,withheld}', 'skipped')"), 2500);
    ck_assert_int_eq(
        cluster_int(pg, "select assocd.move_plan(1, null, '{planned,withheld}', 'skipped')"), 0);
    /* What was in doubt is seen; what has ended stays. */
    ck_assert_int_eq(
        cluster_int(
            pg, "select assocd.move_changes(4, 'create', '{1,2}', '{unknown}', 'verified')"),
        2);
    ck_assert(!pg_exec(pg, "update assocd.change set state = 'sent' where run_id = 3", NULL, &err));
    ck_assert_str_eq(pg_sqlstate(pg), "23514");
    cluster_exec(pg, "drop table public.before", NULL);
}

static const char *const uncommented[] = {
    "select count(*) from pg_class c where relnamespace = 'assocd'::regnamespace"
    " and relkind in ('r', 'v') and obj_description(oid, 'pg_class') is null",
    "select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid"
    " where relnamespace = 'assocd'::regnamespace and relkind = 'r' and attnum > 0"
    " and not attisdropped and col_description(c.oid, attnum) is null",
    "select count(*) from pg_proc where pronamespace = 'assocd'::regnamespace"
    " and obj_description(oid, 'pg_proc') is null",
};

TEST_LOOP(says_of_every_table_column_and_function_what_it_is, 3)
{
    expect_upgrade(0, schema_version_known());
    ck_assert_int_eq(cluster_int(pg, uncommented[_i]), 0);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
