/* test_key_moves.c: which archives are because a key means another record now. */
#include <check.h>

#include "lib/suite.h"
#include "plan/key_moves.h"

static struct change change(uint64_t from, uint64_t to, enum change_reason reason)
{
    return (struct change){.assoc = {.from_id = from, .to_id = to, .type = 1},
        .operation = reason == REASON_SOURCE_ADDED ? CHANGE_CREATE : CHANGE_ARCHIVE,
        .reason = reason};
}

TEST(archives_of_moved_keys_say_so)
{
    struct assoc pairs[] = {{.from_id = 1, .to_id = 10}, {.from_id = 2, .to_id = 20}};
    struct key_moves moves = {.pairs = {.rows = pairs, .count = 2}};
    struct change items[] = {change(1, 10, REASON_SOURCE_REMOVED),
        change(1, 10, REASON_SOURCE_REMOVED), change(1, 11, REASON_SOURCE_REMOVED),
        change(1, 10, REASON_DRIFT_ADDED), change(2, 20, REASON_SOURCE_ADDED)};
    struct diff_list changes = {.items = items, .count = 5};
    key_moves_mark(&moves, &changes, 1);
    ck_assert_int_eq(items[0].reason, REASON_SOURCE_REMOVED); /* of the record before */
    ck_assert_int_eq(items[1].reason, REASON_KEY_MOVED);
    ck_assert_int_eq(items[2].reason, REASON_SOURCE_REMOVED);
    ck_assert_int_eq(items[3].reason, REASON_DRIFT_ADDED);
    ck_assert_int_eq(items[4].reason, REASON_SOURCE_ADDED);
    key_moves_mark(&(struct key_moves){0}, &changes, 0);
    ck_assert_int_eq(items[0].reason, REASON_SOURCE_REMOVED);
}
