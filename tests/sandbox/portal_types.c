/*
 * portal_types.c: which association types an account has: HubSpot's own from default_types.c, and
 * custom labels.
 */
#include "sandbox/portal.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/default_types.h"

static int object_of(const struct portal *portal, uint16_t number)
{
    char id[16];
    (void)snprintf(id, sizeof id, "0-%u", number);
    return object_find(&portal->objects, id, 0);
}

static bool has_primary(const struct default_type *row)
{
    for (size_t i = 0; i < default_types_count; i++) {
        const struct default_type *other = &default_types[i];
        if (other->from == row->from && other->to == row->to && other->kind == 'p')
            return true;
    }
    return false;
}

/* v3's name: the short one is the primary type where there is one. */
static void name_default(
    const struct portal *portal, const struct default_type *row, char name[160])
{
    const char *from = portal->objects.items[object_of(portal, row->from)].singular;
    const char *to = portal->objects.items[object_of(portal, row->to)].singular;
    const char *tail = "";
    if (row->kind == 'u' && has_primary(row))
        tail = "_unlabeled";
    if (row->kind == 'b')
        tail = "_billing";
    if (row->kind == 's')
        tail = "_signer";
    if (row->kind == 'a')
        tail = "_abandoned";
    if (row->kind == 'n')
        tail = "_upcoming";
    (void)snprintf(name, 160, "%s_to_%s%s", from, to, tail);
    if (row->kind == 'd')
        (void)snprintf(name, 160, "parent_to_child_company");
    if (row->kind == 'c')
        (void)snprintf(name, 160, "child_to_parent_company");
}

