/*
 * idmap.c: open addressing with linear probing, at most half full.
 */
#include "sandbox/idmap.h"

#include <assert.h>

#include "base/mem.h"

static size_t place(const struct idmap *map, uint64_t key)
{
    uint64_t hash = key * 0x9E3779B97F4A7C15u; /* Fibonacci hashing: ids are often consecutive */
    size_t at = (size_t)(hash ^ (hash >> 32)) & (map->room - 1);
    while (map->keys[at] != 0 && map->keys[at] != key)
        at = (at + 1) & (map->room - 1);
    return at;
}

static void grow(struct idmap *map)
{
    struct idmap old = *map;
    map->room = old.room == 0 ? 64 : old.room * 2;
    map->keys = mem_new(map->room, sizeof *map->keys);
    map->values = mem_new(map->room, sizeof *map->values);
    for (size_t i = 0; i < old.room; i++) {
        if (old.keys[i] == 0)
            continue;
        size_t at = place(map, old.keys[i]);
        map->keys[at] = old.keys[i];
        map->values[at] = old.values[i];
    }
    free(old.keys);
    free(old.values);
}

void idmap_clear(struct idmap *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct idmap){0};
}

uint32_t *idmap_at(struct idmap *map, uint64_t key)
{
    assert(key != 0);
    if (map->count * 2 >= map->room)
        grow(map);
    size_t at = place(map, key);
    if (map->keys[at] == 0) {
        map->keys[at] = key;
        map->count++;
    }
    return &map->values[at];
}

uint32_t *idmap_find(const struct idmap *map, uint64_t key)
{
    if (map->room == 0 || key == 0)
        return NULL;
    size_t at = place(map, key);
    return map->keys[at] == key ? &map->values[at] : NULL;
}

static int compare_keys(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

uint64_t *idmap_keys(const struct idmap *map, size_t *count)
{
    uint64_t *keys = mem_new(map->count + 1, sizeof *keys);
    *count = 0;
    for (size_t i = 0; i < map->room; i++)
        if (map->keys[i] != 0)
            keys[(*count)++] = map->keys[i];
    qsort(keys, *count, sizeof *keys, compare_keys);
    return keys;
}
