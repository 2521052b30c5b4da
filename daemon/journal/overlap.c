/*
 * overlap.c: each other sync of the account -> the ids of its object types -> its types beside
 * ours. Types of the other direction are compared as the configuration writes them.
 */
#include "journal/overlap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/types.h"
#include "config/config.h"
#include "journal/session.h"

static bool same_account(const struct portal_definition *a, const struct portal_definition *b)
{
    return a == b || (a->portal_id != 0 && a->portal_id == b->portal_id);
}

static bool same_pair(const char *from, const char *to, const struct object_pair *pair)
{
    return strcmp(from, pair->from) == 0 && strcmp(to, pair->to) == 0;
}

/* Does the sync manage what another one, of these object types, calls `want`? */
static bool is_ours(const struct overlap *overlap, const struct sync_definition *other,
    const struct object_pair *pair, const struct type_want *want)
{
    const struct object_pair *ours = overlap->pair;
    struct error ignored;
    uint32_t index;
    if (same_pair(ours->from, ours->to, pair) &&
        types_resolve(overlap->types, want, &index, ERROR_CONFIG, &ignored) &&
        overlap->types->items[index].managed)
        return true;
    char *theirs = config_overlap_key(other, pair->from, pair->to, want);
    bool found = false;
    for (size_t i = 0; i < overlap->sync->types_count && !found; i++) {
        char *key =
            config_overlap_key(overlap->sync, ours->from, ours->to, &overlap->sync->types[i]);
        found = strcmp(key, theirs) == 0;
        free(key);
    }
    free(theirs);
    return found;
}

static bool check_other(
    const struct overlap *overlap, const struct sync_definition *other, struct error *err)
{
    const struct sync_definition *sync = overlap->sync;
    struct object_pair pair;
    struct error ignored;
    if (!object_types_pair(&overlap->where, other, &pair, &ignored))
        return true;
    if (!same_pair(overlap->pair->from, overlap->pair->to, &pair) &&
        !same_pair(overlap->pair->to, overlap->pair->from, &pair))
        return true;
    for (size_t i = 0; i < other->types_count; i++)
        if (is_ours(overlap, other, &pair, &other->types[i]))
            return error_set(err, ERROR_CONFIG,
                "sync %s: an association type between %s and %s is managed by sync \"%s\", too "
                "(types[%zu], between %s and %s, which are the same object types): one would "
                "archive "
                "what the other creates; expected one sync for it",
                sync->name, sync->from, sync->to, other->name, i, other->from, other->to);
    return true;
}

bool overlap_check(const struct overlap *overlap, struct error *err)
{
    const struct definitions *definitions = overlap->definitions;
    for (size_t i = 0; definitions != NULL && i < definitions->syncs_count; i++) {
        const struct sync_definition *other = definitions->syncs[i];
        if (other != overlap->sync && same_account(other->portal, overlap->sync->portal) &&
            !check_other(overlap, other, err))
            return false;
    }
    return true;
}

bool overlap_refuse(struct run *run, struct error *err)
{
    struct object_pair pair;
    (void)snprintf(pair.from, sizeof pair.from, "%s", run->session.from_type);
    (void)snprintf(pair.to, sizeof pair.to, "%s", run->session.to_type);
    const struct overlap overlap = {.definitions = run->session.definitions,
        .sync = run->session.sync,
        .pair = &pair,
        .types = &run->session.types,
        .where = {run->session.client, run->session.state, run->session.access.portal_id}};
    return overlap_check(&overlap, err);
}
