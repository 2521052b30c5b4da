/*
 * undo_rules.c: the rules of an undo. A pair is looked at as a whole, because the plain type takes
 * everything of it along; types that a record can have only once are looked at on the record,
 * because giving one to a pair takes it from another.
 */
#include "plan/undo_rules.h"

#include <stdlib.h>

static int by_place(const void *a, const void *b)
{
    const struct undo_row *x = a, *y = b;
    int order = assoc_compare(&x->assoc, &y->assoc);
    if (order == 0)
        order = (int)x->other_side - (int)y->other_side;
    return order != 0 ? order : (int)x->did - (int)y->did;
}

size_t undo_sort(struct undo_row *rows, size_t count)
{
    size_t kept = 0;
    if (count > 0)
        qsort(rows, count, sizeof rows[0], by_place);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || assoc_compare(&rows[i].assoc, &rows[kept - 1].assoc) != 0)
            rows[kept++] = rows[i];
    return kept;
}

/* The rows of one pair. */
struct group {
    struct undo_row *rows;
    size_t count;
    struct diff_rows observed; /* on the pair now */
    struct diff_rows record; /* on all pairs of the record now */
    bool unlinked; /* by the run */
};

static const struct type *type_of(const struct diff_rules *rules, const struct undo_row *row)
{
    return &rules->types->items[row->assoc.type];
}

static bool has(struct diff_rows observed, uint32_t type)
{
    for (size_t i = 0; i < observed.count; i++)
        if (observed.rows[i].type == type)
            return true;
    return false;
}

static bool is_made(const struct undo_row *row)
{
    return row->did == UNDO_CREATED || row->did == UNDO_CAME;
}

/* What the run changed itself counts only while the sync manages its type; what came or went by
 * itself with it never was the sync's. */
static bool is_unmanaged(const struct diff_rules *rules, const struct undo_row *row)
{
    bool by_itself = row->did == UNDO_CAME || row->did == UNDO_WENT;
    return !by_itself && !type_of(rules, row)->managed;
}

/* Has another pair of the record now what it can have only once, because somebody gave it there? */
static bool has_moved(
    const struct diff_rules *rules, const struct group *group, const struct undo_row *row)
{
    return cardinality_is_once(rules->single, row->assoc.type) && !is_unmanaged(rules, row) &&
        has(group->record, row->assoc.type);
}

/* A link that came with a label goes with it only: one whose label others have taken away is
 * theirs. A mark that they gave to another pair HubSpot took away here; that says nothing of the
 * link. */
static bool is_kept(
    const struct diff_rules *rules, const struct group *group, const struct undo_row *link)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct undo_row *row = &group->rows[i];
        if (link->did == UNDO_CAME && row->did == UNDO_CREATED &&
            !has(group->observed, row->assoc.type) && !has_moved(rules, group, row))
            return true;
    }
    return false;
}

/* May an observed type go with its pair? What the run made, and the primary type where HubSpot gave
 * it by itself: for a record that can have it once the run has noted whether it might, or did. */
static bool may_go(
    const struct diff_rules *rules, const struct group *group, const struct assoc *observed)
{
    const struct type *type = &rules->types->items[observed->type];
    bool foreseen = false, looked_at = false;
    if (type->kind == TYPE_PLAIN)
        return true;
    for (size_t i = 0; i < group->count; i++) {
        const struct undo_row *row = &group->rows[i];
        foreseen = foreseen || row->foreseen;
        looked_at = looked_at || row->looked_at;
        if (is_made(row) && row->assoc.type == observed->type && !is_unmanaged(rules, row))
            return true;
    }
    bool known = (foreseen && cardinality_is_once(rules->single, observed->type)) ||
        (looked_at && cardinality_is_once_there(rules->single, observed->type));
    return !known && diff_goes_along(rules->policy, type);
}

/* Does another sync own an association of the pair? It would go with the link. */
static bool is_owned(const struct group *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->rows[i].other_owner)
            return true;
    return false;
}

static bool may_unlink(const struct diff_rules *rules, const struct group *group)
{
    if (is_owned(group))
        return false;
    for (size_t i = 0; i < group->observed.count; i++)
        if (!may_go(rules, group, &group->observed.rows[i]))
            return false;
    return true;
}

/* Does the run's own type stay on the pair, because the sync no longer manages it? */
static bool carries_unmanaged(const struct diff_rules *rules, const struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct undo_row *row = &group->rows[i];
        if (row->did == UNDO_CREATED && is_unmanaged(rules, row) &&
            has(group->observed, row->assoc.type))
            return true;
    }
    return false;
}

