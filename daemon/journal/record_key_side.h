/*
 * record_key_side.h: one side of a sync and its keys. The inside of record_key*.c.
 */
#ifndef JOURNAL_RECORD_KEY_SIDE_H
#define JOURNAL_RECORD_KEY_SIDE_H

#include "base/attr.h"
#include "journal/session.h"

struct side {
    int number; /* 0 from, 1 to */
    const struct key_side *key; /* its column is NULL: it has none */
    const char *object; /* id */
    const char *called; /* the object type as configured */
};

struct side record_key_side(const struct session *session, int number);

#endif
