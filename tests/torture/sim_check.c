/*
 * sim_check.c: what must never be otherwise, at every write and at every end. Says what is right by
 * its own means: nothing of diff.c or guard.c is used, only what the run was shown.
 */
#include <string.h>

#include "base/buf.h"
#include "pg/statement.h"
#include "torture/sim.h"
#include "torture/sim_pg.h"

bool sim_is_unclear(const struct sim_desired *desired, size_t from)
{
    int primaries = 0;
    for (size_t t = 0; t < SIM_TOS; t++)
        primaries += (desired->want[from][t] & BIT(SIM_PRIMARY)) != 0;
    return primaries > 1;
}

int64_t sim_desired_count(const struct sim_desired *desired)
{
    int64_t count = 0;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++)
            count += __builtin_popcount(desired->want[f][t]);
    return count;
}

bool sim_is_empty(const struct sim_desired *desired)
{
    return sim_desired_count(desired) == 0 && desired->named == 0 && desired->invalid == 0;
}

/* The journal says that this row is on its way, in the batch that the others are in. */
static const struct sim_change *journaled(
    const struct sim_run *run, const struct client_request *request, const struct assoc *row)
{
    const struct sim_tables *t = sim.tables;
    for (int32_t i = t->runs[run->run_id].first_change; i < t->change_count; i++) {
        const struct sim_change *c = &t->changes[i];
        if (c->run_id == run->run_id && c->archive == (request->call != CLIENT_CREATE) &&
            SIM_FROM_ID + c->from == row->from_id && SIM_TO_ID + c->to == row->to_id &&
            c->type == row->type && c->state == STATE_SENT && t->batches[c->batch_id].status == 's')
            return c;
    }
    return NULL;
}

static bool in_saved_plan(const struct sim_run *run, const struct sim_change *change)
{
    const struct sim_tables *t = sim.tables;
    for (int32_t i = t->runs[run->plan_id].first_change; i < t->change_count; i++) {
        const struct sim_change *p = &t->changes[i];
        if (p->run_id == run->plan_id && p->archive == change->archive && p->from == change->from &&
            p->to == change->to && p->type == change->type && p->state != STATE_BLOCKED &&
            p->state != STATE_REPORTED)
            return true;
    }
    return false;
}

static void check_create(const struct sim_run *run, const struct sim_change *c)
{
    uint8_t want = run->desired.want[c->from][c->to];
    bool implied = c->type == SIM_PLAIN && want != 0;
    sim_check((want & BIT(c->type)) != 0 || implied, "%d -> %d type %d is created and not desired",
        c->from, c->to, c->type);
    sim_check(sim.world.sync.on_drift == DRIFT_RESTORE || (want & BIT(c->type)) == 0 ||
            (sim.tables->managed[c->from][c->to] & ~sim.tables->released[c->from][c->to] &
                BIT(c->type)) == 0,
        "drift is restored although it is only to be reported");
}

/* May this run take away what it saw on a pair? */
static bool may_go(const struct sim_run *run, const struct sim_change *c, uint32_t type)
{
    const struct sim_world *w = &sim.world;
    /* Within one object type it may be owned from either record. */
    uint8_t both = sim.tables->managed[c->from][c->to] & sim.named[c->from][c->to];
    both |= sim_from_there(sim.tables->managed, c->from, c->to) &
        sim_from_there(sim.named, c->from, c->to);
    uint8_t want = run->desired.want[c->from][c->to] | run->latest.want[c->from][c->to] |
        sim_from_there(run->told, c->from, c->to);
    if ((w->managed & BIT(type)) == 0 || (want & BIT(type)) != 0 ||
        w->sync.policy == POLICY_CREATE_ONLY)
        return false;
    if (w->sync.policy == POLICY_MIRROR && w->sync.on_drift == DRIFT_RESTORE)
        return true;
    return (both & BIT(type)) != 0;
}

