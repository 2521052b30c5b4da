/*
 * test_watch.c: what the triggers of a watched table record, in a real PostgreSQL; how they are
 * made, looked at and taken away; that exactly what a run saw is deleted.
 */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "source/watch.h"
#include "source/watch_site.h"

static char *database;
static char *elsewhere;
static struct pg *pg;
static struct sync_definition sync_links;

static void setup(void)
{
    database = cluster_database_with_schema();
    elsewhere = cluster_database();
    pg = cluster_connect(database);
    cluster_exec(pg,
        "create schema crm; create table crm.link (from_id bigint, to_id bigint, type text, note "
        "text, primary key (from_id, to_id));"
        "create table crm.texts (from_id text, to_id text);"
        "insert into assocd.sync_state (sync, portal) values ('v', 'p'), ('w', 'p');"
        "select assocd.watch('links', 'crm.link', 'from_id', 'to_id', 'type');"
        "select assocd.watch('texts', 'crm.texts', 'from_id', 'to_id');"
        "create table crm.keys (mail text, no integer, to_id bigint);"
        "insert into crm.keys values ('a@x', 7, 1);"
        "select assocd.watch('keys', 'crm.keys', 'mail', 'to_id', '', true);"
        "select assocd.watch('numbers', 'crm.keys', 'no', 'to_id', '', true);"
        "insert into crm.link select n, n + 10 from generate_series(1, 5) n;"
        "delete from assocd.touched",
        NULL);
    sync_links = (struct sync_definition){.name = (char *)"links",
        .source_table = (char *)"crm.link",
        .column_from = (char *)"from_id",
        .column_to = (char *)"to_id",
        .column_type = (char *)"type",
        .watch = true};
}

static void teardown(void)
{
    pg_close(pg);
    cluster_drop(database);
    cluster_drop(elsewhere);
    free(database);
    free(elsewhere);
}

/* Runs the SQL; what it leaves in assocd.touched, in order, as "sync:id sync:'key' sync:all". */
static void expect_touched(const char *sql, const char *touched)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, sql, NULL);
    cluster_exec(pg,
        "with gone as (delete from assocd.touched returning sync, from_id, case when sync in"
        " ('keys', 'numbers') then quote_literal(from_key) end as key)"
        " select coalesce(string_agg(sync || ':' || coalesce(from_id::text, key, 'all'), ' '"
        " order by sync, from_id, key), '') from gone",
        &rows);
    ck_assert_msg(strcmp(pg_rows_text(&rows, 0, 0), touched) == 0, "%s left \"%s\" and not \"%s\"",
        sql, pg_rows_text(&rows, 0, 0), touched);
}

static const struct {
    const char *sql, *touched;
} cases[] = {
    {"insert into crm.link values (7, 1), (7, 2), (8, 1)", "links:7 links:8"},
    {"insert into crm.link select 9, 9 where false", ""},
    {"insert into crm.keys values (' A@x ', 7, 5), (null, 7, 2)",
        "keys:' A@x ' keys:all numbers:'7'"},
    {"update crm.keys set mail = 'b@x' where to_id = 1", "keys:'a@x' keys:'b@x'"},
    {"update crm.keys set to_id = 3 where to_id = 1", "keys:'a@x' numbers:'7'"},
    {"delete from crm.keys where to_id = 1", "keys:'a@x' numbers:'7'"},
    {"insert into crm.keys values (repeat('x', 2001), -7, 4)", "keys:all numbers:'-7'"},
    {"truncate crm.keys", "keys:all numbers:all"},
    {"update crm.link set to_id = 99 where from_id in (1, 2)", "links:1 links:2"},
    {"update crm.link set from_id = 50 where from_id = 3", "links:3 links:50"},
    {"update crm.link set type = 'primary' where from_id = 4", "links:4"},
    {"update crm.link set note = 'seen'", ""},
    {"update crm.link set to_id = to_id", ""},
    {"delete from crm.link where from_id < 3", "links:1 links:2"},
    {"truncate crm.link", "links:all"},
    {"insert into crm.link values (1, 11), (6, 6) on conflict (from_id, to_id) do update set type "
     "= 'primary'",
        "links:1 links:6"},
    {"insert into crm.link values (1, 11) on conflict do nothing", ""},
    {"merge into crm.link l using (values (1, 11), (8, 8)) v(f, t) on (l.from_id, l.to_id) = (f, "
     "t) when matched then delete when not matched then insert (from_id, to_id) values (f, t)",
        "links:1 links:8"},
    {"begin; delete from crm.link; rollback", ""},
    {"begin; savepoint s; delete from crm.link; rollback to s; insert into crm.link values (9, 9); "
     "commit",
        "links:9"},
    {"insert into crm.link values (-3, 1)", "links:all"},
    {"insert into crm.texts values ('0012', '1'), ('12', '2'), ('9223372036854775807', '1')",
        "texts:12 texts:9223372036854775807"},
    {"insert into crm.texts values ('x', '1'), (null, '1'), ('9223372036854775808', '1'), ('5', "
     "'1')",
        "texts:5 texts:all"},
    {"select assocd.touch('v', 5), assocd.touch('v', '007')", "v:5 v:7"},
    {"select assocd.touch('v', null)", "v:all"},
    {"select assocd.touch('v', 'seven'), assocd.touch('w', 0)", "v:all w:all"},
    /* Whatever somebody does to the table, the application's statement goes through. */
    {"alter table crm.link rename column type to kind; insert into crm.link values (9, 9)",
        "links:all"},
    {"alter table crm.link alter column to_id type text; insert into crm.link values (9, 'x')",
        "links:all"},
    {"alter table crm.link add column noted bigint, add column tg_op text;"
     "insert into crm.link values (9, 9)",
        "links:9"},
};

