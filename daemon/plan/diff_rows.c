/*
 * diff_rows.c: where the rows of a record or a pair begin and end.
 */
#include "plan/diff_rows.h"

struct diff_rows diff_pair(const struct assoc *rows, size_t count, const struct assoc *pair)
{
    size_t first;
    size_t found = assoc_find_pair(rows, count, pair, &first);
    return (struct diff_rows){.rows = found > 0 ? rows + first : NULL, .count = found};
}

struct diff_rows diff_rows_of(const struct assoc *rows, size_t count, uint64_t from_id)
{
    size_t first = 0, high = count;
    while (first < high) {
        size_t middle = first + (high - first) / 2;
        if (rows[middle].from_id < from_id)
            first = middle + 1;
        else
            high = middle;
    }
    struct diff_rows rest = {.rows = count > 0 ? rows + first : NULL, .count = count - first};
    return diff_rows_next_record(&rest, from_id);
}

/* The first `count`. */
static struct diff_rows cut(struct diff_rows *rows, size_t count)
{
    struct diff_rows front = {.rows = rows->rows, .count = count};
    if (count > 0)
        rows->rows += count;
    rows->count -= count;
    return front;
}

struct diff_rows diff_rows_next_record(struct diff_rows *rows, uint64_t from_id)
{
    size_t count = 0;
    while (count < rows->count && rows->rows[count].from_id == from_id)
        count++;
    return cut(rows, count);
}

struct diff_rows diff_rows_next_pair(struct diff_rows *rows, uint64_t to_id)
{
    size_t count = 0;
    while (count < rows->count && rows->rows[count].to_id == to_id)
        count++;
    return cut(rows, count);
}

bool diff_rows_has(struct diff_rows rows, uint32_t type)
{
    for (size_t i = 0; i < rows.count; i++)
        if (rows.rows[i].type == type)
            return true;
    return false;
}
