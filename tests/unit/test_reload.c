/*
 * test_reload.c: fault S4: the source is reloaded while it is read. Whoever loads is in the middle
 * of it when the reader comes, or comes when the reader has begun; the reader sees all rows from
 * before or all rows from after, never none and never some.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/suite.h"
#include "base/buf.h"
#include "base/mem.h"
#include "lib/cluster.h"
#include "source/source.h"

#define OLD "1>1:0 1>2:0 2>1:0 "
#define NEW "7>1:0 8>1:0 9>1:0 9>2:0 "
#define OLD_ROWS "(values (1, 1), (1, 2), (2, 1)) o(from_id, to_id)"
#define NEW_ROWS "(values (7, 1), (8, 1), (9, 1), (9, 2)) n(from_id, to_id)"
#define OLD_TABLE "create table crm.pair as select * from " OLD_ROWS
#define RELOAD "insert into crm.pair select * from " NEW_ROWS
#define PARTED \
    "create table crm.pair (from_id int, to_id int) partition by list (from_id);" \
    "create table crm.part partition of crm.pair default;" \
    "insert into crm.pair select * from " OLD_ROWS

static const struct interleaving {
    const char *title;
    const char *setup;
    const char *load; /* in a transaction */
    const char *during; /* what is read, or said, if the load began before the reader */
    const char *query; /* NULL: the table crm.pair */
} interleavings[] = {
    {"a view of another table",
        "create table crm.a as select * from " OLD_ROWS ";"
        "create table crm.b as select * from " NEW_ROWS ";create view crm.pair as table crm.a",
        "create or replace view crm.pair as table crm.b", NEW, NULL},
    {"truncate and insert", OLD_TABLE, "truncate crm.pair;" RELOAD, NEW, NULL},
    {"truncate and insert below a query", OLD_TABLE, "truncate crm.pair;" RELOAD, NEW,
        "select a.* from crm.pair a, (select 1) b"},
    {"truncate and insert below a view",
        "create table crm.base as select * from " OLD_ROWS ";"
        "create view crm.pair as table crm.base",
        "truncate crm.base; insert into crm.base select * from " NEW_ROWS, NEW, NULL},
    {"drop and create", OLD_TABLE,
        "drop table crm.pair; create table crm.pair as select * from " NEW_ROWS, NEW, NULL},
    {"swap by name", OLD_TABLE,
        "create table crm.fresh as select * from " NEW_ROWS ";"
        "alter table crm.pair rename to stale; alter table crm.fresh rename to pair",
        NEW, NULL},
    {"swap by schema", OLD_TABLE,
        "create schema away; create schema fresh;"
        "create table fresh.pair as select * from " NEW_ROWS ";"
        "alter table crm.pair set schema away; alter table fresh.pair set schema crm",
        NEW, NULL},
    {"a rewrite of the table", OLD_TABLE,
        "alter table crm.pair alter from_id type bigint, add column more text default random()",
        OLD, NULL},
    {"delete and insert", OLD_TABLE, "delete from crm.pair;" RELOAD, OLD, NULL},
    {"truncate of a partition", PARTED, "truncate crm.part;" RELOAD, NEW, NULL},
    {"swap of a partition", PARTED,
        "create table crm.fresh as select * from " NEW_ROWS ";"
        "alter table crm.pair detach partition crm.part;"
        "alter table crm.pair attach partition crm.fresh default",
        NEW, NULL},
    {"refresh of a materialised view",
        "create table crm.base as select * from " OLD_ROWS ";"
        "create materialized view crm.pair as table crm.base",
        "truncate crm.base; insert into crm.base select * from " NEW_ROWS ";"
        "refresh materialized view crm.pair",
        NEW, NULL},
    {"drop and create of a materialised view",
        "create materialized view crm.pair as select * from " OLD_ROWS,
        "drop materialized view crm.pair;"
        "create materialized view crm.pair as select * from " NEW_ROWS,
        "could not open relation", NULL},
    {"drop and create of a materialised view beside a table",
        "create table crm.one as select 1;"
        "create materialized view crm.pair as select * from " OLD_ROWS,
        "drop materialized view crm.pair;"
        "create materialized view crm.pair as select * from " NEW_ROWS,
        NEW, "select p.* from crm.pair p, crm.one"},
};

SUITE_DATABASE(cluster_database);
static struct pg *pg;
static struct source *source;
static struct error err;
static struct type item = {
    .category = "HUBSPOT_DEFINED", .type_id = 1, .kind = TYPE_PLAIN, .managed = true};
static struct types types = {.items = &item, .count = 1};
static struct sync_definition definition;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg,
        "drop schema if exists crm cascade; drop schema if exists away cascade;"
        "drop schema if exists fresh cascade; create schema crm; set lock_timeout = 0",
        NULL);
}

