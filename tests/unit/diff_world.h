/*
 * diff_world.h: what the tests of the comparison share: one from-record as sets of types, and what
 * the diff says of it.
 */
#ifndef TESTS_UNIT_DIFF_WORLD_H
#define TESTS_UNIT_DIFF_WORLD_H

#include <check.h>
#include <stdlib.h>

#include "plan/diff.h"

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
    set released[PAIRS_MAX]; /* of the owned ones */
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
    struct diff_rows owned = rows_of(world->owned, world->pairs, space[1]);
    for (size_t i = 0; i < owned.count; i++)
        if (has(world->released[space[1][i].to_id - 1], space[1][i].type))
            space[1][i].flags = ASSOC_RELEASED;
    diff_record(&rules, rows_of(world->desired, world->pairs, space[0]), owned,
        rows_of(world->observed, world->pairs, space[2]), list);
}

__attribute__((unused)) static set picked(const struct diff_list *list, size_t pair,
    enum change_operation operation, enum change_verdict verdict)
{
    set types = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].assoc.to_id == pair + 1 && list->items[i].operation == operation &&
            list->items[i].verdict == verdict)
            types |= 1u << list->items[i].assoc.type;
    return types;
}

#endif
