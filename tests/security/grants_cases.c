/*
 * grants_cases.c: the catalogue says exactly what sql/grants.tsv says: nothing more for anybody but
 * the owner, nothing for PUBLIC, and every function keeps its own search_path.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "base/buf.h"
#include "lib/cluster.h"
#include "pg/pg.h"
#include "pg/schema.h"
#include "pg/statement.h"

static char *database;
static struct pg *pg;

static void open_database(void)
{
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
    cluster_exec(
        pg, "create schema crm; create table crm.link (from_id bigint, to_id bigint)", NULL);
    cluster_exec(pg, "select assocd.watch('links', 'crm.link', 'from_id', 'to_id')", NULL);
    cluster_exec(pg, sql_roles, NULL);
    cluster_exec(pg, sql_grants, NULL);
}

static void close_database(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

/* The file, as one SQL literal. */
static void add_file(struct buf *sql)
{
    char line[4096], path[4096];
    const char *top = getenv("ASSOCD_TOP");
    (void)snprintf(path, sizeof path, "%s/sql/grants.tsv", top != NULL ? top : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while (fgets(line, sizeof line, file) != NULL)
        if (line[0] != '#')
            buf_add_text(sql, line);
    (void)fclose(file);
}

/* One row a role, object, right and column ("" for all of it). */
static const char wanted[] =
    "with line as (select string_to_array(l, E'\\t') as f from regexp_split_to_table($1, E'\\n') l"
    " where l <> ''),"
    " item as (select 'assocd_' || role as role, f[2] as kind, object, r[1] as privilege, r[2] as "
    "columns"
    " from line, regexp_split_to_table(f[1], ' ') as role, regexp_split_to_table(f[3], ' ') as "
    "object,"
    " regexp_matches(f[4], '([a-z]+)(?:\\(([a-z_,]+)\\))?', 'g') as r),"
    " wanted as ("
    " select role, 'schema assocd' as object, '' as part, privilege from item where kind = 'schema'"
    " union select role, c.oid::regclass::text, coalesce(part, ''), privilege from item"
    " join pg_class c on c.relnamespace = 'assocd'::regnamespace and c.relkind in ('r', 'v')"
    " and object in ('*', c.relname) left join lateral regexp_split_to_table(columns, ',') as part "
    "on true"
    " where kind = 'table'"
    " union select role, to_regprocedure('assocd.' || object)::text, '', privilege from item"
    " where kind = 'function'),"
    " held as ("
    " select grantee, 'schema assocd' as object, '' as part, privilege_type from pg_namespace,"
    " aclexplode(nspacl) where nspname = 'assocd'"
    " union all select grantee, c.oid::regclass::text, '', privilege_type from pg_class c,"
    " aclexplode(relacl) where relnamespace = 'assocd'::regnamespace"
    " union all select grantee, c.oid::regclass::text, attname, privilege_type from pg_class c"
    " join pg_attribute on attrelid = c.oid, aclexplode(attacl) where relnamespace = "
    "'assocd'::regnamespace"
    " union all select grantee, p.oid::regprocedure::text, '', privilege_type from pg_proc p,"
    " aclexplode(coalesce(proacl, acldefault('f', proowner))) where pronamespace = "
    "'assocd'::regnamespace),"
    " named as (select case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee) end as "
    "role, object, part,"
    " lower(privilege_type) from held where grantee <> (select nspowner from pg_namespace where "
    "nspname = 'assocd'))"
    " select string_agg(format('%s: %s %s %s of %s', what, role, privilege, part, object), E'\\n') "
    "from ("
    " select 'too much' as what, * from (select * from named except select * from wanted) m(role, "
    "object, part, privilege)"
    " union all select 'missing', * from (select * from wanted except select * from named) m(role, "
    "object, part, privilege)"
    ") as different";

TEST(fault_h1_the_catalogue_has_exactly_the_grants_of_the_table)
{
    struct error err = {0};
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    add_file(&text);
    pg_arg_text(&args, buf_text(&text));
    ck_assert_msg(pg_exec_args(pg, wanted, &args, &rows, &err), "%s", err.text);
    ck_assert_msg(pg_rows_null(&rows, 0, 0), "%s", pg_rows_text(&rows, 0, 0));
    ck_assert_int_gt(cluster_int(pg,
                         "select count(*) from pg_class, aclexplode(relacl) where relnamespace = "
                         "'assocd'::regnamespace and grantee = 'assocd_daemon'::regrole"),
        20);
}

TEST(fault_h3_every_function_is_closed_and_keeps_its_search_path)
{
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from pg_proc where pronamespace = 'assocd'::regnamespace"
                         " and not coalesce('search_path=\"\"' = any (proconfig) or "
                         "'search_path=pg_catalog, pg_temp' = any (proconfig), false)"),
        0);
    ck_assert_int_eq(
        cluster_int(pg,
            "select count(*) from pg_proc where pronamespace = 'assocd'::regnamespace"
            " and (proacl is null or has_function_privilege('public', oid, 'execute'))"),
        0);
}

