/*
 * source.c: builds and reads the one COPY that yields the desired rows.
 */
#include "source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "model/id_list.h"
#include "pg/pg.h"
#include "pg/sqlstate.h"
#include "pg/text.h"
#include "source/source_hint.h"
#include "source/source_lock.h"
#include "source/source_once.h"
#include "source/source_order.h"
#include "source/source_record.h"
#include "source/source_type.h"

enum { CELLS_MAX = 2 + SOURCE_TYPE_CELLS };

struct source {
    struct pg *pg;
    const struct sync_definition *sync;
    const struct types *types;
    struct source_query query;
    struct buf relation; /* quoted, for use after from */
    bool empty;
    struct source_type type;
    bool replica;
    char shape[SOURCE_SHAPE_MAX]; /* "table", "view 5d41…": what kind of thing it is */
    char message[SOURCE_MESSAGE_MAX];
    struct source_record record;
    struct source_once once;
    bool beside; /* reads rows beside those of the wanted records */
};

const char *source_name(const struct sync_definition *sync)
{
    return sync->source_table != NULL ? sync->source_table : "the configured query";
}

/* `"schema"."table"`, or the query in brackets. A comment may end the query's last line. */
static bool relation_text(struct source *source, struct buf *text, struct error *err)
{
    const struct sync_definition *sync = source->sync;
    if (sync->source_table != NULL) {
        char *quoted;
        if (!pg_relation(source->pg, sync->source_table, &quoted, err))
            return error_prefix(err, "source of %s", sync->name);
        buf_add_text(text, quoted);
        free(quoted);
        return true;
    }
    size_t length = strlen(sync->source_query);
    while (length > 0 && strchr("; \t\r\n", sync->source_query[length - 1]) != NULL)
        length--;
    buf_add_char(text, '(');
    buf_add(text, sync->source_query, length);
    buf_add_text(text, "\n)");
    return true;
}

/* Names the columns that the source has, for the message. */
static bool no_such_column(
    struct source *source, const char *relation, const char *why, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    CLEANUP(buf_clear) struct buf names = {0};
    buf_addf(&sql, "select * from %s source_rows limit 0", relation);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_exec(source->pg, "rollback", NULL, err) || !pg_begin(source->pg, "read only", err) ||
        !pg_exec(source->pg, buf_text(&sql), &rows, err))
        return error_prefix(err, "source of %s", source->sync->name);
    for (int i = 0; i < pg_rows_columns(&rows); i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", pg_rows_name(&rows, i));
    return error_set(err, ERROR_SOURCE, "source of %s: %s; %s has: %s (source.columns maps them)",
        source->sync->name, why, source_name(source->sync), buf_text(&names));
}

/* The configured columns in the order of a row's cells; returns their number. */
static size_t column_names(const struct sync_definition *sync, const char *names[static CELLS_MAX])
{
    const char *const all[] = {sync_from_column(sync), sync_to_column(sync),
        sync->column_type_id != NULL ? sync->column_type_id : sync->column_type,
        sync->column_category};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(all); i++)
        if (all[i] != NULL)
            names[count++] = all[i];
    return count;
}

/* `select` of the configured columns under fixed names: c0, c1 … */
static bool columns_text(
    struct source *source, const char *relation, struct buf *text, struct error *err)
{
    const char *names[CELLS_MAX];
    size_t count = column_names(source->sync, names);
    for (size_t i = 0; i < count; i++) {
        char *quoted;
        if (!pg_identifier(source->pg, names[i], &quoted, err))
            return false;
        buf_addf(text, "%s%s as c%zu", i > 0 ? ", " : "select ", quoted, i);
        free(quoted);
    }
    buf_addf(text, " from %s source_rows", relation);
    return true;
}

static bool is_key(const struct source *source, int column)
{
    return (column == 0 ? source->sync->key_from.column : source->sync->key_to.column) != NULL;
}

/* How the ids of a column are written. */
static const char *written(const struct source *source, const struct pg_rows *shape, int column)
{
    if (is_key(source, column))
        return "key";
    return pg_rows_integer(shape, column) ? "integer" : "text";
}

/* Ids to be compared. Integers are compared in the column's own type, so that its index serves.
 * Text may have leading zeros, which belong to the same record: an index on ltrim(column, '0')
 * serves there. */
