/*
 * drain.h: all rows that a source has, valid ones into a spool. The one place that tells valid rows
 * from invalid ones: whoever drains says what an invalid row means there, and none is dropped in
 * silence.
 */
#ifndef SOURCE_DRAIN_H
#define SOURCE_DRAIN_H

#include "base/attr.h"
#include "base/error.h"
#include "source/source.h"
#include "source/spool.h"

struct drain {
    struct spool *rows; /* valid ones are added; the caller rewinds it */
    /* Instead of that: what is done with a valid row, borrowed for the call; NULL: nothing else. */
    bool (*valid)(void *context, const struct source_row *row, struct error *err);
    /* An invalid row, borrowed for the call; false with err ends the drain. */
    bool (*invalid)(void *context, const struct source_row *row, struct error *err);
    void (*progress)(
        void *context, uint64_t rows); /* every some thousand rows; NULL: nobody asks */
    void *context;
};

/* Ends with the clean end of the source, or with the first error; ERROR_STOPPED if the process was
 * asked to stop meanwhile. */
MUST_CHECK bool source_drain(struct source *source, const struct drain *drain, struct error *err);

/* Opens the source, drains and closes it: for whoever wants nothing but its rows. */
MUST_CHECK bool source_drain_query(
    const struct source_query *query, const struct drain *drain, struct error *err);

#endif
