/*
 * undo.c: the run's changes, record by record, beside a fresh reading; inverse.c decides, the rows
 * go into assocd.change like any plan's.
 */
#include "sync/undo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "hubspot/client.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "sync/inverse.h"
#include "sync/mapping.h"
#include "sync/read.h"
#include "sync/records.h"
#include "sync/spool.h"

enum { FLUSH_BYTES = 256 * 1024 };

struct undo {
    struct run *run;
    struct spool *records; /* that it changed */
    struct buf rows; /* of assocd.change, in COPY form */
    int64_t ordinals[2]; /* last ordinal of creates and archives */
};

/* The changes of one chunk's records as the journal has them, and their judgement beside. */
struct done {
    struct pg_rows rows; /* operation, from, to, category, type_id, origin, along */
    struct inverse_row *items;
};

static bool check_scope(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_int(&args, run->options.undoes);
    if (!pg_run(run->state, STATEMENT_UNDO_RUN, &args, &rows, err))
        return false;
    const char *then = rows.count > 0 ? pg_rows_text(&rows, 0, 2) : "";
    if (mapping_same_scope(then, run->fingerprint, run->options.sync))
        return true;
    return error_set(err, ERROR_REFUSED,
        "run %lld cannot be undone: it was about %.*s, and sync %s is now about %.*s",
        (long long)run->options.undoes, (int)mapping_scope_length(then), then,
        run->options.sync->name, (int)mapping_scope_length(run->fingerprint), run->fingerprint);
}

static bool count_managed(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    pg_arg_text(&args, run->options.sync->name);
    if (!pg_run(run->state, STATEMENT_MANAGED_COUNT, &args, &rows, err))
        return false;
    run->counts.managed = (uint64_t)pg_rows_int(&rows, 0, 0);
    return true;
}

static bool load_records(struct run *run, struct spool *records, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->options.undoes);
    return records_load(run->state, STATEMENT_UNDO_FROM_IDS, &args, records, err);
}

static void done_clear(struct done *done)
{
    pg_rows_clear(&done->rows);
    free(done->items);
}

/* Types that the account no longer lists enter the table unmanaged. */
static uint32_t type_index(struct run *run, const char *category, uint32_t type_id)
{
    struct type type = {
        .category = (char *)(uintptr_t)category, .type_id = type_id, .kind = TYPE_LABEL};
    uint32_t index = types_find(&run->types, category, type_id);
    return index != TYPE_NONE ? index : types_add(&run->types, &type);
}

static bool load_done(
    struct run *run, const struct chunk *chunk, struct done *done, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run->options.undoes);
    pg_arg_int(&args, (int64_t)chunk->from_ids[0]);
    pg_arg_int(&args, (int64_t)chunk->from_ids[chunk->from_count - 1]);
    if (!pg_run(run->state, STATEMENT_UNDO_CHANGES, &args, &done->rows, err))
        return false;
    done->items = mem_new((size_t)done->rows.count + 1, sizeof done->items[0]);
    for (int i = 0; i < done->rows.count; i++) {
        uint32_t type = type_index(
            run, pg_rows_text(&done->rows, i, 3), (uint32_t)pg_rows_int(&done->rows, i, 4));
        if (type == TYPE_NONE)
            return error_set(err, ERROR_STATE, "run %lld names more than %d types",
                (long long)run->options.undoes, TYPES_MAX);
        done->items[i] = (struct inverse_row){
            .assoc = {.from_id = (uint64_t)pg_rows_int(&done->rows, i, 1),
                .to_id = (uint64_t)pg_rows_int(&done->rows, i, 2),
                .type = type},
            .archived = strcmp(pg_rows_text(&done->rows, i, 0), "archive") == 0,
        };
    }
    return true;
}

/* Did the run take the primary type from another pair of the record? It goes back there. */
static bool moves_back(const struct done *done, const struct assoc *primary)
{
    for (int i = 0; i < done->rows.count; i++) {
        const struct inverse_row *item = &done->items[i];
        if (item->archived && item->assoc.from_id == primary->from_id &&
            item->assoc.to_id != primary->to_id && item->assoc.type == primary->type)
            return true;
    }
    return false;
}

/* What travels with a create: what was taken along then, and what is on the pair now. What goes
 * along with an archive of the plain type: the primary one. */
