/*
 * test_pg.c: the connection layer against a real server: values survive, failures are named,
 * hostile names stay names, passwords stay secret. COPY is in test_copy.c.
 */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"

SUITE_DATABASE(cluster_database);
static struct pg *pg;
static struct error err;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
}

static void teardown(void)
{
    pg_close(pg);
    pg = NULL;
}

static void exec_ok(const char *sql)
{
    ck_assert_msg(pg_exec(pg, sql, NULL, &err), "%s", err.text);
}

static void expect_setting(const char *name, const char *value)
{
    struct pg_args args = {0};
    pg_arg_text(&args, name);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    ck_assert(pg_exec_args(pg, "select pg_catalog.current_setting($1)", &args, &rows, &err));
    ck_assert_str_eq(pg_rows_text(&rows, 0, 0), value);
}

TEST(has_its_settings_on_every_connection)
{
    expect_setting("search_path", "");
    expect_setting("idle_session_timeout", "0");
    expect_setting("TimeZone", "UTC");
    expect_setting("client_encoding", "UTF8");
    expect_setting("application_name", "test");
    expect_setting("lock_timeout", "5s");
    expect_setting("synchronous_commit", "on");
    if (cluster_version(pg) >= 14)
        expect_setting("client_connection_check_interval", "2s");
    ck_assert_int_ge(pg_socket(pg), 0);
}

TEST(fault_m3_refuses_a_server_that_is_too_old)
{
    ck_assert(pg_server_is_supported(130000, ERROR_STATE, &err));
    ck_assert(pg_server_is_supported(180001, ERROR_STATE, &err));
    ck_assert(!pg_server_is_supported(129999, ERROR_SOURCE, &err));
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    ck_assert_ptr_nonnull(strstr(err.text, "PostgreSQL 12; assocd works with PostgreSQL 13"));
    ck_assert(!pg_server_is_supported(90624, ERROR_STATE, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "PostgreSQL 9;"));
}

/* A process that is stopped in a source's transaction does not hold its locks for ever. */
TEST(fault_y13_a_transaction_of_a_source_does_not_idle_for_ever)
{
    ck_assert(pg_begin(pg, "read only", &err));
    expect_setting("idle_in_transaction_session_timeout", "1min");
    exec_ok("rollback");
    expect_setting("idle_in_transaction_session_timeout", "0");
}

/* What the database prefers for everybody else would make our statements fail. */
TEST(keeps_its_isolation_whatever_the_database_prefers)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    exec_ok("do $$ begin execute format('alter database %I set default_transaction_isolation = "
            "serializable', current_database()); end $$");
    struct pg *other = cluster_connect(database);
    cluster_exec(other, "show transaction_isolation", &rows);
    ck_assert_str_eq(pg_rows_text(&rows, 0, 0), "read committed");
    pg_close(other);
    exec_ok("do $$ begin execute format('alter database %I reset all', current_database()); "
            "end $$");
}

TEST(carries_arguments_of_every_kind)
{
    static const char hostile[] = "a'b\"c\\d\t\n$1 %s \xC3\xA9";
    struct pg_args args = {0};
    pg_arg_text(&args, hostile);
    pg_arg_int(&args, INT64_MIN);
    pg_arg_int(&args, INT64_MAX);
    pg_arg_bool(&args, true);
    pg_arg_bool(&args, false);
    pg_arg_text(&args, NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    ck_assert(pg_exec_args(pg,
        "select $1::text as a, $2::bigint, $3::bigint, $4::bool, $5::bool, $6::text", &args, &rows,
        &err));
    ck_assert_int_eq(rows.count, 1);
    ck_assert_int_eq(pg_rows_columns(&rows), 6);
    ck_assert_str_eq(pg_rows_name(&rows, 0), "a");
    ck_assert_str_eq(pg_rows_text(&rows, 0, 0), hostile);
    ck_assert(pg_rows_int(&rows, 0, 1) == INT64_MIN);
    ck_assert(pg_rows_int(&rows, 0, 2) == INT64_MAX);
    ck_assert(pg_rows_bool(&rows, 0, 3));
    ck_assert(!pg_rows_bool(&rows, 0, 4));
    ck_assert(pg_rows_null(&rows, 0, 5));
    ck_assert_str_eq(pg_rows_text(&rows, 0, 5), "");
    ck_assert_int_eq((int)pg_rows_int(&rows, 0, 5), 0);
}

TEST(counts_the_rows_a_statement_touched)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    exec_ok("create temp table t (a int); insert into t values (1), (2), (3)");
    ck_assert(pg_exec(pg, "update t set a = 0 where a > 1", &rows, &err));
    ck_assert_int_eq(rows.count, 2);
    ck_assert(pg_exec(pg, "select from t where false", &rows, &err));
    ck_assert_int_eq(rows.count, 0);
}