/* A primary type that the sync does not decide about goes with its pair. */
static bool is_undecided(const struct sim_run *run, const struct sim_change *c)
{
    uint8_t want = run->desired.want[c->from][c->to] | run->latest.want[c->from][c->to];
    return (sim.world.managed & BIT(SIM_PRIMARY)) == 0 ||
        (sim.world.sync.policy == POLICY_MIRROR_OWNED && (want & BIT(SIM_PRIMARY)) == 0);
}

static void check_archive(struct sim_run *run, const struct sim_change *c, enum client_call call)
{
    uint8_t seen = run->seen[c->from][c->to];
    bool whole =
        c->type == SIM_PLAIN || (call == CLIENT_ARCHIVE && sim.world.portal.api != DIALECT_V3);
    sim_check((run->told_from & BIT(c->from)) != 0 && (run->told_to & BIT(c->to)) != 0,
        "%d -> %d is archived, and HubSpot has not told what became of its records", c->from,
        c->to);
    /* By a reading from before the merge it looks like any other. */
    for (size_t t = 0; t < SIM_TOS && !sim.misled; t++)
        sim_check(
            sim.merged[t] == t || sim.merged[t] != c->to || run->desired.want[c->from][t] == 0,
            "%d -> %d is archived, and came by a merge of %zu, which is desired", c->from, c->to,
            t);
    sim_check((run->complete & BIT(c->from)) != 0,
        "%d -> %d type %d is archived although record %d was not read completely", c->from, c->to,
        c->type, c->from);
    sim_check((seen & BIT(c->type)) != 0, "%d -> %d type %d is archived and was never seen",
        c->from, c->to, c->type);
    sim_check(may_go(run, c, c->type), "%d -> %d type %d is archived and must stay", c->from, c->to,
        c->type);
    for (uint32_t type = 0; whole && type < SIM_TYPES; type++)
        sim_check((seen & BIT(type)) == 0 || may_go(run, c, type) ||
                (type == SIM_PRIMARY && is_undecided(run, c)),
            "%d -> %d: unlinking the pair takes type %u along, which must stay", c->from, c->to,
            type);
    run->asked[c->from][c->to] |= BIT(c->type);
}

/* The volume guards, by their own words in the manual. */
static void check_volume(const struct sim_run *run)
{
    const struct guards *guards = &sim.world.sync.guards;
    int64_t count = 0, desired = sim_desired_count(&run->desired) + sim_key_waiting(run);
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++)
            count += __builtin_popcount(run->asked[f][t]);
    if (count == 0 || run->approved)
        return;
    int64_t share = (int64_t)((double)run->ownership_count * guards->max_archive_percent / 100.0);
    share = share < 5 ? 5 : share;
    if (sim_keyed())
        sim_key_check_volume(run);
    sim_check(!sim.world.replica, "archives by what a standby server says");
    for (size_t f = 0; f < SIM_FROMS; f++) {
        int64_t record = 0;
        for (size_t t = 0; t < SIM_TOS; t++)
            record += __builtin_popcount(run->asked[f][t]);
        sim_check(guards->max_archive_per_record == 0 || record <= guards->max_archive_per_record,
            "record %zu loses %lld, more than %lld", f, (long long)record,
            (long long)guards->max_archive_per_record);
    }
    sim_check(count <= share && count <= guards->max_archive,
        "%lld archives of %lld owned (limits %lld and %.0f %%)", (long long)count,
        (long long)run->ownership_count, (long long)guards->max_archive,
        guards->max_archive_percent);
    /* A run of changes sees only its own records' rows, and what a full run noted of the others. */
    sim_check(run->mode == RUN_CHANGED ? sim.tables->source_rejects == 0
                                       : run->desired.invalid == 0 && !run->desired.unclear,
        "archives in spite of rows that cannot be meant");
    sim_check(run->mode == RUN_CHANGED || !run->good_known ||
            (double)(run->good_desired - desired) * 100.0 <=
                (double)run->good_desired * guards->max_source_shrink_percent,
        "archives although the source shrank from %lld to %lld", (long long)run->good_desired,
        (long long)desired);
}

