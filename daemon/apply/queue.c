/*
 * queue.c: reads ahead in assocd.change and cuts batches off.
 */
#include "apply/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/client.h"
#include "journal/change_row.h"
#include "plan/reciprocal_plan.h"

enum {
    FETCH_ROWS = 5000,
    PARTS_MAX = 64, /* of refused batches; splitting goes depth first, so few wait at once */
};

struct queue {
    const struct session *session;
    const struct scope *scope;
    enum queue_kind kind;
    struct batch_rows ahead; /* fetched, not yet cut; whole pairs but for the last */
    size_t ahead_at;
    int64_t last_ordinal;
    int64_t last_max; /* no ordinal above this one */
    bool fetched_all;
    bool skipped; /* v3: other types of a pair were passed over */
    struct batch_rows parts[PARTS_MAX]; /* a stack */
    size_t parts_count;
};

void queue_open(struct queue **queue, const struct session *session, const struct scope *scope,
    enum queue_kind kind, const struct archive_window *window)
{
    *queue = mem_new(1, sizeof **queue);
    (*queue)->session = session;
    (*queue)->scope = scope;
    (*queue)->kind = kind;
    (*queue)->last_ordinal = kind == QUEUE_CREATE ? 0 : window->first - 1;
    (*queue)->last_max = kind == QUEUE_CREATE ? INT64_MAX : window->last;
}

void queue_close(struct queue *queue)
{
    if (queue == NULL)
        return;
    batch_rows_clear(&queue->ahead);
    for (size_t i = 0; i < queue->parts_count; i++)
        batch_rows_clear(&queue->parts[i]);
    free(queue);
}

/* CATEGORY:id as along has it. */
static uint32_t type_of(const struct types *types, const char *text, size_t length)
{
    char category[96];
    const char *colon = memrchr(text, ':', length);
    if (colon == NULL || (size_t)(colon - text) >= sizeof category)
        return TYPE_NONE;
    memcpy(category, text, (size_t)(colon - text));
    category[colon - text] = '\0';
    return types_find(types, category, (uint32_t)strtoul(colon + 1, NULL, 10));
}

static bool has_type(const struct batch_rows *rows, struct assoc row)
{
    for (size_t i = rows->count;
         i > 0 && rows->rows[i - 1].from_id == row.from_id && rows->rows[i - 1].to_id == row.to_id;
         i--)
        if (rows->rows[i - 1].type == row.type)
            return true;
    return false;
}

static bool add_along(struct queue *queue, struct assoc row, const char *along, struct error *err)
{
    while (*along != '\0') {
        size_t length = strcspn(along, " ");
        row.type = type_of(&queue->session->types, along, length);
        if (row.type == TYPE_NONE)
            return error_set(err, ERROR_INTERNAL,
                "the plan's type %.*s is no longer known; make a new plan", (int)length, along);
        if (!has_type(&queue->ahead, row))
            batch_rows_add(&queue->ahead, row, 0);
        along += length;
        along += *along == ' ';
    }
    return true;
}

static bool add_row(struct queue *queue, const struct pg_rows *rows, int i, struct error *err)
{
    const struct session *session = queue->session;
    struct assoc row = change_row_assoc(&session->types, rows, i, 1);
    /* What had come or gone by itself with a run's changes is undone with them. */
    bool ours = queue->scope->undoes != 0;
    if (row.type == TYPE_NONE || !(ours || session->types.items[row.type].managed))
        return error_set(err, ERROR_INTERNAL, "the plan changes type %s:%s, which is not managed",
            pg_rows_text(rows, i, 3), pg_rows_text(rows, i, 4));
    queue->last_ordinal = pg_rows_int(rows, i, 0);
    batch_rows_add(&queue->ahead, row, queue->last_ordinal);
    return queue->kind != QUEUE_CREATE || client_dialect(session->client) == DIALECT_V3 ||
        add_along(queue, row, pg_rows_text(rows, i, 5), err);
}

