/*
 * record.h: the properties of one object type's records: their definitions, the values that records
 * have, an index over all values in any spelling, and what the search still sees of a record that
 * was changed a moment ago. Only stores; portal_record.c has HubSpot's rules.
 */
#ifndef SANDBOX_RECORD_H
#define SANDBOX_RECORD_H

#include "base/buf.h"
#include "sandbox/idmap.h"

/* 2026-01-01: since when the records of a test's world exist. */
#define RECORD_SINCE_MS INT64_C(1767225600000)

enum property_type {
    PROPERTY_STRING,
    PROPERTY_NUMBER,
    PROPERTY_DATETIME,
    PROPERTY_ENUMERATION,
    PROPERTY_BOOL,
    PROPERTY_TYPES
};

/* Where a value comes from. */
enum property_origin {
    ORIGIN_STORED,
    ORIGIN_ID,
    ORIGIN_CREATED,
    ORIGIN_CHANGED,
    ORIGIN_MERGED_IDS, /* 12;34 */
    ORIGIN_MERGED_VIDS, /* 12:1767225600000;34:1767225600001 */
    ORIGIN_CONTACTS, /* how many the record has */
    ORIGIN_DEALS
};

struct property {
    char *name, *label;
    enum property_type type;
    enum property_origin origin;
    bool unique; /* hasUniqueValue */
    bool lower; /* kept in lower case */
    bool usual; /* answered when nothing is asked for */
    bool custom; /* somebody made it, not HubSpot */
};

struct value {
    int property;
    char *text;
};

struct values {
    struct value *items;
    size_t count, room;
};

struct record {
    uint64_t id;
    int64_t created_ms, changed_ms; /* wall time */
    struct values values;
    int64_t indexed_ms; /* from then on the search sees `values`, until then `old` */
    bool was_live; /* the search saw the record at all */
    struct values old;
};

/* A value stands in the chain of its hash; nothing is ever taken out: who looks up compares. */
struct index_entry {
    uint64_t hash;
    uint32_t record; /* place in items */
    uint32_t next; /* 1 + place of the next entry, 0: none */
};

struct record_list {
    struct property *properties;
    int properties_count;
    size_t properties_room;
    struct record *items;
    size_t count, room;
    struct idmap at; /* id -> 1 + place in items */
    struct index_entry *entries;
    size_t entries_count, entries_room;
    uint32_t *buckets; /* 1 + place of the first entry */
    size_t buckets_count; /* a power of two, or 0 */
};

void record_list_clear(struct record_list *list);

/* Adds a property or changes the one of that name; returns its place. Texts are copied. */
int record_define(struct record_list *, const struct property *);

/* The place of a property, -1 if there is none of that name. */
int record_property(const struct record_list *, const char *name);

/* What is stored of a record, NULL: nothing. Valid until the next record_at(). */
struct record *record_find(const struct record_list *, uint64_t id);

/* The same, made if there is nothing. */
struct record *record_at(struct record_list *, uint64_t id);

/* Stores a value, NULL or "": takes it away. */
void record_set(struct record_list *, struct record *, int property, const char *text);

/* A stored value, NULL: none. */
const char *record_text(const struct values *, int property);

/* Keeps what the search sees of the record now until `until_ms`. */
void record_lag(struct record *, bool was_live, int64_t now_ms, int64_t until_ms);

/* Walks the records that have, or had, this value or this element of a list of addresses in any
 * spelling: begins with *at 0, returns NULL behind the last. */
struct record *record_candidate(
    const struct record_list *, int property, const char *text, uint32_t *at);

/* Whether `text` is an element of "a;b;c"; exact or in any case. */
bool record_list_holds(const char *list, const char *text, bool any_case);

#endif
