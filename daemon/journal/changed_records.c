/*
 * changed_records.c: takes and deletes rows of assocd.touched, in the database of the sync's
 * source.
 */
#include "journal/changed_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
#include "pg/text.h"

struct changed_records {
    char *snapshot; /* what the taking statement saw; NULL: nothing waited, or it is settled */
    uint64_t *from_ids; /* ascending */
    size_t count, room;
};

/* The connection to the rows: the run's own, or one more if the source lives elsewhere. That one
 * may lead through a connection pooler: all is one transaction. */
static bool open_rows(struct run *run, struct pg **pg, const char *mode, struct error *err)
{
    const struct sync_definition *sync = run->session.sync;
    *pg = run->session.state;
    if (sync->source_database_url == NULL)
        return true;
    if (!pg_open_plain(pg, sync->source_database_url, "assocd touched", ERROR_SOURCE, err))
        return false;
    if (pg_begin(*pg, mode, err))
        return true;
    pg_close(*pg);
    return false;
}

static void close_rows(struct run *run, struct pg *pg)
{
    if (pg != run->session.state)
        pg_close(pg);
}

/* Nobody has made the source's database ready for watching: full runs do without. */
static bool is_unprepared(const struct pg *pg)
{
    enum sqlstate state = pg_failure(pg);
    return sqlstate_is_missing(state) || state == SQLSTATE_INSUFFICIENT_PRIVILEGE;
}

static void note_rows(struct run *run, const struct pg_rows *rows)
{
    struct changed_records *touched = run->scope.changed;
    if (rows->count == 0)
        return;
    touched->snapshot = mem_text(pg_rows_text(rows, 0, 1));
    if (pg_rows_null(rows, 0, 0) || rows->count > CHANGED_RECORDS_MAX)
        run->scope.mode = RUN_FULL;
    if (run->scope.mode == RUN_FULL)
        return;
    mem_grow(&touched->from_ids, &touched->room, (size_t)rows->count, sizeof touched->from_ids[0]);
    for (int i = 0; i < rows->count; i++)
        touched->from_ids[touched->count++] = (uint64_t)pg_rows_int(rows, i, 0);
}

static int by_id(const void *a, const void *b)
{
    const uint64_t *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

/* A row that is repaired may let another record have what the two of them named, so that such
 * records are looked at together. */
static bool add_rivals(struct run *run, struct error *err)
{
    struct changed_records *touched = run->scope.changed;
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf ids = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (touched->count == 0)
        return true;
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_text(&args, changed_records_array(run, &ids));
    if (!pg_run(run->session.state, STATEMENT_TOUCHED_RIVALS, &args, &rows, err))
        return false;
    size_t count = touched->count;
    mem_grow(&touched->from_ids, &touched->room, count + (size_t)rows.count,
        sizeof touched->from_ids[0]);
    for (int i = 0; i < rows.count; i++) {
        uint64_t id = (uint64_t)pg_rows_int(&rows, i, 0);
        if (bsearch(&id, touched->from_ids, count, sizeof id, by_id) == NULL)
            touched->from_ids[touched->count++] = id;
    }
    qsort(touched->from_ids, touched->count, sizeof touched->from_ids[0], by_id);
    return true;
}

bool changed_records_take(struct run *run, struct error *err)
{
    const struct sync_definition *sync = run->session.sync;
    bool full = run->scope.mode == RUN_FULL && run->scope.undoes == 0;
    struct pg *pg;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (run->scope.mode != RUN_CHANGED && !(full && sync->watch))
        return true;
    if (!open_rows(run, &pg, "isolation level read committed read only", err))
        return error_prefix(err, "changes of %s", sync->name);
    run->scope.changed = mem_new(1, sizeof *run->scope.changed);
    struct pg_args args = {0};
    pg_arg_text(&args, sync->name);
    pg_arg_int(&args, full ? 1 : CHANGED_RECORDS_MAX + 1);
    bool ok = pg_run(pg, STATEMENT_TOUCHED_TAKE, &args, &rows, err);
    if (!ok && !(full && is_unprepared(pg)))
        (void)error_prefix(err, "changes of %s", sync->name);
    else
        ok = true;
    close_rows(run, pg);
    note_rows(run, &rows);
    return ok && add_rivals(run, err);
}

const uint64_t *changed_records_ids(const struct run *run, size_t *count)
{
    *count = run->scope.changed != NULL ? run->scope.changed->count : 0;
    return *count > 0 ? run->scope.changed->from_ids : NULL;
}

const char *changed_records_array(const struct run *run, struct buf *array)
{
    size_t count;
    const uint64_t *from_ids = changed_records_ids(run, &count);
    for (size_t i = 0; i < count; i++)
        pg_array_int(array, (int64_t)from_ids[i]);
    return count > 0 ? pg_array_end(array) : NULL;
}

bool changed_records_nothing(const struct run *run)
{
    return run->scope.mode == RUN_CHANGED && run->scope.changed->count == 0;
}

bool changed_records_waits(const struct run *run)
{
    return run->scope.changed != NULL && run->scope.changed->snapshot != NULL;
}

bool changed_records_finish(struct run *run, struct error *err)
{
    struct pg *pg;
    if (run->scope.changed == NULL || run->scope.changed->snapshot == NULL)
        return true;
    if (!open_rows(run, &pg, "isolation level read committed read write", err))
        return error_prefix(err, "changes of %s", run->session.sync->name);
    struct pg_args args = {0};
    pg_arg_text(&args, run->session.sync->name);
    pg_arg_text(&args, run->scope.changed->snapshot);
    bool ok = pg_run(pg, STATEMENT_TOUCHED_DONE, &args, NULL, err) &&
        (pg == run->session.state || pg_exec(pg, "commit", NULL, err));
    close_rows(run, pg);
    free(run->scope.changed->snapshot);
    run->scope.changed->snapshot = NULL;
    return ok || error_prefix(err, "changes of %s", run->session.sync->name);
}

void changed_records_close(struct changed_records *touched)
{
    if (touched == NULL)
        return;
    free(touched->snapshot);
    free(touched->from_ids);
    free(touched);
}
