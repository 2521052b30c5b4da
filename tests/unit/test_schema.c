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