static const char *along_text(const struct run *run, const struct done *done, int number,
    struct diff_rows observed, struct buf *array)
{
    bool archive = !done->items[number].archived;
    for (const char *at = archive ? "" : pg_rows_text(&done->rows, number, 6); *at != '\0';) {
        char *one = mem_text_part(at, strcspn(at, " "));
        pg_array_text(array, one);
        at += strlen(one);
        at += *at == ' ';
        free(one);
    }
    for (size_t i = 0; i < observed.count; i++) {
        char text[128];
        const struct type *type = &run->types.items[observed.rows[i].type];
        bool primary = type->kind == TYPE_PRIMARY;
        if (type->kind == TYPE_PLAIN || (archive && (!primary || type->managed)) ||
            (!archive && primary && moves_back(done, &observed.rows[i])))
            continue;
        (void)snprintf(text, sizeof text, "%s:%u", type->category, type->type_id);
        pg_array_text(array, text);
    }
    return array->length > 0 ? pg_array_end(array) : NULL;
}

/* One row of the plan: the inverse of row number `i` of done. why: NULL if it is to be done. */
static void add_row(
    struct undo *undo, const struct done *done, int i, const char *why, struct diff_rows observed)
{
    CLEANUP(buf_clear) struct buf along = {0};
    const struct inverse_row *item = &done->items[i];
    const struct type *type = &undo->run->types.items[item->assoc.type];
    struct buf *rows = &undo->rows;
    bool archive = !item->archived;
    bool origin = item->archived && !pg_rows_null(&done->rows, i, 5);
    bool cascades = !archive || type->kind == TYPE_PLAIN;
    pg_copy_int(rows, undo->run->run_id);
    pg_copy_text(rows, archive ? "archive" : "create");
    pg_copy_int(rows, ++undo->ordinals[archive]);
    pg_copy_int(rows, (int64_t)item->assoc.from_id);
    pg_copy_int(rows, (int64_t)item->assoc.to_id);
    pg_copy_text(rows, type->category);
    pg_copy_int(rows, type->type_id);
    pg_copy_text(rows, "undo");
    pg_copy_text(rows, why != NULL ? "skipped" : "planned");
    pg_copy_text(rows, why);
    pg_copy_text(rows, cascades ? along_text(undo->run, done, i, observed, &along) : NULL);
    pg_copy_text(rows, origin ? pg_rows_text(&done->rows, i, 5) : NULL);
    pg_copy_row_end(rows);
}

static bool flush(struct undo *undo, struct error *err)
{
    return pg_copy_rows(undo->run->state, STATEMENT_UNDO_COPY, &undo->rows, err);
}

static bool invert_chunk(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct undo *undo = context;
    CLEANUP(done_clear) struct done done = {0};
    struct run *run = undo->run;
    if (!load_done(run, chunk, &done, err))
        return false;
    for (size_t i = 0; i < chunk->from_count; i++)
        run->counts.unread += !read_complete(chunk, reply, chunk->from_ids[i]);
    run->counts.records += chunk->from_count;
    for (int first = 0, end; first < done.rows.count; first = end) {
        const struct assoc *pair = &done.items[first].assoc;
        end = first + 1;
        while (end < done.rows.count && assoc_same_pair(&done.items[end].assoc, pair))
            end++;
        bool read = read_complete(chunk, reply, pair->from_id);
        struct diff_rows observed =
            read ? diff_pair(reply->rows, reply->rows_count, pair) : (struct diff_rows){0};
        inverse_pair(&run->types, &done.items[first], (size_t)(end - first), observed);
        for (int i = first; i < end; i++)
            add_row(undo, &done, i,
                read ? inverse_text(done.items[i].verdict) : "the record could not be read",
                observed);
    }
    run_show(run, "read", run->counts.records, spool_records(undo->records));
    return undo->rows.length <= FLUSH_BYTES || flush(undo, err);
}

static bool invert(struct run *run, struct spool *records, struct error *err)
{
    struct undo undo = {.run = run, .records = records};
    struct read_scope scope = {.desired = records, .operation = "read"};
    bool ok = load_records(run, records, err) && read_each(run, &scope, invert_chunk, &undo, err) &&
        flush(&undo, err);
    buf_clear(&undo.rows);
    return ok;
}

bool undo_build(struct run *run, struct error *err)
{
    struct spool *records = NULL;
    run->good_known = false; /* the source is not read: nothing to compare its size with … */
    free(run->good_fingerprint); /* … nor its shape; check_scope compares the rest */
    run->good_fingerprint = NULL;
    bool ok = check_scope(run, err) && count_managed(run, err) &&
        spool_open(&run->adopt, "nothing", SPOOL_AS_IS, err) &&
        spool_open(&run->forget, "nothing", SPOOL_AS_IS, err) &&
        spool_open(&records, "records of the run", SPOOL_SORTED, err) && invert(run, records, err);
    spool_close(records);
    return ok;
}
