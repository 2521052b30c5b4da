/*
 * reciprocal.c: which two types are one, by elimination. Types and their reciprocals are one to
 * one, so that what is certain of one type narrows what another may be.
 */
#include "model/reciprocal.h"

#include <assert.h>
#include <string.h>

#include "model/association_types.h"

void reciprocal_init(struct reciprocals *reciprocals, const struct types *types, const char *object)
{
    *reciprocals = (struct reciprocals){.types = types, .object = object};
}

void reciprocal_recall(struct reciprocals *reciprocals, uint32_t type, uint32_t other,
    enum reciprocal_evidence evidence)
{
    reciprocals->kept[type] = other;
    reciprocals->kept_by[type] = evidence;
    reciprocals->known = 0;
}

static bool has(const struct assoc *rows, size_t count, uint32_t type)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].type == type)
            return true;
    return false;
}

static bool is_plain(const struct reciprocals *reciprocals, uint32_t type)
{
    return reciprocals->types->items[type].kind == TYPE_PLAIN;
}

static size_t count_labels(
    const struct reciprocals *reciprocals, const struct assoc *rows, size_t count)
{
    size_t labels = 0;
    for (size_t i = 0; i < count; i++)
        labels += !is_plain(reciprocals, rows[i].type);
    return labels;
}

void reciprocal_observe(struct reciprocals *reciprocals, const struct assoc *forth,
    size_t forth_count, const struct assoc *back, size_t back_count)
{
    uint32_t count = reciprocals->types->count;
    if (count_labels(reciprocals, forth, forth_count) !=
        count_labels(reciprocals, back, back_count))
        return; /* somebody changed it between the two readings */
    reciprocals->readings++;
    for (uint32_t a = 0; a < count; a++) {
        bool there = has(forth, forth_count, a);
        reciprocals->seen[a] = reciprocals->seen[a] || there || has(back, back_count, a);
        for (uint32_t b = 0; b < count; b++)
            if (there != has(back, back_count, b))
                reciprocals->never[a][b / 64] |= UINT64_C(1) << b % 64;
    }
    reciprocals->known = 0;
}

static bool ruled_out(const struct reciprocals *reciprocals, uint32_t a, uint32_t b)
{
    return (reciprocals->never[a][b / 64] >> b % 64 & 1) != 0;
}

/* Do the readings let two types be each other's? */
static bool is_possible(const struct reciprocals *reciprocals, uint32_t a, uint32_t b)
{
    return !ruled_out(reciprocals, a, b) && !ruled_out(reciprocals, b, a);
}

/* May two types be each other's, as far as is known? */
static bool may_be(const struct reciprocals *reciprocals, uint32_t a, uint32_t b)
{
    return reciprocals->of[a] == TYPE_NONE && reciprocals->of[b] == TYPE_NONE &&
        is_possible(reciprocals, a, b);
}

static void join(struct reciprocals *reciprocals, uint32_t a, uint32_t b)
{
    reciprocals->of[a] = b;
    reciprocals->of[b] = a;
}

/* The plain type and HubSpot's own, by table. */
static void join_own(struct reciprocals *reciprocals)
{
    const struct types *types = reciprocals->types;
    for (uint32_t i = 0; i < types->count; i++) {
        const struct type *type = &types->items[i];
        const struct association_type *own = strcmp(type->category, "HUBSPOT_DEFINED") == 0
            ? association_type_find(reciprocals->object, reciprocals->object, type->type_id)
            : NULL;
        const struct association_type *other = own != NULL ? association_type_inverse(own) : NULL;
        uint32_t index =
            other != NULL ? types_find(types, type->category, other->type_id) : TYPE_NONE;
        if (type->kind == TYPE_PLAIN)
            join(reciprocals, i, i);
        else if (index != TYPE_NONE)
            join(reciprocals, i, index);
    }
    for (uint32_t i = 0; i < types->count; i++)
        reciprocals->own[i] = reciprocals->of[i] != TYPE_NONE;
}

/* The only type that `a` may be seen as, or TYPE_NONE. */
static uint32_t only_one(const struct reciprocals *reciprocals, uint32_t a)
{
    uint32_t found = TYPE_NONE;
    for (uint32_t b = 0; b < reciprocals->types->count; b++) {
        if (!may_be(reciprocals, a, b))
            continue;
        if (found != TYPE_NONE)
            return TYPE_NONE;
        found = b;
    }
    return found;
}

