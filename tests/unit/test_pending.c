/* test_pending.c: what a row that waits for its key protects, and what it does not. */
#include <check.h>
#include <stdlib.h>

#include "lib/suite.h"
#include "plan/pending.h"

enum { LABEL, PRIMARY };

static uint64_t from_ids[] = {2, 4}, to_ids[] = {90};
static const struct pending two_types = {
    .from = {.ids = from_ids, .count = 2}, .to = {.ids = to_ids, .count = 1}};

TEST(records_that_it_names_are_held)
{
    const struct pending nothing = {0}, everything = {.everything = true};
    struct pending one_type = two_types;
    one_type.one_type = true;
    ck_assert(pending_holds(&two_types, 2, 50) && pending_holds(&two_types, 4, 50));
    ck_assert(!pending_holds(&two_types, 3, 50) && pending_holds(&two_types, 3, 90));
    ck_assert(!pending_holds(&two_types, 3, 4) && pending_holds(&one_type, 3, 4));
    ck_assert(!pending_holds(&two_types, 90, 3) && pending_holds(&one_type, 90, 3));
    ck_assert(!pending_holds(&nothing, 2, 90) && pending_holds(&everything, 1, 1));
}

static void add(struct diff_list *list, enum change_operation operation, struct assoc assoc)
{
    list->items = realloc(list->items, (list->count + 1) * sizeof list->items[0]);
    list->items[list->count++] = (struct change){.assoc = assoc, .operation = operation};
    list->room = list->count;
}

static size_t count(const struct diff_list *list, enum change_operation operation)
{
    size_t found = 0;
    for (size_t i = 0; i < list->count; i++)
        found += list->items[i].operation == operation;
    return found;
}

TEST(nothing_is_archived_or_let_go_of_there)
{
    struct diff_list list = {0};
    add(&list, CHANGE_ARCHIVE, (struct assoc){2, 50, LABEL, 0}); /* of the record before */
    add(&list, CHANGE_CREATE, (struct assoc){2, 51, LABEL, 0});
    add(&list, CHANGE_ARCHIVE, (struct assoc){2, 52, LABEL, 0});
    add(&list, CHANGE_DISOWN, (struct assoc){2, 53, LABEL, 0});
    add(&list, CHANGE_OWN, (struct assoc){2, 54, LABEL, 0});
    pending_leave(&two_types, &list, 1);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(count(&list, CHANGE_ARCHIVE), 1);
    ck_assert_uint_eq(count(&list, CHANGE_CREATE), 1);
    ck_assert_uint_eq(count(&list, CHANGE_OWN), 1);
    pending_leave(&two_types, &list, 0);
    ck_assert_uint_eq(count(&list, CHANGE_ARCHIVE), 0);
    diff_list_clear(&list);
}

TEST(nor_does_a_create_move_a_mark_away)
{
    struct diff_list list = {0};
    add(&list, CHANGE_CREATE, (struct assoc){2, 51, PRIMARY, 0});
    add(&list, CHANGE_CREATE, (struct assoc){2, 51, LABEL, 0});
    add(&list, CHANGE_MOVED, (struct assoc){2, 52, PRIMARY, 0});
    pending_leave(&two_types, &list, 0);
    ck_assert_uint_eq(count(&list, CHANGE_MOVED), 0);
    ck_assert_uint_eq(count(&list, CHANGE_CREATE), 1);
    for (size_t i = 0; i < list.count; i++)
        ck_assert(list.items[i].operation != CHANGE_CREATE || list.items[i].assoc.type == LABEL);
    diff_list_clear(&list);
}

TEST(nor_does_it_travel_with_another_create_of_its_pair)
{
    struct diff_list list = {0};
    add(&list, CHANGE_CREATE, (struct assoc){2, 51, LABEL, 0});
    add(&list, CHANGE_CREATE, (struct assoc){2, 51, PRIMARY, 0});
    add(&list, CHANGE_MOVED, (struct assoc){2, 52, PRIMARY, 0});
    pending_leave(&two_types, &list, 0);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_uint_eq(list.items[0].assoc.type, LABEL);
    diff_list_clear(&list);
}

TEST(other_records_lose_what_they_have_to)
{
    struct diff_list list = {0};
    const struct pending nothing = {0};
    add(&list, CHANGE_ARCHIVE, (struct assoc){3, 50, LABEL, 0});
    add(&list, CHANGE_DISOWN, (struct assoc){3, 51, LABEL, 0});
    pending_leave(&two_types, &list, 0);
    pending_leave(&nothing, &list, 0);
    ck_assert_uint_eq(list.count, 2);
    diff_list_clear(&list);
}
