/*
 * source_case.h: what the tests of the source share: a database with a schema crm, a sync that
 * reads crm.pair, two types, and its rows as one text.
 */
#ifndef TESTS_UNIT_SOURCE_CASE_H
#define TESTS_UNIT_SOURCE_CASE_H

#include <check.h>
#include <string.h>

#include "base/buf.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "source/source.h"

SUITE_DATABASE(cluster_database);
static struct pg *pg;
static struct error err;
static struct source *source;
static struct sync_definition sync_definition;
static struct type items[2];
static struct types types;
static struct source_query wish;

static void setup(void)
{
    err = (struct error){0};
    wish = (struct source_query){0};
    pg = cluster_connect(database);
    cluster_exec(pg, "drop schema if exists crm cascade; create schema crm", NULL);
    items[0] = (struct type){
        .category = "HUBSPOT_DEFINED", .type_id = 1, .kind = TYPE_PLAIN, .managed = true};
    items[1] = (struct type){
        .category = "USER_DEFINED", .type_id = 9, .label = "Decision maker", .managed = false};
    types = (struct types){.items = items, .count = 2};
    sync_definition = (struct sync_definition){
        .name = "s", .source_table = "crm.pair", .column_from = "from_id", .column_to = "to_id"};
}

static void teardown(void)
{
    source_close(source);
    source = NULL;
    pg_close(pg);
}

static bool open_source(void)
{
    wish.sync = &sync_definition;
    wish.database_url = database;
    wish.types = &types;
    return source_open(&source, &wish, &err);
}

/* All rows as text: `1>2:0` for a row, `!from_id` for an invalid one. */
static void read_all(struct buf *text)
{
    struct source_row row;
    for (;;) {
        ck_assert_msg(source_next(source, &row, &err), "%s", err.text);
        if (row.kind == SOURCE_END)
            return;
        if (row.kind == SOURCE_INVALID)
            buf_addf(text, "!%s ", row.wrong);
        else
            buf_addf(text, "%llu>%llu:%u ", (unsigned long long)row.assoc.from_id,
                (unsigned long long)row.assoc.to_id, row.assoc.to_id != 0 ? row.assoc.type : 0);
        if (row.kind == SOURCE_ROW && row.assoc.to_id == 0)
            ck_assert_uint_eq(row.assoc.type, TYPE_NONE);
    }
}

static void expect(const char *rows)
{
    CLEANUP(buf_clear) struct buf text = {0};
    ck_assert_msg(open_source(), "%s", err.text);
    read_all(&text);
    ck_assert_str_eq(buf_text(&text), rows);
    source_close(source);
    source = NULL;
}

#endif
