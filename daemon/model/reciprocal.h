/*
 * reciprocal.h: associations between records of one object type are seen from both of their
 * records, and each of the two may see another type: the parent of one is the child of the other.
 * The type that the other record sees is the reciprocal of a type. HubSpot's own are known by
 * table, and the plain type is its own. HubSpot's list of labels does not tell which two of the
 * account's labels are one: a link that was read from both of its records does, and so does a name
 * that two types share, because one name covers both directions of a label (hubspot-api 1.3).
 *
 * Pure. Invariant: what is not certain is not known; nobody may archive or spare by a guess.
 */
#ifndef MODEL_RECIPROCAL_H
#define MODEL_RECIPROCAL_H

#include "base/attr.h"
#include "model/assoc.h"
#include "model/types.h"

struct reciprocals {
    const struct types *types; /* may grow */
    const char *object; /* the object type's id, "0-2" */
    uint64_t never[TYPES_MAX][TYPES_MAX / 64]; /* bit b of row a: a is not seen as b */
    uint32_t of[TYPES_MAX]; /* worked out when asked for */
    bool by_unique_names;
    bool contradicted; /* the readings cannot all be true: nothing but the table counts */
    uint32_t readings;
    uint32_t known; /* so many types were there when it was worked out; 0: not yet */
};

/* Both are borrowed for as long as reciprocals is used. */
void reciprocal_init(
    struct reciprocals *reciprocals, const struct types *types, const char *object);

/* Takes note of one link as it was read from both of its records at about the same time: the rows
 * of its two directions. A reading of which one side cannot be the other's is left alone. */
void reciprocal_observe(struct reciprocals *reciprocals, const struct assoc *forth,
    size_t forth_count, const struct assoc *back, size_t back_count);

/* From here on (trust false: not any more) a name that no other type has is a witness, too, that a
 * label is the same from both sides; a reading that says otherwise is the better one. For when
 * nothing more can be read. */
void reciprocal_trust_names(struct reciprocals *reciprocals, bool trust);

/* The type that the other record sees where one sees `type`; itself for a symmetric one. TYPE_NONE:
 * not known. */
uint32_t reciprocal_of(struct reciprocals *reciprocals, uint32_t type);

enum reciprocal_answer { RECIPROCAL_NO, RECIPROCAL_YES, RECIPROCAL_UNKNOWN };

/* Would archiving `type` of a link take one of these rows, which name the link from its other
 * record? The plain type takes all of them; any other type its own reciprocal only. */
enum reciprocal_answer reciprocal_takes(
    struct reciprocals *reciprocals, uint32_t type, const struct assoc *named, size_t count);

#endif
