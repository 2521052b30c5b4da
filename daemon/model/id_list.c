/*
 * id_list.c: grows, sorts, finds.
 */
#include "model/id_list.h"

#include <stdlib.h>

#include "base/mem.h"

void id_list_add(struct id_list *list, uint64_t id)
{
    mem_grow(&list->ids, &list->room, list->count + 1, sizeof list->ids[0]);
    list->ids[list->count++] = id;
}

void id_list_clear(struct id_list *list)
{
    free(list->ids);
    *list = (struct id_list){0};
}

static int by_id(const void *a, const void *b)
{
    const uint64_t *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

void id_list_sort(struct id_list *list)
{
    size_t kept = 0;
    if (list->count > 0)
        qsort(list->ids, list->count, sizeof list->ids[0], by_id);
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->ids[kept - 1] != list->ids[i])
            list->ids[kept++] = list->ids[i];
    list->count = kept;
}

bool id_list_has(const struct id_list *list, uint64_t id)
{
    return list->count > 0 &&
        bsearch(&id, list->ids, list->count, sizeof list->ids[0], by_id) != NULL;
}
