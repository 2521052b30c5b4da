/*
 * mapping.h: what a sync means: which object types of which account, which association types, by
 * which source and policy. Two mappings are compared field by field; the sentence is for people
 * ("deals to contacts of account 42, types …"). Pure.
 */
#ifndef MODEL_MAPPING_H
#define MODEL_MAPPING_H

#include "base/attr.h"
#include "base/buf.h"
#include "model/definition.h"

/* In this order in assocd.run.mapping and assocd.sync_state.mapping, too. */
enum mapping_field {
    MAPPING_FROM, /* object types, by the names that people know … */
    MAPPING_TO,
    MAPPING_ACCOUNT, /* … of the account with this id */
    MAPPING_TYPES, /* managed: "HUBSPOT_DEFINED:3, USER_DEFINED:4" */
    MAPPING_SOURCE, /* table or query, and its columns */
    MAPPING_SHAPE, /* what kind of relation that is, and of ids */
    MAPPING_DATABASE,
    MAPPING_POLICY,
    MAPPING_FIELDS
};

/* NULL: not noted; a mapping without object types is none. */
struct mapping {
    char *fields[MAPPING_FIELDS];
};

void mapping_set(struct mapping *mapping, enum mapping_field field, const char *text); /* a copy */
void mapping_clear(struct mapping *mapping);

/* then: perhaps of an older version, which noted less (what was not noted has not changed) and
 * wrote object types as the configuration did; sync: how it writes them today, NULL: not known. */
bool mapping_same(
    const struct mapping *then, const struct mapping *now, const struct sync_definition *sync);

/* The same for object types and account alone. */
bool mapping_same_scope(
    const struct mapping *then, const struct mapping *now, const struct sync_definition *sync);

/* The sentence, and its part about object types and account. Borrowed from text. */
const char *mapping_text(const struct mapping *mapping, struct buf *text);
const char *mapping_scope_text(const struct mapping *mapping, struct buf *text);

/* What differs, for people: from the first field that differs to the last ("… policy mirror"). Cut
 * at MAPPING_PART_MAX. */
enum { MAPPING_PART_MAX = 320 };
void mapping_difference(const struct mapping *then, const struct mapping *now,
    char was[static MAPPING_PART_MAX], char is[static MAPPING_PART_MAX]);

#endif
