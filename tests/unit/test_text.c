/*
 * test_text.c: what base/text cuts and what pg/text writes: PostgreSQL reads every array and every
 * COPY row back as it was meant, whatever stands in it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/text.h"

static struct pg *pg;
static struct error err;

static void setup(void)
{
    pg = cluster_connect(cluster_url());
}

static void teardown(void)
{
    pg_close(pg);
}

static const char *const texts[] = {"a", "", "NULL", "null", "\\N", "\\.", "\"", "\\", "\\\\\"",
    "{}", "{a,b}", ",", " ", "a\tb", "a\nb", "a\rb", "\r\n", "'; drop table x; --",
    "\xC3\xA9\xF0\x9F\x90\x98", "\b\f\v\x01\x7F", NULL};

TEST(postgresql_reads_every_text_of_an_array_back)
{
    CLEANUP(buf_clear) struct buf array = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        pg_array_text(&array, texts[i]);
    pg_arg_text(&args, pg_array_end(&array));
    ck_assert_msg(
        pg_exec_args(pg, "select t from unnest($1::text[]) t", &args, &rows, &err), "%s", err.text);
    ck_assert_int_eq(rows.count, (int)ARRAY_COUNT(texts));
    for (int i = 0; i < rows.count; i++) {
        ck_assert_int_eq(pg_rows_null(&rows, i, 0), texts[i] == NULL);
        ck_assert_str_eq(pg_rows_text(&rows, i, 0), texts[i] != NULL ? texts[i] : "");
    }
}

TEST(writes_numbers_of_every_size)
{
    CLEANUP(buf_clear) struct buf array = {0}, nothing = {0};
    pg_array_int(&array, 0);
    pg_array_int(&array, -1);
    pg_array_int(&array, INT64_MAX);
    pg_array_int(&array, INT64_MIN);
    ck_assert_str_eq(pg_array_end(&array), "{0,-1,9223372036854775807,-9223372036854775808}");
    ck_assert_str_eq(pg_array_end(&nothing), "{}");
}

/* Into assocd.batch by the statement that the journal uses; error is the last column. */
TEST(postgresql_reads_every_copied_field_back)
{
    char *database = cluster_database_with_schema();
    struct pg *own = cluster_connect(database);
    cluster_exec(own,
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid)"
        " values ('s', 'p', 'v3', 'manual', 'planning', 1, 'h', 1)",
        NULL);
    CLEANUP(buf_clear) struct buf rows = {0};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        pg_copy_int(&rows, 1);
        pg_copy_text(&rows, "read");
        pg_copy_text(&rows, "done");
        for (int64_t n = 0; n < 3; n++)
            pg_copy_int(&rows, n);
        pg_copy_text(&rows, "2026-09-21T09:14:02Z");
        for (int n = 0; n < 3; n++)
            pg_copy_text(&rows, NULL);
        pg_copy_text(&rows, texts[i]);
        pg_copy_text(&rows, texts[i]);
        pg_copy_row_end(&rows);
    }
    ck_assert_msg(pg_copy_rows(own, STATEMENT_BATCH_COPY, &rows, &err), "%s", err.text);
    ck_assert_uint_eq(rows.length, 0);
    CLEANUP(pg_rows_clear) struct pg_rows back = {0};
    cluster_exec(own, "select correlation_id, error from assocd.batch order by batch_id", &back);
    ck_assert_int_eq(back.count, (int)ARRAY_COUNT(texts));
    for (int i = 0; i < back.count; i++)
        for (int column = 0; column < 2; column++) {
            ck_assert_int_eq(pg_rows_null(&back, i, column), texts[i] == NULL);
            ck_assert_str_eq(pg_rows_text(&back, i, column), texts[i] != NULL ? texts[i] : "");
        }
    pg_close(own);
    cluster_drop(database);
    free(database);
}

/* Random bytes 1 … 127: what one side writes, the other reads. */
TEST(any_text_survives_copy_and_array)
{
    struct random random;
    random_init(&random, 5);
    for (int round = 0; round < 500; round++) {
        char text[24] = "x";
        size_t length = 1 + (size_t)random_below(&random, sizeof text - 2);
        for (size_t i = 1; i < length; i++)
            text[i] = random_below(&random, 2) == 0 ? "\\\t\n\r\"{},N.' "[random_below(&random, 12)]
                                                    : (char)(1 + random_below(&random, 127));
        CLEANUP(buf_clear) struct buf line = {0}, array = {0};
        pg_copy_text(&line, text);
        pg_copy_text(&line, text);
        char *fields[2];
        ck_assert_ptr_null(strchr(buf_text(&line), '\n'));
        ck_assert_int_eq(pg_copy_split(line.bytes, fields, 2), 2);
        ck_assert_str_eq(fields[0], text);
        ck_assert_str_eq(fields[1], text);
        CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
        struct pg_args args = {0};
        pg_array_text(&array, text);
        pg_arg_text(&args, pg_array_end(&array));
        ck_assert(pg_exec_args(pg, "select ($1::text[])[1]", &args, &rows, &err));
        ck_assert_str_eq(pg_rows_text(&rows, 0, 0), text);
    }
}

static const struct {
    const char *cut, *left;
} cuts[] = {
    {"", ""},
    {"abc", "abc"},
    {"abc\xC3", "abc"},
    {"abc\xC3\xA9", "abc\xC3\xA9"},
    {"\xE2\x82", ""},
    {"\xE2\x82\xAC", "\xE2\x82\xAC"},
    {"a\xF0", "a"},
    {"a\xF0\x9F", "a"},
    {"a\xF0\x9F\x90", "a"},
    {"a\xF0\x9F\x90\x98", "a\xF0\x9F\x90\x98"},
};

TEST_LOOP(cuts_no_character_in_two, ARRAY_COUNT(cuts))
{
    char text[16];
    (void)snprintf(text, sizeof text, "%s", cuts[_i].cut);
    text_trim(text);
    ck_assert_str_eq(text, cuts[_i].left);
}

SUITE(.before = setup, .after = teardown);