TEST(names_what_failed_with_its_sqlstate)
{
    ck_assert(!pg_exec(pg, "select 1 / 0", NULL, &err));
    ck_assert_int_eq(err.kind, ERROR_STATE);
    ck_assert_str_eq(err.text, "database: division by zero (SQLSTATE 22012)");
    ck_assert_str_eq(pg_sqlstate(pg), "22012");
    exec_ok("select 1");
    ck_assert_str_eq(pg_sqlstate(pg), "");
}

TEST(says_how_to_get_a_missing_schema)
{
    static const char *const statements_tried[] = {
        "select * from assocd.run", "select assocd.take_permits()", "create table assocd.x ()"};
    for (size_t i = 0; i < ARRAY_COUNT(statements_tried); i++) {
        ck_assert(!pg_exec(pg, statements_tried[i], NULL, &err));
        ck_assert_msg(strstr(err.text, "run \"assocd init\"") != NULL, "%s", err.text);
    }
    ck_assert(!pg_exec(pg, "select * from elsewhere.run", NULL, &err));
    ck_assert_ptr_null(strstr(err.text, "assocd init"));
}

TEST(refuses_a_copy_where_rows_are_expected)
{
    ck_assert(!pg_exec(pg, "copy (select 1) to stdout", NULL, &err));
    exec_ok("select 1");
    ck_assert(!pg_copy_out(pg, "select 1", &err));
    exec_ok("select 1");
}

TEST(fails_on_a_lost_connection_and_stays_failed)
{
    ck_assert(!pg_exec(pg, "select pg_terminate_backend(pg_backend_pid())", NULL, &err));
    ck_assert(!pg_exec(pg, "select 1", NULL, &err));
    ck_assert_str_eq(pg_sqlstate(pg), "08006");
}

TEST(hears_notifications)
{
    const char *channel = "";
    const char *payload = NULL;
    exec_ok("listen news");
    ck_assert(pg_notification(pg, &channel, &payload, &err));
    ck_assert_ptr_null(channel);
    struct pg *other = cluster_connect(database);
    cluster_exec(other, "notify news, 'first'; notify news, 'second'", NULL);
    struct pollfd readable = {.fd = pg_socket(pg), .events = POLLIN};
    ck_assert_int_eq(poll(&readable, 1, 10000), 1);
    ck_assert(pg_notification(pg, &channel, &payload, &err));
    ck_assert_str_eq(channel, "news");
    ck_assert_str_eq(payload, "first");
    ck_assert(pg_notification(pg, &channel, &payload, &err));
    ck_assert_str_eq(payload, "second");
    ck_assert(pg_notification(pg, &channel, &payload, &err));
    ck_assert_ptr_null(channel);
    pg_close(other);
}

TEST(quotes_the_relation_a_person_means)
{
    static const struct {
        const char *written;
        const char *quoted;
    } cases[] = {
        {"crm.contact_company", "crm.contact_company"},
        {"CRM.Contact_Company", "crm.contact_company"},
        {"\"Odd Schema\".\"a\"\"b; drop table x\"", "\"Odd Schema\".\"a\"\"b; drop table x\""},
        {"crm.\"select\"", "crm.\"select\""},
        {"crm.seen", "crm.seen"},
    };
    exec_ok("create schema crm; create schema \"Odd Schema\"");
    exec_ok("create table crm.contact_company (); create table crm.\"select\" ()");
    exec_ok("create view crm.seen as select 1 as a; create sequence crm.counter");
    exec_ok("create table \"Odd Schema\".\"a\"\"b; drop table x\" ()");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char *quoted = NULL;
        ck_assert_msg(pg_relation(pg, cases[i].written, &quoted, &err), "%s", err.text);
        ck_assert_str_eq(quoted, cases[i].quoted);
        free(quoted);
    }
    char *quoted = NULL;
    ck_assert(!pg_relation(pg, "crm.counter", &quoted, &err));
}

