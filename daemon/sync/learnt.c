/*
 * learnt.c: links read from both records -> struct reciprocals <-> assocd.reciprocal. Types are
 * keys there (CATEGORY, id) and indexes here.
 */
#include "sync/learnt.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "hubspot/client.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "sync/diff.h"
#include "sync/read.h"
#include "sync/spool.h"

/* Of what a run reads anyway: what these do not tell, none does. */
enum { READINGS_MAX = 1000 };

static const char *const words[] = {
    [EVIDENCE_LIST] = "list", [EVIDENCE_LINK] = "link", [EVIDENCE_DOUBT] = "doubt"};

static void add_object(struct pg_args *args, const struct run *run)
{
    pg_arg_int(args, (int64_t)run->access.portal_id);
    pg_arg_text(args, run->from_type);
}

/* The type in two columns of a row; TYPE_NONE: NULL, or no room for more types. */
static uint32_t type_in(struct run *run, const struct pg_rows *rows, int row, int column)
{
    if (pg_rows_null(rows, row, column))
        return TYPE_NONE;
    struct type type = {.category = (char *)(uintptr_t)pg_rows_text(rows, row, column),
        .type_id = (uint32_t)pg_rows_int(rows, row, column + 1),
        .kind = TYPE_LABEL};
    return types_add(&run->types, &type);
}

static enum reciprocal_evidence evidence_in(const char *word)
{
    enum reciprocal_evidence evidence = EVIDENCE_DOUBT;
    while (evidence > EVIDENCE_LIST && strcmp(words[evidence], word) != 0)
        evidence--;
    return evidence;
}

bool learnt_load(struct run *run, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    add_object(&args, run);
    if (!pg_run(run->state, STATEMENT_RECIPROCAL_GET, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        uint32_t type = type_in(run, &rows, i, 0), other = type_in(run, &rows, i, 2);
        enum reciprocal_evidence evidence = evidence_in(pg_rows_text(&rows, i, 4));
        if (type != TYPE_NONE && (other != TYPE_NONE || evidence == EVIDENCE_DOUBT))
            reciprocal_recall(run->reciprocals, type, other, evidence);
    }
    return true;
}

bool learnt_store(struct run *run, struct error *err)
{
    const struct types *types = &run->types;
    CLEANUP(buf_clear) struct buf category = {0};
    CLEANUP(buf_clear) struct buf type_id = {0};
    CLEANUP(buf_clear) struct buf other_category = {0};
    CLEANUP(buf_clear) struct buf other_type_id = {0};
    CLEANUP(buf_clear) struct buf evidence = {0};
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other;
        enum reciprocal_evidence by = reciprocal_learnt(run->reciprocals, i, &other);
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
    add_object(&args, run);
    pg_arg_int(&args, run->run_id);
    pg_arg_text(&args, pg_array_end(&category));
    pg_arg_text(&args, pg_array_end(&type_id));
    pg_arg_text(&args, pg_array_end(&other_category));
    pg_arg_text(&args, pg_array_end(&other_type_id));
    pg_arg_text(&args, pg_array_end(&evidence));
    return pg_run(run->state, STATEMENT_RECIPROCAL_PUT, &args, NULL, err);
}

static bool has_label(struct run *run, struct diff_rows rows)
{
    for (size_t i = 0; i < rows.count; i++)
        if (!reciprocal_is_own(run->reciprocals, rows.rows[i].type))
            return true;
    return false;
}

static void observe(struct run *run, struct diff_rows forth, struct diff_rows back)
{
    reciprocal_observe(run->reciprocals, forth.rows, forth.count, back.rows, back.count);
}

void learnt_note(struct run *run, const struct chunk *chunk, const struct client_reply *reply)
{
    for (size_t i = 0; run->reciprocals != NULL && i < reply->rows_count;) {
        const struct assoc *pair = &reply->rows[i];
        struct assoc turned = {.from_id = pair->to_id, .to_id = pair->from_id};
        struct diff_rows forth = diff_pair(reply->rows, reply->rows_count, pair);
        i += forth.count;
        if (run->reciprocals->readings >= READINGS_MAX)
            return;
        if (pair->from_id < pair->to_id && has_label(run, forth) &&
            read_complete(chunk, reply, pair->to_id))
            observe(run, forth, diff_pair(reply->rows, reply->rows_count, &turned));
    }
}

/* Links being read, and what was read of them. */
struct links {
    const struct assoc_list *wanted;
    struct assoc_list seen;
};

static int by_row(const void *a, const void *b)
{
    return assoc_compare(a, b);
}

static bool is_wanted(const struct links *links, const struct assoc *row)
{
    for (size_t i = 0; i < links->wanted->count; i++) {
        const struct assoc *pair = &links->wanted->rows[i];
        if (assoc_same_pair(row, pair) ||
            (row->from_id == pair->to_id && row->to_id == pair->from_id))
            return true;
    }
    return false;
}

/* A record that could not be read shows no links, and a link that one side alone shows teaches
 * nothing. */
static bool keep_seen(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct links *links = context;
    (void)chunk;
    (void)err;
    for (size_t i = 0; i < reply->rows_count; i++)
        if (is_wanted(links, &reply->rows[i]))
            assoc_list_add(&links->seen, reply->rows[i]);
    return true;
}

static bool add_records(const struct assoc_list *wanted, struct spool *records, struct error *err)
{
    CLEANUP(assoc_list_clear) struct assoc_list ids = {0};
    for (size_t i = 0; i < wanted->count; i++) {
        assoc_list_add(&ids, assoc_scope(wanted->rows[i].from_id));
        assoc_list_add(&ids, assoc_scope(wanted->rows[i].to_id));
    }
    ids.count = assoc_sort_unique(ids.rows, ids.count);
    for (size_t i = 0; i < ids.count; i++)
        if (!spool_add(records, ids.rows[i], err))
            return false;
    return spool_rewind(records, err);
}

static void observe_all(struct run *run, struct links *links)
{
    struct assoc_list *seen = &links->seen;
    if (seen->count > 0)
        qsort(seen->rows, seen->count, sizeof seen->rows[0], by_row);
    for (size_t i = 0; i < links->wanted->count; i++) {
        const struct assoc *pair = &links->wanted->rows[i];
        struct assoc turned = {.from_id = pair->to_id, .to_id = pair->from_id};
        observe(run, diff_pair(seen->rows, seen->count, pair),
            diff_pair(seen->rows, seen->count, &turned));
    }
}

bool learnt_read(struct run *run, const struct assoc_list *links, struct error *err)
{
    struct spool *records = NULL;
    struct links reading = {.wanted = links};
    bool ok = spool_open(&records, "records of links seen from both sides", SPOOL_SORTED, err) &&
        add_records(links, records, err);
    struct read_scope scope = {.desired = records, .operation = "read"};
    ok = ok && read_each(run, &scope, keep_seen, &reading, err);
    spool_close(records);
    if (ok)
        observe_all(run, &reading);
    assoc_list_clear(&reading.seen);
    return ok;
}
