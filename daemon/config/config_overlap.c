/*
 * config_overlap.c: no association has two masters. A type named twice in one sync, or by two
 * syncs of one account and pair of object types (in either direction: the two are one
 * association), would be created by one and archived by the other. Sees only what is written; the
 * same type under two spellings shows when names are resolved against the account.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "config/config_key.h"

/* Of syncs that all claim the same, so many are compared with each. */
enum { CLOSE_MAX = 64 };

/* hubspot-api 2.2: the same object type under its other names, in any casing. */
static const char *const object_types[][3] = {
    {"0-1", "contacts", "contact"},
    {"0-2", "companies", "company"},
    {"0-3", "deals", "deal"},
    {"0-5", "tickets", "ticket"},
    {"0-7", "products", "product"},
    {"0-8", "line_items", "line_item"},
};

static const char *object_type(const char *text)
{
    for (size_t i = 0; i < ARRAY_COUNT(object_types); i++) {
        for (size_t j = 0; j < 3; j++) {
            if (strcasecmp(object_types[i][j], text) == 0)
                return object_types[i][0];
        }
    }
    return text;
}

static bool same_object(const char *a, const char *b)
{
    return strcasecmp(object_type(a), object_type(b)) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* contact_to_company_unlabeled is the plain type under its v3 name. */
static bool is_plain(const struct type_want *want)
{
    return want->kind == TYPE_WANT_PLAIN ||
        (want->kind == TYPE_WANT_TEXT && strstr(want->text, "_to_") != NULL &&
            ends_with(want->text, "_unlabeled"));
}

/* a_to_b and b_to_a. */
static bool are_inverse_names(const char *a, const char *b)
{
    const char *to = strstr(a, "_to_");
    if (to == NULL)
        return false;
    size_t first = (size_t)(to - a);
    size_t second = strlen(to + 4);
    return strlen(b) == strlen(a) && strncmp(b, to + 4, second) == 0 &&
        strncmp(b + second, "_to_", 4) == 0 && strncmp(b + second + 4, a, first) == 0;
}

static bool same_type(const struct type_want *a, const struct type_want *b, bool same_direction)
{
    if (is_plain(a) && is_plain(b))
        return true;
    if (a->kind != b->kind)
        return false;
    if (a->kind == TYPE_WANT_ID) /* the other direction has ids of its own */
        return same_direction && a->type_id == b->type_id && strcmp(a->category, b->category) == 0;
    if (a->kind == TYPE_WANT_TEXT)
        return strcmp(a->text, b->text) == 0 ||
            (!same_direction && are_inverse_names(a->text, b->text));
    return true;
}

/* The type as the file names it. */
static void add_type(
    const struct loader *loader, const struct config_object *object, size_t index, struct buf *out)
{
    const struct sync_definition *sync = object->target;
    enum type_want_kind kind = sync->types[index].kind;
    char tail[48];
    (void)snprintf(tail, sizeof tail, "types[%zu]", index);
    const char *written = config_written(loader, object, tail);
    if (kind == TYPE_WANT_PLAIN || kind == TYPE_WANT_PRIMARY) {
        buf_add_text(out, kind == TYPE_WANT_PLAIN ? "plain" : "primary");
    } else if (kind == TYPE_WANT_TEXT) {
        buf_add_json(out, written);
    } else if (written != NULL) {
        buf_add_text(out, written);
    } else {
        (void)snprintf(tail, sizeof tail, "types[%zu].category", index);
        buf_add_text(out, config_written(loader, object, tail));
        (void)snprintf(tail, sizeof tail, "types[%zu].id", index);
        buf_addf(out, ":%s", config_written(loader, object, tail));
    }
}

static void check_duplicates(struct loader *loader, const struct config_object *object)
{
    const struct sync_definition *sync = object->target;
    for (size_t i = 0; i < sync->types_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (!same_type(&sync->types[i], &sync->types[j], true))
                continue;
            struct buf text = {0};
            add_type(loader, object, i, &text);
            config_rule(loader, object, "types", "names %s twice", buf_text(&text));
            buf_clear(&text);
            return;
        }
    }
}

static bool same_account(const struct portal_definition *a, const struct portal_definition *b)
{
    return a == b || (a->portal_id != 0 && a->portal_id == b->portal_id);
}

