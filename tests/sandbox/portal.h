/*
 * portal.h: one HubSpot account: object types, association types, records, associations, and the
 * rules HubSpot applies to them (both directions kept, the plain type added by itself, one primary
 * only, removing the plain type removes all). Knows nothing of HTTP or JSON. Every real change is
 * told to the caller, which is what the sandbox's log is made of.
 */
#ifndef SANDBOX_PORTAL_H
#define SANDBOX_PORTAL_H

#include "base/random.h"
#include "sandbox/direction.h"
#include "sandbox/object.h"
#include "sandbox/record.h"
#include "sandbox/settings.h"

enum { MERGES_MAX = 1024 };
enum { RECORD_UNKNOWN, RECORD_LIVE, RECORD_DELETED, RECORD_MERGED };

struct portal {
    struct settings settings;
    struct object_list objects;
    struct direction *directions[OBJECTS_MAX][OBJECTS_MAX];
    struct idmap records[OBJECTS_MAX]; /* id -> RECORD_… */
    struct merge {
        int object;
        uint64_t kept, gone;
        int64_t at_ms;
    } merges[MERGES_MAX]; /* the last ones */
    size_t merges_count;
    size_t hidden_count; /* records deleted or merged: reading must look out for them */
    struct record_list contents[OBJECTS_MAX]; /* what records hold */
    struct sorted_ids {
        uint64_t *items; /* all ids there ever were, ascending */
        size_t count;
    } ids[OBJECTS_MAX];
    struct counted {
        size_t count;
        int64_t until_ms; /* told until then */
    } counted[OBJECTS_MAX];
    int64_t now_ms; /* wall time of what is being done */
    uint32_t next_label_id;
    struct random random;
};

/* One type of one link that came ('+') or went ('-'). */
struct change {
    const struct direction *direction;
    uint64_t from, to;
    int bit;
    char sign;
};

struct changes {
    struct change *items;
    size_t count, room;
};

void changes_clear(struct changes *changes);

/* An account with HubSpot's own types and no records; settings are kept as they are. */
void portal_init(struct portal *portal);
void portal_clear(struct portal *portal);

/* The direction between two object types, made without types if there is none. */
struct direction *portal_direction(struct portal *portal, int from, int to);

/* Adds a type in both directions. kind->mirror is ignored; mirror is NULL for a type that the other
 * direction does not show. Returns the bit, -1 when there is no room. */
int portal_add_kind(struct direction *, const struct kind *kind, const struct kind *mirror);

/* Makes a custom label called name in both directions with fresh ids, and the plain type of a pair
 * that has none. inverse may be NULL: the same text on both sides. Returns the bit or -1. */
int portal_add_label(
    struct portal *, struct direction *, const char *name, const char *label, const char *inverse);

/* Changes the text of a label; inverse NULL: the same text on both sides. */
void portal_rename(struct direction *, int bit, const char *label, const char *inverse);

/* Removes a type in both directions, and from all links. */
void portal_delete_kind(struct direction *, int bit);

/* Custom labels of a pair of object types; a paired label counts once, the plain type not. */
int portal_count_labels(const struct direction *);

void portal_add_record(struct portal *, int object, uint64_t id);
bool portal_is_live(const struct portal *, int object, uint64_t id);
bool portal_is_deleted(const struct portal *, int object, uint64_t id);
void portal_set_record(struct portal *, int object, uint64_t id, uint32_t state);

/* Moves the links and values of `gone` to `kept` and hides `gone`. Surplus primaries are dropped.
 */
void portal_merge(struct portal *, int object, uint64_t kept, uint64_t gone);

/* The record that an id leads to in the objects API: itself, or what it was merged into. */
uint64_t portal_resolve(const struct portal *, int object, uint64_t id);

/* What records of an object type hold, with the properties that HubSpot has by itself. */
struct record_list *portal_records(struct portal *, int object);

/* All ids of an object type that there ever were, ascending. Valid until a record is added. */
const struct sorted_ids *portal_ids(struct portal *, int object);

/* How many records HubSpot says there are. */
size_t portal_count(struct portal *, int object);

/* A record as somebody sees it. */
struct sight {
    int object;
    uint64_t id;
    bool archived;
    int64_t created_ms, changed_ms;
    const struct values *values; /* NULL: none */
};

/* As it is. */
struct sight portal_sight(const struct portal *, int object, uint64_t id);

/* As the search sees it, some time later; false: not at all. */
bool portal_searched(const struct portal *, int object, uint64_t id, struct sight *sight);

/* As a batch read sees it: as it is, or with `stale_reads` like the search. */
struct sight portal_read(const struct portal *, int object, uint64_t id);

/* A property's text, stored or worked out, instead of what is in `out`; false when it is empty. */
bool portal_value(const struct portal *, const struct sight *, int property, struct buf *out);

/* Whether records may be asked for by this property. */
bool portal_is_key(const struct portal *, int object, int property);

/* The records (in `to`) of this state that have the key, by an additional address too. */
struct key {
    int object, property;
    const char *text;
    uint32_t state;
};
void portal_holders(const struct portal *, const struct key *, struct links *holders);

/* To be called before somebody changes a record: dates it, and lets the search lag behind. */
void portal_touch(struct portal *, int object, uint64_t id);

/* What a merge makes of the values: empty ones are filled, addresses become additional ones. */
void portal_take_over(struct portal *, int object, uint64_t kept, uint64_t gone);

/* Links two records by the types (bits) given and by what they imply. With replace, types that are
 * neither given nor plain go. */
struct edge {
    uint64_t from, to;
    uint64_t types;
};
void portal_associate(
    struct portal *, struct direction *, const struct edge *, bool replace, struct changes *);

/* Removes the types given from a pair; all of them if the plain type is among them. types 0 means
 * the whole link. */
void portal_dissociate(struct direction *, const struct edge *, struct changes *);

/* How many links of the from-record carry the type. */
size_t portal_count_type(const struct direction *, uint64_t from, int bit);

/* The links of a record, in ascending order, without those towards records that are not live.
 * scratch is the place for the copy that needs; its items are the caller's to free. */
const struct links *portal_visible_links(
    const struct portal *, const struct direction *, uint64_t from, struct links *scratch);

#endif