/* Has or gets another pair of the record the primary type, by what this run was told? */
static bool moves_away(const struct sim_run *run, size_t from, size_t to)
{
    for (size_t t = 0; !sim_is_unclear(&run->desired, from) && t < SIM_TOS; t++)
        if (t != to && (run->desired.want[from][t] & BIT(SIM_PRIMARY)) != 0)
            return true;
    return false;
}

/* What a create reaches, as the plan was made from it: the pair, or that of the record that the
 * to-record had become before the run began, and which a lenient HubSpot takes it for. */
static uint8_t seen_on(const struct sim_run *run, size_t from, size_t to)
{
    const uint8_t(*seen)[SIM_TOS] = run->planned ? run->planned_seen : run->seen;
    bool merged =
        sim.merged[to] != to && sim.merged_us[to] < sim.tables->runs[run->run_id].started_us;
    return seen[from][to] | (merged && !sim.misled ? seen[from][sim_survivor(to)] : 0);
}

/* A create may replace what it does not name: everything travels along that was on the pair in the
 * reading that the plan was made from, but for a primary type that moves to another pair. What
 * somebody else adds after it is not looked for, even if a record is read again before the create
 * to learn which labels are one. */
static void check_union(const struct sim_run *run, const struct client_request *request, size_t i,
    const struct assoc *rows)
{
    uint8_t sent = 0;
    size_t from = rows[i].from_id - SIM_FROM_ID, to = rows[i].to_id - SIM_TO_ID;
    for (size_t k = 0; k < request->row_count; k++)
        if (rows[k].from_id == rows[i].from_id && rows[k].to_id == rows[i].to_id)
            sent |= BIT(rows[k].type);
    uint8_t have = seen_on(run, from, to);
    /* Made from the other record in this run, whatever was read before. */
    EACH_CHANGE(c, run->run_id)
    if (sim.world.one_type && !c->archive && c->from == to && c->to == from &&
        (c->state == STATE_SENT || c->state == STATE_APPLIED))
        have |= sim_turned(BIT(c->type));
    uint8_t lost = have & (uint8_t) ~(sent | BIT(SIM_PLAIN));
    bool moves = moves_away(run, from, to);
    sim_check(!moves || (sent & BIT(SIM_PRIMARY)) == 0 || sim.world.sync.on_drift == DRIFT_REPORT,
        "%zu -> %zu: a create brings back the primary type, which is desired elsewhere", from, to);
    if (moves)
        lost &= (uint8_t)~BIT(SIM_PRIMARY);
    sim_check(sim.world.portal.api == DIALECT_V3 || lost == 0,
        "%zu -> %zu: a create does not name %02x, which is on the pair", from, to, lost);
}

static void check_leave(const struct sim_run *run)
{
    const struct sim_world *w = &sim.world;
    sim_check(run->mode != RUN_PLAN, "a dry run writes");
    sim_check(run->source_read, "a run writes that has not read the source to its end");
    sim_check(!run->stranger, "a run writes to another account");
    sim_check(run->run_id != 0 && sim.tables->runs[run->run_id].open, "a run writes without a row");
    sim_check(sim.tables->epoch == run->epoch, "a run writes that another has overtaken");
    const struct sim_desired *rows = sim_keyed() ? &run->rows : &run->desired;
    sim_check(w->sync.guards.allow_empty_source || !sim_is_empty(rows) || run->approved,
        "a run writes although the source is empty");
    sim_check(!run->good_known || run->good_mask == w->managed || run->approved,
        "a run writes although the sync means something else now");
}

/* Of a record that is named with two primaries the mark is left alone, and no link goes that has it
 * or is to have it. */
