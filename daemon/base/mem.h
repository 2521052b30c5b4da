/*
 * mem.h: allocation that does not fail. Out of memory ends the process: a worker's death is a
 * tested path, a half-made structure is not.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/attr.h"

/* Memory that a library has made; ends the process in the same way if it could not. */
void *mem_check(void *memory) __attribute__((returns_nonnull));

/* Zeroed memory for count items of size bytes; the caller frees it with free(). Aborts instead of
 * returning NULL. */
void *mem_new(size_t count, size_t size) __attribute__((returns_nonnull));

/* Like realloc(old, count * size), with the product checked. New bytes are not zeroed. */
void *mem_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));

/* A copy of text, owned by the caller; NULL for NULL. */
char *mem_text(const char *text);

/* A copy of the first length bytes of text, with a NUL behind them. */
char *mem_text_part(const char *text, size_t length) __attribute__((returns_nonnull));

/* Makes room for at least `need` items in *items (of size bytes, *room of them allocated), growing
 * by doubling. */
void mem_grow(void *items_address, size_t *room, size_t need, size_t size);

#endif
