/*
 * test_undo_laws.c: what an undo promises, for random worlds: a record as it was, a run, anything
 * that others do, the undo. Then it is as it was, except what others have changed since, and that
 * is as they left it. HubSpot is a few lines here: what implies, what moves, what goes along.
 */
#include "unit/diff_world.h"

#include <stdio.h>
#include <string.h>

#include "plan/undo_rules.h"
#include "lib/suite.h"

enum { WORLDS = 200000, PAIRS = 3, ROWS_MAX = 4 * PAIRS * TYPES };

struct crm {
    set pairs[PAIRS];
    bool first_primary, replaces;
};

static uint64_t seed;
static unsigned dice(unsigned sides)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % sides;
}

static bool is_empty(const struct crm *crm)
{
    for (size_t p = 0; p < PAIRS; p++)
        if (crm->pairs[p] != 0)
            return false;
    return true;
}

/* One input of a create: all the types of a pair that are sent. */
static void crm_create(struct crm *crm, size_t pair, set sent)
{
    set marks = 1u << PLAIN | sent;
    if (is_empty(crm) && crm->first_primary)
        marks |= 1u << PRIMARY;
    for (size_t p = 0; has(marks, PRIMARY) && p < PAIRS; p++)
        crm->pairs[p] &= ~(1u << PRIMARY);
    crm->pairs[pair] = crm->replaces ? marks : crm->pairs[pair] | marks;
}

static void crm_archive(struct crm *crm, size_t pair, set sent)
{
    crm->pairs[pair] = has(sent, PLAIN) ? 0 : crm->pairs[pair] & ~sent;
}

static set some(set of)
{
    return of & dice(1u << TYPES);
}

static void random_crm(struct crm *crm)
{
    *crm = (struct crm){.first_primary = dice(2) != 0, .replaces = dice(2) != 0};
    for (size_t p = 0; p < PAIRS; p++)
        crm->pairs[p] = dice(3) == 0 ? 0 : some(~(1u << PRIMARY)) | 1u << PLAIN;
    size_t first = dice(PAIRS + 1);
    if (first < PAIRS && crm->pairs[first] != 0)
        crm->pairs[first] |= 1u << PRIMARY;
}

static const struct cardinality_rules single = {
    .once = {PRIMARY}, .once_count = 1, .first = PRIMARY};

static void random_world(struct world *world, const struct crm *crm)
{
    static const enum policy policies[] = {POLICY_CREATE_ONLY, POLICY_MIRROR_OWNED, POLICY_MIRROR};
    set managed = 1 + dice((1u << TYPES) - 1);
    world_init(world, policies[dice(3)], dice(3) == 0 ? DRIFT_REPORT : DRIFT_RESTORE, managed);
    world->rules.single = &single;
    world->pairs = PAIRS;
    bool primary = false;
    for (size_t p = 0; p < PAIRS; p++) {
        world->desired[p] = some(managed);
        if (primary)
            world->desired[p] &= ~(1u << PRIMARY);
        primary = primary || has(world->desired[p], PRIMARY);
        world->owned[p] = some(managed);
        world->observed[p] = crm->pairs[p];
    }
}

static void add(struct undo_row *rows, size_t *count, const struct assoc *assoc, enum undo_did did)
{
    ck_assert_uint_lt(*count, ROWS_MAX);
    rows[(*count)++] =
        (struct undo_row){.assoc = *assoc, .did = did, .foreseen = did == UNDO_CREATED};
}

/* Applies the plan, and notes what the journal has of it. */
static size_t run(struct crm *crm, const struct diff_list *list, struct undo_row *rows)
{
    set create[PAIRS] = {0}, along[PAIRS] = {0}, archive[PAIRS] = {0};
    struct crm before = *crm;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct change *c = &list->items[i];
        size_t pair = c->assoc.to_id - 1;
        set bit = 1u << c->assoc.type;
        if (c->operation == CHANGE_MOVED)
            add(rows, &count, &c->assoc, UNDO_MOVED);
        else if (c->operation == CHANGE_IMPLIED)
            add(rows, &count, &c->assoc, UNDO_CAME);
        else if (c->operation == CHANGE_ALONG)
            along[pair] |= bit;
        if (c->verdict != CHANGE_PLANNED ||
            (c->operation != CHANGE_CREATE && c->operation != CHANGE_ARCHIVE))
            continue;
        bool creates = c->operation == CHANGE_CREATE;
        *(creates ? &create[pair] : &archive[pair]) |= bit;
        add(rows, &count, &c->assoc, creates ? UNDO_CREATED : UNDO_ARCHIVED);
    }
    for (size_t p = 0; p < PAIRS; p++)
        if (create[p] != 0)
            crm_create(crm, p, create[p] | along[p]);
    for (size_t p = 0; p < PAIRS; p++) {
        for (uint32_t t = 0; has(archive[p], PLAIN) && t < TYPES; t++)
            if (has(before.pairs[p] & ~archive[p], t))
                add(rows, &count, &(struct assoc){FROM, p + 1, t, 0}, UNDO_WENT);
        if (archive[p] != 0)
            crm_archive(crm, p, archive[p]);
    }
    return undo_sort(rows, count);
}