TEST_LOOP(records_the_records_whose_rows_changed, ARRAY_COUNT(cases))
{
    if (strncmp(cases[_i].sql, "merge", 5) == 0 && cluster_version(pg) < 15) {
        (void)dprintf(
            STDOUT_FILENO, "SKIPPED watch: PostgreSQL %d has no MERGE\n", cluster_version(pg));
        return;
    }
    expect_touched(cases[_i].sql, cases[_i].touched);
}

TEST(records_what_is_copied_in)
{
    struct error err = {0};
    cluster_exec(pg,
        "create function public.load() returns void language sql as $$"
        " copy crm.link (from_id, to_id) from program 'printf \"21\\t1\\n21\\t2\\n22\\t1\\n\"' $$",
        NULL);
    ck_assert_msg(pg_exec(pg, "select public.load()", NULL, &err), "%s", err.text);
    expect_touched("select 1", "links:21 links:22");
}

TEST(records_changes_of_a_partitioned_table)
{
    cluster_exec(pg,
        "create table crm.parts (f integer, t integer) partition by range (f);"
        "create table crm.low partition of crm.parts for values from (0) to (10);"
        "create table crm.high partition of crm.parts for values from (10) to (20);"
        "select assocd.watch('parts', 'crm.parts', 'f', 't'); delete from assocd.touched",
        NULL);
    expect_touched("insert into crm.parts values (1, 1), (11, 1)", "parts:1 parts:11");
    expect_touched("update crm.parts set f = 12 where f = 1", "parts:1 parts:12");
}

TEST(needs_no_rights_of_the_application)
{
    cluster_exec(pg,
        "do $$ begin create role app_writer; exception when duplicate_object then null; end $$;"
        "grant usage on schema crm to app_writer; grant insert on crm.link to app_writer;"
        "set role app_writer; insert into crm.link values (9, 9); reset role",
        NULL);
    expect_touched("select 1", "links:9");
    cluster_exec(pg, "drop owned by app_writer", NULL);
}

TEST(notifies_once_a_transaction)
{
    struct error err = {0};
    struct pg *listener = NULL;
    const char *channel = NULL, *payload;
    int count = 0;
    ck_assert_msg(watch_open(&listener, database, &err), "%s", err.text);
    cluster_exec(pg,
        "begin; insert into crm.link values (9, 9); insert into crm.link values (9, 10);"
        "update crm.link set note = 'x'; commit",
        NULL);
    struct pollfd readable = {.fd = pg_socket(listener), .events = POLLIN};
    ck_assert_int_eq(poll(&readable, 1, 10000), 1);
    do {
        ck_assert(pg_notification(listener, &channel, &payload, &err));
        if (channel != NULL) {
            ck_assert_str_eq(channel, WATCH_CHANNEL);
            ck_assert_str_eq(payload, "links");
            count++;
        }
    } while (channel != NULL);
    ck_assert_int_eq(count, 1);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct sync_definition *syncs[] = {&sync_links};
    struct definitions definitions = {.database_url = database, .syncs = syncs, .syncs_count = 1};
    cluster_exec(pg,
        "insert into assocd.touched (sync) select 'n' || n from generate_series(1, 99) n", NULL);
    ck_assert(watch_waiting(listener, &definitions, database, &rows, &err));
    ck_assert_int_eq(rows.count, 1);
    ck_assert_str_eq(pg_rows_text(&rows, 0, WAITING_SYNC), "links");
    pg_close(listener);
}