static void check_unclear(const struct sim_run *run, const struct sim_change *c)
{
    uint8_t there = run->planned ? run->planned_seen[c->from][c->to] : 0;
    uint8_t pair = run->desired.want[c->from][c->to] | there;
    if (!sim_is_unclear(&run->desired, (size_t)c->from))
        return;
    sim_check(c->type != SIM_PRIMARY && (!c->archive || (pair & BIT(SIM_PRIMARY)) == 0),
        "%d -> %d type %d is %s although it is not known which company is the primary one", c->from,
        c->to, c->type, c->archive ? "archived" : "created");
}

void sim_check_write(struct sim_run *run, const struct client_request *request)
{
    const struct sim_change *first = NULL;
    struct assoc rows[SIM_ROWS_MAX];
    check_leave(run);
    sim_check(request->row_count > 0 && request->row_count <= SIM_ROWS_MAX, "a request of %zu rows",
        request->row_count);
    for (size_t i = 0; i < request->row_count; i++) {
        const struct type *type = &run->run.session.types.items[request->rows[i].type];
        rows[i] = request->rows[i];
        rows[i].type = sim_type_bit(type->category, type->type_id);
    }
    for (size_t i = 0; i < request->row_count; i++) {
        const struct sim_change *c = journaled(run, request, &rows[i]);
        size_t from = rows[i].from_id - SIM_FROM_ID, to = rows[i].to_id - SIM_TO_ID;
        if (c == NULL) {
            sim_check(request->call == CLIENT_CREATE &&
                    ((run->stood[from][to] | sim_from_there(run->told, from, to)) &
                        BIT(rows[i].type)) != 0,
                "%zu -> %zu type %u leaves without being journaled as sent", from, to,
                rows[i].type);
            continue;
        }
        first = first != NULL ? first : c;
        sim_check(c->batch_id == first->batch_id, "one request, two batches");
        sim_check(run->mode != RUN_APPLY || in_saved_plan(run, c),
            "%zu -> %zu type %u is not in the plan that is being applied", from, to, rows[i].type);
        check_unclear(run, c);
        sim_key_check_write(run, c);
        if (request->call == CLIENT_CREATE) {
            check_create(run, c);
            check_union(run, request, i, rows);
        } else {
            check_archive(run, c, request->call);
        }
    }
    sim_check(first != NULL, "a request carries no change");
    check_volume(run);
    CLEANUP(buf_clear) struct buf text = {0};
    for (size_t i = 0; sim.verbose && i < request->row_count; i++)
        buf_addf(&text, " %d:%d/%u", (int)(rows[i].from_id - SIM_FROM_ID),
            (int)(rows[i].to_id - SIM_TO_ID), rows[i].type);
    sim_tell("%s batch %d:%s", request->call == CLIENT_CREATE ? "create" : "archive",
        first->batch_id, buf_text(&text));
}

/* The owned set follows a reading that was complete: the outcome of a change the last one of its
 * record, and what is adopted or forgotten the one that the plan was made from, neither one before
 * it nor one after it. Which labels are one is learnt after it (journal/known_reciprocals.h): a
 * record that cannot be read then, or that somebody has changed since, takes nothing back of the
 * plan. */
void sim_check_ownership(
    struct sim_run *run, const struct sim_change *c, bool entered, bool by_plan)
{
    uint8_t bit = BIT(c->type);
    bool planned = by_plan && run->planned;
    uint8_t complete = planned ? run->planned_complete : run->complete;
    bool done = (run->done[c->from][c->to] & bit) != 0;
    bool read = (complete & BIT(c->from)) != 0;
    bool seen = ((planned ? run->planned_seen : run->seen)[c->from][c->to] & bit) != 0;
    if (sim.world.sync.verify == VERIFY_NONE && done)
        return;
    sim_check(read && seen == entered,
        "%d -> %d type %d %s the owned set although it was %s in HubSpot", c->from, c->to, c->type,
        entered ? "enters" : "leaves",
        !read      ? "not read"
            : seen ? "seen"
                   : "not seen");
}

