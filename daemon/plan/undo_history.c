/*
 * undo_history.c: rows of assocd.change -> associations, with what came, went or moved with them.
 */
#include "plan/undo_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/reciprocal.h"
#include "pg/text.h"
#include "hubspot/cardinality.h"
#include "plan/link_evidence.h"

/* Columns of undo_changes.sql. */
enum {
    OPERATION,
    FROM_ID,
    TO_ID,
    CATEGORY,
    TYPE_ID,
    ORIGIN,
    ALONG,
    IMPLIED,
    CAME,
    MOVED,
    OTHER_OWNER,
    TURNED, /* done from the other record, whose types these are; ids are this one's */
    COMPANION, /* an undo's: what had gone or come by itself */
};

void undo_history_clear(struct undo_history *done)
{
    pg_rows_clear(&done->rows);
    free(done->items);
    assoc_list_clear(&done->unclear);
}

const char *undo_history_origin(const struct undo_history *done, const struct undo_row *item)
{
    return pg_rows_null(&done->rows, item->number, ORIGIN)
        ? NULL
        : pg_rows_text(&done->rows, item->number, ORIGIN);
}

bool undo_history_is_unclear(const struct undo_history *done, const struct assoc *pair)
{
    for (size_t i = 0; i < done->unclear.count; i++)
        if (assoc_same_pair(&done->unclear.rows[i], pair))
            return true;
    return false;
}

/* Types that the account no longer lists enter the table unmanaged. */
static uint32_t type_index(struct session *session, const char *category, uint32_t type_id)
{
    struct type type = {
        .category = (char *)(uintptr_t)category, .type_id = type_id, .kind = TYPE_LABEL};
    uint32_t index = types_find(&session->types, category, type_id);
    return index != TYPE_NONE ? index : types_add(&session->types, &type);
}

static bool too_many_types(const struct undo_history *done, struct error *err)
{
    return error_set(
        err, ERROR_STATE, "run %lld names more than %d types", (long long)done->run_id, TYPES_MAX);
}

static bool add_item(const struct session *session, struct undo_history *done,
    const struct undo_row *item, struct error *err)
{
    struct undo_row row = *item;
    if (row.assoc.type == TYPE_NONE)
        return too_many_types(done, err);
    if (row.other_side)
        row.assoc.type = reciprocal_of(session->reciprocals, row.assoc.type);
    if (row.assoc.type == TYPE_NONE) {
        assoc_list_add(&done->unclear, row.assoc);
        return true;
    }
    mem_grow(&done->items, &done->room, done->count + 1, sizeof done->items[0]);
    done->items[done->count++] = row;
    return true;
}

/* "CATEGORY:id CATEGORY:id": what came or went by itself with the row `item` is about. */
static bool add_companions(struct session *session, struct undo_history *done, struct undo_row item,
    const char *texts, struct error *err)
{
    item.did = item.did == UNDO_CREATED ? UNDO_CAME : UNDO_WENT;
    for (const char *at = texts; *at != '\0'; at += *at == ' ') {
        size_t length = strcspn(at, " ");
        char *category = mem_text_part(at, length);
        char *colon = strrchr(category, ':');
        if (colon != NULL) {
            *colon = '\0';
            item.assoc.type = type_index(session, category, (uint32_t)strtoul(colon + 1, NULL, 10));
        }
        free(category);
        if (colon != NULL && !add_item(session, done, &item, err))
            return false;
        at += length;
    }
    return true;
}

/* What an undo gave back with its own creates though the sync does not manage the type goes as it
 * came: by itself, with its pair. */
static bool is_given_back(
    const struct session *session, const struct pg_rows *rows, int i, const struct undo_row *item)
{
    return item->did == UNDO_CREATED && pg_rows_bool(rows, i, COMPANION) &&
        item->assoc.type != TYPE_NONE && !session->types.items[item->assoc.type].managed;
}

