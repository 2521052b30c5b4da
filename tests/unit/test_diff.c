/*
 * test_diff.c: the comparison against a model of HubSpot. The model knows sets of types and the
 * cascade (no pair without the plain type, no label without its pair); the expectations are about
 * what is left in it afterwards, not about how the diff thinks.
 */
#include <check.h>
#include <stdlib.h>

#include "base/random.h"
#include "sync/diff.h"

enum { PLAIN, PRIMARY, A, B, TYPES };
enum { FROM = 7, PAIRS_MAX = 4 };
typedef unsigned set; /* of types: bit n is type n */

static bool has(set types, uint32_t type)
{
    return (types >> type & 1) != 0;
}

/* One from-record: what is wished, owned and there, for the to-records 1 … pairs. */
struct world {
    struct diff_rules rules; /* its table is filled in by compare() */
    struct type items[TYPES];
    size_t pairs;
    set desired[PAIRS_MAX], owned[PAIRS_MAX], observed[PAIRS_MAX];
};

static void world_init(struct world *world, enum policy policy, enum on_drift drift, set managed)
{
    static const enum type_kind kinds[TYPES] = {TYPE_PLAIN, TYPE_PRIMARY, TYPE_LABEL, TYPE_LABEL};
    *world = (struct world){.pairs = 1};
    for (uint32_t i = 0; i < TYPES; i++)
        world->items[i] =
            (struct type){.type_id = i + 1, .kind = kinds[i], .managed = has(managed, i)};
    world->rules = (struct diff_rules){.policy = policy, .on_drift = drift};
}

static struct diff_rows rows_of(const set *sets, size_t pairs, struct assoc *space)
{
    struct diff_rows rows = {.rows = space};
    for (size_t p = 0; p < pairs; p++)
        for (uint32_t t = 0; t < TYPES; t++)
            if (has(sets[p], t))
                space[rows.count++] = (struct assoc){.from_id = FROM, .to_id = p + 1, .type = t};
    return rows;
}

static void compare(const struct world *world, struct diff_list *list)
{
    struct assoc space[3][PAIRS_MAX * TYPES];
    struct diff_rules rules = world->rules;
    struct types table = {.items = (struct type *)(uintptr_t)world->items, .count = TYPES};
    rules.types = &table;
    diff_record(&rules, rows_of(world->desired, world->pairs, space[0]),
        rows_of(world->owned, world->pairs, space[1]),
        rows_of(world->observed, world->pairs, space[2]), list);
}

static set picked(const struct diff_list *list, size_t pair, enum change_operation operation,
    enum change_verdict verdict)
{
    set types = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].assoc.to_id == pair + 1 && list->items[i].operation == operation &&
            list->items[i].verdict == verdict)
            types |= 1u << list->items[i].assoc.type;
    return types;
}

/* A link of any type brings the plain one; taking that takes the pair. */
static set hubspot_create(set there, set types, set along, bool replaces)
{
    if (types == 0)
        return there;
    return types | 1u << PLAIN | (replaces ? along : there);
}

static set hubspot_archive(set there, set types)
{
    return has(types, PLAIN) ? 0 : there & ~types;
}

static set managed_of(const struct world *world)
{
    set managed = 0;
    for (uint32_t t = 0; t < TYPES; t++)
        managed |= world->items[t].managed ? 1u << t : 0u;
    return managed;
}

/* What an unmanaged primary type is worth: it goes with its pair (DESIGN 4, Implied types). */
static set side_effect(const struct world *world)
{
    return world->items[PRIMARY].managed ? 0 : 1u << PRIMARY;
}

static void nothing_lost_that_must_stay(
    const struct world *world, const struct diff_list *list, size_t p, set after)
{
    set before = world->observed[p];
    set lost = before & ~after;
    set ours = managed_of(world) | side_effect(world);
    ck_assert_msg((lost & ~ours) == 0, "an unmanaged type is lost");
    ck_assert_msg((lost & world->desired[p]) == 0, "a desired type is lost");
    ck_assert_msg((lost & picked(list, p, CHANGE_ARCHIVE, CHANGE_REPORTED)) == 0,
        "what is only reported is lost");
    ck_assert_msg(
        (lost & picked(list, p, CHANGE_ARCHIVE, CHANGE_BLOCKED)) == 0, "what is blocked is lost");
    if (world->rules.policy == POLICY_CREATE_ONLY)
        ck_assert_msg(lost == 0, "create_only archives");
    if (world->rules.policy == POLICY_MIRROR_OWNED)
        ck_assert_msg(
            (lost & ~world->owned[p] & ~side_effect(world)) == 0, "an unowned type is lost");
}

