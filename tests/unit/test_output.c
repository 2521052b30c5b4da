/* test_output.c: numbers and tables as people see them, byte for byte. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/output.h"
#include "lib/cluster.h"
#include "lib/suite.h"

static const struct {
    uint64_t number;
    const char *text;
} numbers[] = {{0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {412880, "412,880"},
    {1000000, "1,000,000"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};

TEST_LOOP(groups_digits_by_three, ARRAY_COUNT(numbers))
{
    char text[NUMBER_TEXT_MAX];
    ck_assert_str_eq(output_number(numbers[_i].number, text), numbers[_i].text);
}

static const struct {
    uint64_t count;
    const char *plural, *text;
} counts[] = {{1, "contacts", "1 contact"}, {2, "contacts", "2 contacts"},
    {0, "contacts", "0 contacts"}, {1, "companies", "1 company"},
    {1234, "companies", "1,234 companies"}, {1, "desired rows", "1 desired row"},
    {1, "taxes", "1 tax"}, {1, "requests", "1 request"}, {1, "2-1234567", "1 2-1234567"},
    {1, "p_buses", "1 p_buses"}, {1, "s", "1 s"}, {1, "postal_mail", "1 postal_mail"}};

TEST_LOOP(counts_one_thing_in_the_singular, ARRAY_COUNT(counts))
{
    char text[COUNT_TEXT_MAX];
    ck_assert_str_eq(output_count(counts[_i].count, counts[_i].plural, text), counts[_i].text);
}

/* What output_table prints for a query. */
static void expect_table(const char *sql, uint64_t right_columns, const char *want)
{
    char have[1024] = "";
    struct pg *pg = cluster_connect(cluster_url());
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, sql, &rows);
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fflush(stdout), 0);
    int saved = dup(STDOUT_FILENO);
    ck_assert_int_eq(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    output_table(&rows, right_columns, "nothing yet");
    (void)fflush(stdout);
    ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(saved);
    rewind(file);
    have[fread(have, 1, sizeof have - 1, file)] = '\0';
    (void)fclose(file);
    pg_close(pg);
    ck_assert_str_eq(have, want);
}

static const char *const apis[] = {
    "v3, supported until 2027-09, replaced by 2026-09",
    "v4, supported until 2027-03-30, replaced by 2026-09",
    "2026-03, supported until 2027-09, replaced by 2026-09",
    "2026-09, supported until 2028-03",
};

TEST_LOOP(names_the_version_to_move_to, ARRAY_COUNT(apis))
{
    char text[API_TEXT_MAX];
    ck_assert_str_eq(output_api((enum dialect)_i, text), apis[_i]);
}

TEST(aligns_columns_under_their_names)
{
    expect_table(
        "select 7 as run, 'a' as sync, null as error union all select 12345, 'long name', 'x'"
        " order by run",
        1,
        "  run  sync       error\n"
        "    7  a          \n"
        "12345  long name  x\n");
}

TEST(counts_characters_and_not_bytes)
{
    expect_table("select 'K\xC3\xB6ln' as a, 1 as b union all select 'Bonn', 2 order by b", 2,
        "a     b\n"
        "K\xC3\xB6ln  1\n"
        "Bonn  2\n");
}

/* Of every fraction and of none; what is no point in time stays as it is. */
TEST(shows_times_to_the_second_with_their_zone)
{
    expect_table("select timestamptz '2026-11-23 20:31:26.770418+00' as a,"
                 " timestamptz '2026-11-23 22:31:26+02' as b, null::timestamptz as c,"
                 " timestamptz 'infinity' as d, '2026-11-23 20:31:26+00' as e",
        0,
        "a                     b                     c  d         e\n"
        "2026-11-23 20:31:26Z  2026-11-23 20:31:26Z     infinity  2026-11-23 20:31:26+00\n");
}

TEST(says_so_when_there_is_nothing)
{
    expect_table("select 1 as a where false", 0, "nothing yet\n");
}

/* Cells are other people's words: they break no line and command no terminal. */
TEST(makes_control_characters_visible)
{
    expect_table("select E'a\\nb\\tc' as x, E'\\x1b[2J\\x7f\\u009b1m' as y", 0,
        "x        y\n"
        "a\\nb\\tc  \\x1B[2J\\x7F\\u009B1m\n");
}