/* Fault S11: whatever a name says, it is refused and nothing runs. */
TEST(refuses_hostile_relation_names)
{
    static const char *const names[] = {"", " ", ".", "..", "a", "canary", "a.", ".a", "a.b.c",
        "a.b.c.d", "public.canary; drop table public.canary", "public.canary--",
        "public.canary/**/", "public.canary'", "'; drop table public.canary; --", "public.\"canary",
        "public.\"canary\" x", "\"public.canary\"", "public.canary) to stdout", "(select 1)",
        "public.canary(a)", "pg_catalog.", "16384", "public.16384", "$1", "public.$1", "public.*",
        "public.canary\n;drop table public.canary", "public.\xC3\xA9", "public.\xFF",
        "public.canary\\", "public.canary,public.canary", "public .canary.", "U&\"\\0061\".b",
        "public.a23456789012345678901234567890123456789012345678901234567890123456789"};
    exec_ok(
        "create table public.canary (a int);"
        "create table public.a2345678901234567890123456789012345678901234567890123456789012 ()");
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        char *quoted = NULL;
        ck_assert_msg(!pg_relation(pg, names[i], &quoted, &err), "%s", names[i]);
        ck_assert_ptr_null(quoted);
        ck_assert_int_eq(err.kind, ERROR_STATE);
    }
    ck_assert_int_eq(cluster_int(pg, "select count(*) from pg_class where relname = 'canary'"), 1);
}

TEST(quotes_identifiers_on_the_server)
{
    char *quoted = NULL;
    ck_assert(pg_identifier(pg, "Odd \"name\"", &quoted, &err));
    ck_assert_str_eq(quoted, "\"Odd \"\"name\"\"\"");
    free(quoted);
    quoted = NULL;
    ck_assert(!pg_identifier(pg, "", &quoted, &err));
    ck_assert(!pg_identifier(
        pg, "a234567890123456789012345678901234567890123456789012345678901234", &quoted, &err));
}

/* The server ends a session that does nothing (57P05): ours turn that off, but somebody may insist.
 * libpq gives the words, and of the SQLSTATE only that the connection is lost. */
TEST(keeps_the_servers_words_for_an_idle_session_that_it_ended)
{
    if (cluster_version(pg) < 14) {
        (void)dprintf(STDOUT_FILENO, "SKIPPED pg: PostgreSQL %d has no idle_session_timeout\n",
            cluster_version(pg));
        return;
    }
    exec_ok("set idle_session_timeout = '10ms'");
    struct pollfd ended = {.fd = pg_socket(pg), .events = POLLIN};
    ck_assert_int_eq(poll(&ended, 1, 10000), 1);
    ck_assert(!pg_exec(pg, "select 1", NULL, &err));
    ck_assert_int_eq(err.kind, ERROR_STATE);
    ck_assert_msg(strstr(err.text, "terminating connection due to idle-session timeout") != NULL,
        "%s", err.text);
}