static enum undo_verdict decide_made(
    const struct diff_rules *rules, const struct group *group, const struct undo_row *row)
{
    bool by_itself = row->did == UNDO_CAME;
    bool plain = type_of(rules, row)->kind == TYPE_PLAIN;
    if (!has(group->observed, row->assoc.type))
        return by_itself ? UNDO_NOTHING : UNDO_GONE_ALREADY;
    if (by_itself && !plain)
        return UNDO_NOTHING; /* goes with the pair, or stays with what others put on it */
    bool stays = plain && (!may_unlink(rules, group) || is_kept(rules, group, row));
    if (!stays)
        return UNDO_DO;
    if (is_owned(group))
        return UNDO_OWNED;
    return carries_unmanaged(rules, group) ? UNDO_CARRIES : UNDO_CHANGED;
}

static bool made_by_run(const struct undo_row *rows, size_t count, const struct assoc *association)
{
    for (size_t i = 0; i < count; i++)
        if (is_made(&rows[i]) && assoc_compare(&rows[i].assoc, association) == 0)
            return true;
    return false;
}

/* Has another pair of the record now what it can have only once, and not by this run? */
static bool is_taken(const struct diff_rules *rules, const struct undo_row *rows, size_t count,
    const struct assoc *wanted, struct diff_rows record)
{
    if (!cardinality_is_once(rules->single, wanted->type))
        return false;
    for (size_t i = 0; i < record.count; i++) {
        const struct assoc *there = &record.rows[i];
        if (there->type == wanted->type && there->to_id != wanted->to_id &&
            !made_by_run(rows, count, there))
            return true;
    }
    return false;
}

/* Of a pair that the run unlinked, is the link not to come back? */
static bool stays_unlinked(const struct diff_rules *rules, const struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct undo_row *row = &group->rows[i];
        if (row->did == UNDO_ARCHIVED && type_of(rules, row)->kind == TYPE_PLAIN)
            return is_unmanaged(rules, row);
    }
    return false;
}

static enum undo_verdict decide_lost(
    const struct diff_rules *rules, const struct group *group, const struct undo_row *row)
{
    bool by_itself = row->did != UNDO_ARCHIVED;
    if (has(group->observed, row->assoc.type))
        return by_itself ? UNDO_NOTHING : UNDO_THERE_AGAIN;
    if (group->unlinked == (group->observed.count > 0))
        return UNDO_CHANGED;
    return row->did == UNDO_WENT && stays_unlinked(rules, group) ? UNDO_NOTHING : UNDO_DO;
}

static struct group next_group(
    const struct diff_rules *rules, struct undo_row *rows, size_t count, struct diff_rows observed)
{
    struct group group = {.rows = rows,
        .observed = diff_pair(observed.rows, observed.count, &rows[0].assoc),
        .record = observed};
    for (; group.count < count && assoc_same_pair(&rows[group.count].assoc, &rows[0].assoc);
         group.count++) {
        const struct undo_row *row = &rows[group.count];
        group.unlinked = group.unlinked ||
            (row->did == UNDO_ARCHIVED && type_of(rules, row)->kind == TYPE_PLAIN);
    }
    return group;
}

void undo_record(
    const struct diff_rules *rules, struct undo_row *rows, size_t count, struct diff_rows observed)
{
    for (size_t first = 0; first < count;) {
        struct group group = next_group(rules, rows + first, count - first, observed);
        for (size_t i = 0; i < group.count; i++) {
            struct undo_row *row = &group.rows[i];
            if (is_unmanaged(rules, row))
                row->verdict = UNDO_UNMANAGED;
            else if (is_made(row))
                row->verdict = decide_made(rules, &group, row);
            else
                row->verdict = decide_lost(rules, &group, row);
            if (row->verdict == UNDO_DO && !is_made(row) &&
                is_taken(rules, rows, count, &row->assoc, observed))
                row->verdict = UNDO_TAKEN;
        }
        first += group.count;
    }
}

bool undo_moves(const struct diff_rules *rules, const struct undo_row *rows, size_t count,
    const struct assoc *observed)
{
    if (!cardinality_is_once(rules->single, observed->type))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!is_made(&rows[i]) && rows[i].verdict == UNDO_DO &&
            rows[i].assoc.type == observed->type && rows[i].assoc.to_id != observed->to_id)
            return true;
    return false;
}

const char *undo_text(enum undo_verdict verdict)
{
    static const char *const texts[] = {
        [UNDO_DO] = NULL,
        [UNDO_THERE_AGAIN] = "already there again",
        [UNDO_GONE_ALREADY] = "already removed",
        [UNDO_CHANGED] = "the pair changed in HubSpot since the run",
        [UNDO_OWNED] = "another sync owns an association of this pair",
        [UNDO_TAKEN] = "another association of the record got this type in HubSpot since the run, "
                       "and a record can have it only once",
        [UNDO_TAKEN_THERE] = "the to-record got this type with another record in HubSpot since the "
                             "run, and can have it only once",
        [UNDO_CARRIES] =
            "the sync no longer manages a type that the run gave the pair, so the pair stays",
        [UNDO_UNMANAGED] = "the sync no longer manages this type",
        [UNDO_NOTHING] = NULL,
    };
    return texts[verdict];
}
