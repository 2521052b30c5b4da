/*
 * reciprocal_plan.c: archives, turned round and in order -> beside the desired rows -> skipped. If
 * some of them cannot be decided, links are read from both of their records, and all is compared
 * again.
 */
#include "plan/reciprocal_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/change_state.h"
#include "model/id_list.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "source/drain.h"
#include "source/spool.h"
#include "journal/known_reciprocals.h"
#include "plan/diff.h"
#include "plan/keyed.h"
#include "plan/link_evidence.h"

enum {
    PAGE_ROWS = 10000,
    LEARN_PAIRS_MAX = 100, /* links that are read from both records: one request, nearly always */
    LEARN_PAIRS_OF_TYPE = 4,
};

static const char names_it[] = "kept: defined by the source on the other record";
static const char undecided[] =
    "the source names the link from its other record, and HubSpot does not tell whether this label "
    "is the other side of what is named there; it is kept until a link that carries one of the two "
    "labels alone was read from both of its records; or remove it in HubSpot";

struct reciprocal_plan {
    struct session *session;
    struct plan *plan;
    bool planning; /* and not looking again before it archives */
    bool last; /* what is not known now is skipped, too */
    struct spool *archives; /* turned round: from the other record's side */
    struct spool *asked; /* desired rows read here */
    struct id_list from_ids; /* of archives, ascending */
    struct buf from, to, category, type_id, messages; /* of what is to be skipped: arrays */
    size_t count;
    uint64_t skipped;
    struct assoc_list unknown; /* some of those that could not be decided, a pair each */
    size_t unknown_of[TYPES_MAX];
};

/* A flag of an archive's row: it is reported or blocked, and will not be done anyway. */
enum { IS_IDLE = 1 };

static void draft_clear(struct reciprocal_plan *draft)
{
    spool_close(draft->archives);
    spool_close(draft->asked);
    id_list_clear(&draft->from_ids);
    buf_clear(&draft->from);
    buf_clear(&draft->to);
    buf_clear(&draft->category);
    buf_clear(&draft->type_id);
    buf_clear(&draft->messages);
    assoc_list_clear(&draft->unknown);
}

static bool add_archive(struct reciprocal_plan *draft, char *line, struct error *err)
{
    char *cells[5];
    struct assoc row = {0};
    if (pg_copy_split(line, cells, 5) != 5 ||
        !assoc_parse_id(cells[0], strlen(cells[0]), &row.from_id) ||
        !assoc_parse_id(cells[1], strlen(cells[1]), &row.to_id))
        return error_set(err, ERROR_STATE,
            "assocd.change has an invalid row (expected two record IDs and a type)");
    row.flags = change_state_find(cells[4]) != STATE_PLANNED ? IS_IDLE : 0;
    row.type = types_find(&draft->session->types, cells[3], (uint32_t)strtoul(cells[2], NULL, 10));
    if (row.type == TYPE_NONE)
        return error_set(
            err, ERROR_INTERNAL, "the draft's type %s:%s is not known", cells[3], cells[2]);
    const struct id_list *ids = &draft->from_ids;
    if (ids->count == 0 || ids->ids[ids->count - 1] != row.from_id)
        id_list_add(&draft->from_ids, row.from_id);
    return spool_add(draft->archives, row, err);
}

static bool load_archives(struct reciprocal_plan *draft, struct error *err)
{
    struct pg *state = draft->session->state;
    struct pg_args args = {0};
    pg_arg_int(&args, draft->session->run_id);
    pg_arg_bool(&args, draft->planning);
    if (!spool_open(&draft->archives, "planned archives", SPOOL_SORTED, err) ||
        !pg_copy_statement(state, STATEMENT_RECIPROCAL_COPY, &args, err))
        return false;
    for (;;) {
        char *line;
        size_t length;
        if (!pg_copy_next(state, &line, &length, err))
            return false;
        if (line == NULL)
            return spool_rewind(draft->archives, err);
        if (!add_archive(draft, line, err))
            return false;
    }
}

