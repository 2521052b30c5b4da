/*
 * direction.h: the associations of one ordered pair of object types, and the association types that
 * may be used there. A type is a bit: its place in `kinds`. Every link stands twice, here and in
 * the mirror direction; portal.c keeps the two equal, this file only stores. Knows no rules.
 */
#ifndef SANDBOX_DIRECTION_H
#define SANDBOX_DIRECTION_H

#include "sandbox/idmap.h"

enum { KINDS_MAX = 64 };

enum category { HUBSPOT_DEFINED, USER_DEFINED, INTEGRATOR_DEFINED, WORK, CATEGORY_COUNT };

struct kind {
    enum category category;
    uint32_t id; /* association type id */
    char *name; /* v3's name */
    char *label; /* NULL: none */
    int mirror; /* bit in the mirror direction, -1: none */
    bool plain; /* the unlabeled type, which every linked pair has */
    bool primary;
    bool single; /* a from-record can have one only: a second one takes its place */
    bool gone; /* the label was deleted; the bit is not used again */
    uint32_t max_to; /* configured maximum of links per from-record, 0: none */
};

struct link {
    uint64_t to;
    uint64_t types; /* bits, never 0 */
};

struct links {
    struct link *items; /* by ascending to */
    size_t count;
    size_t room;
};

struct direction {
    int from, to; /* object types */
    struct direction *mirror; /* itself for two equal object types */
    struct kind kinds[KINDS_MAX];
    int kinds_count;
    int order[KINDS_MAX]; /* the bits by (category, id) */
    int plain, primary; /* bits, -1: none */
    struct idmap at; /* from id -> 1 + place in records, 0: none */
    struct links *records;
    size_t count, room;
};

/* An empty direction without types, to be freed by direction_close(). */
struct direction *direction_open(int from, int to);
void direction_close(struct direction *direction);

/* Adds a type (name and label are copied) and returns its bit; -1 when all bits are taken. */
int direction_add_kind(struct direction *direction, const struct kind *kind);

/* Gives a type another v3 name. */
void direction_rename(struct direction *direction, int bit, const char *name);

/* The bit of a type that is not gone, -1 if there is none. */
int direction_kind_by_id(const struct direction *, enum category category, uint32_t id);
int direction_kind_by_name(const struct direction *, const char *name);

/* All links of a from-record, NULL if it never had one. Valid until the next direction_at(). */
struct links *direction_links(const struct direction *, uint64_t from);

/* One link, NULL if there is none. Valid until the next change. */
struct link *direction_find(const struct direction *, uint64_t from, uint64_t to);

/* One link, made without types (which the caller adds) if there is none. */
struct link *direction_at(struct direction *, uint64_t from, uint64_t to);

/* Removes a link that has no type left. */
void direction_drop(struct direction *, uint64_t from, uint64_t to);

const char *category_text(enum category category);

/* False when text is none of the categories. */
bool category_parse(const char *text, enum category *category);

#endif
