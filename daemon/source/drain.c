/*
 * drain.c: source -> spool.
 */
#include "source/drain.h"

#include "base/stop.h"

enum { PAUSE_ROWS = 16384 };

static bool pause_drain(
    const struct source *source, const struct drain *drain, uint64_t rows, struct error *err)
{
    if (drain->progress != NULL)
        drain->progress(drain->context, rows);
    return !stop_requested() ||
        error_set(err, ERROR_STOPPED,
            "stopped (%s) while reading the source. Safe to continue: assocd run %s", stop_reason(),
            source_sync(source));
}

bool source_drain(struct source *source, const struct drain *drain, struct error *err)
{
    struct source_row row;
    for (uint64_t rows = 1;; rows++) {
        if (!source_next(source, &row, err))
            return false;
        if (row.kind == SOURCE_END)
            return true;
        if (rows % PAUSE_ROWS == 1 && !pause_drain(source, drain, rows, err))
            return false;
        bool ok = row.kind == SOURCE_INVALID ? drain->invalid(drain->context, &row, err)
            : drain->valid != NULL           ? drain->valid(drain->context, &row, err)
                                             : spool_add(drain->rows, row.assoc, err);
        if (!ok)
            return error_prefix(err, "source of %s", source_sync(source));
    }
}

bool source_drain_query(
    const struct source_query *query, const struct drain *drain, struct error *err)
{
    struct source *source = NULL;
    bool ok = source_open(&source, query, err) && source_drain(source, drain, err);
    source_close(source);
    return ok;
}
