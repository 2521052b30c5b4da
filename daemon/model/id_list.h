/*
 * id_list.h: a growing array of record ids; `{0}` is valid and empty.
 */
#ifndef MODEL_ID_LIST_H
#define MODEL_ID_LIST_H

#include "base/attr.h"

struct id_list {
    uint64_t *ids;
    size_t count;
    size_t room;
};
void id_list_add(struct id_list *list, uint64_t id);
void id_list_clear(struct id_list *list);

/* Puts them in order and leaves each there once; the other calls need that order. */
void id_list_sort(struct id_list *list);
bool id_list_has(const struct id_list *list, uint64_t id);

#endif
