/*
 * unclear.c: a list that is sorted when it is asked, or has grown; a record is compared without
 * what the list has of it.
 */
#include "plan/unclear.h"

static void sort(struct unclear *unclear)
{
    if (unclear->sorted == unclear->rows.count)
        return;
    unclear->rows.count = assoc_sort_unique(unclear->rows.rows, unclear->rows.count);
    unclear->sorted = unclear->rows.count;
}

bool unclear_add(struct unclear *unclear, struct assoc row)
{
    assoc_list_add(&unclear->rows, row);
    if (unclear->rows.count > unclear->sorted + UNCLEAR_MAX)
        sort(unclear);
    return unclear->sorted <= UNCLEAR_MAX;
}

/* One record, and what of it is unclear. */
struct doubtful {
    struct diff_rows unclear, desired, observed;
    uint32_t
        lost[CARDINALITY_ONCE_MAX]; /* types that it can have once, and the source names twice */
    size_t lost_count;
};

static void note_lost(struct doubtful *record, const struct cardinality_rules *single)
{
    for (size_t i = 0; single != NULL && i < single->once_count; i++) {
        if (diff_rows_has(record->unclear, single->once[i]))
            record->lost[record->lost_count++] = single->once[i];
    }
}

static bool is_unclear(const struct doubtful *record, const struct assoc *row)
{
    struct diff_rows pair = diff_pair(record->unclear.rows, record->unclear.count, row);
    for (size_t i = 0; i < record->lost_count; i++)
        if (record->lost[i] == row->type)
            return true;
    return diff_rows_has(pair, row->type);
}

static bool is_pair_unclear(const struct doubtful *record, const struct assoc *pair)
{
    const struct diff_rows all[] = {record->unclear, record->desired, record->observed};
    for (size_t side = 0; side < ARRAY_COUNT(all); side++) {
        struct diff_rows rows = diff_pair(all[side].rows, all[side].count, pair);
        for (size_t i = 0; i < rows.count; i++)
            if (is_unclear(record, &rows.rows[i]))
                return true;
    }
    return false;
}

/* What only travels with a create, or comes by itself, belongs to what is clear. */
static bool is_left_alone(const struct doubtful *record, const struct change *change)
{
    switch (change->operation) {
    case CHANGE_CREATE:
    case CHANGE_OWN:
        return is_unclear(record, &change->assoc);
    case CHANGE_ARCHIVE:
    case CHANGE_DISOWN:
        return is_unclear(record, &change->assoc) || is_pair_unclear(record, &change->assoc);
    default:
        return false;
    }
}

void unclear_diff_record(struct unclear *unclear, const struct diff_rules *rules,
    const struct unclear_record *record, struct diff_list *list)
{
    sort(unclear);
    struct doubtful doubtful = {
        .unclear = diff_rows_of(unclear->rows.rows, unclear->rows.count, record->from_id),
        .desired = record->desired,
        .observed = record->observed};
    CLEANUP(assoc_list_clear) struct assoc_list clear = {0};
    if (doubtful.unclear.count == 0) {
        diff_record(rules, record->desired, record->owned, record->observed, list);
        return;
    }
    note_lost(&doubtful, rules->single);
    for (size_t i = 0; i < record->desired.count; i++)
        if (!is_unclear(&doubtful, &record->desired.rows[i]))
            assoc_list_add(&clear, record->desired.rows[i]);
    struct diff_rows desired = {clear.rows, clear.count};
    size_t kept = list->count;
    diff_record(rules, desired, record->owned, record->observed, list);
    for (size_t i = kept; i < list->count; i++)
        if (!is_left_alone(&doubtful, &list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

void unclear_clear(struct unclear *unclear)
{
    assoc_list_clear(&unclear->rows);
    unclear->sorted = 0;
}
