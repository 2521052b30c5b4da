/*
 * source.h: the desired rows, out of a table, view or query, as one consistent picture: the
 * relations are locked ACCESS SHARE before the transaction's snapshot is taken (fault S4), the
 * rows come by COPY in order (those of a sync with keys in none: their ids are not known yet, nor
 * what contradicts what: plan/keyed.h), and none of them counts unless the COPY came to its clean
 * end (fault S2).
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/attr.h"
#include "base/error.h"
#include "model/assoc.h"
#include "model/definition.h"
#include "model/types.h"

struct source;

enum source_row_kind { SOURCE_ROW, SOURCE_INVALID, SOURCE_END };

struct source_row {
    enum source_row_kind kind;
    struct assoc assoc; /* SOURCE_ROW; to_id 0: the record should have none */
    /* SOURCE_ROW of a sync with keys: the key in its one spelling, and the id is 0; NULL: the side
     * is named by its id, or not at all. Borrowed likewise. */
    const char *from_key, *to_key;
    /* SOURCE_INVALID: the cells as written (NULL for NULL), which one is wrong ("from_id", "to_id",
     * "type", or "ambiguous": the whole row) and why. Borrowed until the next source_next. */
    const char *from, *to, *type;
    const char *wrong;
    const char *message;
    bool unclear; /* another row contradicts it: what it names is left alone */
};

/* What to read; all borrowed until source_close. */
struct source_query {
    const struct sync_definition *sync;
    const char *database_url; /* used where the sync names none */
    const struct types *types; /* holds the managed types */
    const struct id_list *from_ids; /* only the rows of these from-records, ascending; NULL: all */
    bool rivals; /* tell rows of others, too, that contradict theirs; both are invalid */
};

/* Opens the source of a sync and begins its COPY. ERROR_SOURCE for everything that is wrong with
 * it: unreachable, no such relation or column (naming those it has), not lockable. */
MUST_CHECK bool source_open(
    struct source **source, const struct source_query *query, struct error *err);
void source_close(struct source *source); /* NULL is fine */

MUST_CHECK bool source_next(struct source *source, struct source_row *row, struct error *err);

/* Is it a standby server, which may lag behind? What kind of relation is it, with which kinds of
 * ids ("table, ids as integer and integer"), in which database? A view's definition is part of it.
 * Borrowed. */
bool source_replica(const struct source *source);
const char *source_shape(const struct source *source);
const char *source_database(const struct source *source);

/* After SOURCE_END: has the source no row at all, of any from-record? */
bool source_empty(const struct source *source);

/* The name of the sync whose source it is. Borrowed. */
const char *source_sync(const struct source *source);

/* How the source is called in messages: "crm.contact_company", "the query of SYNC". Borrowed. */
const char *source_name(const struct sync_definition *sync);

#endif