/* An invalid row could name any of them: the guards withhold the archives. */
static bool count_invalid(void *context, const struct source_row *row, struct error *err)
{
    struct reciprocal_plan *draft = context;
    (void)row;
    (void)err;
    draft->plan->counts.invalid++;
    return true;
}

static bool ask_source(struct reciprocal_plan *draft, struct error *err)
{
    struct session *session = draft->session;
    struct source_query query = {.sync = session->sync,
        .database_url = session->database_url,
        .types = &session->types,
        .from_ids = &draft->from_ids};
    if (!spool_open(&draft->asked, "desired rows of the other records", SPOOL_SORTED, err))
        return false;
    struct drain drain = {.rows = draft->asked, .invalid = count_invalid, .context = draft};
    CLEANUP(keyed_clear) struct keyed keyed = {.keys = {.session = session, .plan = draft->plan}};
    return keyed_drain_query(&keyed, &query, &drain, err);
}

/* rows: what those that are skipped were until now. */
static void count_skipped(struct reciprocal_plan *draft, const struct pg_rows *rows)
{
    struct plan_counts *counts = &draft->plan->counts;
    for (int i = 0; i < rows->count; i++) {
        enum change_state state = change_state_find(pg_rows_text(rows, i, 0));
        counts->reported -= state == STATE_REPORTED;
        counts->blocked -= state == STATE_BLOCKED;
        draft->skipped++;
    }
}

static bool flush(struct reciprocal_plan *draft, struct error *err)
{
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (draft->count == 0)
        return true;
    draft->count = 0;
    pg_arg_int(&args, draft->session->run_id);
    pg_arg_text(&args, pg_array_end(&draft->from));
    pg_arg_text(&args, pg_array_end(&draft->to));
    pg_arg_text(&args, pg_array_end(&draft->category));
    pg_arg_text(&args, pg_array_end(&draft->type_id));
    pg_arg_text(&args, pg_array_end(&draft->messages));
    if (!pg_run(draft->session->state, STATEMENT_RECIPROCAL_SKIP, &args, &rows, err))
        return false;
    count_skipped(draft, &rows);
    buf_reset(&draft->from);
    buf_reset(&draft->to);
    buf_reset(&draft->category);
    buf_reset(&draft->type_id);
    buf_reset(&draft->messages);
    return true;
}

static bool skip(
    struct reciprocal_plan *draft, const struct assoc *archive, const char *why, struct error *err)
{
    const struct type *type = &draft->session->types.items[archive->type];
    pg_array_int(&draft->from, (int64_t)archive->from_id);
    pg_array_int(&draft->to, (int64_t)archive->to_id);
    pg_array_text(&draft->category, type->category);
    pg_array_int(&draft->type_id, type->type_id);
    pg_array_text(&draft->messages, why);
    return ++draft->count < PAGE_ROWS || flush(draft, err);
}

static int by_pair(const struct assoc *a, const struct assoc *b)
{
    if (a->from_id != b->from_id)
        return a->from_id < b->from_id ? -1 : 1;
    return a->to_id < b->to_id ? -1 : a->to_id > b->to_id;
}

/* The desired rows of a pair, or of none, into list; the spool stands behind them then. */
static bool desired_of(
    struct spool *desired, const struct assoc *pair, struct assoc_list *list, struct error *err)
{
    list->count = 0;
    for (;;) {
        const struct assoc *row;
        if (!spool_peek(desired, &row, err))
            return false;
        int order = row != NULL ? by_pair(row, pair) : 1;
        if (order > 0)
            return true;
        if (order == 0)
            assoc_list_add(list, *row);
        spool_take(desired);
    }
}

/* Notes a link by which it may be found out which types are one. */
static void note_unknown(struct reciprocal_plan *draft, const struct assoc *archive)
{
    const struct assoc_list *unknown = &draft->unknown;
    bool noted = unknown->count > 0 && assoc_same_pair(&unknown->rows[unknown->count - 1], archive);
    if (!noted && unknown->count < LEARN_PAIRS_MAX &&
        draft->unknown_of[archive->type]++ < LEARN_PAIRS_OF_TYPE)
        assoc_list_add(&draft->unknown, *archive);
}

