/*
 * cursor.h: HubSpot's `after`: base64 of "category-typeId-target", percent-encoded already when it
 * stands in the JSON. Rows are walked by (category, typeId, target).
 */
#ifndef SANDBOX_CURSOR_H
#define SANDBOX_CURSOR_H

#include "base/buf.h"

struct cursor {
    uint32_t category, type_id;
    uint64_t to; /* the last target that was given out */
};

/* Adds the encoded cursor. */
void cursor_write(const struct cursor *cursor, struct buf *out);

/* Reads one, percent-encoded or not. */
bool cursor_parse(const char *text, struct cursor *cursor);

#endif