/* The index of a's first type that both manage; types_count if there is none. */
static size_t shared_type(const struct sync_definition *a, const struct sync_definition *b)
{
    bool same_direction = same_object(a->from, b->from) && same_object(a->to, b->to);
    bool inverse = same_object(a->from, b->to) && same_object(a->to, b->from);
    if (!same_account(a->portal, b->portal) || (!same_direction && !inverse))
        return a->types_count;
    for (size_t i = 0; i < a->types_count; i++) {
        for (size_t j = 0; j < b->types_count; j++) {
            if ((same_direction && same_type(&a->types[i], &b->types[j], true)) ||
                (inverse && same_type(&a->types[i], &b->types[j], false)))
                return i;
        }
    }
    return a->types_count;
}

static void check_pair(
    struct loader *loader, const struct config_object *first, const struct config_object *second)
{
    const struct sync_definition *sync = second->target;
    size_t shared = shared_type(sync, first->target);
    if (shared == sync->types_count)
        return;
    struct buf text = {0};
    add_type(loader, second, shared, &text);
    config_rule(loader, second, "types",
        "%s between %s and %s is managed by sync \"%s\" already, expected one sync for it",
        buf_text(&text), config_written(loader, second, "from"),
        config_written(loader, second, "to"), first->name);
    buf_clear(&text);
}

/* A number that is the same for all spellings of what may be one type of one pair of objects. */
static uint64_t hash_text(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)tolower((unsigned char)text[i])) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_object(const char *text)
{
    const char *object = object_type(text);
    return hash_text(object, strlen(object));
}

/* Sums do not tell a_to_b from b_to_a, nor one direction from the other. */
static uint64_t hash_type(const struct sync_definition *sync, const struct type_want *want)
{
    uint64_t hash = hash_object(sync->from) + hash_object(sync->to);
    if (is_plain(want))
        return hash + 1;
    if (want->kind == TYPE_WANT_ID)
        return hash + hash_text(want->category, strlen(want->category)) + want->type_id;
    if (want->kind != TYPE_WANT_TEXT)
        return hash + 2;
    const char *at = want->text;
    for (const char *to; (to = strstr(at, "_to_")) != NULL; at = to + 4)
        hash += hash_text(at, (size_t)(to - at));
    return hash + hash_text(at, strlen(at));
}

/* One type of one sync, by its hash. */
struct claim {
    uint64_t hash;
    size_t object;
};

static int by_hash(const void *a, const void *b)
{
    const struct claim *left = a, *right = b;
    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return left->object < right->object ? -1 : left->object > right->object;
}

/* Two syncs that may share a type; the later one gets the blame. */
struct suspicion {
    size_t later;
    size_t earlier;
};

static int by_order(const void *a, const void *b)
{
    const struct suspicion *left = a, *right = b;
    if (left->later != right->later)
        return left->later < right->later ? -1 : 1;
    return left->earlier < right->earlier ? -1 : left->earlier > right->earlier;
}

/* Looks closer at what has the same hash, in the order of the file. With ten thousand syncs,
 * comparing each with each would take minutes. */
static void check_claims(struct loader *loader, const struct claim *claims, size_t count)
{
    struct suspicion *pairs = NULL;
    size_t pairs_count = 0, room = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i; j > 0 && i - j < CLOSE_MAX && claims[j - 1].hash == claims[i].hash;
             j--) {
            mem_grow(&pairs, &room, pairs_count + 1, sizeof *pairs);
            pairs[pairs_count++] =
                (struct suspicion){.later = claims[i].object, .earlier = claims[j - 1].object};
        }
    }
    if (pairs_count > 0)
        qsort(pairs, pairs_count, sizeof *pairs, by_order);
    for (size_t i = 0; i < pairs_count; i++) {
        bool seen = i > 0 && by_order(&pairs[i - 1], &pairs[i]) == 0;
        if (!seen && pairs[i].earlier != pairs[i].later)
            check_pair(
                loader, &loader->objects[pairs[i].earlier], &loader->objects[pairs[i].later]);
    }
    free(pairs);
}

void config_check_overlap(struct loader *loader)
{
    struct claim *claims = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; i < loader->objects_count; i++) {
        const struct config_object *object = &loader->objects[i];
        const struct sync_definition *sync = object->target;
        if (object->scope != KEY_OF_SYNC)
            continue;
        check_duplicates(loader, object);
        for (size_t j = 0; j < sync->types_count; j++) {
            mem_grow(&claims, &room, count + 1, sizeof *claims);
            claims[count++] = (struct claim){.hash = hash_type(sync, &sync->types[j]), .object = i};
        }
    }
    if (count > 0)
        qsort(claims, count, sizeof *claims, by_hash);
    check_claims(loader, claims, count);
    free(claims);
}
