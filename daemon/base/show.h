/*
 * show.h: the one way out for text. Whatever is printed, logged, or becomes an error passes here:
 * what would command a terminal, begin a line of its own, or make text run backwards becomes
 * visible, and stays on its line. Labels, reasons, names, table cells and servers' messages are
 * other people's words.
 */
#ifndef BASE_SHOW_H
#define BASE_SHOW_H

#include <stdarg.h>

#include "base/attr.h"
#include "base/buf.h"

enum { SHOW_MAX = 65536 }; /* bytes of a text of one line; longer ones end with "..." */

/* Bytes of what stands at `at` and must not go out as it is (a control character; a mark that turns
 * the direction of text or breaks lines, or that nobody sees; a byte that is not UTF-8); 0: it may.
 */
size_t show_hidden(const char *at, size_t room);

/* Adds text with all of that made visible: \n, \x1B, \u202E, \xFF. Line breaks that are in `but`
 * stay
 * ("\n" or ""). */
void show_add(struct buf *buf, const char *text, const char *but);

/* The same into a field of size bytes, cut between characters. field and text may be one. */
void show_copy(char *field, size_t size, const char *text, const char *but);

/* The same for JSON that somebody else wrote: as escapes of JSON, so that it means the same. */
void show_add_json(struct buf *buf, const char *json);

/* As buf_addf, with every text argument shown. Understands %d %i %u %c %s %f %% with flags, width,
 * precision and the lengths l, ll, z. */
void show_addf(struct buf *buf, const char *format, ...) PRINTF(2, 3);
void show_vaddf(struct buf *buf, const char *format, va_list args);

#endif
