/*
 * twin.h: associations between records of one object type. Such a link is seen from both of its
 * records: the plain type of company 1 -> 2 is the plain type of 2 -> 1, a label of it another
 * label there or the same. If the source names it from one side only, the other side's sight of it
 * looks like one to archive, and archiving it would take what the source names.
 */
#ifndef SYNC_TWIN_H
#define SYNC_TWIN_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

/* Skips the run's planned archives whose twin the source names, and adds how many to *skipped.
 * desired: all desired rows (rewound here); NULL: the source is asked for those of the other
 * records. Which label is whose twin is not told by HubSpot: one of the same category may be. */
MUST_CHECK bool twin_settle(
    struct run *run, struct spool *desired, uint64_t *skipped, struct error *err);

#endif
