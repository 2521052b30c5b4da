/*
 * verify.c: rounds of reading: at once, then after the configured delays, only what is still open.
 */
#include "apply/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/stop.h"
#include "pg/pg.h"
#include "pg/text.h"
#include "hubspot/cardinality.h"
#include "source/spool.h"
#include "journal/change_row.h"
#include "journal/changed_records.h"
#include "journal/journal.h"
#include "journal/progress.h"
#include "journal/record_ids.h"
#include "plan/diff.h"
#include "plan/fetch.h"

/* The open changes' from-records into a spool; the desired array of a chunk is not needed. */
static bool open_records(
    struct session *session, int64_t run_id, struct spool *records, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, run_id);
    return record_ids_load(session->state, STATEMENT_VERIFY_FROM_IDS, &args, records, err);
}

static int by_row(const void *a, const void *b)
{
    return assoc_compare(a, b);
}

/* What an own change's link has of types that a to-record can have only once, CATEGORY:id with
 * blanks between; NULL: not looked at. An earlier run's changes are too old for that: others may
 * have marked them since. */
static const char *came_text(const struct session *session, int64_t run_id,
    const struct client_reply *reply, const struct assoc *row, struct buf *text)
{
    struct cardinality_rules rules = cardinality_rules(session->sync, &session->types);
    struct diff_rows pair = diff_pair(reply->rows, reply->rows_count, row);
    if (run_id != session->run_id || rules.there_count == 0)
        return NULL;
    for (size_t i = 0; i < pair.count; i++) {
        const struct type *type = &session->types.items[pair.rows[i].type];
        if (cardinality_is_once_there(&rules, pair.rows[i].type))
            buf_addf(text, "%s%s:%u", text->length > 0 ? " " : "", type->category, type->type_id);
    }
    return buf_text(text);
}

/* "CATEGORY:id" of the plain type, NULL: the account has none. Belongs to text. */
static const char *plain_text(const struct session *session, struct buf *text)
{
    for (uint32_t i = 0; i < session->types.count; i++) {
        const struct type *type = &session->types.items[i];
        if (type->kind != TYPE_PLAIN)
            continue;
        buf_addf(text, "%s:%u", type->category, type->type_id);
        return buf_text(text);
    }
    return NULL;
}

