/*
 * overlap.c: each other sync of the account -> the ids of its object types -> its types beside
 * ours: in the same list, or in that of the other direction.
 */
#include "journal/overlap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/association_types.h"
#include "model/object_type.h"
#include "model/reciprocal.h"
#include "model/types.h"
#include "config/config.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "journal/account_types.h"
#include "journal/known_reciprocals.h"
#include "journal/session.h"

/* Is another portal of the file the same account, by the file's word or, where that is silent, by
 * HubSpot's answer to the portal's last run? */
static bool same_account(const struct overlap *overlap, const struct portal_definition *portal,
    bool *ret_same, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    *ret_same = portal == overlap->sync->portal || portal->portal_id == overlap->where.portal_id;
    if (*ret_same || portal->portal_id != 0)
        return true;
    pg_arg_text(&args, portal->name);
    if (!pg_run(overlap->where.state, STATEMENT_PORTAL_GET, &args, &rows, err))
        return false;
    *ret_same = rows.count > 0 && (uint64_t)pg_rows_int(&rows, 0, 0) == overlap->where.portal_id;
    return true;
}

static bool same_pair(const char *from, const char *to, const struct object_pair *pair)
{
    return strcmp(from, pair->from) == 0 && strcmp(to, pair->to) == 0;
}

/* Another sync between the same object types. */
struct neighbour {
    const struct sync_definition *sync;
    struct object_pair pair;
    bool turned; /* it goes the other way, between two object types */
    const struct types *types; /* of its direction: ours, or the account's other list */
};

static bool is_own(const struct type *type)
{
    return strcmp(type->category, "HUBSPOT_DEFINED") == 0;
}

/* Is a type of ours what one of the other direction's list is? Of HubSpot's own the table tells;
 * the two directions of an account's label share its name (hubspot-api 1.3). */
static bool is_other_side(
    const struct object_pair *ours, const struct type *a, const struct type *b)
{
    if (a->kind != TYPE_LABEL || b->kind != TYPE_LABEL)
        return a->kind == b->kind;
    if (is_own(a) != is_own(b))
        return false;
    if (!is_own(a))
        return a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0;
    const struct association_type *row = association_type_find(ours->from, ours->to, a->type_id);
    const struct association_type *other = row != NULL ? association_type_inverse(row) : NULL;
    return other != NULL && other->type_id == b->type_id;
}

static bool is_same(
    const struct overlap *overlap, uint32_t index, const struct neighbour *other, uint32_t theirs)
{
    if (other->turned)
        return is_other_side(
            overlap->pair, &overlap->types->items[index], &other->types->items[theirs]);
    return index == theirs ||
        (overlap->reciprocals != NULL && reciprocal_of(overlap->reciprocals, index) == theirs);
}

/* Two labels of the account that may be the two sides of one, because HubSpot has not told their
 * names and, within one object type, no link that was read has told it. */
static bool may_be_same(
    const struct overlap *overlap, uint32_t index, const struct neighbour *other, uint32_t theirs)
{
    const struct type *a = &overlap->types->items[index], *b = &other->types->items[theirs];
    if (a->kind != TYPE_LABEL || b->kind != TYPE_LABEL || is_own(a) || is_own(b) ||
        (a->name != NULL && b->name != NULL))
        return false;
    return other->turned ||
        (overlap->reciprocals != NULL && reciprocal_of(overlap->reciprocals, index) == TYPE_NONE &&
            reciprocal_of(overlap->reciprocals, theirs) == TYPE_NONE);
}

/* theirs: TYPE_NONE: the account does not list it. */
static enum meeting meet(
    const struct overlap *overlap, uint32_t index, const struct neighbour *other, uint32_t theirs)
{
    if (theirs == TYPE_NONE)
        return MEETING_NONE;
    enum type_kind a = overlap->types->items[index].kind, b = other->types->items[theirs].kind;
    if (is_same(overlap, index, other, theirs))
        return MEETING_SAME;
    if ((a == TYPE_PRIMARY && b == TYPE_PLAIN) || (a == TYPE_PLAIN && b == TYPE_PRIMARY))
        return MEETING_MARK;
    return may_be_same(overlap, index, other, theirs) ? MEETING_UNKNOWN : MEETING_NONE;
}

/* Would the two syncs undo each other's work? */
static bool is_refused(const struct overlap *overlap, uint32_t index, const struct neighbour *other,
    enum meeting meeting)
{
    const struct type *type = &overlap->types->items[index];
    bool turned = meeting == MEETING_MARK && type->kind == TYPE_PLAIN;
    if (meeting == MEETING_SAME && type_is_once(type->kind, type->category, type->type_id))
        meeting = MEETING_SAME_ONCE;
    return config_overlap_is_refused(
        meeting, turned ? other->sync : overlap->sync, turned ? overlap->sync : other->sync);
}

