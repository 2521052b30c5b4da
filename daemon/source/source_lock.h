/*
 * source_lock.h: the beginning of every reading of a source: a read-only transaction in which
 * nobody can reload or replace what is read. Belongs to source.c.
 */
#ifndef SOURCE_SOURCE_LOCK_H
#define SOURCE_SOURCE_LOCK_H

#include "base/attr.h"
#include "base/error.h"
#include "model/definition.h"
#include "pg/pg.h"

enum { SOURCE_SHAPE_MAX = 192 };

/* Begins the transaction and locks everything below the sync's relation ("schema"."table", or the
 * query in brackets). shape becomes what kind of thing a table is ("table", "view 5d41…"), as it is
 * under the lock; "" for a query. ERROR_SOURCE. */
MUST_CHECK bool source_lock(struct pg *pg, const struct sync_definition *sync, const char *relation,
    char shape[static SOURCE_SHAPE_MAX], struct error *err);

#endif
