/*
 * types.h: the association types of one direction of one pair of object types, as a small table
 * that gives every type an index. A type's key is (category, type_id): ids collide between
 * categories (hubspot-api 1.3). Below `hubspot/` and above it nobody handles type names; indexes
 * are enough.
 */
#ifndef MODEL_TYPES_H
#define MODEL_TYPES_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"

enum type_kind {
    TYPE_LABEL, /* a label, HubSpot's or the account's own */
    TYPE_PLAIN, /* the unlabelled link, present on every linked pair */
    TYPE_PRIMARY, /* HubSpot's "primary" type */
};

/* HubSpot's own, between companies. */
enum { TYPE_PARENT_TO_CHILD = 13, TYPE_CHILD_TO_PARENT = 14 };

enum { TYPES_MAX = 1024 }; /* HubSpot allows an account some hundred for two object types */
#define TYPE_NONE UINT32_MAX

struct type {
    char *category; /* "HUBSPOT_DEFINED", "USER_DEFINED", … */
    uint32_t type_id;
    char *name; /* the v3 name, as the account or HubSpot's documentation has it; NULL if unknown */
    char *also; /* the name our table has for it: understood, never told; NULL if it has none */
    char *label; /* the label text; NULL for the plain type, or if unknown */
    enum type_kind kind;
    bool managed; /* named by the sync: the diff may create and archive it */
};

struct types {
    struct type *items;
    uint32_t count;
    size_t room;
};

/* Is it a type that one of its two records can have only once: the primary mark, the parent of a
 * company? */
bool type_is_once(enum type_kind kind, const char *category, uint32_t type_id);

void types_clear(struct types *types);

/* The index of (category, type_id), or TYPE_NONE. */
uint32_t types_find(const struct types *types, const char *category, uint32_t type_id);

/* The index of the type with this v3 name (exact), or TYPE_NONE. */
uint32_t types_find_name(const struct types *types, const char *name);

/* Do two types have one name? Both directions of a label between records of one object type do. */
bool types_share_names(const struct types *types);

/* Adds a type (texts are copied) and returns its index; the index of an equal key if there is one,
 * with name and label filled in where they were unknown. TYPE_NONE when the table is full. */
uint32_t types_add(struct types *types, const struct type *type);

/* How the type is written for people: its name, else its label, else CATEGORY:id. Borrowed from
 * types or from `space`. */
const char *types_text(const struct types *types, uint32_t index, char space[static 64]);

/* What a configuration (or a cell of a type column) may say about a type. */
enum type_want_kind { TYPE_WANT_TEXT, TYPE_WANT_PLAIN, TYPE_WANT_PRIMARY, TYPE_WANT_ID };
struct type_want {
    enum type_want_kind kind;
    char *text; /* TYPE_WANT_TEXT: a v3 name or a label text; else NULL */
    char *category; /* TYPE_WANT_ID */
    uint32_t type_id;
};

/* Finds the one type that `want` means: v3 name, `CATEGORY:id`, label text (exact, then ignoring
 * case), plain, primary. Nothing found or several found is an error of the given kind that names
 * the near matches. */
MUST_CHECK bool types_resolve(const struct types *types, const struct type_want *want,
    uint32_t *index, enum error_kind kind, struct error *err);

/* The same for a text out of a type column ("plain", "primary" and `CATEGORY:id` are understood);
 * TYPE_NONE if there is no such type or more than one. No error text: cells are counted, and
 * the caller asks types_nearest for the message. */
uint32_t types_match_text(const struct types *types, const char *text);

/* The known name or label nearest to text, for "did you mean"; NULL if none is near. */
const char *types_nearest(const struct types *types, const char *text);

#endif