/* Takes with one connection while another transaction is open, which began before and ends after:
 * its row has the lower transaction id and must stay. */
TEST(deletes_exactly_what_was_taken)
{
    struct pg *other = cluster_connect(database);
    struct error err = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args take = {0}, done = {0};
    cluster_exec(other, "begin; insert into crm.link values (71, 1)", NULL);
    cluster_exec(pg, "insert into crm.link values (72, 1)", NULL);
    pg_arg_text(&take, "links");
    pg_arg_int(&take, 10);
    ck_assert_msg(pg_run(pg, STATEMENT_TOUCHED_TAKE, &take, &rows, &err), "%s", err.text);
    ck_assert_int_eq(rows.count, 1);
    ck_assert_int_eq(pg_rows_int(&rows, 0, 0), 72);
    pg_arg_text(&done, "links");
    pg_arg_text(&done, pg_rows_text(&rows, 0, 1));
    cluster_exec(other, "commit; insert into crm.link values (72, 2)", NULL);
    ck_assert_msg(pg_run(pg, STATEMENT_TOUCHED_DONE, &done, NULL, &err), "%s", err.text);
    expect_touched("select 1", "links:71 links:72");
    pg_close(other);
}

static void expect_state(enum watch_state expected, const char *part)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    enum watch_state state;
    ck_assert_msg(watch_look(&sync_links, database, &state, &text, &err), "%s", err.text);
    ck_assert_msg(state == expected, "%s", buf_text(&text));
    ck_assert_msg(strstr(buf_text(&text), part) != NULL, "%s", buf_text(&text));
}

static void install(const char *part)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    ck_assert_msg(watch_install(&sync_links, database, &text, &err), "%s", err.text);
    ck_assert_msg(strstr(buf_text(&text), part) != NULL, "%s", buf_text(&text));
}

TEST(sees_what_is_in_place)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    expect_state(WATCH_IN_PLACE, "in place");
    install("were in place");
    sync_links.column_to = (char *)"note";
    expect_state(WATCH_MISSING, "no triggers for these columns");
    install("are in place now");
    expect_state(WATCH_IN_PLACE, "in place");
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.watched where sync = 'links'"), 4);
    cluster_exec(pg, "drop trigger assocd_delete_links on crm.link", NULL);
    expect_state(WATCH_MISSING, "it has only 3 of its 4 triggers");
    install("are in place now");
    cluster_exec(pg, "alter table crm.link disable trigger user", NULL);
    expect_state(WATCH_MISSING, "disabled");
    ck_assert(watch_remove(&sync_links, database, &text, &err));
    ck_assert_str_eq(buf_text(&text), "4 triggers removed");
    expect_state(WATCH_MISSING, "no triggers");
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from pg_proc where proname = 'note_links'"), 0);
    cluster_exec(pg, "create view crm.seen as select * from crm.link", NULL);
    sync_links.source_table = (char *)"crm.seen";
    expect_state(WATCH_BY_TOUCH, "call assocd.touch('links', from_id)");
    install("call assocd.touch('links', from_id)");
    sync_links.source_table = NULL;
    sync_links.source_query = (char *)"select 1, 2";
    expect_state(WATCH_BY_TOUCH, "a query");
}