static void add_id(struct buf *sql, const char *of, const struct pg_rows *shape, int column)
{
    if (pg_rows_integer(shape, column))
        buf_addf(sql, "%s.c%d", of, column);
    else
        buf_addf(sql, "pg_catalog.ltrim(%s.c%d::text, '0')", of, column);
}

static void add_wanted(
    struct buf *sql, const char *of, const struct source_query *query, const struct pg_rows *shape)
{
    CLEANUP(buf_clear) struct buf ids = {0};
    for (size_t i = 0; i < query->from_ids->count; i++)
        pg_array_int(&ids, (int64_t)query->from_ids->ids[i]);
    add_id(sql, of, shape, 0);
    buf_addf(sql, " = any ('%s'::%s[])", pg_array_end(&ids),
        pg_rows_integer(shape, 0) ? "bigint" : "text");
}

/* Only the rows of the wanted from-records, and those that may contradict them. */
static void add_restriction(
    const struct source *source, struct buf *sql, const char *inner, const struct pg_rows *shape)
{
    const struct source_query *query = &source->query;
    if (query->from_ids == NULL || is_key(source, 0))
        return;
    buf_add_text(sql, " where ");
    add_wanted(sql, "cells", query, shape);
    if (!source->beside)
        return;
    buf_add_text(sql, " or ");
    add_id(sql, "cells", shape, 1);
    buf_add_text(sql, " = any (array(select ");
    add_id(sql, "own", shape, 1);
    buf_addf(sql, " from (%s) own where ", inner);
    add_wanted(sql, "own", query, shape);
    buf_add_text(sql, "))");
}

static bool begin_copy(struct source *source, const char *relation, struct error *err)
{
    CLEANUP(buf_clear) struct buf inner = {0};
    CLEANUP(buf_clear) struct buf sql = {0};
    if (!columns_text(source, relation, &inner, err))
        return false;
    buf_addf(&sql, "%s limit 0", buf_text(&inner));
    CLEANUP(pg_rows_clear) struct pg_rows shape = {0};
    if (!pg_exec(source->pg, buf_text(&sql), &shape, err)) {
        if (pg_failure(source->pg) != SQLSTATE_UNDEFINED_COLUMN)
            return error_prefix(err, "source of %s", source->sync->name);
        return no_such_column(source, relation, err->text, err);
    }
    bool not_null[2] = {false, false};
    const char *const ids[] = {source->sync->column_from, source->sync->column_to};
    if (source->sync->source_table != NULL && !sync_has_keys(source->sync) &&
        !source_not_null(source->pg, relation, ids, not_null, err))
        return false;
    size_t length = strlen(source->shape);
    (void)snprintf(source->shape + length, sizeof source->shape - length, "%sids as %s and %s",
        length > 0 ? ", " : "", written(source, &shape, 0), written(source, &shape, 1));
    text_trim(source->shape);
    buf_reset(&sql);
    buf_add_text(&sql, "copy (select ");
    for (int i = 0; i < pg_rows_columns(&shape); i++) {
        buf_add_text(&sql, i > 0 ? ", " : "");
        source_cell(&sql, &shape, i);
    }
    buf_addf(&sql, " from (%s) cells", buf_text(&inner));
    add_restriction(source, &sql, buf_text(&inner), &shape);
    if (!sync_has_keys(source->sync)) /* keys have no order that ids have */
        source_order(&sql, &shape, not_null);
    buf_add_text(&sql, ") to stdout");
    if (!pg_copy_out(source->pg, buf_text(&sql), err))
        return error_prefix(err, "source of %s", source->sync->name);
    return true;
}