static bool decide(struct reciprocal_plan *draft, const struct assoc *archive,
    const struct assoc_list *named, struct error *err)
{
    switch (
        reciprocal_takes(draft->session->reciprocals, archive->type, named->rows, named->count)) {
    case RECIPROCAL_YES:
        return skip(draft, archive, names_it, err);
    case RECIPROCAL_UNKNOWN:
        note_unknown(draft, archive);
        if (!draft->last || (archive->flags & IS_IDLE) != 0)
            return true;
        draft->plan->undecided++;
        return skip(draft, archive, undecided, err);
    case RECIPROCAL_NO:
        break;
    }
    return true;
}

static bool compare(struct reciprocal_plan *draft, struct spool *desired, struct error *err)
{
    CLEANUP(assoc_list_clear) struct assoc_list named = {0};
    struct assoc pair = {0};
    if (!spool_rewind(desired, err) || !spool_rewind(draft->archives, err))
        return false;
    for (;;) {
        const struct assoc *archive;
        if (!spool_peek(draft->archives, &archive, err))
            return false;
        if (archive == NULL)
            return flush(draft, err);
        if (by_pair(archive, &pair) != 0 && !desired_of(desired, archive, &named, err))
            return false;
        pair = *archive;
        if (!decide(draft, &pair, &named, err))
            return false;
        spool_take(draft->archives);
    }
}

static bool decide_all(struct reciprocal_plan *draft, struct spool *desired, struct error *err)
{
    if (!compare(draft, desired, err))
        return false;
    if (draft->unknown.count == 0)
        return true;
    if (!link_evidence_read(draft->session, &draft->unknown, err))
        return false;
    draft->last = true;
    return compare(draft, desired, err);
}

void reciprocal_plan_types(const struct session *session, struct buf *there, struct buf *here)
{
    const struct types *types = &session->types;
    for (uint32_t i = 0; i < types->count; i++) {
        uint32_t other = reciprocal_of(session->reciprocals, i);
        if (other == TYPE_NONE || types->items[i].kind == TYPE_PLAIN)
            continue;
        pg_array_type(there, types->items[i].category, types->items[i].type_id);
        pg_array_type(here, types->items[other].category, types->items[other].type_id);
    }
}

/* A plain type is not blocked by a label that the run archives from the other record. */
static bool unblock(const struct session *session, struct plan *plan, struct error *err)
{
    CLEANUP(buf_clear) struct buf there = {0};
    CLEANUP(buf_clear) struct buf here = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    if (plan->counts.blocked == 0)
        return true;
    reciprocal_plan_types(session, &there, &here);
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, pg_array_end(&there));
    pg_arg_text(&args, pg_array_end(&here));
    if (!pg_run(session->state, STATEMENT_RECIPROCAL_UNBLOCK, &args, &rows, err))
        return false;
    plan->counts.blocked -= (uint64_t)rows.count;
    return true;
}

static bool check_archives(struct session *session, struct plan *plan, struct spool *desired,
    uint64_t *skipped, struct error *err)
{
    CLEANUP(draft_clear)
    struct reciprocal_plan draft = {.session = session, .plan = plan, .planning = skipped == NULL};
    if (!load_archives(&draft, err))
        return false;
    if (draft.from_ids.count == 0)
        return true;
    if (desired == NULL && !ask_source(&draft, err))
        return false;
    bool ok = decide_all(&draft, desired != NULL ? desired : draft.asked, err);
    if (skipped != NULL)
        *skipped += draft.skipped;
    return ok && (!draft.planning || unblock(session, plan, err));
}

bool reciprocal_plan_finish(struct session *session, struct plan *plan, struct spool *desired,
    uint64_t *skipped, struct error *err)
{
    uint64_t before = plan->undecided;
    if (session->reciprocals == NULL)
        return true;
    if (!check_archives(session, plan, desired, skipped, err))
        return false;
    if (plan->undecided > before)
        session_note(session,
            "HubSpot does not tell which labels are the two sides of one, so some are kept that "
            "the "
            "source does not name (assocd show %lld)",
            (long long)session->run_id);
    return known_reciprocals_store(session, err);
}
