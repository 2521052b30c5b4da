/*
 * page.h: writing the links of one record: all of them, or one page of (type, target) rows. A
 * target with several types can therefore come back on two pages.
 */
#ifndef SANDBOX_PAGE_H
#define SANDBOX_PAGE_H

#include "sandbox/call.h"

/* One record's links, in and out. limit 0 means the switches' page size; after may be NULL. */
struct page {
    uint64_t from;
    const char *after;
    int64_t limit;
    struct buf paging; /* out: "" on the last page; the caller clears it */
    size_t rows; /* out */
    bool bad_cursor; /* out: nothing was written */
};

/* Writes the elements of `to` (of `results` in a single-record answer) to the reply. */
void page_write(struct call *call, struct page *page);

#endif
