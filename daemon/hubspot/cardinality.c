/*
 * cardinality.c: the two rules, and a hash set of ids.
 */
#include "hubspot/cardinality.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/object_type.h"
#include "hubspot/client.h"

static bool is_object(const char *name, const char *id)
{
    const char *found = object_type_id(name, NULL);
    return found != NULL && strcmp(found, id) == 0;
}

enum cardinality_side cardinality_side(const struct sync_definition *sync, const struct type *type)
{
    if (!type_is_once(type->kind, type->category, type->type_id))
        return CARDINALITY_NEITHER;
    if (type->kind != TYPE_PRIMARY)
        return type->type_id == TYPE_CHILD_TO_PARENT ? CARDINALITY_FROM : CARDINALITY_TO;
    /* A company may be the primary one of many records; leads are the ones that have primaries. */
    bool many = is_object(sync->from, "0-2") || is_object(sync->to, "0-136");
    return many ? CARDINALITY_TO : CARDINALITY_FROM;
}

struct cardinality_rules cardinality_rules(
    const struct sync_definition *sync, const struct types *types)
{
    struct cardinality_rules rules = {.first = TYPE_NONE};
    for (uint32_t i = 0; i < types->count; i++) {
        enum cardinality_side side = cardinality_side(sync, &types->items[i]);
        if (side == CARDINALITY_TO && rules.there_count < CARDINALITY_ONCE_MAX)
            rules.there[rules.there_count++] = i;
        if (side != CARDINALITY_FROM || rules.once_count == CARDINALITY_ONCE_MAX)
            continue;
        rules.once[rules.once_count++] = i;
        if (types->items[i].kind == TYPE_PRIMARY)
            rules.first = i;
    }
    return rules;
}

static bool is_among(const uint32_t *types, size_t count, uint32_t type)
{
    for (size_t i = 0; i < count; i++)
        if (types[i] == type)
            return true;
    return false;
}

bool cardinality_is_once(const struct cardinality_rules *rules, uint32_t type)
{
    return rules != NULL && is_among(rules->once, rules->once_count, type);
}

bool cardinality_is_once_there(const struct cardinality_rules *rules, uint32_t type)
{
    return rules != NULL && is_among(rules->there, rules->there_count, type);
}

void cardinality_set_clear(struct cardinality_set *set)
{
    free(set->slots);
    *set = (struct cardinality_set){0};
}

static struct cardinality_slot *place(const struct cardinality_set *set, uint64_t id)
{
    size_t at = (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (set->room - 1);
    while (set->slots[at].id != 0 && set->slots[at].id != id)
        at = (at + 1) & (set->room - 1);
    return &set->slots[at];
}

static void grow(struct cardinality_set *set)
{
    struct cardinality_set larger = {.room = set->room > 0 ? set->room * 2 : 1024};
    larger.count = set->count;
    larger.slots = mem_new(larger.room, sizeof larger.slots[0]);
    for (size_t i = 0; i < set->room; i++)
        if (set->slots[i].id != 0)
            *place(&larger, set->slots[i].id) = set->slots[i];
    free(set->slots);
    *set = larger;
}

struct cardinality_slot *cardinality_set_at(struct cardinality_set *set, uint64_t id)
{
    assert(id != 0 && set->count < CARDINALITY_SET_MAX);
    if (set->count * 2 >= set->room)
        grow(set);
    struct cardinality_slot *slot = place(set, id);
    set->count += slot->id == 0;
    slot->id = id;
    return slot;
}
