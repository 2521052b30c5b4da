/*
 * registry.h: which associations a sync owns (assocd.managed). It changes only with what was seen
 * in HubSpot; losing it means fewer archives, never more.
 */
#ifndef SYNC_REGISTRY_H
#define SYNC_REGISTRY_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"
#include "sync/spool.h"

/* Reads the registry of the run's sync into owned, in order, ready for
 * reading. Types it names that the account no
 * longer lists enter run->types unmanaged. A run of changes (touched.h) reads only what is owned of
 * its from-records. */
MUST_CHECK bool registry_load(struct run *run, struct spool *owned, struct error *err);

/* Enters run->adopt and takes out run->forget, once the guards have passed; ERROR_LOCKED if another
 * run has overtaken this one. */
MUST_CHECK bool registry_settle(struct run *run, struct error *err);

#endif
