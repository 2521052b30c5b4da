/*
 * inverse.c: the rules of an undo, pair by pair.
 */
#include "sync/inverse.h"

static const struct type *type_of(const struct types *types, uint32_t type)
{
    return &types->items[type];
}

static bool has(struct diff_rows observed, uint32_t type)
{
    for (size_t i = 0; i < observed.count; i++)
        if (observed.rows[i].type == type)
            return true;
    return false;
}

/* Was the pair unlinked as a whole? */
static bool was_unlinked(const struct types *types, const struct inverse_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].archived && type_of(types, rows[i].assoc.type)->kind == TYPE_PLAIN)
            return true;
    return false;
}

static bool created_by_run(const struct inverse_row *rows, size_t count, uint32_t type)
{
    for (size_t i = 0; i < count; i++)
        if (!rows[i].archived && rows[i].assoc.type == type)
            return true;
    return false;
}

/* Archiving the plain type unlinks the pair: only what the run itself made, and the primary type
 * that HubSpot set by itself, may go with it. */
static bool may_unlink(const struct types *types, const struct inverse_row *rows, size_t count,
    struct diff_rows observed)
{
    for (size_t i = 0; i < observed.count; i++) {
        const struct type *type = type_of(types, observed.rows[i].type);
        bool by_itself = type->kind == TYPE_PRIMARY && !type->managed;
        if (type->kind != TYPE_PLAIN && !by_itself &&
            !created_by_run(rows, count, observed.rows[i].type))
            return false;
    }
    return true;
}

void inverse_pair(
    const struct types *types, struct inverse_row *rows, size_t count, struct diff_rows observed)
{
    bool unlinked = was_unlinked(types, rows, count);
    bool unlinkable = may_unlink(types, rows, count, observed);
    for (size_t i = 0; i < count; i++) {
        struct inverse_row *row = &rows[i];
        const struct type *type = type_of(types, row->assoc.type);
        bool there = has(observed, row->assoc.type);
        row->verdict = INVERSE_DO;
        if (!type->managed)
            row->verdict = INVERSE_UNMANAGED;
        else if (row->archived && there)
            row->verdict = INVERSE_THERE_AGAIN;
        else if (!row->archived && !there)
            row->verdict = INVERSE_GONE_ALREADY;
        else if (row->archived && unlinked == (observed.count > 0))
            row->verdict = INVERSE_CHANGED;
        else if (!row->archived && type->kind == TYPE_PLAIN && !unlinkable)
            row->verdict = INVERSE_CHANGED;
    }
}

const char *inverse_text(enum inverse_verdict verdict)
{
    static const char *const texts[] = {
        [INVERSE_DO] = NULL,
        [INVERSE_THERE_AGAIN] = "is there again already",
        [INVERSE_GONE_ALREADY] = "is gone already",
        [INVERSE_CHANGED] = "the pair was changed in HubSpot since",
        [INVERSE_UNMANAGED] = "the sync no longer manages this type",
    };
    return texts[verdict];
}
