/*
 * diff.c: the three-way comparison, pair by pair. Most pairs have one type and cost one step of the
 * merge; the rules for the plain type (config/README.md, Labels) look at the whole pair.
 */
#include "plan/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* IS_RELEASED: archived by us, and ours again only if it comes back. */
enum { IS_DESIRED = 1, IS_OWNED = 2, IS_OBSERVED = 4, IS_RELEASED = 8 };

void diff_list_clear(struct diff_list *list)
{
    free(list->items);
    *list = (struct diff_list){0};
}

bool diff_pair_has(const struct diff_list *list, size_t number, uint32_t type)
{
    const struct assoc *pair = &list->items[number].assoc;
    while (number > 0 && assoc_same_pair(&list->items[number - 1].assoc, pair))
        number--;
    for (; number < list->count && assoc_same_pair(&list->items[number].assoc, pair); number++)
        if (list->items[number].assoc.type == type)
            return true;
    return false;
}

static void emit(struct diff_list *list, struct change change)
{
    mem_grow(&list->items, &list->room, list->count + 1, sizeof list->items[0]);
    list->items[list->count++] = change;
}

struct pair {
    struct diff_rows desired, owned, observed;
    const struct pair *record; /* the rows of all pairs of the from-record */
};

static unsigned owned_as(struct diff_rows owned, uint64_t to_id, uint32_t type)
{
    for (size_t i = 0; i < owned.count; i++)
        if (owned.rows[i].to_id == to_id && owned.rows[i].type == type)
            return (owned.rows[i].flags & ASSOC_RELEASED) != 0 ? IS_RELEASED : IS_OWNED;
    return 0;
}

static unsigned sides(const struct pair *pair, const struct assoc *assoc)
{
    return (diff_rows_has(pair->desired, assoc->type) ? IS_DESIRED : 0u) |
        (diff_rows_has(pair->observed, assoc->type) ? IS_OBSERVED : 0u) |
        owned_as(pair->owned, assoc->to_id, assoc->type);
}

/* May the policy take away an observed association that is not desired? */
static bool removable(const struct diff_rules *rules, unsigned in)
{
    if (rules->policy == POLICY_MIRROR)
        return true;
    return rules->policy == POLICY_MIRROR_OWNED && (in & (IS_OWNED | IS_RELEASED)) != 0;
}

static enum type_kind kind_of(const struct diff_rules *rules, uint32_t type)
{
    return rules->types->items[type].kind;
}

/* Is a difference that somebody else made only told, not undone? */
static bool only_reported(const struct diff_rules *rules, enum change_reason reason)
{
    return rules->on_drift == DRIFT_REPORT &&
        (reason == REASON_DRIFT_ADDED || reason == REASON_DRIFT_REMOVED);
}

static enum change_reason reason_missing(unsigned in)
{
    return (in & IS_OWNED) != 0 ? REASON_DRIFT_REMOVED : REASON_SOURCE_ADDED;
}

static enum change_reason reason_extra(unsigned in)
{
    return (in & (IS_OWNED | IS_RELEASED)) != 0 ? REASON_SOURCE_REMOVED : REASON_DRIFT_ADDED;
}

/* The plain type comes by itself with any other type of the pair, so it is part of every pair that
 * is desired with a label. */
static bool plain_is_implied(const struct diff_rules *rules, const struct pair *pair)
{
    for (size_t i = 0; i < pair->desired.count; i++)
        if (kind_of(rules, pair->desired.rows[i].type) != TYPE_PLAIN)
            return true;
    return false;
}

bool diff_goes_along(enum policy policy, const struct type *type)
{
    return type->kind == TYPE_PRIMARY && (!type->managed || policy != POLICY_MIRROR);
}

/* Archiving the plain type takes every type of the pair along: is there one that must stay? */
static bool plain_must_stay(const struct diff_rules *rules, const struct pair *pair)
{
    for (size_t i = 0; i < pair->observed.count; i++) {
        const struct assoc *row = &pair->observed.rows[i];
        const struct type *known = &rules->types->items[row->type];
        if (known->kind == TYPE_PLAIN || diff_goes_along(rules->policy, known))
            continue;
        unsigned in = sides(pair, row);
        if (!known->managed || !removable(rules, in) || only_reported(rules, reason_extra(in)))
            return true;
    }
    return false;
}

