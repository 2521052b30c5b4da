/*
 * sim_final.c: what must be so in the end, when there was peace for long enough: both sides are
 * equal as far as the sync decides, nothing waits, nothing is held.
 */
#include <string.h>

#include "pg/statement.h"
#include "torture/sim.h"
#include "torture/sim_pg.h"

/* What the source wants, by ids; and what rows that wait for their keys keep. */
static struct sim_desired desired;
static struct sim_kept kept;

static void find_desired(void)
{
    kept = (struct sim_kept){0};
    desired = sim.desired;
    if (sim_keyed())
        sim_key_final(&desired, &kept);
}

/* A create would move a primary type away that a row that waits may be about. */
static bool is_kept_elsewhere(size_t f, uint8_t missing)
{
    for (size_t t = 0; missing == BIT(SIM_PRIMARY) && t < SIM_TOS; t++)
        if ((sim.crm[f][t] & BIT(SIM_PRIMARY)) != 0 && sim_key_keeps(&kept, f, t))
            return true;
    return false;
}

/* What is on a pair in the end, and may be. */
static void check_pair(size_t f, size_t t)
{
    const struct sim_world *w = &sim.world;
    uint8_t want = desired.want[f][t] | sim_from_there(desired.want, f, t);
    uint8_t have = sim.crm[f][t];
    uint8_t missing = want & (uint8_t)~have, extra = have & w->managed & (uint8_t)~want;
    bool report = w->sync.on_drift == DRIFT_REPORT;
    sim_check(missing == 0 || (w->poison & BIT(t)) != 0 || report || is_kept_elsewhere(f, missing),
        "%zu -> %zu has %02x and not %02x, which is desired", f, t, have, missing);
    if (sim_key_keeps(&kept, f, t))
        return;
    bool in_scope = (desired.named & BIT(f)) != 0;
    for (size_t k = 0; k < SIM_TOS; k++)
        in_scope = in_scope || desired.want[f][k] != 0 || sim.tables->managed[f][k] != 0;
    for (uint32_t type = 0; type < SIM_TYPES; type++) {
        uint8_t others = have & (uint8_t)~BIT(SIM_PLAIN);
        if ((extra & BIT(type)) == 0 || w->sync.policy == POLICY_CREATE_ONLY || !in_scope)
            continue;
        bool owned = (sim.tables->managed[f][t] & BIT(type)) != 0;
        if ((w->sync.policy == POLICY_MIRROR_OWNED || report) && !owned)
            continue;
        /* The plain type stays below anything that stays. */
        if (w->sync.policy == POLICY_MIRROR && !report)
            others &= want | (uint8_t)~w->managed;
        if (w->sync.policy == POLICY_MIRROR_OWNED || (w->managed & BIT(SIM_PRIMARY)) == 0)
            others &= (uint8_t)~BIT(SIM_PRIMARY);
        sim_check(type == SIM_PLAIN && (others | want) != 0,
            "%zu -> %zu has %02x, of which %02x is not desired any more", f, t, have, BIT(type));
    }
}

/* What we made and nobody wants any more goes, even if nobody told us that we made it. Not the
 * primary type, which HubSpot moves by itself; the plain type only if nothing stays on it. */
static void check_ours(size_t f, size_t t)
{
    uint8_t left = sim.ours[f][t] & sim.world.managed &
        (uint8_t) ~(desired.want[f][t] | sim_from_there(desired.want, f, t));
    bool recovers = false;
    for (const struct statement *s = statements; s->name != NULL; s++)
        recovers = recovers || strcmp(s->name, "recover_runs") == 0;
    if (!recovers || sim.tables_lost || sim.drifted || sim.misled ||
        sim.world.sync.verify == VERIFY_NONE || sim.world.sync.policy == POLICY_CREATE_ONLY ||
        sim.world.sync.on_drift == DRIFT_REPORT)
        return;
    if (sim_key_keeps(&kept, f, t))
        return;
    left &= (uint8_t)~BIT(SIM_PRIMARY);
    /* Below a primary type that a row that waits keeps elsewhere it is wanted, too. */
    if (sim.crm[f][t] != BIT(SIM_PLAIN) || (sim_keyed() && desired.want[f][t] != 0))
        left &= (uint8_t)~BIT(SIM_PLAIN);
    sim_check(left == 0, "%zu -> %zu has %02x, of which we made %02x and nobody wants it", f, t,
        sim.crm[f][t], left);
}

/* Nobody waits for what nobody wants. Within one object type an archive that was refused stays
 * listed while it is planned from here and skipped for what the other record names. */
static void check_rejects(size_t f, size_t t)
{
    uint8_t want = desired.want[f][t] | (desired.want[f][t] != 0 ? BIT(SIM_PLAIN) : 0);
    bool rows_wait = kept.everything || (kept.from | kept.to) != 0 || desired.waits;
    for (uint32_t type = 0; type < SIM_TYPES; type++) {
        const struct sim_reject *reject = &sim.tables->rejects[f][t][type];
        bool skipped = reject->archive && sim_from_there(desired.want, f, t) != 0;
        sim_check(reject->attempts == 0 || (want & BIT(type)) != 0 || skipped || rows_wait,
            "%zu -> %zu type %u is in quarantine and nobody wants it", f, t, type);
    }
}

void sim_check_final(void)
{
    const struct sim_tables *t = sim.tables;
    find_desired();
    for (size_t f = 0; f < SIM_FROMS; f++)
        for (size_t to = 0; to < SIM_TOS; to++) {
            check_pair(f, to);
            check_ours(f, to);
            check_rejects(f, to);
        }
    for (int32_t id = 1; id <= t->run_count; id++)
        sim_check(!t->runs[id].open, "run %d is still open", id);
    for (int32_t i = 0; i < t->change_count; i++) {
        const struct sim_change *c = &t->changes[i];
        /* A run whose lock was lost unnoticed plans on after others have closed it, and cleans up
         * itself when it finds out, unless it dies first: nobody ever takes up what it planned. */
        bool may_plan = t->runs[c->run_id].dry || t->runs[c->run_id].planned_after;
        sim_check(c->state != STATE_SENT && (c->state != STATE_PLANNED || may_plan),
            "run %d left a change %s", c->run_id, change_state_text(c->state));
    }
    sim_check(sim.lock_owner == NULL, "the lock is held by nobody who lives");
    sim_check(sim_files_open() == 0, "%zu temporary files are still open", sim_files_open());
}
