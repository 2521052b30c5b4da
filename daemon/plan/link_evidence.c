/*
 * link_evidence.c: links read from both records -> struct reciprocals.
 */
#include "plan/link_evidence.h"

#include <stdlib.h>

#include "model/reciprocal.h"
#include "hubspot/client.h"
#include "source/spool.h"
#include "plan/diff.h"
#include "plan/fetch.h"

/* Of what a run reads anyway: what these do not tell, none does. */
enum { READINGS_MAX = 1000 };

static bool has_label(const struct session *session, struct diff_rows rows)
{
    for (size_t i = 0; i < rows.count; i++)
        if (!reciprocal_is_own(session->reciprocals, rows.rows[i].type))
            return true;
    return false;
}

static void observe(const struct session *session, struct diff_rows forth, struct diff_rows back)
{
    reciprocal_observe(session->reciprocals, forth.rows, forth.count, back.rows, back.count);
}

void link_evidence_add(
    const struct session *session, const struct chunk *chunk, const struct client_reply *reply)
{
    for (size_t i = 0; session->reciprocals != NULL && i < reply->rows_count;) {
        const struct assoc *pair = &reply->rows[i];
        struct assoc turned = {.from_id = pair->to_id, .to_id = pair->from_id};
        struct diff_rows forth = diff_pair(reply->rows, reply->rows_count, pair);
        i += forth.count;
        if (session->reciprocals->readings >= READINGS_MAX)
            return;
        if (pair->from_id < pair->to_id && has_label(session, forth) &&
            fetch_complete(chunk, reply, pair->to_id))
            observe(session, forth, diff_pair(reply->rows, reply->rows_count, &turned));
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

static void observe_all(const struct session *session, struct links *links)
{
    struct assoc_list *seen = &links->seen;
    if (seen->count > 0)
        qsort(seen->rows, seen->count, sizeof seen->rows[0], by_row);
    for (size_t i = 0; i < links->wanted->count; i++) {
        const struct assoc *pair = &links->wanted->rows[i];
        struct assoc turned = {.from_id = pair->to_id, .to_id = pair->from_id};
        observe(session, diff_pair(seen->rows, seen->count, pair),
            diff_pair(seen->rows, seen->count, &turned));
    }
}

bool link_evidence_read(struct session *session, const struct assoc_list *links, struct error *err)
{
    struct spool *records = NULL;
    struct links reading = {.wanted = links};
    bool ok = spool_open(&records, "records of links seen from both sides", SPOOL_SORTED, err) &&
        add_records(links, records, err);
    struct fetch_scope scope = {.desired = records, .operation = "read"};
    ok = ok && fetch_each(session, &scope, keep_seen, &reading, err);
    spool_close(records);
    if (ok)
        observe_all(session, &reading);
    assoc_list_clear(&reading.seen);
    return ok;
}