static void join_only_ones(struct reciprocals *reciprocals)
{
    for (uint32_t a = 0; a < reciprocals->types->count; a++) {
        uint32_t b = only_one(reciprocals, a);
        if (b == TYPE_NONE)
            continue;
        join(reciprocals, a, b);
        a = UINT32_MAX; /* from the start: others may have one left now */
    }
}

static bool same_name(const struct types *types, uint32_t a, uint32_t b)
{
    const char *name = types->items[a].name, *other = types->items[b].name;
    return name != NULL && other != NULL && strcmp(name, other) == 0;
}

/* How many other types have this one's name; *other is one of them. */
static size_t count_namesakes(const struct types *types, uint32_t type, uint32_t *other)
{
    size_t found = 0;
    for (uint32_t i = 0; i < types->count; i++) {
        if (i == type || !same_name(types, type, i))
            continue;
        *other = i;
        found++;
    }
    return found;
}

static bool is_doubted(const struct reciprocals *reciprocals, uint32_t a, uint32_t b)
{
    return reciprocals->kept_by[a] == EVIDENCE_DOUBT || reciprocals->kept_by[b] == EVIDENCE_DOUBT;
}

/* One name covers both directions of a label (hubspot-api 1.3). */
static void join_namesakes(struct reciprocals *reciprocals)
{
    const struct types *types = reciprocals->types;
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other;
        if (count_namesakes(types, i, &other) == 1 && may_be(reciprocals, i, other) &&
            !is_doubted(reciprocals, i, other))
            join(reciprocals, i, other);
    }
}

static bool is_kept(const struct reciprocals *reciprocals, uint32_t type)
{
    return reciprocals->kept_by[type] == EVIDENCE_LIST ||
        reciprocals->kept_by[type] == EVIDENCE_LINK;
}

static void join_kept(struct reciprocals *reciprocals)
{
    for (uint32_t i = 0; i < reciprocals->types->count; i++)
        if (is_kept(reciprocals, i) && may_be(reciprocals, i, reciprocals->kept[i]))
            join(reciprocals, i, reciprocals->kept[i]);
}

/* Do the readings contradict what is kept of a type? */
static bool is_stale(const struct reciprocals *reciprocals, uint32_t type)
{
    return is_kept(reciprocals, type) && !reciprocals->own[type] &&
        !is_possible(reciprocals, type, reciprocals->kept[type]);
}

/* Do the account's names tell which types are one? Not if a label has none, if two that are one
 * have been seen to have two, or, but for creates, if something is in doubt. */
static bool names_decide(const struct reciprocals *reciprocals)
{
    const struct types *types = reciprocals->types;
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other = reciprocals->of[i];
        if (is_plain(reciprocals, i) || strcmp(types->items[i].category, "HUBSPOT_DEFINED") == 0)
            continue;
        if (types->items[i].name == NULL || (other != TYPE_NONE && !same_name(types, i, other)))
            return false;
        if (!reciprocals->for_creates && is_doubted(reciprocals, i, i))
            return false;
    }
    return true;
}

/* A label whose name no other type has is the same seen from both sides: one name covers both
 * directions (hubspot-api 1.3). */
static void join_unique_names(struct reciprocals *reciprocals)
{
    const struct types *types = reciprocals->types;
    if (!names_decide(reciprocals))
        return;
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other;
        if (count_namesakes(types, i, &other) == 0 && may_be(reciprocals, i, i))
            join(reciprocals, i, i);
    }
}

static bool is_contradicted(const struct reciprocals *reciprocals)
{
    uint32_t count = reciprocals->types->count;
    for (uint32_t a = 0; a < count; a++) {
        uint32_t b = 0;
        while (b < count && !may_be(reciprocals, a, b))
            b++;
        if (b == count && reciprocals->of[a] == TYPE_NONE)
            return true;
    }
    return false;
}

static void forget(struct reciprocals *reciprocals)
{
    for (uint32_t i = 0; i < TYPES_MAX; i++)
        reciprocals->of[i] = TYPE_NONE;
    join_own(reciprocals);
}

/* What the readings alone tell of the types that they saw, and whether they, and what is kept, can
 * all be true. */