static void decide_missing(const struct diff_rules *rules, const struct pair *pair,
    struct change change, struct diff_list *list, unsigned in)
{
    if (kind_of(rules, change.assoc.type) == TYPE_PLAIN && pair->observed.count > 0 &&
        plain_is_implied(rules, pair))
        return; /* something is on the pair, so the plain type is too */
    change.operation = CHANGE_CREATE;
    change.reason = reason_missing(in);
    if (only_reported(rules, change.reason))
        change.verdict = CHANGE_REPORTED;
    emit(list, change);
}

static void decide_extra(const struct diff_rules *rules, const struct pair *pair,
    struct change change, struct diff_list *list, unsigned in)
{
    if (!removable(rules, in))
        return;
    change.operation = CHANGE_ARCHIVE;
    change.reason = reason_extra(in);
    if (kind_of(rules, change.assoc.type) == TYPE_PLAIN) {
        if (plain_is_implied(rules, pair))
            return;
        if (plain_must_stay(rules, pair))
            change.verdict = CHANGE_BLOCKED;
    }
    if (only_reported(rules, change.reason))
        change.verdict = CHANGE_REPORTED;
    emit(list, change);
}

static void decide(const struct diff_rules *rules, const struct pair *pair, struct assoc assoc,
    struct diff_list *list)
{
    unsigned in = sides(pair, &assoc);
    struct change change = {.assoc = assoc};
    change.assoc.flags = 0;
    if ((in & IS_OBSERVED) != 0)
        list->observed++;
    if ((in & IS_DESIRED) != 0 && (in & IS_OBSERVED) != 0) {
        list->unchanged++;
        if ((in & IS_OWNED) == 0) {
            change.operation = CHANGE_OWN;
            emit(list, change);
        }
    } else if ((in & IS_DESIRED) != 0) {
        decide_missing(rules, pair, change, list, in);
    } else if ((in & IS_OBSERVED) != 0) {
        decide_extra(rules, pair, change, list, in);
    } else {
        change.operation = CHANGE_DISOWN;
        emit(list, change);
    }
}

static bool has_creates(const struct diff_list *list, size_t first)
{
    for (size_t i = first; i < list->count; i++)
        if (list->items[i].operation == CHANGE_CREATE && list->items[i].verdict == CHANGE_PLANNED)
            return true;
    return false;
}

static bool has_row(struct diff_rows rows, const struct assoc *row)
{
    for (size_t i = 0; i < rows.count; i++)
        if (assoc_compare(&rows.rows[i], row) == 0)
            return true;
    return false;
}

/* Is the primary type, which a record has once, this record's on another pair, or about to be? */
static bool is_primary_elsewhere(
    const struct diff_rules *rules, const struct pair *pair, const struct assoc *here)
{
    const struct pair *record = pair->record;
    for (size_t i = 0; i < record->desired.count; i++) {
        const struct assoc *there = &record->desired.rows[i];
        if (there->type != here->type || there->to_id == here->to_id)
            continue;
        unsigned in = owned_as(record->owned, there->to_id, there->type);
        if (has_row(record->observed, there) || !only_reported(rules, reason_missing(in)))
            return true;
    }
    return false;
}

/* What is on the pair goes with the pair's creates, even if it is to be archived: creates go first,
 * and the archives may yet be withheld. The plain type comes by itself; a primary type that moves
 * on would be brought back. The pair's own changes begin at `first`. */
static void add_along(
    const struct diff_rules *rules, const struct pair *pair, size_t first, struct diff_list *list)
{
    if (!has_creates(list, first))
        return;
    for (size_t i = 0; i < pair->observed.count; i++) {
        struct assoc assoc = pair->observed.rows[i];
        assoc.flags = 0;
        enum type_kind kind = kind_of(rules, assoc.type);
        if (kind != TYPE_PLAIN &&
            (kind != TYPE_PRIMARY || !is_primary_elsewhere(rules, pair, &assoc)))
            emit(list, (struct change){.assoc = assoc, .operation = CHANGE_ALONG});
    }
}

/* A label on a pair that had nothing links the pair: a managed plain type comes with it by our
 * doing, and is entered into the owned set as such, so that it goes again with the label. */
static void add_implied_plain(
    const struct diff_rules *rules, const struct pair *pair, size_t first, struct diff_list *list)
{
    uint32_t plain = 0;
    while (plain < rules->types->count &&
        (rules->types->items[plain].kind != TYPE_PLAIN || !rules->types->items[plain].managed))
        plain++;
    if (plain == rules->types->count || diff_rows_has(pair->desired, plain) ||
        !has_creates(list, first))
        return;
    struct change change = {.assoc = list->items[first].assoc, .operation = CHANGE_CREATE};
    change.assoc.type = plain;
    change.reason = reason_missing(owned_as(pair->owned, change.assoc.to_id, plain));
    for (size_t i = first; i < list->count; i++)
        if (list->items[i].operation == CHANGE_DISOWN && list->items[i].assoc.type == plain)
            list->items[i--] = list->items[--list->count];
    emit(list, change);
}

