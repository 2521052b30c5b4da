/*
 * test_diff_laws.c: the comparison against a model of HubSpot. The model knows sets of types and
 * the cascade (no pair without the plain type, no label without its pair); the expectations are
 * about what is left in it afterwards, not about how the diff thinks.
 */
#include "base/random.h"
#include "lib/suite.h"
#include "unit/diff_world.h"

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

/* A primary type that the sync does not decide about goes with its pair (config/README.md,
 * Primary): it is not managed, or only what is owned is archived. */
static set side_effect(const struct world *world, size_t p)
{
    bool decided = world->items[PRIMARY].managed &&
        (world->rules.policy != POLICY_MIRROR_OWNED || has(world->desired[p], PRIMARY));
    return decided ? 0 : 1u << PRIMARY;
}

/* The primary type, if another pair of the record has or gets it: there is only one. */
static set moved_away(const struct world *world, const struct diff_list *list, size_t p)
{
    for (size_t q = 0; q < world->pairs; q++)
        if (q != p && has(world->desired[q], PRIMARY) &&
            (has(world->observed[q], PRIMARY) ||
                has(picked(list, q, CHANGE_CREATE, CHANGE_PLANNED), PRIMARY)))
            return 1u << PRIMARY;
    return 0;
}

static void nothing_lost_that_must_stay(
    const struct world *world, const struct diff_list *list, size_t p, set after)
{
    set before = world->observed[p];
    set lost = before & ~after & ~moved_away(world, list, p);
    set ours = managed_of(world) | side_effect(world, p);
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
            (lost & ~world->owned[p] & ~side_effect(world, p)) == 0, "an unowned type is lost");
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
    set holds = after & ~side_effect(world, p) & ~(1u << PLAIN);
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
    set moves = moved_away(world, list, p);
    ck_assert_msg(
        (world->observed[p] & ~replaced & ~moves) == 0, "a create that replaces takes types away");
    ck_assert_msg((along & ~world->observed[p]) == 0, "something not there travels along");
    ck_assert_msg((along & moves) == 0, "a primary type that moved is brought back");
    ck_assert_msg(create != 0 || along == 0, "something travels along with nothing");
    set after = hubspot_archive(added, archive);
    ck_assert_uint_eq(after | moves, hubspot_archive(replaced, archive) | moves);
    return after;
}

/* What is sent or comes along with others is no change of its own. */
static bool is_companion(const struct change *change)
{
    return change->operation == CHANGE_ALONG || change->operation == CHANGE_IMPLIED;
}

static void in_order_and_once(const struct diff_list *list)
{
    for (size_t i = 1; i < list->count; i++)
        ck_assert_uint_le(list->items[i - 1].assoc.to_id, list->items[i].assoc.to_id);
    for (size_t i = 0; i < list->count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert(is_companion(&list->items[i]) ||
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
            picked(list, p, CHANGE_OWN, CHANGE_PLANNED);
        next.owned[p] &= ~(picked(list, p, CHANGE_ARCHIVE, CHANGE_PLANNED) |
            picked(list, p, CHANGE_DISOWN, CHANGE_PLANNED));
    }
    return next;
}

static void expect_rest(struct world world, bool owned_too)
{
    struct diff_list list = {0};
    compare(&world, &list);
    for (size_t p = 0; p < world.pairs; p++) {
        ck_assert_uint_eq(picked(&list, p, CHANGE_CREATE, CHANGE_PLANNED), 0);
        ck_assert_uint_eq(picked(&list, p, CHANGE_ARCHIVE, CHANGE_PLANNED), 0);
        if (owned_too) {
            ck_assert_uint_eq(picked(&list, p, CHANGE_OWN, CHANGE_PLANNED), 0);
            ck_assert_uint_eq(picked(&list, p, CHANGE_DISOWN, CHANGE_PLANNED), 0);
        }
    }
    if (!owned_too)
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
        ck_assert(is_companion(&list.items[i]) || has(managed_of(world), list.items[i].assoc.type));
    expect_rest(next_world(world, &list), false);
    diff_list_clear(&list);
}

static const enum policy policies[] = {POLICY_CREATE_ONLY, POLICY_MIRROR_OWNED, POLICY_MIRROR};
enum { ALL = 1 << TYPES };

/* Of one pair there are few enough states to look at each: 4 types on 3 sides, each managed or
 * not. */
TEST_LOOP(holds_for_every_state_of_one_pair, 6)
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

TEST_LOOP(holds_for_many_pairs_of_a_record_at_once, 6)
{
    struct random random;
    random_init(&random, 20260921 + (uint64_t)_i);
    for (int round = 0; round < 20000; round++) {
        struct world world;
        set managed = (set)random_below(&random, ALL);
        world_init(&world, policies[_i / 2], _i % 2 == 0 ? DRIFT_RESTORE : DRIFT_REPORT, managed);
        world.pairs = 1 + (size_t)random_below(&random, PAIRS_MAX);
        size_t main = (size_t)random_below(&random, world.pairs); /* the one primary wish */
        for (size_t p = 0; p < world.pairs; p++) {
            world.desired[p] = (set)random_below(&random, ALL) & managed;
            if (p != main)
                world.desired[p] &= ~(1u << PRIMARY);
            world.owned[p] = (set)random_below(&random, ALL);
            world.observed[p] = (set)random_below(&random, ALL);
            if (world.observed[p] != 0)
                world.observed[p] |= 1u << PLAIN;
        }
        judge(&world);
    }
}
