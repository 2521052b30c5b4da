/*
 * test_unclear.c: rows that contradict each other are left alone, and nothing else.
 */
#include "plan/unclear.h"

#include <check.h>

#include "lib/suite.h"

enum { PLAIN, PRIMARY, LABEL };

static struct type type_items[] = {
    [PLAIN] = {.category = "HUBSPOT_DEFINED", .type_id = 1, .kind = TYPE_PLAIN, .managed = true},
    [PRIMARY] = {.category = "HUBSPOT_DEFINED",
        .type_id = 2,
        .kind = TYPE_PRIMARY,
        .managed = true},
    [LABEL] = {.category = "USER_DEFINED", .type_id = 3, .kind = TYPE_LABEL, .managed = true},
};
static const struct types types = {.items = type_items, .count = ARRAY_COUNT(type_items)};

static struct assoc row(uint64_t from_id, uint64_t to_id, uint32_t type)
{
    return (struct assoc){.from_id = from_id, .to_id = to_id, .type = type};
}

struct sides {
    struct assoc desired[8], owned[8], observed[8];
    size_t desired_count, owned_count, observed_count;
};

static void compare(struct unclear *unclear, const struct cardinality_rules *single,
    const struct sides *sides, struct diff_list *list)
{
    const struct diff_rules rules = {
        .policy = POLICY_MIRROR, .on_drift = DRIFT_RESTORE, .types = &types, .single = single};
    const struct unclear_record record = {.from_id = 5,
        .desired = {sides->desired, sides->desired_count},
        .owned = {sides->owned, sides->owned_count},
        .observed = {sides->observed, sides->observed_count}};
    unclear_diff_record(unclear, &rules, &record, list);
}

static bool has(
    const struct diff_list *list, enum change_operation operation, uint64_t to_id, uint32_t type)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].operation == operation && list->items[i].assoc.to_id == to_id &&
            list->items[i].assoc.type == type)
            return true;
    return false;
}

TEST(a_record_that_is_clear_is_compared_as_ever)
{
    struct unclear unclear = {0};
    struct diff_list list = {0};
    struct sides sides = {.desired = {row(5, 3, LABEL)}, .desired_count = 1};
    ck_assert(unclear_add(&unclear, row(4, 3, LABEL)) && unclear_add(&unclear, row(6, 3, LABEL)));
    compare(&unclear, NULL, &sides, &list);
    ck_assert(has(&list, CHANGE_CREATE, 3, LABEL));
    diff_list_clear(&list);
    unclear_clear(&unclear);
}

TEST(only_the_row_that_its_to_record_contradicts_is_left_alone)
{
    struct unclear unclear = {0};
    struct diff_list list = {0};
    struct sides sides = {
        .desired = {row(5, 3, PRIMARY), row(5, 20, PRIMARY)},
        .desired_count = 2,
        .owned = {row(5, 3, PLAIN), row(5, 4, PRIMARY), row(5, 30, LABEL)},
        .owned_count = 3,
        .observed = {row(5, 4, PLAIN), row(5, 4, PRIMARY), row(5, 30, LABEL)},
        .observed_count = 3,
    };
    static const struct cardinality_rules there = {
        .there = {PRIMARY}, .there_count = 1, .first = TYPE_NONE};
    ck_assert(unclear_add(&unclear, row(5, 4, PRIMARY)) &&
        unclear_add(&unclear, row(5, 3, PRIMARY)) && unclear_add(&unclear, row(5, 4, PRIMARY)));
    compare(&unclear, &there, &sides, &list);
    ck_assert(has(&list, CHANGE_CREATE, 20, PRIMARY));
    ck_assert(has(&list, CHANGE_ARCHIVE, 30, LABEL));
    for (size_t i = 0; i < list.count; i++)
        ck_assert(list.items[i].assoc.to_id != 3 && list.items[i].assoc.to_id != 4);
    diff_list_clear(&list);
    unclear_clear(&unclear);
}

TEST(a_type_that_a_record_is_named_twice_with_is_left_alone_as_a_whole)
{
    struct unclear unclear = {0};
    struct diff_list list = {0};
    struct sides sides = {
        .desired = {row(5, 2, PRIMARY), row(5, 4, LABEL)},
        .desired_count = 2,
        .owned = {row(5, 2, PLAIN), row(5, 8, PRIMARY)},
        .owned_count = 2,
        .observed = {row(5, 2, PLAIN), row(5, 9, PLAIN), row(5, 9, PRIMARY), row(5, 30, LABEL)},
        .observed_count = 4,
    };
    static const struct cardinality_rules once = {
        .once = {PRIMARY}, .once_count = 1, .first = PRIMARY};
    ck_assert(unclear_add(&unclear, row(5, 3, PRIMARY)));
    compare(&unclear, &once, &sides, &list);
    ck_assert(has(&list, CHANGE_CREATE, 4, LABEL));
    ck_assert(has(&list, CHANGE_ARCHIVE, 30, LABEL));
    for (size_t i = 0; i < list.count; i++)
        ck_assert(list.items[i].assoc.type != PRIMARY && list.items[i].assoc.to_id != 2 &&
            list.items[i].assoc.to_id != 9);
    diff_list_clear(&list);
    unclear_clear(&unclear);
}

TEST(counts_each_row_once)
{
    struct unclear unclear = {0};
    for (uint64_t i = 0; i < 5 * (uint64_t)UNCLEAR_MAX; i++)
        ck_assert(unclear_add(&unclear, row(1 + i % 3, 7, PRIMARY)));
    bool room = true;
    for (uint64_t id = 1; room; id++) {
        ck_assert_uint_le(id, 3 * (uint64_t)UNCLEAR_MAX);
        room = unclear_add(&unclear, row(id, 7, PRIMARY));
    }
    unclear_clear(&unclear);
}
