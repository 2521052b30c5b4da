/*
 * object_types.h: each object type of a sync is resolved once to its id, and from there on ids are
 * compared, kept and told: a spelling is never another object type. Nowhere else are two names
 * compared.
 */
#ifndef JOURNAL_OBJECT_TYPES_H
#define JOURNAL_OBJECT_TYPES_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "model/object_type.h"

struct client;
struct pg;
struct session;

/* Where names are resolved. */
struct object_types {
    struct client *client;
    struct pg *state;
    uint64_t portal_id;
};

/* The two ends of a sync, by their ids. */
struct object_pair {
    char from[OBJECT_TYPE_MAX], to[OBJECT_TYPE_MAX];
};

/* What a custom name means is remembered in PostgreSQL. If the token may not ask for it, the name
 * stands for itself, unless the other end is a custom object in another spelling: the two may be
 * one, and that decides what an archive takes (ERROR_DENIED). */
MUST_CHECK bool object_types_pair(const struct object_types *where,
    const struct sync_definition *sync, struct object_pair *ret_pair, struct error *err);

/* Are two names one object type, as far as the names or PostgreSQL's memory of the portal's account
 * tell? */
MUST_CHECK bool object_types_same(struct pg *state, const struct portal_definition *portal,
    const char *const names[static 2], bool *ret_same, struct error *err);

/* Fills session->from_type and session->to_type. */
MUST_CHECK bool object_types_resolve(struct session *session, struct error *err);

#endif
