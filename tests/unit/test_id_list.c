/* test_id_list.c: ids in order, each once. */
#include <check.h>

#include "lib/suite.h"
#include "model/id_list.h"

TEST(finds_what_was_added_in_any_order_and_more_than_once)
{
    CLEANUP(id_list_clear) struct id_list list = {0};
    ck_assert(!id_list_has(&list, 0));
    id_list_sort(&list);
    static const uint64_t ids[] = {7, 3, UINT64_MAX, 7, 0, 3, 7};
    for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
        id_list_add(&list, ids[i]);
    id_list_sort(&list);
    ck_assert_uint_eq(list.count, 4);
    for (size_t i = 0; i < ARRAY_COUNT(ids); i++)
        ck_assert(id_list_has(&list, ids[i]));
    for (size_t i = 1; i < list.count; i++)
        ck_assert_uint_lt(list.ids[i - 1], list.ids[i]);
    ck_assert(!id_list_has(&list, 4) && !id_list_has(&list, UINT64_MAX - 1));
}
