/*
 * dialect.h: what HubSpot's API versions have in common and where they differ, a row each.
 */
#ifndef HUBSPOT_DIALECT_H
#define HUBSPOT_DIALECT_H

#include "base/attr.h"
#include "base/buf.h"
#include "model/definition.h"

enum wire {
    WIRE_NAMES, /* a link carries the name of its type; one input per type */
    WIRE_IDS, /* a pair carries a list of (category, id); one input per pair */
};

/* In paths, {f} and {t} stand for the object types, {c} for the call. */
struct dialect_row {
    const char *name;
    const char *supported_until;
    const char *replacement; /* the version to move to; NULL: none newer */
    enum wire wire;
    const char *batch; /* POST */
    const char *names; /* GET: type names; NULL: this version has none */
    const char *labels; /* GET: type labels; NULL likewise */
    const char *schema; /* GET: an object type, with the names of its types; NULL likewise */
    const char *records; /* POST: records of type {f} by their ids */
    const char *record; /* GET: one of them, {c} */
    const char *search; /* POST: records of type {f} that meet a filter */
    const char *property; /* GET: what is known of property {c} of type {f} */
    const char *account; /* GET: whose token is this */
};

const struct dialect_row *dialect_row(enum dialect dialect);

/* The version to go through where v3 does not tell all. */
extern const enum dialect dialect_beyond_names;

/* Writes a path of the table with its placeholders filled; call may be NULL. */
void dialect_path(
    struct buf *path, const char *pattern, const char *from, const char *to, const char *call);

#endif
