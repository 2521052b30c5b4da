/*
 * source_hint.h: what a person should write instead of a name that the server did not find.
 */
#ifndef SOURCE_SOURCE_HINT_H
#define SOURCE_SOURCE_HINT_H

#include "base/attr.h"
#include "base/error.h"

struct pg;

/* After a failed statement on the source: if a name without a schema was not found, err also says
 * that search_path is empty and where a relation of that name is; if one with a schema was not,
 * which one may have been meant. Ends the transaction. False. */
bool source_hint(struct pg *pg, struct error *err);

#endif