/* Somebody else changes a pair or two. */
static void others(struct crm *crm)
{
    bool replaces = crm->replaces;
    crm->replaces = false;
    for (unsigned n = dice(3); n > 0; n--) {
        size_t pair = dice(PAIRS);
        set type = 1u << dice(TYPES);
        if (dice(2) == 0)
            crm_create(crm, pair, type);
        else
            crm_archive(crm, pair, type);
    }
    crm->replaces = replaces;
}

static void undo(
    struct crm *crm, const struct diff_rules *rules, struct undo_row *rows, size_t count)
{
    enum { CREATE, ARCHIVE };
    struct assoc space[PAIRS * TYPES];
    struct diff_rows observed = rows_of(crm->pairs, PAIRS, space);
    set sent[2][PAIRS] = {0};
    undo_record(rules, rows, count, observed);
    for (size_t i = 0; i < count; i++) {
        bool made = rows[i].did == UNDO_CREATED || rows[i].did == UNDO_CAME;
        ck_assert(rows[i].assoc.to_id >= 1 && rows[i].assoc.to_id <= PAIRS);
        if (rows[i].verdict == UNDO_DO)
            sent[made ? ARCHIVE : CREATE][rows[i].assoc.to_id - 1] |= 1u << rows[i].assoc.type;
    }
    for (size_t i = 0; i < observed.count; i++)
        if (sent[CREATE][space[i].to_id - 1] != 0 && !undo_moves(rules, rows, count, &space[i]))
            sent[CREATE][space[i].to_id - 1] |= 1u << space[i].type;
    for (size_t p = 0; p < PAIRS; p++)
        if (sent[CREATE][p] != 0)
            crm_create(crm, p, sent[CREATE][p]);
    for (size_t p = 0; p < PAIRS; p++)
        if (sent[ARCHIVE][p] != 0)
            crm_archive(crm, p, sent[ARCHIVE][p]);
}

/* What HubSpot does by itself for the first pair of a record cannot be kept from happening, nor be
 * told from what others do. */
static set compared(set types, bool may_be_first)
{
    return may_be_first ? types & ~(1u << PRIMARY) : types;
}

static void check_pair(const struct crm *worlds, size_t p, bool mark_touched)
{
    set before = worlds[0].pairs[p], run = worlds[1].pairs[p], left = worlds[2].pairs[p];
    set after = worlds[3].pairs[p], added = left & ~run, removed = run & ~left;
    bool first = is_empty(&worlds[2]);
    ck_assert_msg((compared(added, is_empty(&worlds[0])) & ~after) == 0,
        "pair %zu: others have added %x, and the undo left %x", p, added, after);
    ck_assert_msg((compared(removed, first) & after) == 0,
        "pair %zu: others have removed %x, and the undo left %x", p, removed, after);
    ck_assert_msg(left != run ||
            compared(after, first || mark_touched) == compared(before, first || mark_touched),
        "pair %zu: was %x, the run left %x, the undo %x", p, before, run, after);
}

static void check_world(void)
{
    struct crm crm, worlds[4];
    struct world world;
    struct diff_list list = {0};
    struct undo_row rows[ROWS_MAX];
    bool mark_touched = false;
    random_crm(&crm);
    random_world(&world, &crm);
    worlds[0] = crm;
    compare(&world, &list);
    size_t count = run(&crm, &list, rows);
    diff_list_clear(&list);
    worlds[1] = crm;
    others(&crm);
    worlds[2] = crm;
    struct types table = {.items = world.items, .count = TYPES};
    struct diff_rules rules = world.rules;
    rules.types = &table;
    undo(&crm, &rules, rows, count);
    worlds[3] = crm;
    for (size_t p = 0; p < PAIRS; p++)
        mark_touched = mark_touched || has(worlds[1].pairs[p] ^ worlds[2].pairs[p], PRIMARY);
    for (size_t p = 0; p < PAIRS; p++)
        check_pair(worlds, p, mark_touched);
}

TEST(all_is_as_it_was_but_for_what_others_have_changed_since)
{
    for (seed = 1; seed <= WORLDS;) {
        uint64_t number = seed;
        check_world();
        seed = number + 1;
    }
}
