/*
 * idmap.h: a hash table from record ids (never 0) to small numbers. Nothing is ever removed: the
 * sandbox marks what is gone in the value. `struct idmap x = {0};` is a valid, empty one.
 */
#ifndef SANDBOX_IDMAP_H
#define SANDBOX_IDMAP_H

#include "base/attr.h"

struct idmap {
    uint64_t *keys; /* 0: the place is free */
    uint32_t *values;
    size_t room; /* a power of two, or 0 */
    size_t count;
};

/* Frees the memory; the map is empty and usable afterwards. */
void idmap_clear(struct idmap *map);

/* The value of key, made 0 if the key is new. Valid until the next call. */
uint32_t *idmap_at(struct idmap *map, uint64_t key);

/* The value of key, NULL if there is none. Valid until the next idmap_at(). */
uint32_t *idmap_find(const struct idmap *map, uint64_t key);

/* All keys in ascending order, to be freed by the caller; *count tells how many. */
uint64_t *idmap_keys(const struct idmap *map, size_t *count);

#endif