/* In a database of its own: objects and triggers by init, or by what is printed for a DBA. */
TEST_LOOP(prepares_another_database, 2)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    struct pg *source = cluster_connect(elsewhere);
    cluster_exec(source,
        "create schema crm; create table crm.link (from_id bigint, to_id bigint, type text)", NULL);
    sync_links.source_database_url = elsewhere;
    expect_state(WATCH_MISSING, "not prepared");
    ck_assert(watch_remove(&sync_links, database, &text, &err));
    ck_assert_str_eq(buf_text(&text), "nothing to remove");
    struct pg *listener = NULL;
    ck_assert(!watch_open(&listener, elsewhere, &err));
    ck_assert_msg(strstr(err.text, "assocd init --watch") != NULL, "%s", err.text);
    if (_i == 0) {
        install("are in place now");
        install("were in place");
    } else {
        buf_reset(&text);
        ck_assert_msg(watch_sql(&sync_links, database, &text, &err), "%s", err.text);
        cluster_exec(source, buf_text(&text), NULL);
        cluster_exec(source, buf_text(&text), NULL);
    }
    expect_state(WATCH_IN_PLACE, "in place");
    cluster_exec(source, "insert into crm.link values (3, 1)", NULL);
    ck_assert_int_eq(cluster_int(source, "select count(*) from assocd.touched"), 2);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.touched"), 0);
    ck_assert_msg(watch_open(&listener, elsewhere, &err), "%s", err.text);
    pg_close(listener);
    pg_close(source);
}

/* Who adds a file to those that go into a source's database raises the number there. */
TEST(the_functions_say_of_which_release_they_are)
{
    ck_assert_int_eq(cluster_int(pg, "select assocd.watch_version()"), watch_version());
}

/* The url with another user in it. */
static char *url_as(const char *url, const char *role)
{
    struct buf made = {0};
    const char *user = strstr(url, "user=");
    ck_assert_ptr_nonnull(user);
    buf_add(&made, url, (size_t)(user + 5 - url));
    buf_addf(&made, "%s%s", role, user + 5 + strcspn(user + 5, "&"));
    return made.bytes;
}

TEST(names_the_missing_privilege)
{
    struct error err = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    cluster_exec(pg,
        "do $$ begin create role watch_reader login; exception when duplicate_object then null; "
        "end $$; grant usage on schema crm to watch_reader; grant select on crm.link to "
        "watch_reader",
        NULL);
    char *url = url_as(database, "watch_reader");
    ck_assert(!watch_install(&sync_links, url, &text, &err));
    ck_assert_msg(strstr(err.text,
                      "role watch_reader needs privilege TRIGGER on table crm.link (grant trigger "
                      "on crm.link to watch_reader)") != NULL,
        "%s", err.text);
    cluster_exec(pg, "grant trigger on crm.link to watch_reader", NULL);
    ck_assert(!watch_install(&sync_links, url, &text, &err));
    ck_assert_msg(strstr(err.text, "the role that owns schema assocd") != NULL, "%s", err.text);
    free(url);
    cluster_exec(pg, "drop owned by watch_reader", NULL);
}

TEST(refuses_what_cannot_be_watched)
{
    static const struct {
        const char *sql, *part;
    } refused[] = {
        {"select assocd.watch('x', 'crm.link', 'from_id', 'nothing')", "no column nothing"},
        {"create type crm.code as enum ('1'); create table crm.odd (f crm.code, t bigint);"
         "select assocd.watch('x', 'crm.odd', 'f', 't')",
            "only a built-in type can be watched"},
        {"select assocd.watch('x', 'crm.none', 'f', 't')", "does not exist"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        struct error err = {0};
        ck_assert(!pg_exec(pg, refused[i].sql, NULL, &err));
        ck_assert_msg(strstr(err.text, refused[i].part) != NULL, "%s", err.text);
    }
}

TEST(knows_the_databases_to_listen_to)
{
    struct sync_definition a = {.watch = true},
                           b = {.watch = true, .source_database_url = elsewhere},
                           c = {.source_database_url = (char *)"postgresql:///other"},
                           d = {.watch = true, .source_database_url = elsewhere};
    struct sync_definition *syncs[] = {&a, &b, &c, &d};
    struct definitions definitions = {
        .database_url = database, .syncs = syncs, .syncs_count = ARRAY_COUNT(syncs)};
    const char *urls[ARRAY_COUNT(syncs)];
    ck_assert_uint_eq(watch_databases(&definitions, urls), 2);
    ck_assert_str_eq(urls[0], database);
    ck_assert_str_eq(urls[1], elsewhere);
}

SUITE(.before = setup, .after = teardown);
