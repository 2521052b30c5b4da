/*
 * object_types.h: each object type of a sync is resolved once to its id, and from there on ids are
 * compared, kept and told: a spelling is never another object type.
 */
#ifndef SYNC_OBJECT_TYPES_H
#define SYNC_OBJECT_TYPES_H

#include "base/attr.h"
#include "base/error.h"
#include "sync/run.h"

/* Fills run->from_type and run->to_type. What a custom name means is remembered in PostgreSQL. If
 * the token may not ask for it, the name stands for itself, unless the other end is a custom object
 * in another spelling: the two may be one, and that decides what an archive takes (ERROR_DENIED).
 */
MUST_CHECK bool object_types_resolve(struct run *run, struct error *err);

#endif
