/*
 * batch.c: where batches end.
 */
#include "apply/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void batch_rows_add(struct batch_rows *list, struct assoc row, int64_t ordinal)
{
    mem_grow(&list->rows, &list->rows_room, list->count + 1, sizeof list->rows[0]);
    mem_grow(&list->ordinals, &list->ordinals_room, list->count + 1, sizeof list->ordinals[0]);
    list->rows[list->count] = row;
    list->ordinals[list->count] = ordinal;
    list->count++;
}

void batch_rows_swap(struct batch_rows *list, size_t a, size_t b)
{
    struct assoc row = list->rows[a];
    int64_t ordinal = list->ordinals[a];
    list->rows[a] = list->rows[b];
    list->ordinals[a] = list->ordinals[b];
    list->rows[b] = row;
    list->ordinals[b] = ordinal;
}

void batch_rows_remove(struct batch_rows *list, size_t first, size_t count)
{
    size_t behind = list->count - first - count;
    if (count == 0)
        return;
    memmove(list->rows + first, list->rows + first + count, behind * sizeof list->rows[0]);
    memmove(
        list->ordinals + first, list->ordinals + first + count, behind * sizeof list->ordinals[0]);
    list->count -= count;
}

void batch_rows_clear(struct batch_rows *list)
{
    free(list->rows);
    free(list->ordinals);
    *list = (struct batch_rows){0};
}

/* The end of the pair that begins at rows[at]. */
static size_t pair_end(const struct assoc *rows, size_t count, size_t at)
{
    size_t end = at + 1;
    while (end < count && assoc_same_pair(&rows[at], &rows[end]))
        end++;
    return end;
}

size_t batch_cut(const struct assoc *rows, size_t count, const struct batch_limits *limits)
{
    size_t taken = 0, from_ids = 0;
    while (taken < count) {
        size_t end = pair_end(rows, count, taken);
        bool new_from = taken == 0 || rows[taken].from_id != rows[taken - 1].from_id;
        if (taken > 0 && (end > limits->inputs || from_ids + new_from > limits->from_ids))
            break;
        from_ids += new_from;
        taken = end;
    }
    return taken;
}

static bool names_culprit(const struct assoc *row, const uint64_t *culprits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (row->from_id == culprits[i] || row->to_id == culprits[i])
            return true;
    return false;
}

/* At least one pair goes to each side. */
static void move_half(
    const struct batch_rows *refused, struct batch_rows *first, struct batch_rows *second)
{
    size_t end = pair_end(refused->rows, refused->count, 0);
    for (size_t next = end; next <= refused->count / 2;) {
        end = next;
        next = pair_end(refused->rows, refused->count, end);
    }
    for (size_t i = 0; i < refused->count; i++)
        batch_rows_add(i < end ? first : second, refused->rows[i], refused->ordinals[i]);
}

bool batch_is_pair(const struct batch_rows *rows)
{
    return pair_end(rows->rows, rows->count, 0) == rows->count;
}

void batch_pick(const struct batch_rows *refused, size_t number, struct batch_rows *first,
    struct batch_rows *second)
{
    size_t at = (size_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> 32) % refused->count;
    size_t begin = at, end = pair_end(refused->rows, refused->count, at);
    while (begin > 0 && assoc_same_pair(&refused->rows[begin - 1], &refused->rows[at]))
        begin--;
    for (size_t i = 0; i < refused->count; i++)
        batch_rows_add(
            i >= begin && i < end ? first : second, refused->rows[i], refused->ordinals[i]);
}

void batch_split(const struct batch_rows *refused, const uint64_t *culprits, size_t culprits_count,
    struct batch_rows *first, struct batch_rows *second)
{
    for (size_t i = 0; i < refused->count; i++)
        batch_rows_add(names_culprit(&refused->rows[i], culprits, culprits_count) ? first : second,
            refused->rows[i], refused->ordinals[i]);
    if (first->count > 0 && second->count > 0)
        return;
    first->count = 0;
    second->count = 0;
    move_half(refused, first, second);
}

size_t batch_pairs(const struct batch_rows *rows)
{
    size_t pairs = 0;
    for (size_t i = 0; i < rows->count; i = pair_end(rows->rows, rows->count, i))
        pairs++;
    return pairs;
}
