/* test_search.c: what one search holds, and how it is written. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/suite.h"
#include "hubspot/search.h"

enum { COUNT = 300 };
static char texts[COUNT][512];
static const char *values[COUNT];

static struct search of_length(int length)
{
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "%0*d", length, i);
        values[i] = texts[i];
    }
    return (struct search){.property = "domain", .values = values, .count = COUNT};
}

TEST(writes_each_value_once_in_lower_case)
{
    CLEANUP(buf_clear) struct buf body = {0};
    const char *some[] = {"ACME.example", "acme.example", "b\"c"};
    struct search search = {.property = "domain", .values = some, .count = 3, .after = 200};
    search_write(&search, &body);
    ck_assert_str_eq(buf_text(&body),
        "{\"filterGroups\":[{\"filters\":[{\"propertyName\":\"domain\",\"operator\":\"IN\","
        "\"values\":[\"acme.example\",\"b\\\"c\"]}]}],\"properties\":[\"domain\"],"
        "\"sorts\":[{\"propertyName\":\"hs_object_id\",\"direction\":\"ASCENDING\"}],"
        "\"limit\":200,\"after\":\"200\"}");
}

TEST(is_cut_at_a_hundred_values)
{
    struct search search = of_length(5);
    ck_assert_uint_eq(search_fits(&search), 100);
    search.count = 7;
    ck_assert_uint_eq(search_fits(&search), 7);
}

TEST(is_cut_at_its_bytes)
{
    CLEANUP(buf_clear) struct buf body = {0};
    struct search search = of_length(60);
    size_t fits = search_fits(&search);
    ck_assert_uint_lt(fits, 100);
    search.count = fits;
    search.after = 10000;
    search_write(&search, &body);
    ck_assert_uint_le(body.length, SEARCH_BYTES_MAX);
    ck_assert_uint_gt(body.length, SEARCH_BYTES_MAX - 100);
}

TEST(takes_one_value_however_long)
{
    struct search search = of_length(499);
    ck_assert_uint_ge(search_fits(&search), 1);
}