static bool add_done(struct session *session, struct undo_history *done, int i, struct error *err)
{
    const struct pg_rows *rows = &done->rows;
    bool archived = strcmp(pg_rows_text(rows, i, OPERATION), "archive") == 0;
    struct undo_row item = {
        .assoc = {.from_id = (uint64_t)pg_rows_int(rows, i, FROM_ID),
            .to_id = (uint64_t)pg_rows_int(rows, i, TO_ID),
            .type = type_index(
                session, pg_rows_text(rows, i, CATEGORY), (uint32_t)pg_rows_int(rows, i, TYPE_ID))},
        .did = archived ? UNDO_ARCHIVED : UNDO_CREATED,
        .foreseen = !archived && !pg_rows_null(rows, i, IMPLIED),
        .looked_at = !archived && !pg_rows_null(rows, i, CAME),
        .other_owner = pg_rows_bool(rows, i, OTHER_OWNER),
        .other_side = pg_rows_bool(rows, i, TURNED),
        .number = i,
    };
    if (pg_rows_bool(rows, i, MOVED))
        item.did = UNDO_MOVED;
    if (is_given_back(session, rows, i, &item))
        item.did = UNDO_CAME;
    if (!add_item(session, done, &item, err))
        return false;
    if (item.did == UNDO_MOVED || item.did == UNDO_CAME)
        return true;
    bool plain =
        item.assoc.type != TYPE_NONE && session->types.items[item.assoc.type].kind == TYPE_PLAIN;
    if (archived)
        return !plain || add_companions(session, done, item, pg_rows_text(rows, i, ALONG), err);
    return add_companions(session, done, item, pg_rows_text(rows, i, IMPLIED), err) &&
        add_companions(session, done, item, pg_rows_text(rows, i, CAME), err);
}

/* Types that a record can have only once may be elsewhere by what was done from that other record.
 */
static void add_once(const struct session *session, struct buf *array)
{
    struct cardinality_rules single = cardinality_rules(session->sync, &session->types);
    for (size_t i = 0; session->reciprocals != NULL && i < single.there_count; i++) {
        const struct type *type = &session->types.items[single.there[i]];
        if (type->managed)
            pg_array_type(array, type->category, type->type_id);
    }
}

static bool load_rows(struct session *session, const struct chunk *chunk, struct undo_history *done,
    struct error *err)
{
    CLEANUP(buf_clear) struct buf once = {0};
    struct pg_args args = {0};
    add_once(session, &once);
    pg_arg_int(&args, done->run_id);
    pg_arg_int(&args, (int64_t)chunk->from_ids[0]);
    pg_arg_int(&args, (int64_t)chunk->from_ids[chunk->from_count - 1]);
    pg_arg_bool(&args, session->reciprocals != NULL);
    pg_arg_text(&args, pg_array_end(&once));
    if (!pg_run(session->state, STATEMENT_UNDO_CHANGES, &args, &done->rows, err))
        return false;
    for (int i = 0; i < done->rows.count; i++)
        if (!add_done(session, done, i, err))
            return false;
    return true;
}

bool undo_history_load(struct session *session, const struct scope *scope,
    const struct chunk *chunk, struct undo_history *done, struct error *err)
{
    done->run_id = scope->undoes;
    if (session->reciprocals != NULL)
        reciprocal_for_creates(session->reciprocals, true);
    bool ok = load_rows(session, chunk, done, err);
    if (session->reciprocals != NULL)
        reciprocal_for_creates(session->reciprocals, false);
    done->count = undo_sort(done->items, done->count);
    return ok;
}

/* ---- which labels are one ---- */

static bool knows_all(const struct session *session)
{
    for (uint32_t i = 0; i < session->types.count; i++)
        if (session->types.items[i].managed && reciprocal_of(session->reciprocals, i) == TYPE_NONE)
            return false;
    return true;
}

bool undo_history_learn(struct session *session, const struct scope *scope, struct error *err)
{
    CLEANUP(assoc_list_clear) struct assoc_list links = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    if (session->reciprocals == NULL || knows_all(session))
        return true;
    pg_arg_int(&args, scope->undoes);
    if (!pg_run(session->state, STATEMENT_UNDO_RECIPROCALS, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        assoc_list_add(&links,
            (struct assoc){.from_id = (uint64_t)pg_rows_int(&rows, i, 0),
                .to_id = (uint64_t)pg_rows_int(&rows, i, 1)});
    return links.count == 0 || link_evidence_read(session, &links, err);
}