/* An installation of the version before with the roles as they were. */
static void install_old(struct pg *old)
{
    for (const struct statement *file = schema_files; strstr(file->name, "_privilege") == NULL;
         file++) {
        char sql[96];
        cluster_exec(old, file->text, NULL);
        (void)snprintf(sql, sizeof sql, "insert into assocd.schema_version (version) values (%.3s)",
            file->name);
        cluster_exec(old, sql, NULL);
    }
    cluster_exec(old,
        "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid, "
        "digest)"
        " values ('s', 'p', 'v3', 'manual', 'withheld', now(), 1, 'h', 1, 'd');"
        "insert into assocd.plan_approval (plan_id, digest, reason, expires_at)"
        " values (1, 'd', repeat('x', 9000), 'infinity');"
        "insert into assocd.sync_state (sync, portal, wanted) values ('s', 'p', 77);"
        "insert into assocd.touched (sync) values (repeat('n', 90000));"
        "grant insert on assocd.plan_approval to assocd_daemon;"
        "grant insert, update on assocd.sync_state to assocd_daemon",
        NULL);
}

TEST(an_upgrade_takes_what_was_too_much_and_says_so)
{
    static const char *const lost[] = {"insert on assocd.plan_approval from assocd_daemon\n",
        "update on assocd.sync_state from assocd_daemon\n",
        "execute on function assocd.touch(text,bigint) from PUBLIC\n"};
    struct error err = {0};
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    char *url = cluster_database();
    struct pg *old = cluster_connect(url);
    install_old(old);
    ck_assert_msg(schema_upgrade(old, &change, &err), "%s", err.text);
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++)
        ck_assert_msg(
            strstr(buf_text(&change.lost), lost[i]) != NULL, "%s", buf_text(&change.lost));
    ck_assert_int_eq(
        cluster_int(old, "select count(*) from assocd.plan_approval where isfinite(expires_at)"),
        1);
    ck_assert_int_eq(cluster_int(old, "select count(wanted) from assocd.sync_state"), 0);
    ck_assert_int_eq(cluster_int(old, "select count(*) from assocd.touched"), 0);
    pg_close(old);
    cluster_drop(url);
    free(url);
}

/* As many a DBA sets them up for a schema's owner. */
TEST(fault_h23_default_privileges_reach_nothing_of_ours)
{
    static const char defaults[] =
        "do $$ begin create role \"test bi\"; exception when duplicate_object or unique_violation "
        "then null; end $$;"
        "alter default privileges grant all on tables to public, \"test bi\";"
        "alter default privileges grant all on sequences to \"test bi\";"
        "alter default privileges grant all on functions to \"test bi\";"
        "alter default privileges grant all on schemas to \"test bi\";"
        "alter default privileges grant insert on tables to assocd_reader";
    static const char more[] =
        "select count(*) from pg_class c, pg_roles r where relnamespace = 'assocd'::regnamespace"
        " and relkind in ('r', 'v', 'S') and rolname in ('test bi', 'assocd_reader', "
        "'assocd_writer') and case relkind when 'S' then has_sequence_privilege(r.oid, c.oid, "
        "'usage, select, update') else has_table_privilege(r.oid, c.oid, 'insert, update, delete, "
        "truncate, references, trigger') or rolname = 'test bi' and has_table_privilege(r.oid, "
        "c.oid, 'select') end";
    struct error err = {0};
    CLEANUP(schema_change_clear) struct schema_change change = {0};
    char *url = cluster_database();
    struct pg *fresh = cluster_connect(url);
    cluster_exec(fresh, defaults, NULL);
    ck_assert_msg(schema_upgrade(fresh, &change, &err), "%s", err.text);
    ck_assert_int_eq(cluster_int(fresh, more), 0);
    ck_assert_int_eq(
        cluster_int(fresh,
            "select count(*) from pg_proc where pronamespace = 'assocd'::regnamespace and "
            "has_function_privilege('test bi', oid, 'execute')"),
        0);
    ck_assert_int_eq(cluster_int(fresh,
                         "select has_schema_privilege('test bi', 'assocd', 'usage, create')::int"),
        0);
    ck_assert_msg(strstr(buf_text(&change.gained),
                      "insert on assocd.plan_approval from \"test bi\"\n") != NULL,
        "%s", buf_text(&change.gained));
    pg_close(fresh);
    cluster_drop(url);
    free(url);
}

SUITE(.before = open_database, .after = close_database);