static bool fetch(struct queue *queue, struct error *err)
{
    const struct session *session = queue->session;
    CLEANUP(buf_clear) struct buf there = {0};
    CLEANUP(buf_clear) struct buf here = {0};
    enum statement_id statement = STATEMENT_CHANGE_NEXT;
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, queue->kind == QUEUE_CREATE ? "create" : "archive");
    pg_arg_int(&args, queue->last_ordinal);
    pg_arg_int(&args, FETCH_ROWS);
    pg_arg_int(&args, queue->last_max);
    if (session->reciprocals != NULL && queue->kind == QUEUE_CREATE) {
        statement = STATEMENT_CHANGE_NEXT_RECIPROCAL;
        reciprocal_for_creates(session->reciprocals, true);
        reciprocal_plan_types(session, &there, &here);
        reciprocal_for_creates(session->reciprocals, false);
        pg_arg_text(&args, pg_array_end(&there));
        pg_arg_text(&args, pg_array_end(&here));
    }
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, statement, &args, &rows, err))
        return false;
    batch_rows_remove(&queue->ahead, 0, queue->ahead_at);
    queue->ahead_at = 0;
    for (int i = 0; i < rows.count; i++)
        if (!add_row(queue, &rows, i, err))
            return false;
    queue->fetched_all = rows.count < FETCH_ROWS;
    return true;
}

/* Rows of the pair at the front of what is ahead. */
static size_t pair_length(const struct queue *queue)
{
    const struct assoc *rows = queue->ahead.rows + queue->ahead_at;
    size_t left = queue->ahead.count - queue->ahead_at, length = 0;
    while (length < left && rows[length].from_id == rows[0].from_id &&
        rows[length].to_id == rows[0].to_id)
        length++;
    return length;
}

/* Which of the two archive calls does the pair at the front need? */
static bool is_wanted(const struct queue *queue, size_t length)
{
    if (queue->kind == QUEUE_CREATE || queue->kind == QUEUE_ARCHIVE)
        return true;
    bool whole = false;
    for (size_t i = 0; i < length; i++) {
        uint32_t type = queue->ahead.rows[queue->ahead_at + i].type;
        whole = whole || queue->session->types.items[type].kind == TYPE_PLAIN;
    }
    return whole == (queue->kind == QUEUE_ARCHIVE_PAIRS);
}

/* Moves the pair at the front to rows, its types in order. */
static void move_pair(struct queue *queue, size_t length, struct batch_rows *rows)
{
    size_t first = rows->count;
    for (size_t i = 0; i < length; i++, queue->ahead_at++) {
        batch_rows_add(
            rows, queue->ahead.rows[queue->ahead_at], queue->ahead.ordinals[queue->ahead_at]);
        for (size_t k = rows->count - 1; k > first && rows->rows[k].type < rows->rows[k - 1].type;
             k--)
            batch_rows_swap(rows, k, k - 1);
    }
}

static bool next_part(
    struct queue *queue, const struct batch_limits *limits, struct batch_rows *rows)
{
    if (queue->parts_count == 0)
        return false;
    struct batch_rows *part = &queue->parts[queue->parts_count - 1];
    size_t cut = batch_cut(part->rows, part->count, limits);
    for (size_t i = 0; i < cut; i++)
        batch_rows_add(rows, part->rows[i], part->ordinals[i]);
    batch_rows_remove(part, 0, cut);
    if (part->count == 0) {
        batch_rows_clear(part);
        queue->parts_count--;
    }
    return true;
}

bool queue_next(struct queue *queue, const struct batch_limits *limits, struct batch_rows *rows,
    struct error *err)
{
    size_t from_ids = 0;
    rows->count = 0;
    if (next_part(queue, limits, rows))
        return true;
    for (;;) {
        size_t length = pair_length(queue);
        if (queue->ahead_at + length == queue->ahead.count && !queue->fetched_all) {
            if (!fetch(queue, err))
                return false;
            continue;
        }
        if (length == 0)
            return true;
        if (length > 1 && client_dialect(queue->session->client) == DIALECT_V3) {
            queue->skipped = true;
            batch_rows_remove(&queue->ahead, queue->ahead_at + 1, length - 1);
            length = 1;
        }
        if (!is_wanted(queue, length)) {
            queue->ahead_at += length;
            continue;
        }
        uint64_t from_id = queue->ahead.rows[queue->ahead_at].from_id;
        bool new_from = rows->count == 0 || rows->rows[rows->count - 1].from_id != from_id;
        if (rows->count > 0 &&
            (rows->count + length > limits->inputs || from_ids + new_from > limits->from_ids))
            return true;
        from_ids += new_from;
        move_pair(queue, length, rows);
    }
}

bool queue_skipped(const struct queue *queue)
{
    return queue->skipped;
}

bool queue_back(struct queue *queue, struct batch_rows *first, struct batch_rows *second)
{
    if (queue->parts_count + 2 > PARTS_MAX)
        return false;
    queue->parts[queue->parts_count++] = *second;
    queue->parts[queue->parts_count++] = *first;
    *first = (struct batch_rows){0};
    *second = (struct batch_rows){0};
    return true;
}
