/*
 * portal.c: records, links and HubSpot's rules for them (dossier of the API, section 3). Where the
 * documentation is silent: no promotion of another company when a primary goes; archiving what is
 * not there changes nothing; v3 follows the rules of v4.
 */
#include "sandbox/portal.h"

#include <string.h>

#include "base/mem.h"

#define BIT(number) (UINT64_C(1) << (number))

void changes_clear(struct changes *changes)
{
    free(changes->items);
    *changes = (struct changes){0};
}

static void tell(struct changes *changes, struct change change)
{
    if (changes == NULL)
        return;
    mem_grow(&changes->items, &changes->room, changes->count + 1, sizeof change);
    changes->items[changes->count++] = change;
}

void portal_clear(struct portal *portal)
{
    for (int from = 0; from < OBJECTS_MAX; from++) {
        for (int to = 0; to < OBJECTS_MAX; to++) {
            direction_close(portal->directions[from][to]);
            portal->directions[from][to] = NULL;
        }
        idmap_clear(&portal->records[from]);
        record_list_clear(&portal->contents[from]);
        free(portal->ids[from].items);
        portal->ids[from] = (struct sorted_ids){0};
        portal->counted[from] = (struct counted){0};
    }
    portal->hidden_count = 0;
    portal->merges_count = 0;
}

void portal_set_record(struct portal *portal, int object, uint64_t id, uint32_t state)
{
    uint32_t *place = idmap_at(&portal->records[object], id);
    if (*place > RECORD_LIVE && state <= RECORD_LIVE)
        portal->hidden_count--;
    if (*place <= RECORD_LIVE && state > RECORD_LIVE)
        portal->hidden_count++;
    *place = state;
}

void portal_add_record(struct portal *portal, int object, uint64_t id)
{
    uint32_t *place = idmap_at(&portal->records[object], id);
    if (*place == RECORD_UNKNOWN)
        *place = RECORD_LIVE;
}

bool portal_is_live(const struct portal *portal, int object, uint64_t id)
{
    const uint32_t *place = idmap_find(&portal->records[object], id);
    return place != NULL && *place == RECORD_LIVE;
}

bool portal_is_deleted(const struct portal *portal, int object, uint64_t id)
{
    const uint32_t *place = idmap_find(&portal->records[object], id);
    return place != NULL && *place == RECORD_DELETED;
}

static void clear_bit(
    struct direction *direction, const struct edge *edge, int bit, struct changes *changes)
{
    struct link *link = direction_find(direction, edge->from, edge->to);
    if (link == NULL || (link->types & BIT(bit)) == 0)
        return;
    tell(changes, (struct change){direction, edge->from, edge->to, bit, '-'});
    link->types &= ~BIT(bit);
    if (link->types == 0)
        direction_drop(direction, edge->from, edge->to);
    int back = direction->kinds[bit].mirror;
    if (back < 0)
        return;
    link = direction_find(direction->mirror, edge->to, edge->from);
    if (link == NULL)
        return;
    link->types &= ~BIT(back);
    if (link->types == 0)
        direction_drop(direction->mirror, edge->to, edge->from);
}

/* Takes a type that a record can have once from the record's other links. */
static void demote_others(
    struct direction *direction, const struct edge *edge, int bit, struct changes *changes)
{
    if (!direction->kinds[bit].single)
        return;
    const struct links *links = direction_links(direction, edge->from);
    for (size_t i = 0; links != NULL && i < links->count; i++) {
        struct link *link = &links->items[i];
        if (link->to == edge->to || (link->types & BIT(bit)) == 0)
            continue;
        struct edge other = {.from = edge->from, .to = link->to};
        clear_bit(direction, &other, bit, changes);
        return; /* there was one only */
    }
}

static void set_bit(struct direction *direction, const struct edge *edge, int bit, bool demote,
    struct changes *changes)
{
    int back = direction->kinds[bit].mirror;
    struct edge mirrored = {.from = edge->to, .to = edge->from};
    if (demote)
        demote_others(direction, edge, bit, changes);
    direction_at(direction, edge->from, edge->to)->types |= BIT(bit);
    tell(changes, (struct change){direction, edge->from, edge->to, bit, '+'});
    if (back < 0)
        return;
    if (demote)
        demote_others(direction->mirror, &mirrored, back, changes);
    direction_at(direction->mirror, edge->to, edge->from)->types |= BIT(back);
}

static bool has_links(const struct direction *direction, uint64_t from)
{
    const struct links *links = direction_links(direction, from);
    return links != NULL && links->count > 0;
}

