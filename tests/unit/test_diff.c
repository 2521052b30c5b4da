/*
 * test_diff.c: what the comparison says of one pair or a few, told case by case. The laws that hold
 * for all of them are in test_diff_laws.c.
 */
#include "unit/diff_world.h"
#include "lib/suite.h"

/* One pair, told as a table: what is wished, owned, there, and the one change that follows. */
static const struct {
    const char *title;
    enum policy policy;
    enum on_drift drift;
    set managed, desired, owned, observed;
    size_t changes;
    struct change change;
} cases[] = {
#define P (1u << PLAIN)
#define PR (1u << PRIMARY)
#define LA (1u << A)
#define LB (1u << B)
#define NOTHING \
    { \
        .operation = CHANGE_DISOWN \
    }
    {"a new wish is created", POLICY_MIRROR, DRIFT_RESTORE, P, P, 0, 0, 1,
        {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"what HubSpot lost is restored", POLICY_MIRROR, DRIFT_RESTORE, P, P, P, 0, 1,
        {.operation = CHANGE_CREATE, .reason = REASON_DRIFT_REMOVED}},
    {"or only reported", POLICY_MIRROR, DRIFT_REPORT, P, P, P, 0, 1,
        {.operation = CHANGE_CREATE, .reason = REASON_DRIFT_REMOVED, .verdict = CHANGE_REPORTED}},
    {"what the source gave up is archived", POLICY_MIRROR_OWNED, DRIFT_REPORT, P, 0, P, P, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED}},
    {"what only HubSpot has is archived under mirror", POLICY_MIRROR, DRIFT_RESTORE, P, 0, 0, P, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_DRIFT_ADDED}},
    {"but not under mirror_owned", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P, 0, 0, P, 0, NOTHING},
    {"and never under create_only", POLICY_CREATE_ONLY, DRIFT_RESTORE, P, 0, P, P, 0, NOTHING},
    {"an equal one enters the owned set", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P, P, 0, P, 1,
        {.operation = CHANGE_OWN}},
    {"an owned equal one needs nothing", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P, P, P, P, 0,
        NOTHING},
    {"what nobody has any more is forgotten", POLICY_CREATE_ONLY, DRIFT_RESTORE, P, 0, P, 0, 1,
        {.operation = CHANGE_DISOWN}},
    {"an unmanaged label holds the plain link", POLICY_MIRROR, DRIFT_RESTORE, P, 0, P, P | LA, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED, .verdict = CHANGE_BLOCKED}},
    {"a label that the policy leaves holds it", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P | LA, 0, P,
        P | LA, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED, .verdict = CHANGE_BLOCKED}},
    {"and one that is only reported", POLICY_MIRROR, DRIFT_REPORT, P | LA, 0, P, P | LA, 2,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED, .verdict = CHANGE_BLOCKED}},
    {"a label that goes as well does not", POLICY_MIRROR, DRIFT_RESTORE, P | LA, 0, P | LA, P | LA,
        2, {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED}},
    {"nor does the primary type that came by itself", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P, 0, P,
        P | PR, 1, {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED}},
    {"nor a managed one that is not owned", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P | PR, 0, P,
        P | PR, 1, {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED}},
    {"also where drift is reported", POLICY_MIRROR_OWNED, DRIFT_REPORT, P | PR, 0, P, P | PR, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED}},
    {"but a reported one does under mirror", POLICY_MIRROR, DRIFT_REPORT, P | PR, 0, P, P | PR, 2,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED, .verdict = CHANGE_BLOCKED}},
    {"and so does an unowned label", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P | LA, 0, P, P | LA, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED, .verdict = CHANGE_BLOCKED}},
    {"a label alone is no reason to touch the plain link", POLICY_MIRROR, DRIFT_RESTORE, P | LA, LA,
        LA, P | LA, 0, NOTHING},
    {"a label brings the plain link, which is ours then", POLICY_MIRROR, DRIFT_RESTORE, P | LA, LA,
        0, 0, 2, {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"a plain link that is not managed comes by itself", POLICY_MIRROR, DRIFT_RESTORE, LA, LA, 0, 0,
        2, {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"one that is wished for is created once", POLICY_MIRROR, DRIFT_RESTORE, P | LA, P | LA, 0, 0,
        2, {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"a label that is only reported brings nothing", POLICY_MIRROR, DRIFT_REPORT, P | LA, LA, LA, 0,
        1,
        {.operation = CHANGE_CREATE, .reason = REASON_DRIFT_REMOVED, .verdict = CHANGE_REPORTED}},
    {"a label that is there has the plain link under it, told or not", POLICY_MIRROR, DRIFT_RESTORE,
        P | LA, P | LA, LA, LA, 0, NOTHING},
    {"a wish for the plain link alone is created even so", POLICY_MIRROR, DRIFT_RESTORE, P, P, 0,
        LA, 2, {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"an unmanaged type is invisible", POLICY_MIRROR, DRIFT_RESTORE, LA, 0, LB, P | LB, 0, NOTHING},
};

TEST_LOOP(decides_one_pair_as_told, ARRAY_COUNT(cases))
{
    struct world world;
    world_init(&world, cases[_i].policy, cases[_i].drift, cases[_i].managed);
    world.desired[0] = cases[_i].desired;
    world.owned[0] = cases[_i].owned;
    world.observed[0] = cases[_i].observed;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_msg(list.count == cases[_i].changes, "%s: %zu changes", cases[_i].title, list.count);
    const struct change *want = &cases[_i].change, *have = list.items;
    ck_assert_msg(list.count == 0 ||
            (have->operation == want->operation && have->reason == want->reason &&
                have->verdict == want->verdict),
        "%s", cases[_i].title);
    diff_list_clear(&list);
}

/* The plain link of one pair that was archived while an answer was still out: in the owned set
 * until that answer can change nothing any more. */
static const struct {
    const char *title;
    set desired, observed;
    struct change change;
} released[] = {
    {"came back: archived again", 0, P,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED}},
    {"wished for again: a new wish, not drift", P, 0,
        {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"wished for and there: ours again", P, P, {.operation = CHANGE_OWN}},
    {"still gone: may be forgotten", 0, 0, {.operation = CHANGE_DISOWN}},
};

TEST_LOOP(what_was_archived_in_doubt_is_ours_if_it_comes_back, ARRAY_COUNT(released))
{
    struct world world;
    world_init(&world, POLICY_MIRROR_OWNED, DRIFT_REPORT, P);
    world.owned[0] = world.released[0] = P;
    world.desired[0] = released[_i].desired;
    world.observed[0] = released[_i].observed;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_msg(list.count == 1, "%s: %zu changes", released[_i].title, list.count);
    ck_assert_int_eq(list.items[0].operation, released[_i].change.operation);
    ck_assert_int_eq(list.items[0].reason, released[_i].change.reason);
    ck_assert_int_eq(list.items[0].verdict, CHANGE_PLANNED);
    diff_list_clear(&list);
}

/* A create may replace, and the archives may be withheld: the create must not be the one that takes
 * the unwanted label away. */
TEST(sends_along_what_is_on_the_pair_even_if_it_is_to_go)
{
    struct world world;
    world_init(&world, POLICY_MIRROR, DRIFT_RESTORE, LA | LB);
    world.desired[0] = LB;
    world.observed[0] = P | PR | LA;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_CREATE, CHANGE_PLANNED), LB);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_ARCHIVE, CHANGE_PLANNED), LA);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_ALONG, CHANGE_PLANNED), PR | LA);
    diff_list_clear(&list);
}

