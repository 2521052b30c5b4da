/*
 * run_row.c: all parts of a run -> its row in assocd.run.
 */
#include "run/run_row.h"

#include "base/buf.h"
#include "base/mem.h"
#include "pg/pg.h"
#include "hubspot/client.h"
#include "journal/mapping_row.h"
#include "run/run.h"

bool run_row_update(struct run *run, enum run_status status, struct error *err)
{
    run->ending.status = status;
    const struct plan_counts *planned = &run->plan.counts;
    const struct outcome_counts *done = &run->outcome.counts;
    const uint64_t numbers[] = {run->session.access.portal_id, planned->desired, planned->records,
        planned->unread, planned->observed, planned->unchanged, planned->duplicates,
        planned->invalid, planned->managed, planned->to_create, planned->to_archive, planned->drift,
        planned->reported, planned->blocked, done->created, done->archived, done->rejected,
        done->unverified, done->skipped, done->withheld,
        run->session.client != NULL ? client_requests(run->session.client) : 0};
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf text = {0}, fields = {0};
    bool known = run->session.mapping.fields[MAPPING_FROM] != NULL;
    pg_arg_int(&args, run->session.run_id);
    pg_arg_text(&args, run_status_text(status));
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++)
        pg_arg_int(&args, (int64_t)numbers[i]);
    pg_arg_text(&args, run->verdict.guard[0] != '\0' ? run->verdict.text : NULL);
    pg_arg_text(&args,
        run->ending.failure.kind != ERROR_NONE ? run->ending.failure.text
            : run->session.reason[0] != '\0'   ? run->session.reason
                                               : NULL);
    pg_arg_text(&args, run->plan.digest[0] != '\0' ? run->plan.digest : NULL);
    pg_arg_text(&args, known ? mapping_text(&run->session.mapping, &text) : NULL);
    pg_arg_bool(&args, run->ending.changes_left);
    pg_arg_int(&args, (int64_t)done->abandoned);
    pg_arg_int(&args, (int64_t)planned->pending);
    pg_arg_text(&args, known ? mapping_row_array(&run->session.mapping, &fields) : NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(run->session.state, STATEMENT_RUN_UPDATE, &args, &rows, err))
        return false;
    return rows.count > 0 ||
        error_set(err, ERROR_LOCKED,
            "run %lld of %s was interrupted: its session had lost the lock of the sync, so that "
            "another process closed the run; it stops here",
            (long long)run->session.run_id, run->session.sync->name);
}