/* The first company linked to a contact, deal or ticket becomes its primary one by itself. */
static bool becomes_primary(
    const struct portal *portal, const struct direction *direction, const struct edge *edge)
{
    if (portal->settings.values[SET_FIRST_PRIMARY] == 0 || direction->primary < 0)
        return false;
    const char *from = portal->objects.items[direction->from].id;
    const char *to = portal->objects.items[direction->to].id;
    bool forth = strcmp(to, "0-2") == 0;
    const char *other = forth ? from : to;
    if (!forth && strcmp(from, "0-2") != 0)
        return false;
    if (strcmp(other, "0-1") != 0 && strcmp(other, "0-3") != 0 && strcmp(other, "0-5") != 0)
        return false;
    return forth ? !has_links(direction, edge->from) : !has_links(direction->mirror, edge->to);
}

void portal_associate(struct portal *portal, struct direction *direction, const struct edge *edge,
    bool replace, struct changes *changes)
{
    if (edge->types == 0)
        return; /* HubSpot accepts it and does nothing */
    const struct link *link = direction_find(direction, edge->from, edge->to);
    uint64_t have = link != NULL ? link->types : 0;
    uint64_t want = edge->types;
    if (direction->plain >= 0)
        want |= BIT(direction->plain);
    if (have == 0 && becomes_primary(portal, direction, edge))
        want |= BIT(direction->primary);
    for (int bit = 0; bit < direction->kinds_count; bit++) {
        if ((want & ~have & BIT(bit)) != 0)
            set_bit(direction, edge, bit, portal->settings.values[SET_DEMOTE] != 0, changes);
        else if (replace && (have & ~want & BIT(bit)) != 0)
            clear_bit(direction, edge, bit, changes);
    }
}

void portal_dissociate(
    struct direction *direction, const struct edge *edge, struct changes *changes)
{
    const struct link *link = direction_find(direction, edge->from, edge->to);
    if (link == NULL)
        return;
    uint64_t go = edge->types;
    if (go == 0 || (direction->plain >= 0 && (go & BIT(direction->plain)) != 0))
        go = link->types;
    go &= link->types;
    for (int bit = 0; bit < direction->kinds_count; bit++)
        if ((go & BIT(bit)) != 0)
            clear_bit(direction, edge, bit, changes);
}

static void merge_links(
    struct portal *portal, struct direction *direction, uint64_t kept, uint64_t gone)
{
    const struct links *links;
    while ((links = direction_links(direction, gone)) != NULL && links->count > 0) {
        struct edge edge = {.from = gone, .to = links->items[0].to};
        struct edge moved = {.from = kept, .to = edge.to, .types = links->items[0].types};
        if (direction->primary >= 0 && has_links(direction, kept))
            moved.types &= ~BIT(direction->primary);
        portal_dissociate(direction, &edge, NULL);
        portal_associate(portal, direction, &moved, false, NULL);
        if (direction_find(direction, gone, edge.to) != NULL)
            return; /* a link without mirror types cannot be moved further */
    }
}

void portal_merge(struct portal *portal, int object, uint64_t kept, uint64_t gone)
{
    portal_touch(portal, object, kept);
    portal_touch(portal, object, gone);
    portal_take_over(portal, object, kept, gone);
    portal_add_record(portal, object, kept);
    portal_set_record(portal, object, gone, RECORD_MERGED);
    struct merge merge = {.object = object, .kept = kept, .gone = gone, .at_ms = portal->now_ms};
    portal->merges[portal->merges_count++ % MERGES_MAX] = merge;
    for (int to = 0; to < OBJECTS_MAX; to++)
        if (portal->directions[object][to] != NULL)
            merge_links(portal, portal->directions[object][to], kept, gone);
}

uint64_t portal_resolve(const struct portal *portal, int object, uint64_t id)
{
    for (size_t i = 0; i < portal->merges_count && i < MERGES_MAX; i++)
        if (portal->merges[i].object == object && portal->merges[i].gone == id)
            id = portal->merges[i].kept; /* merges stand in their order: chains are followed */
    return id;
}

size_t portal_count_type(const struct direction *direction, uint64_t from, int bit)
{
    const struct links *links = direction_links(direction, from);
    size_t count = 0;
    for (size_t i = 0; links != NULL && i < links->count; i++)
        count += (links->items[i].types & BIT(bit)) != 0;
    return count;
}

const struct links *portal_visible_links(const struct portal *portal,
    const struct direction *direction, uint64_t from, struct links *scratch)
{
    const struct links *links = direction_links(direction, from);
    if (portal->hidden_count == 0 || links == NULL)
        return links;
    scratch->count = 0;
    const uint32_t *state = idmap_find(&portal->records[direction->from], from);
    if (state != NULL && *state > RECORD_LIVE)
        return scratch;
    for (size_t i = 0; i < links->count; i++) {
        state = idmap_find(&portal->records[direction->to], links->items[i].to);
        if (state != NULL && *state > RECORD_LIVE)
            continue;
        mem_grow(&scratch->items, &scratch->room, scratch->count + 1, sizeof *scratch->items);
        scratch->items[scratch->count++] = links->items[i];
    }
    return scratch;
}
