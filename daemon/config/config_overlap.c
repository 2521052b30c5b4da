/*
 * config_overlap.c: no association has two masters that undo each other's work. A type named twice
 * in one sync, or by two syncs of one account and pair of object types (in either direction: the
 * two are one association), would be created by one and archived by the other. An archived plain
 * link takes its primary mark along. Every spelling of a type of HubSpot's own counts; of the
 * account's labels only what is written is known here, and of accounts their ids, where the file
 * has them: journal/overlap.h knows more.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/association_types.h"
#include "model/object_type.h"
#include "config/config.h"
#include "config/config_key.h"
#include "config/problem.h"

/* One type of one sync. What is the same association has the same key. */
struct claim {
    char *key;
    size_t object; /* the sync, in the order of the file */
    size_t type;
};

static const char *object_of(const char *name)
{
    const char *id = object_type_id(name, NULL);
    return id != NULL ? id : name;
}

/* a_to_b and b_to_a are one, and with _unlabeled at their end the plain type. */
static void add_name(const char *name, struct buf *key)
{
    const char *to = strstr(name, "_to_"), *end = strstr(name, "_unlabeled");
    size_t first = to != NULL ? (size_t)(to - name) : 0;
    if (to == NULL)
        buf_addf(key, "\"%s\"", name);
    else if (end != NULL && end[10] == '\0')
        buf_add_text(key, "plain");
    else if (strcmp(name, to + 4) < 0)
        buf_addf(key, "%.*s_to_%s", (int)first, name, to + 4);
    else
        buf_addf(key, "%s_to_%.*s", to + 4, (int)first, name);
}

static void add_own(const struct association_type *row, struct buf *key)
{
    const struct association_type *inverse = association_type_inverse(row);
    if (row->kind == TYPE_PLAIN)
        buf_add_text(key, "plain");
    else if (row->kind == TYPE_PRIMARY)
        buf_add_text(key, "primary");
    else
        buf_addf(key, "own:%d",
            inverse != NULL && inverse->type_id < row->type_id ? inverse->type_id : row->type_id);
}

char *config_overlap_key(const char *from, const char *to, const struct type_want *want)
{
    CLEANUP(buf_clear) struct buf key = {0};
    const struct association_type *own = association_type_meant(from, to, want);
    int order = strcmp(from, to);
    buf_addf(&key, "%s %s ", order < 0 ? from : to, order < 0 ? to : from);
    if (own != NULL)
        add_own(own, &key);
    else if (want->kind == TYPE_WANT_ID) /* the other direction has ids of its own */
        buf_addf(&key, "%s:%u%s", want->category, want->type_id, order > 0 ? " back" : "");
    else if (want->kind == TYPE_WANT_TEXT)
        add_name(want->text, &key);
    else
        buf_add_text(&key, want->kind == TYPE_WANT_PLAIN ? "plain" : "primary");
    return mem_text(buf_text(&key));
}

bool config_overlap_is_refused(
    enum meeting meeting, const struct sync_definition *first, const struct sync_definition *second)
{
    bool create = first->policy == POLICY_CREATE_ONLY && second->policy == POLICY_CREATE_ONLY;
    bool restore = first->on_drift == DRIFT_RESTORE && second->on_drift == DRIFT_RESTORE;
    if (meeting == MEETING_MARK)
        return restore && second->policy == POLICY_MIRROR;
    if (meeting == MEETING_SAME_ONCE)
        return restore || !create;
    return meeting != MEETING_NONE && !create;
}

