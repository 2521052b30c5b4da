/*
 * read.h: what HubSpot has on the from-records in scope, chunk by chunk, many reads in flight.
 * Every chunk that goes in comes out once, with the state of each of its records; a record that was
 * not read to its last page is unknown, never empty.
 */
#ifndef SYNC_READ_H
#define SYNC_READ_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"
#include "hubspot/client.h"
#include "sync/chunk.h"
#include "sync/run.h"

struct read;

/* The spools are borrowed; only may be NULL (chunk.h). operation: "read" or "verify". */
struct read_scope {
    struct spool *desired;
    struct spool *owned;
    struct spool *only;
    const char *operation;
};
void read_open(struct read **read, struct run *run, const struct read_scope *scope);
void read_close(struct read *read); /* NULL is fine */

/* The next chunk that was answered, in any order; *chunk is NULL when all are through. Both are
 * borrowed until the next call. The batches' rows are noted for read_journal. */
MUST_CHECK bool read_next(struct read *read, const struct chunk **chunk,
    const struct client_reply **reply, struct error *err);

/* Writes the rows of the batches answered so far into the journal. Not from within a COPY. */
MUST_CHECK bool read_journal(struct read *read, struct error *err);

#endif