void sim_check_state(const struct sim_change *change, enum change_state next)
{
    static const uint16_t legal[CHANGE_STATES] = {
        [STATE_PLANNED] =
            1u << STATE_WITHHELD | 1u << STATE_SKIPPED | 1u << STATE_ABANDONED | 1u << STATE_SENT,
        [STATE_WITHHELD] = 1u << STATE_SKIPPED,
        [STATE_REPORTED] = 1u << STATE_SKIPPED,
        [STATE_BLOCKED] = 1u << STATE_SKIPPED | 1u << STATE_PLANNED,
        [STATE_SENT] = 1u << STATE_SENT | 1u << STATE_APPLIED | 1u << STATE_REJECTED |
            1u << STATE_UNKNOWN | 1u << STATE_ABANDONED,
        [STATE_APPLIED] = 1u << STATE_VERIFIED | 1u << STATE_UNVERIFIED,
        [STATE_UNKNOWN] = 1u << STATE_VERIFIED | 1u << STATE_UNVERIFIED,
        [STATE_UNVERIFIED] = 1u << STATE_VERIFIED,
    };
    bool carried = change->state == STATE_PLANNED && change->batch_id != 0 && next == STATE_UNKNOWN;
    sim_check(carried || (legal[change->state] & 1u << next) != 0,
        "run %d: a change goes from %s to %s", change->run_id, change_state_text(change->state),
        change_state_text(next));
}

/* The records that the source names. */
static uint8_t in_source(const struct sim_desired *desired)
{
    uint8_t records = desired->named;
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t t = 0; t < SIM_TOS; t++)
            if (desired->want[f][t] != 0)
                records |= BIT(f);
    return records;
}

/* What was not read is not known to be as the source wants it, nor done with. */
void sim_check_settled(const struct sim_run *run, uint8_t records)
{
    uint8_t unread = records & in_source(&run->desired) & (uint8_t)~run->read;
    sim_check((records & run->waits) == 0, "records %02x are settled, and archives of them wait",
        records & run->waits);
    sim_check(unread == 0, "records %02x are settled and were not read", unread);
}

void sim_check_status(const struct sim_run *run, const char *status)
{
    bool all = run->mode == RUN_FULL;
    bool well = strcmp(status, "succeeded") == 0 || strcmp(status, "no_change") == 0;
    sim_check(!well || sim_key_waiting(run) == 0, "%s, and rows wait for their keys", status);
    sim_check(!well || !run->quarantined, "%s, and a change waits in quarantine", status);
    if (all && well)
        sim_check_settled(run, UINT8_MAX);
}

/* Nothing of a closed run says that more is to come. */
static void check_closed(const struct sim_run *run)
{
    const struct sim_tables *t = sim.tables;
    const struct sim_row *row = &t->runs[run->run_id];
    int64_t archived = 0;
    sim_check(!row->open, "run %lld is still open (%s)", (long long)run->run_id, row->status);
    for (int32_t i = row->first_change; i < t->change_count; i++) {
        const struct sim_change *c = &t->changes[i];
        if (c->run_id != run->run_id)
            continue;
        sim_check((c->state != STATE_PLANNED || row->dry) && c->state != STATE_SENT,
            "run %d is %s and leaves a change %s", c->run_id, row->status,
            change_state_text(c->state));
        archived += c->archive && (c->state == STATE_APPLIED || c->state == STATE_VERIFIED);
    }
    sim_check(archived == row->archived, "run %lld tells of %lld archives and made %lld",
        (long long)run->run_id, (long long)row->archived, (long long)archived);
}

void sim_check_end(struct sim_run *run, bool ok, const struct error *err)
{
    const uint64_t at_statements = (UINT64_C(1) << FAULT_STATEMENTS) - 1;
    sim_check(run->dead || ok || err->kind != ERROR_INTERNAL ||
            (run->struck & UINT64_C(1) << FAULT_FILE) != 0,
        "internal error: %s", err->text);
    sim_check(ok || err->text[0] != '\0', "an error without a text");
    if (run->run_id != 0 && !run->dead && (run->struck & at_statements) == 0)
        check_closed(run);
}
