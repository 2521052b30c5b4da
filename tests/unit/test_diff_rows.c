/* test_diff_rows.c: the rows of a record or a pair, found in the middle and cut off at the front.
 */
#include <check.h>

#include "lib/suite.h"
#include "plan/diff_rows.h"

static const struct assoc rows[] = {
    {.from_id = 1, .to_id = 5, .type = 0},
    {.from_id = 3, .to_id = 5, .type = 0},
    {.from_id = 3, .to_id = 5, .type = 2},
    {.from_id = 3, .to_id = 7, .type = 1},
    {.from_id = 9, .to_id = 1, .type = 0},
};

TEST(finds_the_rows_of_a_record)
{
    static const size_t counts[] = {0, 1, 0, 3, 0, 0, 0, 0, 0, 1, 0};
    for (uint64_t id = 0; id < ARRAY_COUNT(counts); id++) {
        struct diff_rows found = diff_rows_of(rows, ARRAY_COUNT(rows), id);
        ck_assert_uint_eq(found.count, counts[id]);
        if (found.count > 0)
            ck_assert_uint_eq(found.rows->from_id, id);
    }
    ck_assert_uint_eq(diff_rows_of(NULL, 0, 3).count, 0);
}

TEST(cuts_off_records_and_pairs_in_order)
{
    struct diff_rows rest = {rows, ARRAY_COUNT(rows)};
    ck_assert_uint_eq(diff_rows_next_record(&rest, 2).count, 0);
    ck_assert_uint_eq(diff_rows_next_record(&rest, 1).count, 1);
    struct diff_rows record = diff_rows_next_record(&rest, 3);
    ck_assert_uint_eq(record.count, 3);
    struct diff_rows pair = diff_rows_next_pair(&record, 5);
    ck_assert(pair.count == 2 && diff_rows_has(pair, 2) && !diff_rows_has(pair, 1));
    ck_assert_uint_eq(diff_rows_next_pair(&record, 5).count, 0);
    ck_assert_uint_eq(diff_rows_next_pair(&record, 7).count, 1);
    ck_assert(record.count == 0 && diff_rows_next_pair(&record, 7).count == 0);
    ck_assert_uint_eq(diff_rows_next_record(&rest, 9).count, 1);
    ck_assert_uint_eq(rest.count, 0);
}
