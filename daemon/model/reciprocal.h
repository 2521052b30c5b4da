/*
 * reciprocal.h: associations between records of one object type are seen from both of their
 * records, and each of the two may see another type: the parent of one is the child of the other.
 * The type that the other record sees is the reciprocal of a type. HubSpot's own are known by
 * table, and the plain type is its own. HubSpot's list of labels does not tell which two of the
 * account's labels are one: a link that was read from both of its records does, and so do names,
 * because one name covers both directions of a label (hubspot-api 1.3): a name that two types
 * share, and, as the last resort where the account tells all names, one that a type has alone. What
 * links and shared names have shown is kept from run to run (journal/known_reciprocals.h), because
 * a link that carries several labels shows nothing.
 *
 * Pure. Invariant: what is not certain is not known; nobody may archive or spare by a guess.
 */
#ifndef MODEL_RECIPROCAL_H
#define MODEL_RECIPROCAL_H

#include "base/attr.h"
#include "model/assoc.h"
#include "model/types.h"

/* By what it is known which two types are one. */
enum reciprocal_evidence {
    EVIDENCE_NONE,
    EVIDENCE_LIST, /* the account's list has one name for the two */
    EVIDENCE_LINK, /* a link that was read from both records shows it */
    EVIDENCE_DOUBT, /* a link has contradicted what was kept: a later reading has to tell */
};

struct reciprocals {
    const struct types *types; /* may grow */
    const char *object; /* the object type's id, "0-2" */
    uint64_t never[TYPES_MAX][TYPES_MAX / 64]; /* bit b of row a: a is not seen as b */
    bool seen[TYPES_MAX]; /* on a link that was read from both records */
    uint32_t kept[TYPES_MAX]; /* what earlier runs found out, … */
    enum reciprocal_evidence kept_by[TYPES_MAX]; /* … and by what */
    uint32_t of[TYPES_MAX]; /* worked out when asked for */
    uint32_t shown[TYPES_MAX]; /* likewise: of those seen, what the readings alone tell */
    bool own[TYPES_MAX]; /* likewise: known by table */
    bool stale[TYPES_MAX]; /* likewise: what is kept of it is not true */
    bool for_creates;
    bool contradicted; /* the readings cannot all be true, or what is kept is not: nothing but the
                        * table counts */
    bool outdated; /* some of what is kept is stale */
    uint32_t readings;
    uint32_t known; /* so many types were there when it was worked out; 0: not yet */
};

/* Both are borrowed for as long as reciprocals is used. */
void reciprocal_init(
    struct reciprocals *reciprocals, const struct types *types, const char *object);

/* What an earlier run has kept of a type: EVIDENCE_DOUBT: other has no meaning. */
void reciprocal_recall(struct reciprocals *reciprocals, uint32_t type, uint32_t other,
    enum reciprocal_evidence evidence);

/* What of a type is to be kept now instead of what is: EVIDENCE_NONE: nothing new. */
enum reciprocal_evidence reciprocal_learnt(
    struct reciprocals *reciprocals, uint32_t type, uint32_t *other);

/* Takes note of one link as it was read from both of its records at about the same time: the rows
 * of its two directions. A reading of which one side cannot be the other's is left alone. */
void reciprocal_observe(struct reciprocals *reciprocals, const struct assoc *forth,
    size_t forth_count, const struct assoc *back, size_t back_count);

/* From here on (on false: not any more) it is about creates only: the readings count against what
 * is kept, and a name that a doubted type has alone tells. Nothing is archived by that, but what a
 * run has created from both records of a link (undo_history.h). */
void reciprocal_for_creates(struct reciprocals *reciprocals, bool on);

/* The type that the other record sees where one sees `type`; itself for a symmetric one. TYPE_NONE:
 * not known. */
uint32_t reciprocal_of(struct reciprocals *reciprocals, uint32_t type);

/* Is the type HubSpot's own, and its reciprocal known by table? */
bool reciprocal_is_own(struct reciprocals *reciprocals, uint32_t type);

enum reciprocal_answer { RECIPROCAL_NO, RECIPROCAL_YES, RECIPROCAL_UNKNOWN };

/* Would archiving `type` of a link take one of these rows, which name the link from its other
 * record? The plain type takes all of them; any other type its own reciprocal only. */
enum reciprocal_answer reciprocal_takes(
    struct reciprocals *reciprocals, uint32_t type, const struct assoc *named, size_t count);

#endif
