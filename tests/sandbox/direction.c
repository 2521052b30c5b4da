/*
 * direction.c: sorted arrays of 16-byte links behind a hash table of from-ids. Loading in ascending
 * order appends.
 */
#include "sandbox/direction.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

static const char *const categories[CATEGORY_COUNT] = {
    "HUBSPOT_DEFINED",
    "USER_DEFINED",
    "INTEGRATOR_DEFINED",
    "WORK",
};

struct direction *direction_open(int from, int to)
{
    struct direction *direction = mem_new(1, sizeof *direction);
    direction->from = from;
    direction->to = to;
    direction->plain = -1;
    direction->primary = -1;
    return direction;
}

void direction_close(struct direction *direction)
{
    if (direction == NULL)
        return;
    for (int i = 0; i < direction->kinds_count; i++) {
        free(direction->kinds[i].name);
        free(direction->kinds[i].label);
    }
    for (size_t i = 0; i < direction->count; i++)
        free(direction->records[i].items);
    free(direction->records);
    idmap_clear(&direction->at);
    free(direction);
}

static bool stands_before(const struct kind *left, const struct kind *right)
{
    if (left->category != right->category)
        return left->category < right->category;
    return left->id < right->id;
}

int direction_add_kind(struct direction *direction, const struct kind *kind)
{
    if (direction->kinds_count == KINDS_MAX)
        return -1;
    int bit = direction->kinds_count++;
    struct kind *added = &direction->kinds[bit];
    *added = *kind;
    added->name = mem_text(kind->name);
    added->label = mem_text(kind->label);
    int at = bit;
    while (at > 0 && stands_before(added, &direction->kinds[direction->order[at - 1]])) {
        direction->order[at] = direction->order[at - 1];
        at--;
    }
    direction->order[at] = bit;
    if (kind->plain)
        direction->plain = bit;
    if (kind->primary)
        direction->primary = bit;
    return bit;
}

void direction_rename(struct direction *direction, int bit, const char *name)
{
    free(direction->kinds[bit].name);
    direction->kinds[bit].name = mem_text(name);
}

int direction_kind_by_id(const struct direction *direction, enum category category, uint32_t id)
{
    for (int i = 0; i < direction->kinds_count; i++) {
        const struct kind *kind = &direction->kinds[i];
        if (kind->category == category && kind->id == id && !kind->gone)
            return i;
    }
    return -1;
}

int direction_kind_by_name(const struct direction *direction, const char *name)
{
    for (int i = 0; i < direction->kinds_count; i++)
        if (strcmp(direction->kinds[i].name, name) == 0 && !direction->kinds[i].gone)
            return i;
    return -1;
}

struct links *direction_links(const struct direction *direction, uint64_t from)
{
    const uint32_t *place = idmap_find(&direction->at, from);
    return place == NULL || *place == 0 ? NULL : &direction->records[*place - 1];
}

/* The first place whose to is not below `to`. */
static size_t lower_bound(const struct links *links, uint64_t to)
{
    size_t low = 0;
    size_t high = links->count;
    if (high > 0 && links->items[high - 1].to < to)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (links->items[middle].to < to)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct link *direction_find(const struct direction *direction, uint64_t from, uint64_t to)
{
    struct links *links = direction_links(direction, from);
    if (links == NULL)
        return NULL;
    size_t at = lower_bound(links, to);
    return at < links->count && links->items[at].to == to ? &links->items[at] : NULL;
}

struct link *direction_at(struct direction *direction, uint64_t from, uint64_t to)
{
    uint32_t *place = idmap_at(&direction->at, from);
    if (*place == 0) {
        mem_grow(&direction->records, &direction->room, direction->count + 1,
            sizeof *direction->records);
        direction->records[direction->count++] = (struct links){0};
        *place = (uint32_t)direction->count;
    }
    struct links *links = &direction->records[*place - 1];
    size_t at = lower_bound(links, to);
    if (at < links->count && links->items[at].to == to)
        return &links->items[at];
    mem_grow(&links->items, &links->room, links->count + 1, sizeof *links->items);
    memmove(&links->items[at + 1], &links->items[at], (links->count - at) * sizeof *links->items);
    links->items[at] = (struct link){.to = to};
    links->count++;
    return &links->items[at];
}

void direction_drop(struct direction *direction, uint64_t from, uint64_t to)
{
    struct links *links = direction_links(direction, from);
    struct link *link = direction_find(direction, from, to);
    if (link == NULL || links == NULL)
        return;
    assert(link->types == 0);
    size_t at = (size_t)(link - links->items);
    memmove(link, link + 1, (links->count - at - 1) * sizeof *link);
    links->count--;
}

const char *category_text(enum category category)
{
    return categories[category];
}

bool category_parse(const char *text, enum category *category)
{
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        if (strcmp(text, categories[i]) != 0)
            continue;
        *category = (enum category)i;
        return true;
    }
    return false;
}