/* A pair that HubSpot has lost is linked again by its label: the plain link that comes with it
 * stays in the owned set, whereas the label nobody wishes for is forgotten. */
TEST(restores_the_plain_link_with_its_label)
{
    struct world world;
    world_init(&world, POLICY_MIRROR_OWNED, DRIFT_RESTORE, P | LA | LB);
    world.desired[0] = LA;
    world.owned[0] = P | LA | LB;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_CREATE, CHANGE_PLANNED), P | LA);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_DISOWN, CHANGE_PLANNED), LB);
    for (size_t i = 0; i < list.count; i++)
        ck_assert(list.items[i].operation == CHANGE_DISOWN ||
            list.items[i].reason == REASON_DRIFT_REMOVED);
    diff_list_clear(&list);
}

/* Three pairs: the first and the last lie at the list's ends. */
TEST(knows_the_types_of_a_changes_pair_from_any_of_its_changes)
{
    static const set changed[] = {LA | LB, P | PR | LA, LB};
    struct world world;
    world_init(&world, POLICY_MIRROR, DRIFT_RESTORE, P | PR | LA | LB);
    world.pairs = 3;
    world.desired[0] = LA | LB;
    world.observed[0] = P;
    world.observed[1] = P | PR | LA;
    world.owned[2] = LB;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(list.count, 6);
    for (size_t i = 0; i < list.count; i++)
        for (uint32_t type = 0; type < TYPES; type++)
            ck_assert_int_eq(
                diff_pair_has(&list, i, type), has(changed[list.items[i].assoc.to_id - 1], type));
    diff_list_clear(&list);
}