static void teardown(void)
{
    source_close(source);
    source = NULL;
    pg_close(pg);
}

static bool open_source(const struct interleaving *one)
{
    struct source_query wish = {.sync = &definition, .database_url = database, .types = &types};
    definition = (struct sync_definition){.name = "s",
        .column_from = "from_id",
        .column_to = "to_id",
        .source_table = one->query == NULL ? "crm.pair" : NULL,
        .source_query = (char *)(uintptr_t)one->query};
    return source_open(&source, &wish, &err);
}

static bool read_rows(struct buf *text)
{
    struct source_row row;
    while (source_next(source, &row, &err)) {
        if (row.kind == SOURCE_END)
            return true;
        buf_addf(text, "%llu>%llu:%u ", (unsigned long long)row.assoc.from_id,
            (unsigned long long)row.assoc.to_id, row.assoc.type);
    }
    return false;
}

/* A child that reads; exits with 0 if it saw what it should. */
static pid_t start_reader(const struct interleaving *one)
{
    struct buf text = {0};
    pid_t child = fork();
    if (child != 0)
        return child;
    if (!open_source(one) || !read_rows(&text)) {
        if (strstr(err.text, one->during) != NULL)
            _exit(0);
        (void)fprintf(stderr, "%s: %s\n", one->title, err.text);
    } else if (strcmp(buf_text(&text), one->during) != 0) {
        (void)fprintf(stderr, "%s: read %s\n", one->title, buf_text(&text));
    } else {
        _exit(0);
    }
    _exit(1);
}

/* A child that loads, and waits for whoever is in its way. */
static pid_t start_loader(const struct interleaving *one)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    struct pg *own = cluster_connect(database);
    cluster_exec(own, "set lock_timeout = 0; begin", NULL);
    cluster_exec(own, one->load, NULL);
    cluster_exec(own, "commit", NULL);
    _exit(0);
}

/* Until the child waits for a lock, or has ended. Its status if it has; -1: it waits. */
static int wait_for(pid_t child)
{
    int status;
    for (;;) {
        if (waitpid(child, &status, WNOHANG) == child)
            return status;
        if (cluster_int(pg,
                "select count(*) from pg_locks where not granted and database ="
                " (select oid from pg_database where datname = current_database())") > 0)
            return -1; /* each turn is a round trip to the server */
    }
}

TEST_LOOP(fault_s4_a_load_in_progress_is_never_read_half, ARRAY_COUNT(interleavings))
{
    const struct interleaving *one = &interleavings[_i];
    cluster_exec(pg, one->setup, NULL);
    cluster_exec(pg, "begin", NULL);
    cluster_exec(pg, one->load, NULL);
    pid_t reader = start_reader(one);
    int status = wait_for(reader);
    cluster_exec(pg, "commit", NULL);
    if (status == -1)
        ck_assert_int_eq(waitpid(reader, &status, 0), reader);
    ck_assert_msg(status == 0, "%s", one->title);
}

TEST_LOOP(fault_s4_a_load_that_begins_later_does_not_reach_the_reader, ARRAY_COUNT(interleavings))
{
    const struct interleaving *one = &interleavings[_i];
    CLEANUP(buf_clear) struct buf text = {0};
    cluster_exec(pg, one->setup, NULL);
    ck_assert_msg(open_source(one), "%s: %s", one->title, err.text);
    pid_t loader = start_loader(one);
    int status = wait_for(loader);
    ck_assert_msg(read_rows(&text), "%s: %s", one->title, err.text);
    ck_assert_msg(strcmp(buf_text(&text), OLD) == 0, "%s: %s", one->title, buf_text(&text));
    source_close(source);
    source = NULL;
    if (status == -1)
        ck_assert_int_eq(waitpid(loader, &status, 0), loader);
    ck_assert_int_eq(status, 0);
}

/* What later runs compare with is the view that was read, not the one that was there before. */
TEST(fault_s8_a_view_that_is_replaced_meanwhile_is_told_as_it_was_read)
{
    const struct interleaving *one = &interleavings[0];
    cluster_exec(pg, one->setup, NULL);
    ck_assert(open_source(one));
    char *before = mem_text(source_shape(source));
    source_close(source);
    source = NULL;
    cluster_exec(pg, "begin", NULL);
    cluster_exec(pg, one->load, NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(open_source(one) && strcmp(source_shape(source), before) != 0 ? 0 : 1);
    int status = wait_for(child);
    ck_assert_int_eq(status, -1);
    cluster_exec(pg, "commit", NULL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    free(before);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
