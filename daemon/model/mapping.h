/*
 * mapping.h: does a sync still mean what it meant? Its mapping is kept as one sentence ("deals to
 * contacts of account 42, types …"), with which a change can be explained; here two of them are
 * compared. Pure.
 */
#ifndef MODEL_MAPPING_H
#define MODEL_MAPPING_H

#include "base/attr.h"
#include "model/definition.h"

/* then: as it was kept, perhaps by an older version, which noted less and wrote object types as the
 * configuration did; sync: how it is written today, NULL: not known. */
bool mapping_same(const char *then, const char *now, const struct sync_definition *sync);

/* The same for object types and account alone. */
bool mapping_same_scope(const char *then, const char *now, const struct sync_definition *sync);

/* How much of the sentence is about object types and account: "deals to contacts of account 42". */
size_t mapping_scope_length(const char *mapping);

/* What differs between two sentences, by whole clauses: "… policy mirror" for people. Cut at
 * MAPPING_PART_MAX. */
enum { MAPPING_PART_MAX = 320 };
void mapping_difference(const char *then, const char *now, char was[static MAPPING_PART_MAX],
    char is[static MAPPING_PART_MAX]);

#endif
