/*
 * test_source_type.c: which type a row of the source means, and what is said of one that means
 * none; and the views that config/ recommends for tables of extractors.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/suite.h"
#include "unit/source_case.h"

TEST(understands_the_type_column)
{
    items[1].managed = true;
    sync_definition.column_type = "kind of link";
    cluster_exec(pg,
        "create table crm.pair (from_id int, to_id int, \"kind of link\" text);"
        "insert into crm.pair values (1,1,'plain'),(1,2,'Decision maker'),(1,3,'decision MAKER'),"
        "(1,4,'USER_DEFINED:9'),(1,5,'Decsion maker'),(1,6,null),(1,7,''),(1,null,' ')",
        NULL);
    expect("1>0:0 1>1:0 1>2:1 1>3:1 1>4:1 !type 1>6:0 1>7:0 ");
    items[1].managed = false;
    expect("1>0:0 1>1:0 !type !type !type !type 1>6:0 1>7:0 ");
    cluster_exec(pg,
        "truncate crm.pair;"
        "insert into crm.pair values "
        "(1,null,'plain'),(2,null,'nonsense'),(3,null,'USER_DEFINED:9')",
        NULL);
    expect("1>0:0 !type !type ");
    items[1].managed = true;
    expect("1>0:0 !type 3>0:0 ");
}

/* The sole type of a sync is implied only where the source has no column for it. */
TEST(fault_c3_an_empty_type_cell_is_no_wish_for_a_label)
{
    items[0].managed = false;
    items[1].managed = true;
    sync_definition.column_type = "label";
    cluster_exec(pg,
        "create table crm.pair (from_id int, to_id int, label text, id text, category text);"
        "insert into crm.pair (from_id, to_id, label) values (1,1,null),(1,2,''),(1,3,E' \\t '),"
        "(1,4,'Decision maker'),(1,null,null)",
        NULL);
    expect("1>0:0 !type !type !type 1>4:1 ");
    items[0].managed = true; /* the plain type is managed: that is what is meant */
    expect("1>0:0 1>1:0 1>2:0 1>3:0 1>4:1 ");
    items[0].kind = TYPE_PRIMARY;
    expect("1>0:0 !type !type !type 1>4:1 ");
    sync_definition.column_type = NULL;
    sync_definition.column_type_id = "id";
    items[0].managed = false;
    cluster_exec(pg, "update crm.pair set id = 9 where to_id = 4", NULL);
    expect("1>0:0 !type !type !type !type ");
    sync_definition.column_type_id = NULL; /* no column: every row means the only type */
    expect("1>0:0 1>1:1 1>2:1 1>3:1 1>4:1 ");
}

TEST(understands_columns_of_type_id_and_category)
{
    items[1].managed = true;
    sync_definition.column_type_id = "id";
    sync_definition.column_category = "category";
    cluster_exec(pg,
        "create table crm.pair (from_id int, to_id int, id text, category text);"
        "insert into crm.pair values (1,1,1,'HUBSPOT_DEFINED'),(1,2,9,'USER_DEFINED'),"
        "(1,3,9,'HUBSPOT_DEFINED'),(1,4,1,null),(1,5,null,'USER_DEFINED'),(1,6,null,null),"
        "(1,7,'9.0','USER_DEFINED'),(1,8,'','')",
        NULL);
    expect("1>1:0 1>2:1 !type !type !type 1>6:0 !type 1>8:0 ");
    sync_definition.column_category = NULL; /* all are HubSpot's own */
    expect("1>1:0 !type !type 1>4:0 1>5:0 1>6:0 !type 1>8:0 ");
    /* Without to_id, as without a type: what the row says of its type is read all the same. */
    cluster_exec(pg, "update crm.pair set from_id = to_id, to_id = null", NULL);
    expect("1>0:0 !type !type 4>0:0 5>0:0 6>0:0 !type 8>0:0 ");
    sync_definition.column_category = "category"; /* alone it is no type */
    expect("1>0:0 2>0:0 !type !type 5>0:0 6>0:0 !type 8>0:0 ");
}

static const struct {
    const char *from, *to, *type, *message;
} cells[] = {
    {"123.0", "1", "plain",
        "invalid HubSpot record ID \"123.0\" (a number with decimals; cast the column in a view or "
        "in source.query: from_id::bigint)"},
    {"1", "1e3", "plain",
        "invalid HubSpot record ID \"1e3\" (a number with decimals; cast the column in a view or "
        "in "
        "source.query: to_id::bigint)"},
    {"1", "12a", "plain",
        "invalid HubSpot record ID \"12a\" (expected an integer from 1 to 9223372036854775807)"},
    {"1", "", "plain",
        "invalid HubSpot record ID \"\" (expected an integer from 1 to 9223372036854775807)"},
    {NULL, "1", "plain", "from_id is NULL"},
    {"1", "1", "3",
        "unknown type \"3\"; a type's id needs its category: write HUBSPOT_DEFINED:3 or "
        "USER_DEFINED:3, or name the columns in source.columns.type_id and category"},
    {"1", "1", "Decsion maker",
        "unknown type \"Decsion maker\" (did you mean \"Decision maker\"?)"},
    {"1", "1", "USER_DEFINED:9", "type \"USER_DEFINED:9\" is not one of the sync's types"},
};

TEST_LOOP(says_what_is_wrong_with_a_cell, ARRAY_COUNT(cells))
{
    struct source_row row;
    struct pg_args args = {0};
    sync_definition.column_type = "t";
    cluster_exec(pg, "create table crm.pair (from_id text, to_id text, t text)", NULL);
    pg_arg_text(&args, cells[_i].from);
    pg_arg_text(&args, cells[_i].to);
    pg_arg_text(&args, cells[_i].type);
    ck_assert(pg_exec_args(pg, "insert into crm.pair values ($1, $2, $3)", &args, NULL, &err));
    ck_assert_msg(open_source(), "%s", err.text);
    ck_assert(source_next(source, &row, &err));
    ck_assert_int_eq(row.kind, SOURCE_INVALID);
    ck_assert_str_eq(row.message, cells[_i].message);
}

/* The example is run as it is. */
static void run_example(const char *path)
{
    char text[16 * 1024];
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "run from the top of the source: no %s", path);
    size_t length = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[length] = '\0';
    cluster_exec(pg, "drop schema if exists hubspot cascade", NULL);
    cluster_exec(pg, text, NULL);
}

TEST(reads_the_tables_that_extractors_leave)
{
    run_example("config/extracted_associations.sql");
    cluster_exec(pg,
        "insert into hubspot.deal values (1, false, '[901, \"902\"]'), (2, false, '[]'),"
        " (3, false, null), (4, true, '[904]');"
        "insert into hubspot.deal_contact values (1, 11, 1, 'HUBSPOT_DEFINED', false),"
        " (1, 12, 9, 'USER_DEFINED', false), (2, 13, 1, 'HUBSPOT_DEFINED', true),"
        " (4, 14, 1, 'HUBSPOT_DEFINED', false)",
        NULL);
    items[1].managed = true;
    sync_definition.source_table = "hubspot.desired_deal_contact";
    sync_definition.column_from = "deal_id";
    sync_definition.column_to = "contact_id";
    sync_definition.column_type_id = "type_id";
    sync_definition.column_category = "category";
    expect("1>11:0 1>12:1 2>0:0 3>0:0 ");
    sync_definition = (struct sync_definition){.name = "s",
        .source_table = "hubspot.desired_deal_company",
        .column_from = "from_id",
        .column_to = "to_id"};
    items[1].managed = false;
    expect("1>901:0 1>902:0 2>0:0 3>0:0 ");
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
