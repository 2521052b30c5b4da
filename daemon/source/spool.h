/*
 * spool.h: associations in an unlinked temporary file, written once and read in order. It lets the
 * user's database hold its snapshot for seconds instead of hours, and gives totals before the
 * first request (daemon/README.md). Memory: one buffer, whatever the number of rows. Of a row's
 * flags ASSOC_RELEASED is kept.
 */
#ifndef SOURCE_SPOOL_H
#define SOURCE_SPOOL_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"

struct spool;

enum spool_order {
    SPOOL_SORTED, /* rows come in order of from_id, to_id (types of a pair in any order) */
    SPOOL_AS_IS, /* no order, nothing collapsed */
};

/* name is for error texts ("desired rows"). The file lives in $TMPDIR, else /var/tmp, and has no
 * name there. */
MUST_CHECK bool spool_open(
    struct spool **spool, const char *name, enum spool_order order, struct error *err);
void spool_close(struct spool *spool); /* NULL is fine */

/* SPOOL_SORTED: rows equal in from_id, to_id and type collapse into one and are counted; a row out
 * of order is an error, because everything after would be compared wrongly. */
MUST_CHECK bool spool_add(struct spool *spool, struct assoc row, struct error *err);

/* Ends the writing and starts reading at the first row; may be called again. */
MUST_CHECK bool spool_rewind(struct spool *spool, struct error *err);

/* The next row without taking it, NULL at the end; borrowed until spool_take. */
MUST_CHECK bool spool_peek(struct spool *spool, const struct assoc **row, struct error *err);
void spool_take(struct spool *spool);

uint64_t spool_count(const struct spool *spool); /* rows that name a to-record */
uint64_t spool_records(const struct spool *spool); /* distinct from-ids (SPOOL_SORTED) */
uint64_t spool_duplicates(const struct spool *spool); /* rows collapsed (SPOOL_SORTED) */

#endif
