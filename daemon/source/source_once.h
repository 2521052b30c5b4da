/*
 * source_once.h: rows of a type that one of their records can have only once (cardinality.h). Where
 * the source names two, nobody knows which is meant, so that neither is made (plan/unclear.h). Two
 * of one from-record stand side by side. Two of one to-record may stand anywhere, and a run of
 * changes reads a part of the table: it reads the rows beside its own, too, so that both kinds of
 * run tell the same.
 */
#ifndef SOURCE_SOURCE_ONCE_H
#define SOURCE_SOURCE_ONCE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "hubspot/cardinality.h"
#include "source/source.h"
#include "source/source_type.h"

struct source_once {
    const struct source_query *query;
    struct assoc last[TYPES_MAX]; /* row of each type */
    struct cardinality_set taken; /* to-records of the type that they can have once */
    struct assoc first; /* from_id 0: none; a row that was read before it was known to be one of
                         * several, and waits to be told */
    struct buf from, to, type; /* its cells */
    char message[SOURCE_MESSAGE_MAX];
};

void source_once_clear(struct source_once *once);

/* Does the sync manage a type that a to-record can have only once? */
bool source_once_there(const struct source_query *query);

/* Makes a row that contradicts another one an invalid one. Its texts are borrowed until the next
 * call. */
MUST_CHECK bool source_once_check(
    struct source_once *once, struct source_row *row, struct error *err);

/* The row that the one before it contradicts, if it was not told yet. */
bool source_once_first(struct source_once *once, struct source_row *row);

#endif