static void weigh_readings(struct reciprocals *reciprocals)
{
    uint32_t count = reciprocals->types->count;
    reciprocals->contradicted = is_contradicted(reciprocals);
    reciprocals->outdated = false;
    for (uint32_t i = 0; i < count; i++) {
        bool tells = reciprocals->seen[i] && !reciprocals->contradicted;
        reciprocals->shown[i] = tells ? reciprocals->of[i] : TYPE_NONE;
        reciprocals->stale[i] = !reciprocals->contradicted && is_stale(reciprocals, i);
        reciprocals->outdated = reciprocals->outdated || reciprocals->stale[i];
    }
}

static void work_out(struct reciprocals *reciprocals)
{
    if (reciprocals->known == reciprocals->types->count)
        return;
    reciprocals->known = reciprocals->types->count;
    forget(reciprocals);
    join_only_ones(reciprocals);
    weigh_readings(reciprocals);
    if (reciprocals->outdated && !reciprocals->for_creates)
        reciprocals->contradicted = true;
    if (reciprocals->contradicted) {
        forget(reciprocals);
        return;
    }
    if (!reciprocals->outdated)
        join_kept(reciprocals);
    join_namesakes(reciprocals);
    join_only_ones(reciprocals);
    join_unique_names(reciprocals);
}

void reciprocal_for_creates(struct reciprocals *reciprocals, bool on)
{
    reciprocals->for_creates = on;
    reciprocals->known = 0;
}

bool reciprocal_is_own(struct reciprocals *reciprocals, uint32_t type)
{
    work_out(reciprocals);
    return reciprocals->own[type];
}

/* By what it is known now, without what is kept. */
static enum reciprocal_evidence evidence_of(
    const struct reciprocals *reciprocals, uint32_t type, uint32_t *other)
{
    *other = reciprocals->shown[type];
    if (*other != TYPE_NONE)
        return EVIDENCE_LINK;
    bool tells =
        count_namesakes(reciprocals->types, type, other) == 1 && reciprocals->of[type] == *other;
    return tells ? EVIDENCE_LIST : EVIDENCE_NONE;
}

enum reciprocal_evidence reciprocal_learnt(
    struct reciprocals *reciprocals, uint32_t type, uint32_t *other)
{
    work_out(reciprocals);
    enum reciprocal_evidence kept_by = reciprocals->kept_by[type];
    *other = TYPE_NONE;
    if (reciprocals->own[type])
        return EVIDENCE_NONE;
    if (reciprocals->outdated)
        return reciprocals->stale[type] ? EVIDENCE_DOUBT : EVIDENCE_NONE;
    enum reciprocal_evidence evidence = evidence_of(reciprocals, type, other);
    bool known = is_kept(reciprocals, type) && evidence <= kept_by;
    return known ? EVIDENCE_NONE : evidence;
}

uint32_t reciprocal_of(struct reciprocals *reciprocals, uint32_t type)
{
    assert(type < reciprocals->types->count);
    work_out(reciprocals);
    return reciprocals->of[type];
}

/* Of the types that this one may be seen as: are some named, are all? */
static enum reciprocal_answer takes_maybe(
    const struct reciprocals *reciprocals, uint32_t type, const struct assoc *named, size_t count)
{
    bool some = false, all = true;
    for (uint32_t i = 0; i < reciprocals->types->count; i++) {
        bool unknown = reciprocals->of[i] == TYPE_NONE;
        if (!unknown || (!reciprocals->contradicted && !may_be(reciprocals, type, i)))
            continue;
        bool is_named = has(named, count, i);
        some = some || is_named;
        all = all && is_named;
    }
    if (!some)
        return RECIPROCAL_NO;
    return all ? RECIPROCAL_YES : RECIPROCAL_UNKNOWN;
}

enum reciprocal_answer reciprocal_takes(
    struct reciprocals *reciprocals, uint32_t type, const struct assoc *named, size_t count)
{
    uint32_t other = reciprocal_of(reciprocals, type);
    if (is_plain(reciprocals, type))
        return count > 0 ? RECIPROCAL_YES : RECIPROCAL_NO;
    if (other == TYPE_NONE)
        return takes_maybe(reciprocals, type, named, count);
    return has(named, count, other) ? RECIPROCAL_YES : RECIPROCAL_NO;
}
