/*
 * unclear.h: from-records whose rows in the source contradict each other, or another record's. They
 * are left alone.
 */
#ifndef PLAN_UNCLEAR_H
#define PLAN_UNCLEAR_H

#include "base/attr.h"
#include "model/assoc.h"

enum { UNCLEAR_MAX = 100000 };

/* `{0}` is an empty one. */
struct unclear {
    struct assoc_list records;
    size_t sorted; /* the first ones are in order, each once */
};

/* In any order, again and again. False: there are more than UNCLEAR_MAX. */
MUST_CHECK bool unclear_add(struct unclear *unclear, uint64_t from_id);

bool unclear_has(struct unclear *unclear, uint64_t from_id);
void unclear_clear(struct unclear *unclear);

#endif