/* The primary type of pair 1 moves to pair 2 while pair 1 gets a label. */
static struct world moving_world(enum on_drift drift)
{
    struct world world;
    world_init(&world, POLICY_MIRROR, drift, PR | LA);
    world.pairs = 2;
    world.desired[0] = LA;
    world.desired[1] = PR;
    world.observed[0] = P | PR | LB;
    world.observed[1] = P;
    return world;
}

TEST(does_not_bring_back_a_primary_type_that_moves)
{
    struct world world = moving_world(DRIFT_RESTORE);
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_CREATE, CHANGE_PLANNED), LA);
    ck_assert_uint_eq(picked(&list, 1, CHANGE_CREATE, CHANGE_PLANNED), PR);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_ALONG, CHANGE_PLANNED), LB);
    diff_list_clear(&list);
}

TEST(does_not_bring_it_back_after_the_move_either)
{
    struct world world = moving_world(DRIFT_REPORT);
    world.owned[1] = PR;
    world.observed[1] = P | PR;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(picked(&list, 1, CHANGE_CREATE, CHANGE_REPORTED), 0);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_ALONG, CHANGE_PLANNED), LB);
    diff_list_clear(&list);
}

TEST(keeps_a_primary_type_that_stays)
{
    struct world world = moving_world(DRIFT_RESTORE);
    world.desired[0] = PR | LA;
    world.desired[1] = LA;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_CREATE, CHANGE_PLANNED), LA);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_ALONG, CHANGE_PLANNED), PR | LB);
    diff_list_clear(&list);
}

TEST(keeps_a_primary_type_whose_move_is_only_reported)
{
    struct world world = moving_world(DRIFT_REPORT);
    world.owned[0] = world.owned[1] = PR;
    struct diff_list list = {0};
    compare(&world, &list);
    ck_assert_uint_eq(picked(&list, 1, CHANGE_CREATE, CHANGE_REPORTED), PR);
    ck_assert_uint_eq(picked(&list, 0, CHANGE_ALONG, CHANGE_PLANNED), PR | LB);
    diff_list_clear(&list);
}

TEST(takes_a_row_without_to_record_for_scope_only)
{
    struct world world;
    world_init(&world, POLICY_MIRROR, DRIFT_RESTORE, P);
    struct types table = {.items = world.items, .count = TYPES};
    world.rules.types = &table;
    struct assoc scope = {.from_id = FROM}, there = {.from_id = FROM, .to_id = 3};
    struct diff_list list = {0};
    struct diff_rows desired = {&scope, 1}, none = {0}, observed = {&there, 1};
    diff_record(&world.rules, desired, none, observed, &list);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_eq(list.items[0].operation, CHANGE_ARCHIVE);
    ck_assert_uint_eq(list.items[0].assoc.to_id, 3);
    diff_list_clear(&list);
}

TEST(fault_v7_a_row_without_to_record_is_no_association_of_any_type)
{
    struct world world;
    world_init(&world, POLICY_MIRROR_OWNED, DRIFT_RESTORE, 1u << PLAIN | 1u << B);
    struct types table = {.items = world.items, .count = TYPES};
    world.rules.types = &table;
    /* whatever its type says: the primary mark of the pair travels along all the same */
    const struct assoc desired[] = {{FROM, 0, PRIMARY, 0}, {FROM, 1, B, 0}};
    const struct assoc observed[] = {{FROM, 1, PLAIN, 0}, {FROM, 1, PRIMARY, 0}};
    struct diff_list list = {0};
    struct diff_rows want = {desired, 2}, none = {0}, have = {observed, 2};
    diff_record(&world.rules, want, none, have, &list);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_int_eq(list.items[0].operation, CHANGE_CREATE);
    ck_assert_int_eq(list.items[1].operation, CHANGE_ALONG);
    ck_assert_uint_eq(list.items[1].assoc.type, PRIMARY);
    diff_list_clear(&list);
}

TEST(finds_the_rows_of_a_pair)
{
    const struct assoc rows[] = {{1, 9, 0, 0}, {1, 10, 0, 0}, {1, 10, 3, 0}, {2, 10, 0, 0}};
    struct diff_rows found = diff_pair(rows, 4, &(struct assoc){1, 10, 7, 0});
    ck_assert_uint_eq(found.count, 2);
    ck_assert_ptr_eq(found.rows, rows + 1);
    found = diff_pair(rows, 4, &(struct assoc){2, 10, 0, 0});
    ck_assert_uint_eq(found.count, 1);
    ck_assert_ptr_eq(found.rows, rows + 3);
    ck_assert_uint_eq(diff_pair(rows, 4, &(struct assoc){1, 11, 0, 0}).count, 0);
    ck_assert_uint_eq(diff_pair(rows, 4, &(struct assoc){9, 9, 0, 0}).count, 0);
    ck_assert_uint_eq(diff_pair(NULL, 0, &(struct assoc){9, 9, 0, 0}).count, 0);
}

