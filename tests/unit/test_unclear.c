/*
 * test_unclear.c: records that are left alone.
 */
#include "plan/unclear.h"

#include <check.h>

#include "lib/suite.h"

TEST(finds_what_came_in_any_order_and_again)
{
    struct unclear unclear = {0};
    static const uint64_t ids[] = {7, 5, 7, 9, 5};
    ck_assert(!unclear_has(&unclear, 5));
    for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
        ck_assert(unclear_add(&unclear, ids[i]));
    ck_assert(unclear_has(&unclear, 5) && unclear_has(&unclear, 7) && unclear_has(&unclear, 9));
    ck_assert(!unclear_has(&unclear, 6));
    ck_assert(unclear_add(&unclear, 6));
    ck_assert(unclear_has(&unclear, 6) && unclear_has(&unclear, 9));
    ck_assert_uint_eq(unclear.records.count, 4);
    unclear_clear(&unclear);
}

TEST(counts_each_record_once)
{
    struct unclear unclear = {0};
    for (uint64_t i = 0; i < 5 * (uint64_t)UNCLEAR_MAX; i++)
        ck_assert(unclear_add(&unclear, 1 + i % 3));
    bool room = true;
    for (uint64_t id = 1; room; id++) {
        ck_assert_uint_le(id, 3 * (uint64_t)UNCLEAR_MAX);
        room = unclear_add(&unclear, id);
    }
    unclear_clear(&unclear);
}
