/*
 * test_assoc.c: sorting and id parsing, against the plainest way of doing it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "lib/suite.h"
#include "model/assoc.h"

static int compare(const void *a, const void *b)
{
    return assoc_compare(a, b);
}

TEST(sorts_and_removes_equals_like_qsort)
{
    struct random random;
    random_init(&random, 4711);
    for (int round = 0; round < 2000; round++) {
        size_t count = random_below(&random, 300);
        uint64_t range = 1 + random_below(&random, 40);
        struct assoc rows[300];
        struct assoc plain[300];
        for (size_t i = 0; i < count; i++)
            rows[i] = (struct assoc){random_below(&random, range), random_below(&random, range),
                (uint32_t)random_below(&random, 3), 0};
        memcpy(plain, rows, sizeof plain);
        qsort(plain, count, sizeof *plain, compare);
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            if (kept == 0 || assoc_compare(&plain[kept - 1], &plain[i]) != 0)
                plain[kept++] = plain[i];
        ck_assert_uint_eq(assoc_sort_unique(rows, count), kept);
        ck_assert(kept == 0 || memcmp(rows, plain, kept * sizeof *rows) == 0);
    }
}

TEST(the_first_of_equals_stays)
{
    struct assoc rows[] = {{2, 1, 0, 1}, {1, 1, 0, 2}, {2, 1, 0, 3}, {1, 1, 0, 4}};
    ck_assert_uint_eq(assoc_sort_unique(rows, 4), 2);
    ck_assert_uint_eq(rows[0].flags, 2);
    ck_assert_uint_eq(rows[1].flags, 1);
    ck_assert_uint_eq(assoc_sort_unique(NULL, 0), 0);
}

static const struct {
    const char *text;
    uint64_t id;
} ids[] = {
    {"1", 1},
    {"0001", 1},
    {"9223372036854775807", ASSOC_ID_MAX},
    {"00009223372036854775807", ASSOC_ID_MAX},
    {"9223372036854775808", 0},
    {"99999999999999999999", 0},
    {"0", 0},
    {"", 0},
    {"-1", 0},
    {"+1", 0},
    {" 1", 0},
    {"1 ", 0},
    {"1.0", 0},
    {"\xD9\xA1", 0},
};

TEST_LOOP(parses_ids, ARRAY_COUNT(ids))
{
    uint64_t id = 0;
    ck_assert(assoc_parse_id(ids[_i].text, strlen(ids[_i].text), &id) == (ids[_i].id > 0));
    ck_assert_uint_eq(id, ids[_i].id);
}
