/*
 * test_mapping_row.c: fields of a mapping in an array of PostgreSQL's and back, and what older
 * versions noted in words.
 */
#include <check.h>

#include "journal/mapping_row.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"

SUITE_DATABASE(cluster_database_with_schema);

static const char *const texts[] = {
    "", "a", "NULL", "null", "{a,b}", "a, \"b\" \\ c", " ", "ids as \xC3\xA4"};

static void read_back(const char *sql, const char *argument, struct mapping *mapping)
{
    struct error err;
    struct pg *pg = cluster_connect(database);
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, argument);
    ck_assert_msg(pg_exec_args(pg, sql, &args, &rows, &err), "%s", err.text);
    mapping_row_read(mapping, &rows, 0, 0);
    pg_close(pg);
}

TEST_LOOP(what_goes_in_comes_out, ARRAY_COUNT(texts))
{
    CLEANUP(mapping_clear) struct mapping mapping = {0}, again = {0};
    CLEANUP(buf_clear) struct buf array = {0};
    mapping_set(&mapping, MAPPING_FROM, texts[_i]);
    mapping_set(&mapping, MAPPING_POLICY, texts[_i]);
    read_back("select $1::text[]", mapping_row_array(&mapping, &array), &again);
    for (size_t i = 0; i < MAPPING_FIELDS; i++)
        ck_assert_pstr_eq(again.fields[i], mapping.fields[i]);
}

TEST(none_is_none)
{
    CLEANUP(mapping_clear) struct mapping mapping = {0};
    read_back("select $1::text[]", NULL, &mapping);
    ck_assert_ptr_null(mapping.fields[MAPPING_FROM]);
}

/* In the words of versions before 96; those before 7 noted neither database nor policy. */
static const struct {
    const char *fingerprint;
    struct mapping fields;
} noted[] = {
    {"deals to contacts of account 42, types A:1, B:2 from crm.t (a, b): view 5d41, ids as integer "
     "and text, database d, policy mirror_owned",
        {{"deals", "contacts", "42", "A:1, B:2", "crm.t (a, b)",
            "view 5d41, ids as integer and text", "d", "mirror_owned"}}},
    {"deals to contacts of account 42, types A:1 from a query (a, b, c) #0123: ids as text and "
     "text, "
     "database d, policy mirror",
        {{"deals", "contacts", "42", "A:1", "a query (a, b, c) #0123", "ids as text and text", "d",
            "mirror"}}},
    {"deals to contacts of account 42, types A:1 from crm.t (a, b)",
        {{"deals", "contacts", "42", "A:1", "crm.t (a, b)"}}},
    {"deals to contacts of account 42, types A:1 from crm.t (a, b), policy mirror",
        {{"deals", "contacts", "42", "A:1", "crm.t (a, b)", NULL, NULL, "mirror"}}},
    {"deals to contacts of account 42, types A:1", {{"deals", "contacts", "42", "A:1"}}},
    {"deals to contacts of account 42", {{"deals", "contacts", "42"}}},
};

TEST_LOOP(understands_what_older_versions_noted, ARRAY_COUNT(noted))
{
    CLEANUP(mapping_clear) struct mapping mapping = {0};
    read_back("select assocd.noted_mapping($1)", noted[_i].fingerprint, &mapping);
    for (size_t i = 0; i < MAPPING_FIELDS; i++)
        ck_assert_pstr_eq(mapping.fields[i], noted[_i].fields.fields[i]);
}

SUITE(.open = open_database, .close = close_database);