/* Every wish is there, or told as drift that is only reported. */
static void every_wish_fulfilled(
    const struct world *world, const struct diff_list *list, size_t p, set after)
{
    set reported = picked(list, p, CHANGE_CREATE, CHANGE_REPORTED);
    set missing = world->desired[p] & ~after;
    ck_assert_msg((missing & ~reported) == 0, "a desired type is missing");
    if (world->rules.on_drift == DRIFT_RESTORE)
        ck_assert_msg(missing == 0, "drift is not restored");
    ck_assert_msg((reported & ~world->owned[p]) == 0, "a new wish is only reported");
    set created = after & ~world->observed[p];
    ck_assert_msg((created & ~world->desired[p] & ~(1u << PLAIN)) == 0, "created without a wish");
}

/* What the policy allows to go is gone; the plain type only stays under something else. */
static void nothing_left_that_may_go(
    const struct world *world, const struct diff_list *list, size_t p, set after)
{
    set may_go = managed_of(world) & ~world->desired[p];
    if (world->rules.policy == POLICY_CREATE_ONLY)
        may_go = 0;
    if (world->rules.policy == POLICY_MIRROR_OWNED || world->rules.on_drift == DRIFT_REPORT)
        may_go &= world->owned[p];
    set left = after & may_go;
    ck_assert_msg((left & ~(1u << PLAIN)) == 0, "a type is left that may go");
    set holds = after & ~side_effect(world) & ~(1u << PLAIN);
    set wished = world->desired[p] & ~(1u << PLAIN);
    if (has(left, PLAIN)) {
        ck_assert_msg(holds != 0 || wished != 0, "a plain link is left that nothing holds");
        if (wished == 0)
            ck_assert_msg(has(picked(list, p, CHANGE_ARCHIVE, CHANGE_BLOCKED), PLAIN),
                "a held plain link is not told");
    }
}

/* HubSpot may add what a create names, or replace by it: both must end equal, and a create alone
 * (the archives withheld) must take nothing away. */
static set applied(const struct world *world, const struct diff_list *list, size_t p)
{
    set create = picked(list, p, CHANGE_CREATE, CHANGE_PLANNED);
    set archive = picked(list, p, CHANGE_ARCHIVE, CHANGE_PLANNED);
    set along = picked(list, p, CHANGE_ALONG, CHANGE_PLANNED);
    set added = hubspot_create(world->observed[p], create, along, false);
    set replaced = hubspot_create(world->observed[p], create, along, true);
    ck_assert_msg((world->observed[p] & ~replaced) == 0, "a create that replaces takes types away");
    ck_assert_msg((along & ~world->observed[p]) == 0, "something not there travels along");
    ck_assert_msg(create != 0 || along == 0, "something travels along with nothing");
    set after = hubspot_archive(added, archive);
    ck_assert_uint_eq(after, hubspot_archive(replaced, archive));
    return after;
}

static void in_order_and_once(const struct diff_list *list)
{
    for (size_t i = 1; i < list->count; i++)
        ck_assert_uint_le(list->items[i - 1].assoc.to_id, list->items[i].assoc.to_id);
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert(list->items[i].operation == CHANGE_ALONG ||
                assoc_compare(&list->items[i].assoc, &list->items[j].assoc) != 0);
}

static void counts_are_right(const struct world *world, const struct diff_list *list)
{
    uint64_t observed = 0, unchanged = 0;
    for (size_t p = 0; p < world->pairs; p++)
        for (uint32_t t = 0; t < TYPES; t++) {
            bool there = world->items[t].managed && has(world->observed[p], t);
            observed += there;
            unchanged += there && has(world->desired[p], t);
        }
    ck_assert_uint_eq(list->observed, observed);
    ck_assert_uint_eq(list->unchanged, unchanged);
}

static struct world next_world(const struct world *world, const struct diff_list *list)
{
    struct world next = *world;
    for (size_t p = 0; p < world->pairs; p++) {
        next.observed[p] = applied(world, list, p);
        next.owned[p] |= picked(list, p, CHANGE_CREATE, CHANGE_PLANNED) |
            picked(list, p, CHANGE_ADOPT, CHANGE_PLANNED);
        next.owned[p] &= ~(picked(list, p, CHANGE_ARCHIVE, CHANGE_PLANNED) |
            picked(list, p, CHANGE_FORGET, CHANGE_PLANNED));
    }
    return next;
}

static void expect_rest(struct world world, bool registry_too)
{
    struct diff_list list = {0};
    compare(&world, &list);
    for (size_t p = 0; p < world.pairs; p++) {
        ck_assert_uint_eq(picked(&list, p, CHANGE_CREATE, CHANGE_PLANNED), 0);
        ck_assert_uint_eq(picked(&list, p, CHANGE_ARCHIVE, CHANGE_PLANNED), 0);
        if (registry_too) {
            ck_assert_uint_eq(picked(&list, p, CHANGE_ADOPT, CHANGE_PLANNED), 0);
            ck_assert_uint_eq(picked(&list, p, CHANGE_FORGET, CHANGE_PLANNED), 0);
        }
    }
    if (!registry_too)
        expect_rest(next_world(&world, &list), true);
    diff_list_clear(&list);
}