bool source_open(struct source **source, const struct source_query *query, struct error *err)
{
    const struct sync_definition *sync = query->sync;
    struct source *s = *source = mem_new(1, sizeof *s);
    s->sync = sync;
    s->types = query->types;
    s->query = *query;
    s->empty = true;
    s->once.query = &s->query;
    source_record_init(&s->record, sync);
    s->beside = query->rivals && !sync_has_keys(sync) && query->from_ids != NULL &&
        source_once_there(query);
    source_type_init(&s->type, sync, query->types);
    const char *url =
        sync->source_database_url != NULL ? sync->source_database_url : query->database_url;
    /* Nothing but transactions that are read only: the code of a view runs with our rights, and a
     * connection pooler may stand between. */
    if (!pg_open_plain(&s->pg, url, "assocd source", ERROR_SOURCE, err))
        return error_prefix(err, "source of %s", sync->name);
    pg_heed_stop(s->pg);
    if (!pg_begin(s->pg, "read only", err))
        return error_prefix(err, "source of %s", sync->name);
    bool ok = relation_text(s, &s->relation, err) &&
        source_lock(s->pg, sync, buf_text(&s->relation), s->shape, err) &&
        pg_in_recovery(s->pg, &s->replica, err) && begin_copy(s, buf_text(&s->relation), err);
    return ok || source_hint(s->pg, err);
}

void source_close(struct source *source)
{
    if (source == NULL)
        return;
    pg_close(source->pg);
    source_once_clear(&source->once);
    buf_clear(&source->relation);
    free(source);
}

static void invalid_type(struct source *source, struct source_row *row)
{
    row->kind = SOURCE_INVALID;
    row->wrong = "type";
    row->message = source->message;
}

static void parse_type(struct source *source, struct source_row *row, char *const cells[])
{
    row->assoc.type = source_type_read(&source->type, cells, &row->type, source->message);
    if (row->assoc.type == TYPE_NONE)
        invalid_type(source, row);
}

/* No rows of the wanted records: are there others? Looked up in the same snapshot. */
static bool end_copy(struct source *source, struct error *err)
{
    if (source->empty && source->query.from_ids != NULL) {
        CLEANUP(buf_clear) struct buf sql = {0};
        CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
        buf_addf(&sql, "select exists (select from %s source_rows)", buf_text(&source->relation));
        if (!pg_exec(source->pg, buf_text(&sql), &rows, err))
            return error_prefix(err, "source of %s", source->sync->name);
        source->empty = !pg_rows_bool(&rows, 0, 0);
    }
    return pg_exec(source->pg, "commit", NULL, err);
}

bool source_replica(const struct source *source)
{
    return source->replica;
}

const char *source_sync(const struct source *source)
{
    return source->query.sync->name;
}

const char *source_shape(const struct source *source)
{
    return source->shape;
}

const char *source_database(const struct source *source)
{
    return pg_database(source->pg);
}

bool source_empty(const struct source *source)
{
    return source->empty;
}

static bool is_wanted(const struct source *source, uint64_t from_id)
{
    return !source->beside || id_list_has(source->query.from_ids, from_id);
}

static bool next_row(struct source *source, struct source_row *row, struct error *err)
{
    char *line;
    size_t length;
    *row = (struct source_row){.kind = SOURCE_ROW};
    if (!pg_copy_next(source->pg, &line, &length, err)) {
        (void)error_prefix(err, "source of %s: reading was cut off; none of its rows are used",
            source->sync->name);
        return source_hint(source->pg, err);
    }
    if (line == NULL) {
        row->kind = SOURCE_END;
        return end_copy(source, err);
    }
    source->empty = false;
    char *cells[CELLS_MAX] = {NULL};
    const char *names[CELLS_MAX];
    int columns = (int)column_names(source->sync, names);
    if (pg_copy_split(line, cells, CELLS_MAX) != columns)
        return error_set(err, ERROR_SOURCE,
            "source of %s: a row does not have the expected %d columns", source->sync->name,
            columns);
    row->from = cells[0];
    row->to = cells[1];
    row->type = cells[2];
    bool sides = source_record_read(&source->record, row);
    if (sides && (row->to != NULL || source_type_is_said(cells + 2)))
        parse_type(source, row, cells + 2);
    if (row->kind == SOURCE_ROW && row->to != NULL && !sync_has_keys(source->sync))
        return source_once_check(&source->once, row, err);
    if (row->to == NULL)
        row->assoc = assoc_scope(row->assoc.from_id);
    return true;
}

bool source_next(struct source *source, struct source_row *row, struct error *err)
{
    if (source_once_first(&source->once, row))
        return true;
    do
        if (!next_row(source, row, err))
            return false;
    while (row->kind != SOURCE_END && !row->unclear && !is_wanted(source, row->assoc.from_id));
    return true;
}