/* The account as far as the file tells it, and what is one association there. */
static char *claim_key(const struct sync_definition *sync, const struct type_want *want)
{
    CLEANUP(buf_clear) struct buf key = {0};
    char *association = config_overlap_key(object_of(sync->from), object_of(sync->to), want);
    if (sync->portal->portal_id != 0)
        buf_addf(&key, "%llu", (unsigned long long)sync->portal->portal_id);
    else
        buf_add_text(&key, sync->portal->name);
    buf_addf(&key, " %s", association);
    free(association);
    return mem_text(buf_text(&key));
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

/* By key; of one key in the order of the file. */
static int by_key(const void *a, const void *b)
{
    const struct claim *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    if (order != 0)
        return order;
    if (left->object != right->object)
        return left->object < right->object ? -1 : 1;
    return left->type < right->type ? -1 : left->type > right->type;
}

/* A claim and the first one of its key that it cannot stand beside; the later one gets the blame.
 */
struct conflict {
    const struct claim *later;
    const struct claim *first;
};

/* In the order of the file. */
static int by_place(const void *a, const void *b)
{
    const struct conflict *left = a, *right = b;
    if (left->later->object != right->later->object)
        return left->later->object < right->later->object ? -1 : 1;
    return left->later->type < right->later->type ? -1 : left->later->type > right->later->type;
}

static void report(struct loader *loader, const struct conflict *conflict)
{
    const struct config_object *object = &loader->objects[conflict->later->object];
    const struct config_object *first = &loader->objects[conflict->first->object];
    CLEANUP(buf_clear) struct buf text = {0};
    add_type(loader, object, conflict->later->type, &text);
    if (object == first)
        config_rule(loader, object, "types", "names %s twice", buf_text(&text));
    else
        config_rule(loader, object, "types",
            "%s between %s and %s is managed by sync \"%s\" already, expected one sync for it",
            buf_text(&text), config_written(loader, object, "from"),
            config_written(loader, object, "to"), first->name);
}

/* Can a record have what the claim is about only once? Of HubSpot's own only. */
static bool is_once(const struct loader *loader, const struct claim *claim)
{
    const struct sync_definition *sync = loader->objects[claim->object].target;
    const struct type_want *want = &sync->types[claim->type];
    const struct association_type *own =
        association_type_meant(object_of(sync->from), object_of(sync->to), want);
    return own != NULL ? type_is_once(own->kind, "HUBSPOT_DEFINED", own->type_id)
                       : want->kind == TYPE_WANT_PRIMARY;
}

/* Two claims of one key. */
static bool is_conflict(const struct loader *loader, const struct claim *a, const struct claim *b)
{
    return a->object == b->object ||
        config_overlap_is_refused(is_once(loader, a) ? MEETING_SAME_ONCE : MEETING_SAME,
            loader->objects[a->object].target, loader->objects[b->object].target);
}

/* Of each sync the first conflict with any other, and the first with itself. */
static void report_all(struct loader *loader, const struct claim *claims, size_t count)
{
    struct conflict *conflicts = NULL;
    size_t found = 0, room = 0, first = 0;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(claims[i].key, claims[first].key) != 0)
            first = i;
        size_t other = first;
        while (other < i && !is_conflict(loader, &claims[other], &claims[i]))
            other++;
        if (other == i)
            continue;
        mem_grow(&conflicts, &room, found + 1, sizeof *conflicts);
        conflicts[found++] = (struct conflict){.later = &claims[i], .first = &claims[other]};
    }
    if (found > 0)
        qsort(conflicts, found, sizeof *conflicts, by_place);
    for (size_t i = 0; i < found; i++)
        if (i == 0 || conflicts[i - 1].later->object != conflicts[i].later->object ||
            conflicts[i - 1].first->object != conflicts[i].first->object)
            report(loader, &conflicts[i]);
    free(conflicts);
}

/* A key without its type: account and object types. */
static size_t scope_length(const char *key)
{
    return (size_t)(strrchr(key, ' ') - key) + 1;
}

static void report_mark(
    struct loader *loader, const struct claim *mark, const struct config_object *plain)
{
    const struct config_object *object = &loader->objects[mark->object];
    CLEANUP(buf_clear) struct buf text = {0};
    add_type(loader, object, mark->type, &text);
    config_rule(loader, object, "types",
        "%s between %s and %s goes with the plain links that sync \"%s\" archives (policy mirror): "
        "one would undo the other's work for ever; expected both types in one sync, or policy "
        "mirror_owned or create_only for the one with plain",
        buf_text(&text), config_written(loader, object, "from"),
        config_written(loader, object, "to"), plain->name);
}

/* Primary in one sync and plain in another: of each mark the first sync that takes it. */
static void report_marks(struct loader *loader, const struct claim *claims, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t scope = scope_length(claims[i].key);
        if (strcmp(claims[i].key + scope, "primary") != 0)
            continue;
        /* "plain" stands before "primary", and few types of one scope between them. */
        for (size_t k = i; k-- > 0 && strncmp(claims[k].key, claims[i].key, scope) == 0;) {
            const struct config_object *plain = &loader->objects[claims[k].object];
            if (strcmp(claims[k].key + scope, "plain") != 0 ||
                claims[k].object == claims[i].object ||
                !config_overlap_is_refused(
                    MEETING_MARK, loader->objects[claims[i].object].target, plain->target))
                continue;
            report_mark(loader, &claims[i], plain);
            break;
        }
    }
}

void config_check_overlap(struct loader *loader)
{
    struct claim *claims = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; i < loader->objects_count; i++) {
        const struct config_object *object = &loader->objects[i];
        const struct sync_definition *sync = object->target;
        for (size_t j = 0; object->scope == KEY_OF_SYNC && j < sync->types_count; j++) {
            mem_grow(&claims, &room, count + 1, sizeof *claims);
            claims[count++] =
                (struct claim){.key = claim_key(sync, &sync->types[j]), .object = i, .type = j};
        }
    }
    if (count > 0)
        qsort(claims, count, sizeof *claims, by_key);
    report_all(loader, claims, count);
    report_marks(loader, claims, count);
    for (size_t i = 0; i < count; i++)
        free(claims[i].key);
    free(claims);
}
