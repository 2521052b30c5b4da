/*
 * unclear.h: rows of the source that contradict each other: what they name is left alone, neither
 * made nor archived nor taken for owned; all else of their records goes on.
 */
#ifndef PLAN_UNCLEAR_H
#define PLAN_UNCLEAR_H

#include "base/attr.h"
#include "model/assoc.h"
#include "plan/diff.h"

enum { UNCLEAR_MAX = 1 << 19 };

/* `{0}` is an empty one. */
struct unclear {
    struct assoc_list rows;
    size_t sorted; /* the first ones are in order, each once */
};

/* In any order, again and again. False: there are more than UNCLEAR_MAX. */
MUST_CHECK bool unclear_add(struct unclear *unclear, struct assoc row);

/* What diff_record compares of one from-record. */
struct unclear_record {
    uint64_t from_id;
    struct diff_rows desired, owned, observed;
};

/* diff_record of what is clear. Of a type that the from-record can have only once and the source
 * names twice, none of the record is: only one of the contradicting rows is known here. A pair that
 * has something unclear is not unlinked, because that would take it along. */
void unclear_diff_record(struct unclear *unclear, const struct diff_rules *rules,
    const struct unclear_record *record, struct diff_list *list);

void unclear_clear(struct unclear *unclear);

#endif