static const char *label_default(char kind)
{
    static const struct {
        char kind;
        const char *label;
    } labels[] = {
        {'p', "Primary"},
        {'b', "Billing contact"},
        {'s', "Contact signer"},
        {'a', "Abandoned cart"},
        {'n', "Upcoming line item"},
        {'d', "Child Company"},
        {'c', "Parent Company"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(labels); i++)
        if (labels[i].kind == kind)
            return labels[i].label;
    return NULL;
}

/* One primary company per record, one of each kind per lead, one parent per company. */
static bool is_single(const struct portal *portal, const struct default_type *row)
{
    const char *from = portal->objects.items[object_of(portal, row->from)].singular;
    if (row->kind == 'c')
        return true;
    return row->kind == 'p' && (row->to == 2 || strcmp(from, "lead") == 0);
}

static void add_default(struct portal *portal, const struct default_type *row)
{
    char name[160];
    name_default(portal, row, name);
    struct kind kind = {
        .category = HUBSPOT_DEFINED,
        .id = row->id,
        .name = name,
        .label = (char *)(uintptr_t)label_default(row->kind),
        .mirror = -1,
        .plain = row->kind == 'u',
        .primary = row->kind == 'p',
        .single = is_single(portal, row),
    };
    struct direction *direction =
        portal_direction(portal, object_of(portal, row->from), object_of(portal, row->to));
    (void)direction_add_kind(direction, &kind);
}

void portal_init(struct portal *portal)
{
    object_init(&portal->objects);
    random_init(&portal->random, 1);
    portal->next_label_id = (uint32_t)portal->settings.values[SET_FIRST_LABEL_ID];
    for (size_t i = 0; i < default_types_count; i++)
        add_default(portal, &default_types[i]);
    for (size_t i = 0; i < default_types_count; i++) {
        const struct default_type *row = &default_types[i];
        struct direction *direction =
            portal_direction(portal, object_of(portal, row->from), object_of(portal, row->to));
        int bit = direction_kind_by_id(direction, HUBSPOT_DEFINED, row->id);
        direction->kinds[bit].mirror = row->mirror == 0
            ? -1
            : direction_kind_by_id(direction->mirror, HUBSPOT_DEFINED, row->mirror);
    }
}

struct direction *portal_direction(struct portal *portal, int from, int to)
{
    struct direction **place = &portal->directions[from][to];
    if (*place != NULL)
        return *place;
    *place = direction_open(from, to);
    struct direction **mirror = &portal->directions[to][from];
    if (*mirror == NULL)
        *mirror = direction_open(to, from);
    (*place)->mirror = *mirror;
    (*mirror)->mirror = *place;
    return *place;
}

int portal_add_kind(struct direction *direction, const struct kind *kind, const struct kind *mirror)
{
    int bit = direction_add_kind(direction, kind);
    if (bit < 0)
        return -1;
    direction->kinds[bit].mirror = -1;
    if (mirror == NULL)
        return bit;
    bool same = direction->mirror == direction && kind->category == mirror->category &&
        kind->id == mirror->id;
    int other = same ? bit : direction_add_kind(direction->mirror, mirror);
    if (other >= 0)
        direction->mirror->kinds[other].mirror = bit;
    direction->kinds[bit].mirror = other;
    return bit;
}

static bool id_is_used(const struct direction *direction, uint32_t id)
{
    return direction_kind_by_id(direction, USER_DEFINED, id) >= 0 ||
        direction_kind_by_id(direction->mirror, USER_DEFINED, id) >= 0;
}

static uint32_t fresh_id(struct portal *portal, const struct direction *direction)
{
    while (id_is_used(direction, portal->next_label_id))
        portal->next_label_id++;
    return portal->next_label_id++;
}

static void add_plain(struct portal *portal, struct direction *direction)
{
    char name[160];
    char back[160];
    const char *from = portal->objects.items[direction->from].singular;
    const char *to = portal->objects.items[direction->to].singular;
    (void)snprintf(name, sizeof name, "%s_to_%s", from, to);
    (void)snprintf(back, sizeof back, "%s_to_%s", to, from);
    struct kind kind = {.category = USER_DEFINED, .plain = true, .name = name};
    struct kind mirror = {.category = USER_DEFINED, .plain = true, .name = back};
    kind.id = fresh_id(portal, direction);
    mirror.id = direction->mirror == direction ? kind.id : fresh_id(portal, direction);
    (void)portal_add_kind(direction, &kind, &mirror);
}

int portal_add_label(struct portal *portal, struct direction *direction, const char *name,
    const char *label, const char *inverse)
{
    if (direction->plain < 0)
        add_plain(portal, direction);
    struct kind kind = {.category = USER_DEFINED, .name = mem_text(name), .label = mem_text(label)};
    struct kind mirror = kind;
    mirror.label = mem_text(inverse != NULL ? inverse : label);
    kind.id = fresh_id(portal, direction);
    /* one label with one text between equal objects is one type, shown on both sides */
    bool symmetric = direction->mirror == direction && strcmp(kind.label, mirror.label) == 0;
    mirror.id = symmetric ? kind.id : fresh_id(portal, direction);
    int bit = portal_add_kind(direction, &kind, &mirror);
    free(kind.name);
    free(kind.label);
    free(mirror.label);
    return bit;
}

static void forget(struct direction *direction, int bit)
{
    direction->kinds[bit].gone = true;
    if (direction->plain == bit)
        direction->plain = -1;
    for (size_t i = 0; i < direction->count; i++) {
        struct links *links = &direction->records[i];
        size_t kept = 0;
        for (size_t k = 0; k < links->count; k++) {
            links->items[k].types &= ~(UINT64_C(1) << bit);
            if (links->items[k].types != 0)
                links->items[kept++] = links->items[k];
        }
        links->count = kept;
    }
}

void portal_delete_kind(struct direction *direction, int bit)
{
    int mirror = direction->kinds[bit].mirror;
    forget(direction, bit);
    if (mirror >= 0)
        forget(direction->mirror, mirror);
}

int portal_count_labels(const struct direction *direction)
{
    int count = 0;
    for (int i = 0; i < direction->kinds_count; i++) {
        const struct kind *kind = &direction->kinds[i];
        if (kind->category == USER_DEFINED && !kind->plain && !kind->gone)
            count++;
    }
    return count;
}

void portal_rename(struct direction *direction, int bit, const char *label, const char *inverse)
{
    int mirror = direction->kinds[bit].mirror;
    free(direction->kinds[bit].label);
    direction->kinds[bit].label = mem_text(label);
    if (mirror < 0 || &direction->mirror->kinds[mirror] == &direction->kinds[bit])
        return;
    free(direction->mirror->kinds[mirror].label);
    direction->mirror->kinds[mirror].label = mem_text(inverse != NULL ? inverse : label);
}
