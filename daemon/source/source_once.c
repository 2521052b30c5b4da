/*
 * source_once.c: types that a record can have only once.
 */
#include "source/source_once.h"

#include <stdio.h>

void source_once_clear(struct source_once *once)
{
    cardinality_set_clear(&once->taken);
    buf_clear(&once->from);
    buf_clear(&once->to);
    buf_clear(&once->type);
}

bool source_once_there(const struct source_query *query)
{
    for (uint32_t i = 0; i < query->types->count; i++)
        if (query->types->items[i].managed &&
            cardinality_side(query->sync, &query->types->items[i]) == CARDINALITY_TO)
            return true;
    return false;
}

static void invalid(
    struct source_once *once, struct source_row *row, uint32_t type, const char *wrong)
{
    char space[64];
    (void)snprintf(once->message, sizeof once->message,
        "a record can have only one association of type %s; the source names several",
        types_text(once->query->types, type, space));
    row->kind = SOURCE_INVALID;
    row->wrong = wrong;
    row->message = once->message;
    row->unclear = true;
}

/* Another from-record has named the to-record: both rows are invalid. */
static void check_there(struct source_once *once, struct source_row *row)
{
    struct cardinality_slot *slot = cardinality_set_at(&once->taken, row->assoc.to_id);
    if (slot->holder == 0)
        slot->holder = row->assoc.from_id & INT64_MAX;
    if (slot->holder == row->assoc.from_id)
        return;
    if (!slot->told) {
        once->first = row->assoc;
        once->first.from_id = slot->holder;
        buf_reset(&once->type);
        buf_add_text(&once->type, row->type != NULL ? row->type : "");
    }
    slot->told = true;
    invalid(once, row, row->assoc.type, "ambiguous");
}

bool source_once_check(struct source_once *once, struct source_row *row, struct error *err)
{
    const struct source_query *query = once->query;
    const struct type *type = &query->types->items[row->assoc.type];
    char space[64];
    enum cardinality_side side = cardinality_side(query->sync, type);
    if (side == CARDINALITY_NEITHER)
        return true;
    if (once->taken.count == CARDINALITY_SET_MAX)
        return error_set(err, ERROR_SOURCE,
            "source of %s: more than %d rows of type %s, of which a record can have only one; "
            "synchronise from %s to %s instead",
            query->sync->name, CARDINALITY_SET_MAX,
            types_text(query->types, row->assoc.type, space), query->sync->to, query->sync->from);
    struct assoc *last = &once->last[row->assoc.type];
    if (side == CARDINALITY_TO)
        check_there(once, row);
    else if (last->from_id == row->assoc.from_id && last->to_id != row->assoc.to_id)
        invalid(once, row, row->assoc.type, "type");
    *last = row->assoc;
    return true;
}

bool source_once_first(struct source_once *once, struct source_row *row)
{
    if (once->first.from_id == 0)
        return false;
    *row = (struct source_row){.assoc = once->first};
    buf_reset(&once->from);
    buf_reset(&once->to);
    buf_addf(&once->from, "%llu", (unsigned long long)once->first.from_id);
    buf_addf(&once->to, "%llu", (unsigned long long)once->first.to_id);
    row->from = buf_text(&once->from);
    row->to = buf_text(&once->to);
    row->type = once->type.length > 0 ? buf_text(&once->type) : NULL;
    invalid(once, row, once->first.type, "ambiguous");
    once->first.from_id = 0;
    return true;
}