static void judge(const struct world *world)
{
    struct diff_list list = {0};
    compare(world, &list);
    in_order_and_once(&list);
    counts_are_right(world, &list);
    for (size_t p = 0; p < world->pairs; p++) {
        set after = applied(world, &list, p);
        nothing_lost_that_must_stay(world, &list, p, after);
        every_wish_fulfilled(world, &list, p, after);
        nothing_left_that_may_go(world, &list, p, after);
    }
    for (size_t i = 0; i < list.count; i++)
        ck_assert(list.items[i].operation == CHANGE_ALONG ||
            has(managed_of(world), list.items[i].assoc.type));
    expect_rest(next_world(world, &list), false);
    diff_list_clear(&list);
}

static const enum policy policies[] = {POLICY_CREATE_ONLY, POLICY_MIRROR_OWNED, POLICY_MIRROR};
enum { ALL = 1 << TYPES };

/* Of one pair there are few enough states to look at each: 4 types on 3 sides, each managed or
 * not. */
START_TEST(holds_for_every_state_of_one_pair)
{
    enum policy policy = policies[_i / 2];
    enum on_drift drift = _i % 2 == 0 ? DRIFT_RESTORE : DRIFT_REPORT;
    for (unsigned state = 0; state < ALL * ALL * ALL * ALL; state++) {
        set managed = state % ALL, desired = state / ALL % ALL;
        set owned = state / ALL / ALL % ALL, observed = state / ALL / ALL / ALL;
        if ((desired & ~managed) != 0 || (observed != 0 && !has(observed, PLAIN)))
            continue;
        struct world world;
        world_init(&world, policy, drift, managed);
        world.desired[0] = desired;
        world.owned[0] = owned;
        world.observed[0] = observed;
        judge(&world);
    }
}
END_TEST

START_TEST(holds_for_many_pairs_of_a_record_at_once)
{
    struct random random;
    random_init(&random, 20260921 + (uint64_t)_i);
    for (int round = 0; round < 20000; round++) {
        struct world world;
        set managed = (set)random_below(&random, ALL);
        world_init(&world, policies[_i / 2], _i % 2 == 0 ? DRIFT_RESTORE : DRIFT_REPORT, managed);
        world.pairs = 1 + (size_t)random_below(&random, PAIRS_MAX);
        for (size_t p = 0; p < world.pairs; p++) {
            world.desired[p] = (set)random_below(&random, ALL) & managed;
            world.owned[p] = (set)random_below(&random, ALL);
            world.observed[p] = (set)random_below(&random, ALL);
            if (world.observed[p] != 0)
                world.observed[p] |= 1u << PLAIN;
        }
        judge(&world);
    }
}
END_TEST

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
        .operation = CHANGE_FORGET \
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
    {"an equal one enters the registry", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P, P, 0, P, 1,
        {.operation = CHANGE_ADOPT}},
    {"an owned equal one needs nothing", POLICY_MIRROR_OWNED, DRIFT_RESTORE, P, P, P, P, 0,
        NOTHING},
    {"what nobody has any more is forgotten", POLICY_CREATE_ONLY, DRIFT_RESTORE, P, 0, P, 0, 1,
        {.operation = CHANGE_FORGET}},
    {"an unmanaged label holds the plain link", POLICY_MIRROR, DRIFT_RESTORE, P, 0, P, P | LA, 1,
        {.operation = CHANGE_ARCHIVE, .reason = REASON_SOURCE_REMOVED, .verdict = CHANGE_BLOCKED}},
    {"a label alone is no reason to touch the plain link", POLICY_MIRROR, DRIFT_RESTORE, P | LA, LA,
        LA, P | LA, 0, NOTHING},
    {"a label brings the plain link, which is ours then", POLICY_MIRROR, DRIFT_RESTORE, P | LA, LA,
        0, 0, 2, {.operation = CHANGE_CREATE, .reason = REASON_SOURCE_ADDED}},
    {"an unmanaged type is invisible", POLICY_MIRROR, DRIFT_RESTORE, LA, 0, LB, P | LB, 0, NOTHING},
};

START_TEST(decides_one_pair_as_told)
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
END_TEST

/* A create may replace, and the archives may be withheld: the create must not be the one that takes
 * the unwanted label away. */
START_TEST(sends_along_what_is_on_the_pair_even_if_it_is_to_go)
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
END_TEST

START_TEST(takes_a_row_without_to_record_for_scope_only)
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
END_TEST

int main(void)
{
    Suite *suite = suite_create("diff");
    TCase *tcase = tcase_create("diff");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, decides_one_pair_as_told, 0, (int)ARRAY_COUNT(cases));
    tcase_add_test(tcase, sends_along_what_is_on_the_pair_even_if_it_is_to_go);
    tcase_add_test(tcase, takes_a_row_without_to_record_for_scope_only);
    tcase_add_loop_test(tcase, holds_for_every_state_of_one_pair, 0, 6);
    tcase_add_loop_test(tcase, holds_for_many_pairs_of_a_record_at_once, 0, 6);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
