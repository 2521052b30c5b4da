/*
 * buf.h: a growing string of bytes. `bytes` always has a NUL behind the last byte, so a buf of
 * text can be printed. `struct buf x = {0};` is a valid, empty one.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"

struct buf {
    char *bytes; /* NULL until something is added */
    size_t length;
    size_t room;
};

/* Frees the memory; the buf is empty and usable afterwards. */
void buf_clear(struct buf *buf);

/* Empties it, keeping the memory. */
void buf_reset(struct buf *buf);

void buf_add(struct buf *buf, const void *bytes, size_t count);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_u64(struct buf *buf, uint64_t number); /* in decimal digits */
void buf_addf(struct buf *buf, const char *format, ...) PRINTF(2, 3);

/* Adds text as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD. NULL is
 * added as null. */
void buf_add_json(struct buf *buf, const char *text);

/* The text; "" when nothing was ever added. Valid until the next change of buf. */
const char *buf_text(const struct buf *buf);

#endif
