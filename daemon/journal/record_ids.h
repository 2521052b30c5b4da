/*
 * record_ids.h: the from-records of changes that the journal has, for reading just them again.
 */
#ifndef JOURNAL_RECORD_IDS_H
#define JOURNAL_RECORD_IDS_H

#include "base/attr.h"
#include "base/error.h"
#include "pg/pg.h"

struct spool;

/* Adds the ids that the statement lists, ascending, to the spool and rewinds it. The statement is
 * asked for a page at a time: after the arguments in args come the last id it gave (0 at first) and
 * how many it may give. */
MUST_CHECK bool record_ids_load(struct pg *state, enum statement_id statement,
    const struct pg_args *args, struct spool *records, struct error *err);

#endif