/* Every way to write a url whose password libpq might print: none of the texts may hold it. */
TEST(keeps_the_password_out_of_every_error)
{
    static const char *const urls[] = {
        "postgresql://u:HUNTER2secret@127.0.0.1:1/db",
        "postgresql://u:p@HUNTER2secret@127.0.0.1:1/db",
        "postgresql://u:HUNTER2secret/x@127.0.0.1:1/db",
        "postgresql://u:HUNTER2secret?x@127.0.0.1:1/db",
        "postgresql://u:x?HUNTER2secret@y@127.0.0.1:1/db",
        "postgresql://u:x?HUNTER2secret/y@127.0.0.1:1/db",
        "postgresql://u:1?HUNTER2secret/y@127.0.0.1:1/db",
        "postgresql://u:HUNTER2secret%zz@127.0.0.1:1/db",
        "postgresql:/u:HUNTER2secret@127.0.0.1:1/db",
        "host=127.0.0.1 port=1 password=HUNTER2secret user=u",
        "host=127.0.0.1 port=1 password=a HUNTER2secret user=u",
        "host=127.0.0.1 port=1 password='HUNTER2secret user=u",
        "host=127.0.0.1 port=HUNTER2secret password=HUNTER2secret",
        "host=HUNTER2secret.invalid port=1 password=HUNTER2secret",
        "postgresql://u@127.0.0.1:1/db?password=HUNTER2secret",
        "postgresql://u@127.0.0.1:1/db?sslmode=HUNTER2secret&password=HUNTER2secret",
        "HUNTER2secret",
    };
    for (size_t i = 0; i < ARRAY_COUNT(urls); i++) {
        struct pg *none = NULL;
        ck_assert(!pg_open(&none, urls[i], "test", ERROR_SOURCE, &err));
        ck_assert_ptr_null(none);
        bool malformed = strncmp(err.text, "malformed database url: ", 24) == 0;
        ck_assert_int_eq(err.kind, malformed ? ERROR_CONFIG : ERROR_SOURCE);
        ck_assert_msg(strstr(err.text, "HUNTER2") == NULL, "%s: %s", urls[i], err.text);
    }
    ck_assert_str_eq(err.text,
        "malformed database url: missing \"…\" in connection info string (expected "
        "postgresql://USER@HOST:PORT/DATABASE, or host=HOST dbname=DATABASE)");
}

TEST(says_what_is_malformed_in_a_url)
{
    static const struct {
        const char *url, *error;
    } rows[] = {
        {"postgresql://h/d?sslmod=require",
            "invalid URI query parameter: \"…\" (did you mean \"sslmode\"?)"},
        {"hots=h dbname=d", "invalid connection option \"…\" (did you mean \"host\"?)"},
        {"postgresql://h/d?passwd=x", "(did you mean \"password\"?)"},
        {"postgresql://h:port/d", "not a host and a port; expected postgresql://user:password@"},
        {"postgresql://[::1/d", "end of string reached when looking for matching"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct pg *none = NULL;
        ck_assert(!pg_open(&none, rows[i].url, "test", ERROR_STATE, &err));
        ck_assert_int_eq(err.kind, ERROR_CONFIG);
        ck_assert_msg(strncmp(err.text, "malformed database url: ", 24) == 0, "%s", err.text);
        ck_assert_msg(strstr(err.text, rows[i].error) != NULL, "%s", err.text);
    }
}

TEST(names_host_database_and_user_when_it_cannot_connect)
{
    struct pg *none = NULL;
    ck_assert(!pg_open(&none, "postgresql://ann:pw@127.0.0.1:1/crm", "test", ERROR_STATE, &err));
    ck_assert_msg(strstr(err.text, "(host=127.0.0.1 dbname=crm user=ann)") != NULL, "%s", err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert(
        !pg_open(&none, "postgresql:///nodb?host=/nonexistent&user=a@b", "t", ERROR_STATE, &err));
    ck_assert_msg(strstr(err.text, "user=a@b") != NULL, "%s", err.text);
}

/* Of a server with several hosts libpq writes lines for each. */
TEST(says_the_lines_of_a_failure_one_behind_the_other)
{
    struct pg *none = NULL;
    ck_assert(!pg_open(&none, "postgresql://127.0.0.1:1,127.0.0.1:2/d", "t", ERROR_STATE, &err));
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert_msg(
        strstr(err.text,
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused; Is "
            "the server running on that host and accepting TCP/IP connections? connection "
            "to server at \"127.0.0.1\", port 2 failed: Connection refused; Is ") != NULL,
        "%s", err.text);
}

TEST(keeps_silent_about_notices)
{
    exec_ok("do $$ begin raise notice 'loud'; raise warning 'louder'; end $$");
    pg_close(NULL);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