static bool is_created(const struct diff_list *list, size_t first, uint32_t type)
{
    for (size_t i = first; i < list->count; i++)
        if (list->items[i].operation == CHANGE_CREATE && list->items[i].verdict == CHANGE_PLANNED &&
            list->items[i].assoc.type == type)
            return true;
    return false;
}

/* What comes by itself with the creates of a pair that had nothing. */
static void add_by_itself(
    const struct diff_rules *rules, const struct pair *pair, size_t first, struct diff_list *list)
{
    uint32_t primary = rules->single != NULL ? rules->single->first : TYPE_NONE;
    if (!has_creates(list, first))
        return;
    struct change change = {.assoc = list->items[first].assoc, .operation = CHANGE_IMPLIED};
    for (uint32_t type = 0; type < rules->types->count; type++) {
        change.assoc.type = type;
        bool comes = kind_of(rules, type) == TYPE_PLAIN ||
            (type == primary && pair->record->observed.count == 0 &&
                !is_primary_elsewhere(rules, pair, &change.assoc));
        if (comes && !is_created(list, first, type))
            emit(list, change);
    }
}

/* What the record's creates, from `first` on, take away from its other pairs; also what is archived
 * in its own right, because the archive may yet be withheld. */
static void add_moves(
    const struct diff_rules *rules, struct diff_rows observed, size_t first, struct diff_list *list)
{
    size_t end = list->count;
    for (size_t i = first; i < end; i++) {
        const struct change create = list->items[i];
        if (create.operation != CHANGE_CREATE || create.verdict != CHANGE_PLANNED ||
            !cardinality_is_once(rules->single, create.assoc.type))
            continue;
        for (size_t k = 0; k < observed.count; k++) {
            struct change change = {.assoc = observed.rows[k], .operation = CHANGE_MOVED};
            change.assoc.flags = 0;
            if (change.assoc.type == create.assoc.type) /* its own pair does not have it */
                emit(list, change);
        }
    }
}

/* Decides each managed type of the pair once, in order of types: the heads of the three arrays. */
static void decide_pair(
    const struct diff_rules *rules, const struct pair *pair, struct diff_list *list)
{
    struct diff_rows side[3] = {pair->desired, pair->owned, pair->observed};
    size_t first = list->count;
    for (;;) {
        const struct assoc *least = NULL;
        for (size_t i = 0; i < 3; i++)
            if (side[i].count > 0 && (least == NULL || side[i].rows->type < least->type))
                least = side[i].rows;
        if (least == NULL)
            break;
        struct assoc assoc = *least;
        for (size_t i = 0; i < 3; i++)
            if (side[i].count > 0 && side[i].rows->type == assoc.type) {
                side[i].rows++;
                side[i].count--;
            }
        if (rules->types->items[assoc.type].managed)
            decide(rules, pair, assoc, list);
    }
    if (pair->observed.count == 0 && pair->desired.count > 0)
        add_implied_plain(rules, pair, first, list);
    if (pair->observed.count > 0)
        add_along(rules, pair, first, list);
    else
        add_by_itself(rules, pair, first, list);
}

void diff_record(const struct diff_rules *rules, struct diff_rows desired, struct diff_rows owned,
    struct diff_rows observed, struct diff_list *list)
{
    (void)diff_rows_next_pair(&desired, 0); /* scope, and no association */
    const struct pair record = {.desired = desired, .owned = owned, .observed = observed};
    size_t first = list->count;
    for (;;) {
        uint64_t to_id = UINT64_MAX;
        if (desired.count > 0)
            to_id = desired.rows->to_id;
        if (owned.count > 0 && owned.rows->to_id < to_id)
            to_id = owned.rows->to_id;
        if (observed.count > 0 && observed.rows->to_id < to_id)
            to_id = observed.rows->to_id;
        if (to_id == UINT64_MAX)
            break;
        struct pair pair = {
            .desired = diff_rows_next_pair(&desired, to_id),
            .owned = diff_rows_next_pair(&owned, to_id),
            .observed = diff_rows_next_pair(&observed, to_id),
            .record = &record,
        };
        decide_pair(rules, &pair, list);
    }
    add_moves(rules, record.observed, first, list);
}
