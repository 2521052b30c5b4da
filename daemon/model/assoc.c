/*
 * assoc.c: order, sorting and id parsing of associations. Sorting is on the path of every compared
 * association, so it is a merge sort without a comparison callback, and does nothing to sorted
 * rows.
 */
#include "model/assoc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { INSERTION_MAX = 16, ID_DIGITS_MAX = 19 };

static inline bool less(const struct assoc *a, const struct assoc *b)
{
    if (a->from_id != b->from_id)
        return a->from_id < b->from_id;
    if (a->to_id != b->to_id)
        return a->to_id < b->to_id;
    return a->type < b->type;
}

int assoc_compare(const struct assoc *a, const struct assoc *b)
{
    return less(a, b) ? -1 : less(b, a) ? 1 : 0;
}

static void sort_few(struct assoc *rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct assoc row = rows[i];
        size_t at = i;
        while (at > 0 && less(&row, &rows[at - 1])) {
            rows[at] = rows[at - 1];
            at--;
        }
        rows[at] = row;
    }
}

/* Merges [0, middle) and [middle, count) of rows; the first half is moved out of the way. Equal
 * rows keep their order. */
static void merge(struct assoc *rows, size_t middle, size_t count, struct assoc *space)
{
    if (!less(&rows[middle], &rows[middle - 1]))
        return;
    memcpy(space, rows, middle * sizeof *rows);
    size_t a = 0;
    size_t b = middle;
    size_t out = 0;
    while (a < middle && b < count)
        rows[out++] = less(&rows[b], &space[a]) ? rows[b++] : space[a++];
    memcpy(rows + out, space + a, (middle - a) * sizeof *rows);
}

static void sort(struct assoc *rows, size_t count)
{
    if (count <= INSERTION_MAX) {
        sort_few(rows, count);
        return;
    }
    struct assoc *space = mem_new(count, sizeof *space);
    for (size_t at = 0; at < count; at += INSERTION_MAX)
        sort_few(rows + at, count - at < INSERTION_MAX ? count - at : INSERTION_MAX);
    for (size_t width = INSERTION_MAX; width < count; width *= 2)
        for (size_t at = 0; at + width < count; at += 2 * width)
            merge(rows + at, width, count - at < 2 * width ? count - at : 2 * width, space);
    free(space);
}

size_t assoc_sort_unique(struct assoc *rows, size_t count)
{
    size_t sorted = 1;
    while (sorted < count && less(&rows[sorted - 1], &rows[sorted]))
        sorted++;
    if (sorted >= count)
        return count;
    sort(rows, count);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (less(&rows[kept - 1], &rows[i]))
            rows[kept++] = rows[i];
    return kept;
}

bool assoc_parse_id(const char *digits, size_t length, uint64_t *id)
{
    while (length > ID_DIGITS_MAX && *digits == '0') {
        digits++;
        length--;
    }
    if (length == 0 || length > ID_DIGITS_MAX)
        return false;
    uint64_t value = 0; /* 19 digits always fit */
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(unsigned char)digits[i] - '0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    if (!assoc_is_id(value))
        return false;
    *id = value;
    return true;
}

void assoc_list_grow(struct assoc_list *list)
{
    mem_grow(&list->rows, &list->room, list->count + 1, sizeof *list->rows);
}

void assoc_list_clear(struct assoc_list *list)
{
    free(list->rows);
    *list = (struct assoc_list){0};
}

size_t assoc_find_pair(
    const struct assoc *rows, size_t count, const struct assoc *pair, size_t *first)
{
    size_t low = 0, high = count, found = 0;
    struct assoc key = {.from_id = pair->from_id, .to_id = pair->to_id};
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assoc_compare(&rows[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + found < count && rows[low + found].from_id == pair->from_id &&
        rows[low + found].to_id == pair->to_id)
        found++;
    *first = low;
    return found;
}
