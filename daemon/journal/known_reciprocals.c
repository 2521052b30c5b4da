/*
 * known_reciprocals.c: struct reciprocals <-> assocd.reciprocal. Types are keys there (CATEGORY,
 * id) and indexes here.
 */
#include "journal/known_reciprocals.h"

#include <string.h>

#include "base/buf.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "pg/text.h"

static const char *const words[] = {
    [EVIDENCE_LIST] = "list", [EVIDENCE_LINK] = "link", [EVIDENCE_DOUBT] = "doubt"};

static void add_object(struct pg_args *args, uint64_t portal_id, const char *object)
{
    pg_arg_int(args, (int64_t)portal_id);
    pg_arg_text(args, object);
}

/* The type in two columns of a row; TYPE_NONE: NULL, or no room for more types. */
static uint32_t type_in(struct types *types, const struct pg_rows *rows, int row, int column)
{
    if (pg_rows_null(rows, row, column))
        return TYPE_NONE;
    struct type type = {.category = (char *)(uintptr_t)pg_rows_text(rows, row, column),
        .type_id = (uint32_t)pg_rows_int(rows, row, column + 1),
        .kind = TYPE_LABEL};
    return types_add(types, &type);
}

static enum reciprocal_evidence evidence_in(const char *word)
{
    enum reciprocal_evidence evidence = EVIDENCE_DOUBT;
    while (evidence > EVIDENCE_LIST && strcmp(words[evidence], word) != 0)
        evidence--;
    return evidence;
}

bool known_reciprocals_load(struct pg *state, uint64_t portal_id, struct types *types,
    struct reciprocals *reciprocals, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    add_object(&args, portal_id, reciprocals->object);
    if (!pg_run(state, STATEMENT_RECIPROCAL_GET, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        uint32_t type = type_in(types, &rows, i, 0), other = type_in(types, &rows, i, 2);
        enum reciprocal_evidence evidence = evidence_in(pg_rows_text(&rows, i, 4));
        if (type != TYPE_NONE && (other != TYPE_NONE || evidence == EVIDENCE_DOUBT))
            reciprocal_recall(reciprocals, type, other, evidence);
    }
    return true;
}

bool known_reciprocals_store(const struct session *session, struct error *err)
{
    const struct types *types = &session->types;
    CLEANUP(buf_clear) struct buf category = {0};
    CLEANUP(buf_clear) struct buf type_id = {0};
    CLEANUP(buf_clear) struct buf other_category = {0};
    CLEANUP(buf_clear) struct buf other_type_id = {0};
    CLEANUP(buf_clear) struct buf evidence = {0};
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other;
        enum reciprocal_evidence by = reciprocal_learnt(session->reciprocals, i, &other);
        if (by == EVIDENCE_NONE)
            continue;
        const struct type *seen_as = by != EVIDENCE_DOUBT ? &types->items[other] : NULL;
        pg_array_text(&category, types->items[i].category);
        pg_array_int(&type_id, types->items[i].type_id);
        pg_array_text(&other_category, seen_as != NULL ? seen_as->category : NULL);
        pg_array_int(&other_type_id, seen_as != NULL ? seen_as->type_id : 0);
        pg_array_text(&evidence, words[by]);
    }
    if (category.length == 0)
        return true;
    struct pg_args args = {0};
    add_object(&args, session->access.portal_id, session->from_type);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&category));
    pg_arg_text(&args, pg_array_end(&type_id));
    pg_arg_text(&args, pg_array_end(&other_category));
    pg_arg_text(&args, pg_array_end(&other_type_id));
    pg_arg_text(&args, pg_array_end(&evidence));
    return pg_run(session->state, STATEMENT_RECIPROCAL_PUT, &args, NULL, err);
}
