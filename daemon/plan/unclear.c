/*
 * unclear.c: a list that is sorted when it is asked, or has grown.
 */
#include "plan/unclear.h"

#include <stdlib.h>

static int by_row(const void *a, const void *b)
{
    return assoc_compare(a, b);
}

static void sort(struct unclear *unclear)
{
    if (unclear->sorted == unclear->records.count)
        return;
    unclear->records.count = assoc_sort_unique(unclear->records.rows, unclear->records.count);
    unclear->sorted = unclear->records.count;
}

bool unclear_add(struct unclear *unclear, uint64_t from_id)
{
    assoc_list_add(&unclear->records, assoc_scope(from_id));
    if (unclear->records.count > unclear->sorted + UNCLEAR_MAX)
        sort(unclear);
    return unclear->sorted <= UNCLEAR_MAX;
}

bool unclear_has(struct unclear *unclear, uint64_t from_id)
{
    struct assoc key = assoc_scope(from_id);
    sort(unclear);
    return unclear->records.count > 0 &&
        bsearch(&key, unclear->records.rows, unclear->records.count, sizeof key, by_row) != NULL;
}

void unclear_clear(struct unclear *unclear)
{
    assoc_list_clear(&unclear->records);
    unclear->sorted = 0;
}
