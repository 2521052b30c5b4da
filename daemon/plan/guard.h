/*
 * guard.h: whether a complete plan may be applied. Pure: facts in, verdict out. Integrity guards
 * stop everything; volume guards withhold the archives and let the creates go on
 * (config/README.md). There is no way around them but an approval that is bound to the plan.
 */
#ifndef PLAN_GUARD_H
#define PLAN_GUARD_H

#include "base/attr.h"
#include "model/definition.h"
#include "model/mapping.h"
#include "model/verdict.h"

struct guard_facts {
    uint64_t
        source_rows; /* valid rows read, before duplicates collapsed, scope-only rows included */
    uint64_t desired; /* distinct desired associations, and rows that wait */
    uint64_t invalid; /* rows that cannot be meant */
    uint64_t pending, pending_of; /* rows that wait for their keys, of so many */
    uint64_t managed; /* associations in the owned set */
    uint64_t to_archive;
    uint64_t archived_lately; /* by runs of changes, which share the limit of one run */
    uint64_t archived_day; /* by the sync in the last 24 hours, approved plans aside */
    uint64_t record_id; /* the from-record that would lose most … */
    uint64_t record_archives; /* … and how many */
    bool replica; /* the source is a standby server, which the sync does not allow */
    bool create_only; /* the policy archives nothing; an undo might */
    bool good_known; /* there is a last good run … */
    uint64_t good_desired; /* … that had so many desired associations */
    const struct mapping *mapping; /* what this run synchronises */
    const struct sync_definition *sync; /* NULL: how it is written plays no part */
    const struct mapping *good_mapping; /* what the last good run synchronised, or the first that
                                         * wrote; NULL: not compared */
};

/* Before anything is read from HubSpot: an empty source. */
struct verdict guard_source(const struct guards *guards, const struct guard_facts *facts);

/* Has the sync's mapping changed since its last good run? */
struct verdict guard_mapping(const struct guard_facts *facts);

/* The whole plan. Includes guard_source. The first guard that trips speaks, refusals first. */
struct verdict guard_plan(const struct guards *guards, const struct guard_facts *facts);

/* How many archives the volume guard allows. */
uint64_t guard_archive_limit(const struct guards *guards, uint64_t managed);

#endif