/* Are two types written so that they are certainly one, whatever the account says? */
static bool same_key(const struct overlap *overlap, const struct neighbour *other,
    const struct type_want *ours, const struct type_want *want)
{
    char *a = config_overlap_key(overlap->pair->from, overlap->pair->to, ours);
    char *b = config_overlap_key(other->pair.from, other->pair.to, want);
    bool same = strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

/* The other sync and, if it is another one, its portal. */
static void add_other(
    const struct overlap *overlap, const struct sync_definition *other, struct buf *text)
{
    buf_addf(text, "sync \"%s\"", other->name);
    if (other->portal != overlap->sync->portal)
        buf_addf(text, " of portal \"%s\", which is the same account (%llu) as portal \"%s\"",
            other->portal->name, (unsigned long long)overlap->where.portal_id,
            overlap->sync->portal->name);
}

static bool refuse(const struct overlap *overlap, const struct neighbour *other,
    const char *const texts[static 2], enum meeting meeting, struct error *err)
{
    const struct sync_definition *sync = overlap->sync, *their = other->sync;
    CLEANUP(buf_clear) struct buf text = {0};
    add_other(overlap, their, &text);
    const char *them = buf_text(&text);
    if (meeting == MEETING_MARK)
        return error_set(err, ERROR_CONFIG,
            "sync %s: type %s between %s and %s goes with type %s of %s (from %s to %s): "
            "an archived plain link takes its primary mark along, and one sync would undo the "
            "other's work for ever; expected both types in one sync, or policy mirror_owned or "
            "create_only for the one with plain",
            sync->name, texts[0], sync->from, sync->to, texts[1], them, their->from, their->to);
    if (meeting == MEETING_UNKNOWN)
        return error_set(err, ERROR_CONFIG,
            "sync %s: type %s between %s and %s may be the same label as type %s of %s "
            "(from %s to %s), seen from its other record: HubSpot has not told the labels' names, "
            "and if they are one, one sync would archive what the other creates; grant the token "
            "the scope to read schemas (crm.schemas.X.read), wait some minutes after making a "
            "label, or manage both in one sync",
            sync->name, texts[0], sync->from, sync->to, texts[1], them, their->from, their->to);
    bool create = sync->policy == POLICY_CREATE_ONLY && their->policy == POLICY_CREATE_ONLY;
    return error_set(err, ERROR_CONFIG,
        "sync %s: type %s between %s and %s is managed by %s, too (as %s, from %s to %s; "
        "it is the same association): %s; expected one sync for it",
        sync->name, texts[0], sync->from, sync->to, them, texts[1], their->from, their->to,
        create ? "a record can have it only once, and one would take what the other creates"
               : "one would archive what the other creates");
}

/* A label by its text: its two sides share the name. */
static const char *type_text(const struct types *types, uint32_t index, char space[static 64])
{
    const struct type *type = &types->items[index];
    return type->kind == TYPE_LABEL && type->label != NULL ? type->label
                                                           : types_text(types, index, space);
}

/* One type of the other sync beside all of ours. */
static bool check_type(const struct overlap *overlap, const struct neighbour *other,
    const struct type_want *want, struct error *err)
{
    struct error ignored;
    uint32_t theirs, index;
    char space[2][64];
    if (!types_resolve(other->types, want, &theirs, ERROR_CONFIG, &ignored))
        theirs = TYPE_NONE;
    for (size_t i = 0; i < overlap->sync->types_count; i++) {
        const struct type_want *ours = &overlap->sync->types[i];
        if (!types_resolve(overlap->types, ours, &index, ERROR_CONFIG, &ignored))
            continue;
        enum meeting meeting = meet(overlap, index, other, theirs);
        if ((meeting == MEETING_NONE || meeting == MEETING_UNKNOWN) &&
            same_key(overlap, other, ours, want))
            meeting = MEETING_SAME;
        const char *const texts[] = {type_text(overlap->types, index, space[0]),
            theirs != TYPE_NONE ? type_text(other->types, theirs, space[1]) : "the same type"};
        if (is_refused(overlap, index, other, meeting))
            return refuse(overlap, other, texts, meeting, err);
    }
    return true;
}

static bool check_other(
    const struct overlap *overlap, const struct sync_definition *sync, struct error *err)
{
    struct neighbour other = {.sync = sync, .types = overlap->types};
    struct types turned = {0};
    struct error ignored;
    if (!object_types_pair(&overlap->where, sync, &other.pair, &ignored))
        return true;
    other.turned = !same_pair(overlap->pair->from, overlap->pair->to, &other.pair);
    if (other.turned && !same_pair(overlap->pair->to, overlap->pair->from, &other.pair))
        return true;
    const struct account_pair pair = {overlap->sync->portal, other.pair.from, other.pair.to};
    bool ok = !other.turned ||
        account_types(overlap->where.client, overlap->where.state, &pair, &turned, err);
    if (other.turned)
        other.types = &turned;
    for (size_t i = 0; i < sync->types_count && ok; i++)
        ok = check_type(overlap, &other, &sync->types[i], err);
    types_clear(&turned);
    return ok;
}

/* All other syncs of a portal, if it is the same account. */
static bool check_portal(
    const struct overlap *overlap, const struct portal_definition *portal, struct error *err)
{
    const struct definitions *definitions = overlap->definitions;
    bool same, ok = same_account(overlap, portal, &same, err);
    for (size_t i = 0; i < definitions->syncs_count && ok && same; i++) {
        const struct sync_definition *other = definitions->syncs[i];
        if (other != overlap->sync && other->portal == portal)
            ok = check_other(overlap, other, err);
    }
    return ok;
}

/* Where one object type is both ends, which two types are one is a thing to be known. */
static bool know_reciprocals(
    struct overlap *overlap, struct reciprocals **ret_own, struct error *err)
{
    *ret_own = NULL;
    if (overlap->reciprocals != NULL || strcmp(overlap->pair->from, overlap->pair->to) != 0)
        return true;
    overlap->reciprocals = *ret_own = mem_new(1, sizeof **ret_own);
    reciprocal_init(*ret_own, overlap->types, overlap->pair->from);
    return known_reciprocals_load(
        overlap->where.state, overlap->where.portal_id, overlap->types, *ret_own, err);
}

bool overlap_check(const struct overlap *asked, struct error *err)
{
    struct overlap overlap = *asked;
    struct reciprocals *own;
    const struct definitions *definitions = overlap.definitions;
    if (definitions == NULL)
        return true;
    bool ok = know_reciprocals(&overlap, &own, err);
    for (size_t i = 0; i < definitions->portals_count && ok; i++)
        ok = check_portal(&overlap, definitions->portals[i], err);
    free(own);
    return ok;
}

struct overlap overlap_of(struct session *session, struct object_pair *pair)
{
    (void)snprintf(pair->from, sizeof pair->from, "%s", session->from_type);
    (void)snprintf(pair->to, sizeof pair->to, "%s", session->to_type);
    return (struct overlap){.definitions = session->definitions,
        .sync = session->sync,
        .pair = pair,
        .types = &session->types,
        .reciprocals = session->reciprocals,
        .where = {session->client, session->state, session->access.portal_id}};
}

bool overlap_refuse(struct session *session, struct error *err)
{
    struct object_pair pair;
    const struct overlap overlap = overlap_of(session, &pair);
    return overlap_check(&overlap, err);
}

bool overlap_elsewhere(const struct overlap *overlap, struct buf *text, struct error *err)
{
    const struct definitions *definitions = overlap->definitions;
    CLEANUP(buf_clear) struct buf names = {0}, types = {0}, account = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    pg_array_text(&names, overlap->sync->name);
    for (size_t i = 0; definitions != NULL && i < definitions->syncs_count; i++)
        pg_array_text(&names, definitions->syncs[i]->name);
    for (uint32_t i = 0; i < overlap->types->count; i++)
        if (overlap->types->items[i].managed)
            pg_array_type(
                &types, overlap->types->items[i].category, overlap->types->items[i].type_id);
    buf_addf(&account, "%llu", (unsigned long long)overlap->where.portal_id);
    pg_arg_text(&args, overlap->sync->name);
    pg_arg_text(&args, pg_array_end(&names));
    pg_arg_text(&args, buf_text(&account));
    pg_arg_text(&args, object_type_name(overlap->pair->from));
    pg_arg_text(&args, object_type_name(overlap->pair->to));
    pg_arg_text(&args, pg_array_end(&types));
    pg_arg_text(&args, policy_words[overlap->sync->policy]);
    if (!pg_run(overlap->where.state, STATEMENT_SYNC_ELSEWHERE, &args, &rows, err))
        return false;
    if (rows.count > 0)
        buf_addf(text,
            "sync \"%s\", which is not in this configuration, ran in the same database at %s and "
            "manages %s from %s to %s%s: what one of them creates the other may archive; expected "
            "one sync for it, or policy create_only for both",
            pg_rows_text(&rows, 0, 0), pg_rows_text(&rows, 0, 1), pg_rows_text(&rows, 0, 2),
            pg_rows_text(&rows, 0, 3), pg_rows_text(&rows, 0, 4),
            rows.count > 1 ? ", and so do others" : "");
    return true;
}