/* Two pairs of a record that can have the primary type once: what HubSpot does by itself with the
 * creates, as a set of types for each pair. */
static const struct {
    const char *title;
    enum policy policy;
    enum on_drift drift;
    bool unknown; /* nothing is known of types that a record has once */
    set managed, desired[2], owned[2], observed[2];
    set implied[2], moved[2], archived[2];
} by_itself[] = {
    {"the first pair brings the plain type, and may bring the primary one", .managed = LA,
        .desired = {LA}, .implied = {P | PR}},
    {"only the plain one, if none is known that comes first", .unknown = true, .managed = LA,
        .desired = {LA}, .implied = {P}},
    {"only the plain one, if the record has another pair", .managed = LA, .desired = {LA},
        .observed = {0, P}, .implied = {P}},
    {"only the plain one, if the primary one is to be another pair's", .managed = LA | PR,
        .desired = {LA, PR}, .implied = {P, P}},
    {"but both, if that is only reported", .drift = DRIFT_REPORT, .managed = LA | PR,
        .desired = {LA, PR}, .owned = {0, PR}, .implied = {P | PR}},
    {"what is created does not come by itself", .managed = P | PR | LA, .desired = {P | PR | LA}},
    {"what is only reported does, with what is created", .drift = DRIFT_REPORT, .managed = P | LA,
        .desired = {P | LA}, .owned = {P}, .implied = {P | PR}},
    {"nothing comes with what is only reported", .drift = DRIFT_REPORT, .managed = LA,
        .desired = {LA}, .owned = {LA}},
    {"the pair that has the primary type loses it, and nothing else", .managed = PR,
        .desired = {0, PR}, .observed = {P | PR | LA, P}, .moved = {PR}},
    {"also to a pair that is new", .managed = PR, .desired = {0, PR}, .observed = {P | PR},
        .implied = {0, P}, .moved = {PR}},
    {"also if it is to be archived, which may be withheld", .policy = POLICY_MIRROR_OWNED,
        .managed = PR, .desired = {0, PR}, .owned = {PR}, .observed = {P | PR, P}, .moved = {PR},
        .archived = {PR}},
    {"not if the other pair's is only reported", .drift = DRIFT_REPORT, .managed = PR,
        .desired = {0, PR}, .owned = {0, PR}, .observed = {P | PR, P}},
    {"not if it is the other pair's already", .managed = PR, .desired = {0, PR},
        .observed = {P | PR, P | PR}},
    {"not if it is not known that a record has it once", .unknown = true, .managed = PR,
        .desired = {0, PR}, .observed = {P | PR, P}},
    {"a type that a record can have often stays", .managed = LA, .desired = {LA, LA},
        .observed = {P | LA, P}},
};

TEST_LOOP(notes_what_hubspot_does_by_itself, ARRAY_COUNT(by_itself))
{
    const struct cardinality_rules single = {.once = {PRIMARY}, .once_count = 1, .first = PRIMARY};
    struct world world;
    world_init(&world, by_itself[_i].policy, by_itself[_i].drift, by_itself[_i].managed);
    world.rules.single = by_itself[_i].unknown ? NULL : &single;
    world.pairs = 2;
    for (size_t p = 0; p < 2; p++) {
        world.desired[p] = by_itself[_i].desired[p];
        world.owned[p] = by_itself[_i].owned[p];
        world.observed[p] = by_itself[_i].observed[p];
    }
    struct diff_list list = {0};
    compare(&world, &list);
    for (size_t p = 0; p < 2; p++) {
        set implied = picked(&list, p, CHANGE_IMPLIED, CHANGE_PLANNED);
        set moved = picked(&list, p, CHANGE_MOVED, CHANGE_PLANNED);
        ck_assert_msg(implied == by_itself[_i].implied[p] && moved == by_itself[_i].moved[p],
            "%s: pair %zu: implied %x, moved %x", by_itself[_i].title, p + 1, implied, moved);
        ck_assert_uint_eq(
            picked(&list, p, CHANGE_ARCHIVE, CHANGE_PLANNED), by_itself[_i].archived[p]);
    }
    diff_list_clear(&list);
}
