/*
 * object.h: object types and the names that paths may use for them: type id (0-1, 2-77), plural or
 * singular in any case, and for custom objects p<portal>_name or p_name but never the bare name
 * (refused by HubSpot since 2025-06-24). An object type is a small number, its place in the list.
 */
#ifndef SANDBOX_OBJECT_H
#define SANDBOX_OBJECT_H

#include "base/attr.h"

enum { OBJECTS_MAX = 64 };

struct object {
    char id[24]; /* "0-1" */
    char plural[64]; /* "contacts" */
    char singular[64]; /* "contact" */
};

struct object_list {
    struct object items[OBJECTS_MAX];
    int count;
};

/* The standard objects, in a fixed order. */
void object_init(struct object_list *list);

/* The object type a path segment means, -1 if none. */
int object_find(const struct object_list *list, const char *name, uint64_t portal_id);

/* Adds or finds a custom object of id "2-N"; -1 when the list is full or the id is malformed. */
int object_add(struct object_list *list, const char *id, const char *name);

bool object_is_custom(const struct object *object);

#endif
