/*
 * changed_records.c: takes and deletes rows of assocd.touched, in the database of the sync's
 * source.
 */
#include "journal/changed_records.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/id_list.h"
#include "model/object_type.h"
#include "model/record_key.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
#include "pg/text.h"
#include "journal/record_key_side.h"

struct changed_records {
    char *snapshot; /* what the taking statement saw; NULL: nothing waited, or it is settled */
    struct id_list from_ids;
    struct buf keys; /* of from-records, as an array's literal; empty: the source has ids */
};

/* The connection to the rows: the run's own, or one more if the source lives elsewhere. That one
 * may lead through a connection pooler: all is one transaction. */
static bool open_rows(
    const struct session *session, struct pg **pg, const char *mode, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    *pg = session->state;
    if (sync->source_database_url == NULL)
        return true;
    if (!pg_open_plain(pg, sync->source_database_url, "assocd touched", ERROR_SOURCE, err))
        return false;
    if (pg_begin(*pg, mode, err))
        return true;
    pg_close(*pg);
    return false;
}

static void close_rows(const struct session *session, struct pg *pg)
{
    if (pg != session->state)
        pg_close(pg);
}

/* Nobody has made the source's database ready for watching: full runs do without. */
static bool is_unprepared(const struct pg *pg)
{
    enum sqlstate state = pg_failure(pg);
    return sqlstate_is_missing(state) || state == SQLSTATE_INSUFFICIENT_PRIVILEGE ||
        state == SQLSTATE_UNDEFINED_COLUMN; /* from_key: prepared by an earlier release */
}

/* The from-records' keys in their one spelling. What cannot be one is a row that the source may
 * have, and all of it tells. */
static void note_keys(
    const struct sync_definition *sync, struct scope *scope, const struct pg_rows *rows)
{
    char key[RECORD_KEY_MAX + 1];
    const char *object = object_type_id(sync->from, NULL);
    enum record_key_kind kind =
        record_key_kind(object != NULL ? object : sync->from, sync->key_from.property);
    for (int i = 0; i < rows->count; i++)
        if (record_key_normalize(kind, pg_rows_text(rows, i, 0), key) != NULL)
            scope->mode = RUN_FULL;
        else
            pg_array_text(&scope->changed->keys, key);
    (void)pg_array_end(&scope->changed->keys);
}

static void add_ids(struct changed_records *changed, const struct pg_rows *rows)
{
    for (int i = 0; i < rows->count; i++)
        id_list_add(&changed->from_ids, (uint64_t)pg_rows_int(rows, i, 0));
    id_list_sort(&changed->from_ids);
}

static void note_rows(
    const struct session *session, struct scope *scope, const struct pg_rows *rows)
{
    struct changed_records *changed = scope->changed;
    if (rows->count == 0)
        return;
    changed->snapshot = mem_text(pg_rows_text(rows, 0, 1));
    if (pg_rows_null(rows, 0, 0) || rows->count > CHANGED_RECORDS_MAX)
        scope->mode = RUN_FULL;
    if (scope->mode == RUN_FULL)
        return;
    if (session->sync->key_from.column != NULL)
        note_keys(session->sync, scope, rows);
    else
        add_ids(changed, rows);
}

/* A row that is repaired may let another record have what the two of them named, so that such
 * records are looked at together. */
static bool add_rivals(const struct session *session, const struct scope *scope, struct error *err)
{
    struct changed_records *changed = scope->changed;
    struct pg_args args = {0};
    CLEANUP(buf_clear) struct buf ids = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (scope->mode != RUN_CHANGED || changed->from_ids.count == 0)
        return true;
    pg_arg_text(&args, session->sync->name);
    pg_arg_text(&args, changed_records_array(scope, &ids));
    if (!pg_run(session->state, STATEMENT_TOUCHED_RIVALS, &args, &rows, err))
        return false;
    add_ids(changed, &rows);
    return true;
}

bool changed_records_read(const struct session *session, struct scope *scope, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    bool full = scope->mode == RUN_FULL && scope->undoes == 0;
    struct pg *pg;
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (scope->mode != RUN_CHANGED && !(full && sync->watch))
        return true;
    if (!open_rows(session, &pg, "isolation level read committed read only", err))
        return error_prefix(err, "changes of %s", sync->name);
    scope->changed = mem_new(1, sizeof *scope->changed);
    struct pg_args args = {0};
    pg_arg_text(&args, sync->name);
    pg_arg_int(&args, full ? 1 : CHANGED_RECORDS_MAX + 1);
    bool keyed = sync->key_from.column != NULL;
    bool ok =
        pg_run(pg, keyed ? STATEMENT_CHANGED_KEYS : STATEMENT_TOUCHED_TAKE, &args, &rows, err);
    if (!ok && full && is_unprepared(pg))
        ok = true;
    else if (!ok)
        (void)error_prefix(err, "changes of %s%s", sync->name,
            is_unprepared(pg) ? " (run assocd init --watch)" : "");
    close_rows(session, pg);
    note_rows(session, scope, &rows);
    return ok && add_rivals(session, scope, err);
}

bool changed_records_find(
    const struct session *session, const struct scope *scope, struct error *err)
{
    struct side side = record_key_side(session, 0);
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (scope->mode != RUN_CHANGED || side.key->column == NULL)
        return true;
    pg_arg_int(&args, (int64_t)session->access.portal_id);
    pg_arg_text(&args, side.object);
    pg_arg_text(&args, side.key->property);
    pg_arg_text(&args, buf_text(&scope->changed->keys));
    if (!pg_run(session->state, STATEMENT_CHANGED_RECORDS_OF_KEYS, &args, &rows, err))
        return false;
    add_ids(scope->changed, &rows);
    return add_rivals(session, scope, err);
}

const struct id_list *changed_records_ids(const struct scope *scope)
{
    return scope->mode == RUN_CHANGED && scope->changed != NULL ? &scope->changed->from_ids : NULL;
}

const char *changed_records_array(const struct scope *scope, struct buf *array)
{
    const struct id_list *ids = changed_records_ids(scope);
    for (size_t i = 0; ids != NULL && i < ids->count; i++)
        pg_array_int(array, (int64_t)ids->ids[i]);
    return ids != NULL ? pg_array_end(array) : NULL;
}

bool changed_records_nothing(const struct scope *scope)
{
    return scope->mode == RUN_CHANGED && scope->changed->from_ids.count == 0 &&
        scope->changed->keys.length == 0;
}

bool changed_records_waits(const struct scope *scope)
{
    return scope->changed != NULL && scope->changed->snapshot != NULL;
}

bool changed_records_finish(
    const struct session *session, const struct scope *scope, struct error *err)
{
    struct pg *pg;
    if (scope->changed == NULL || scope->changed->snapshot == NULL)
        return true;
    if (!open_rows(session, &pg, "isolation level read committed read write", err))
        return error_prefix(err, "changes of %s", session->sync->name);
    struct pg_args args = {0};
    pg_arg_text(&args, session->sync->name);
    pg_arg_text(&args, scope->changed->snapshot);
    bool ok = pg_run(pg, STATEMENT_TOUCHED_DONE, &args, NULL, err) &&
        (pg == session->state || pg_exec(pg, "commit", NULL, err));
    close_rows(session, pg);
    free(scope->changed->snapshot);
    scope->changed->snapshot = NULL;
    return ok || error_prefix(err, "changes of %s", session->sync->name);
}

void changed_records_close(struct changed_records *changed)
{
    if (changed == NULL)
        return;
    free(changed->snapshot);
    id_list_clear(&changed->from_ids);
    buf_clear(&changed->keys);
    free(changed);
}