static bool finish_chunk(struct session *session, int64_t run_id, const struct chunk *chunk,
    const struct client_reply *reply, struct error *err)
{
    CLEANUP(buf_clear) struct buf operations = {0};
    CLEANUP(buf_clear) struct buf ordinals = {0};
    CLEANUP(buf_clear) struct buf came = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args args = {0};
    pg_arg_int(&args, run_id);
    struct pg_args finish = args;
    pg_arg_int(&args, (int64_t)chunk->from_ids[0]);
    pg_arg_int(&args, (int64_t)chunk->from_ids[chunk->from_count - 1]);
    if (!pg_run(session->state, STATEMENT_VERIFY_CHANGES, &args, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct assoc row = change_row_assoc(&session->types, &rows, i, 2);
        bool archive = strcmp(pg_rows_text(&rows, i, 0), "archive") == 0;
        bool seen = reply->rows_count > 0 &&
            bsearch(&row, reply->rows, reply->rows_count, sizeof row, by_row) != NULL;
        if (!fetch_complete(chunk, reply, row.from_id) || seen == archive)
            continue;
        pg_array_text(&operations, pg_rows_text(&rows, i, 0));
        pg_array_int(&ordinals, pg_rows_int(&rows, i, 1));
        CLEANUP(buf_clear) struct buf text = {0};
        pg_array_text(&came, came_text(session, run_id, reply, &row, &text));
    }
    if (ordinals.length == 0)
        return true;
    pg_arg_text(&finish, session->sync->name);
    pg_arg_int(&finish, session->epoch);
    pg_arg_text(&finish, pg_array_end(&operations));
    pg_arg_text(&finish, pg_array_end(&ordinals));
    pg_arg_text(&finish, pg_array_end(&came));
    CLEANUP(buf_clear) struct buf plain = {0};
    pg_arg_text(&finish, plain_text(session, &plain));
    return pg_run(session->state, STATEMENT_VERIFY_FINISH, &finish, NULL, err);
}

static uint64_t count_unread(const struct chunk *chunk, const struct client_reply *reply)
{
    uint64_t unread = 0;
    for (size_t i = 0; i < chunk->from_count; i++)
        unread += reply->outcome != CLIENT_ANSWERED || reply->records[i] != RECORD_COMPLETE;
    return unread;
}

struct reading {
    struct session *session;
    struct verify_round *round;
    struct spool *records;
    uint64_t done;
};

static bool finish_reading(
    void *context, const struct chunk *chunk, const struct client_reply *reply, struct error *err)
{
    struct reading *reading = context;
    reading->round->unread += count_unread(chunk, reply);
    reading->done += chunk->from_count;
    progress_show(reading->session, "verify", reading->done, spool_records(reading->records));
    return finish_chunk(reading->session, reading->round->run_id, chunk, reply, err);
}

bool verify_read(struct session *session, struct verify_round *round, struct error *err)
{
    struct spool *records;
    if (!spool_open(&records, "changed records", SPOOL_SORTED, err))
        return false;
    struct reading reading = {.session = session, .round = round, .records = records};
    struct fetch_scope scope = {.desired = records, .operation = "verify"};
    bool ok = open_records(session, round->run_id, records, err);
    round->open = spool_records(records);
    if (ok && round->open > 0)
        ok = fetch_each(session, &scope, finish_reading, &reading, err);
    spool_close(records);
    return ok;
}

static bool later_rounds(struct session *session, struct outcome *outcome, struct error *err)
{
    const struct sync_definition *sync = session->sync;
    int64_t began_ms = clock_now_ms();
    for (size_t i = 0; i < sync->verify_delays_count; i++) {
        if (!journal_results(session, outcome, err))
            return false;
        if (!stop_wait(began_ms + sync->verify_delays_ms[i] - clock_now_ms()))
            break;
        struct verify_round round = {.run_id = session->run_id};
        if (!verify_read(session, &round, err))
            return false;
        if (round.open == 0)
            break;
    }
    return true;
}

static bool run_statement(
    struct session *session, enum statement_id id, bool with_sync, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    if (with_sync)
        pg_arg_text(&args, session->sync->name);
    return pg_run(session->state, id, &args, NULL, err);
}

static bool trust(struct session *session, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_text(&args, session->sync->name);
    pg_arg_int(&args, session->epoch);
    return pg_run(session->state, STATEMENT_VERIFY_TRUST, &args, NULL, err);
}

static bool still_open(struct session *session, bool *open, struct error *err)
{
    struct pg_args args = {0};
    pg_arg_int(&args, session->run_id);
    pg_arg_int(&args, 0);
    pg_arg_int(&args, 1);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    if (!pg_run(session->state, STATEMENT_VERIFY_FROM_IDS, &args, &rows, err))
        return false;
    *open = rows.count > 0;
    return true;
}

/* All is written and only has to show: others may run the sync meanwhile, without the changes that
 * this run has dealt with, unless some record could not be read or something was refused. */
static bool let_others(
    struct session *session, const struct plan *plan, struct outcome *outcome, struct error *err)
{
    if (!journal_results(session, outcome, err))
        return false;
    return (!plan_has_read(plan) || changed_records_finish(session, plan->scope, err)) &&
        journal_unlock(session, err);
}

bool verify_changes(
    struct session *session, const struct plan *plan, struct outcome *outcome, struct error *err)
{
    struct verify_round round = {.run_id = session->run_id};
    bool open;
    if (session->sync->verify == VERIFY_NONE)
        return trust(session, err) && run_statement(session, STATEMENT_REJECT_SETTLED, true, err);
    if (!verify_read(session, &round, err) || !still_open(session, &open, err))
        return false;
    if (open && (!let_others(session, plan, outcome, err) || !later_rounds(session, outcome, err)))
        return false;
    return run_statement(session, STATEMENT_VERIFY_CLOSE, false, err) &&
        run_statement(session, STATEMENT_REJECT_SETTLED, true, err);
}
