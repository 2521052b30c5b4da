/*
 * sim_resolver.c: which records HubSpot says that keys mean, and how that changes. The stand-in for
 * hubspot/client_key: an answer may be cut off, leave keys out, come late, or be of some time ago;
 * a search knows only what its index has by now.
 */
#include "hubspot/client_key.h"

#include <string.h>

#include "torture/sim.h"

enum { LAG_MAX_S = 50 }; /* a search may miss a record for so long: less than a minute */

bool sim_keyed(void)
{
    return sim.world.key[0].on || sim.world.key[1].on;
}

static const struct key_side *key_side(int side)
{
    return side == 0 ? &sim.world.sync.key_from : &sim.world.sync.key_to;
}

static size_t keys_of(int side)
{
    return side == 0 ? SIM_FROMS : SIM_TOS;
}

const char *sim_key_text(int side, size_t key)
{
    static const char *const texts[2][SIM_KEYS] = {
        {"k0@x.example", "k1@x.example", "k2@x.example", "k3@x.example", "k4@x.example",
            "k5@x.example"},
        {"k0.example", "k1.example", "k2.example", "k3.example", "k4.example", "k5.example"}};
    return texts[side][key];
}

int sim_key_find(const char *text)
{
    return text[1] - '0';
}

int sim_key_object(const char *object)
{
    return strcmp(object, "0-1") == 0 ? 0 : 1;
}

/* ---- what is so ---- */

static uint8_t alive(int side)
{
    return side == 0 ? (1 << SIM_FROMS) - 1
                     : (uint8_t)(((1 << SIM_TOS) - 1) & (uint8_t)~sim_refused());
}

static void set_key(int side, size_t key, uint8_t has)
{
    struct sim_key_truth *truth = &sim.keys[side][key];
    if (truth->has == has)
        return;
    if (truth->index_us <= sim.now_us)
        truth->index = truth->has;
    truth->old = truth->has;
    truth->has = has;
    truth->index_us = sim.now_us + 1000000 * (int64_t)sim_below(LAG_MAX_S);
    sim_tell("somebody else: %s is now of %02x", sim_key_text(side, key), has);
}

static uint8_t some_record(int side)
{
    uint8_t record = BIT(sim_below(keys_of(side)));
    return record & alive(side);
}

/* A record is deleted, and its links with it. */
static void delete_record(size_t to)
{
    if ((sim_refused() & BIT(to)) != 0 || sim.world.merges)
        return;
    sim_tell("somebody else: to-record %zu is deleted", to);
    sim.drifted = true;
    sim.world.poison |= BIT(to);
    for (size_t f = 0; f < SIM_FROMS; f++)
        sim_crm_unlink(f, to);
    for (size_t key = 0; key < SIM_TOS; key++)
        set_key(1, key, sim.keys[1][key].has & (uint8_t)~BIT(to));
}

void sim_key_foreign(void)
{
    int side = sim.world.key[0].on && (!sim.world.key[1].on || sim_chance(50)) ? 0 : 1;
    size_t key = sim_below(keys_of(side));
    uint64_t what = sim_below(100);
    uint8_t more = key_side(side)->search ? 30 : 10;
    if (what < 40)
        set_key(side, key, some_record(side));
    else if (what < 55)
        set_key(side, key, 0);
    else if (what < 55u + more)
        set_key(side, key, sim.keys[side][key].has | some_record(side));
    else if (what < 97)
        set_key(side, key, BIT(key) & alive(side));
    else if (sim.world.key[1].on)
        delete_record(sim_below(SIM_TOS));
}

/* The survivor gets the keys of what was merged into it, or they are gone. */
void sim_key_merge(size_t old, size_t now)
{
    for (size_t key = 0; sim.world.key[1].on && key < SIM_TOS; key++)
        if ((sim.keys[1][key].has & BIT(old)) != 0)
            set_key(1, key,
                (uint8_t)((sim.keys[1][key].has & ~BIT(old)) | (sim_chance(60) ? BIT(now) : 0)));
}

/* Somebody puts some of it in order, or nobody does. */
void sim_key_repair(void)
{
    bool all = sim_chance(50);
    for (int side = 0; side < 2; side++)
        for (size_t key = 0; sim.world.key[side].on && key < keys_of(side); key++)
            if (all || sim_chance(20))
                set_key(side, key, BIT(key) & alive(side));
}

bool sim_key_unclear(void)
{
    for (int side = 0; side < 2; side++)
        for (size_t key = 0; sim.world.key[side].on && key < keys_of(side); key++)
            if ((sim.keys[side][key].has & (uint8_t)~BIT(key)) != 0)
                return true;
    return false;
}

static void make_side(int side, struct key_side *key)
{
    static char *const ignored[2] = {
        (char *)(uintptr_t) "k4@x.example", (char *)(uintptr_t) "k4.example"};
    key->column = (char *)(uintptr_t) "k";
    key->property = (char *)(uintptr_t)(side == 0 ? "email" : "domain");
    key->search = sim_chance(50);
    if (key->search)
        key->on_many = sim.world.sync.policy == POLICY_CREATE_ONLY ? (enum on_many)sim_below(3)
                                                                   : (enum on_many)sim_below(2);
    if (sim_chance(20)) {
        key->ignore = (struct text_list){.items = (char **)(uintptr_t)&ignored[side], .count = 1};
        sim.world.key[side].ignored = BIT(4);
    }
}

void sim_key_world(void)
{
    static const int64_t refresh_s[] = {60, 3600, 86400};
    struct sync_definition *sync = &sim.world.sync;
    uint64_t sides = 1 + sim_below(3);
    for (int side = 0; side < 2; side++) {
        if ((sides >> side & 1) == 0)
            continue;
        sim.world.key[side].on = true;
        make_side(side, side == 0 ? &sync->key_from : &sync->key_to);
        for (size_t key = 0; key < keys_of(side); key++) {
            uint8_t has = (uint8_t)(sim_chance(70) ? BIT(key) & alive(side) : some_record(side));
            has = sim_chance(10) ? 0 : has;
            sim.keys[side][key] = (struct sim_key_truth){.has = has, .old = has, .index = has};
        }
    }
    sync->key_refresh_ms = refresh_s[sim_below(3)] * 1000;
    sync->guards.max_pending_percent = sim_chance(60) ? 100 : (double)sim_below(60);
}

/* ---- what is said ---- */

static uint8_t said_now(int side, size_t key, bool search, bool old)
{
    const struct sim_key_truth *truth = &sim.keys[side][key];
    if (old)
        return truth->old;
    return search && truth->index_us > sim.now_us ? truth->index : truth->has;
}

static void answer_key(
    struct sim_run *run, const struct client_key_query *query, size_t i, enum sim_fault_kind fault)
{
    struct client_key *asked = &query->keys[i];
    int side = sim_key_object(query->object);
    size_t key = (size_t)sim_key_find(asked->key);
    uint8_t ids = said_now(side, key, query->search, fault == FAULT_KEYS_OLD);
    *asked = (struct client_key){.key = asked->key};
    bool told = fault != FAULT_KEYS_PART || sim_chance(50);
    if (told)
        asked->state = ids == 0 ? CLIENT_KEY_MISSING : CLIENT_KEY_FOUND;
    for (uint8_t record = 0; told && record < 8; record++)
        if (sim_has(ids, record))
            asked->ids[asked->count++] = (side == 0 ? SIM_FROM_ID : SIM_TO_ID) + record;
    sim_key_asked(run, side, key, told, ids);
}

static void leave_unread(struct sim_run *run, const struct client_key_query *query, size_t first)
{
    for (size_t i = first; i < query->count; i++) {
        query->keys[i] = (struct client_key){.key = query->keys[i].key};
        sim_key_asked(
            run, sim_key_object(query->object), (size_t)sim_key_find(query->keys[i].key), false, 0);
    }
}

/* It takes its time, in which keys may move. */
static void pass_some(void)
{
    sim_pass(sim.calm || !sim_chance(10) ? 200000 : 1000000 * (int64_t)sim_below(120));
    if (!sim.calm && sim_chance(10))
        sim_key_foreign();
}

bool client_keys(struct client *client, const struct client_key_query *query, struct error *err)
{
    static const enum error_kind kinds[] = {
        ERROR_REMOTE, ERROR_REMOTE, ERROR_REMOTE, ERROR_DENIED, ERROR_QUOTA};
    struct sim_run *run = sim_client_run(client);
    leave_unread(run, query, 0);
    if (run->stopped)
        return error_set(err, ERROR_STOPPED, "stopped");
    if (!sim_client_ask(client, err))
        return false;
    enum sim_fault_kind fault = sim_strike(run, CLASS_KEYS);
    size_t count = fault == FAULT_KEYS_AWAY ? sim_below(query->count + 1) : query->count;
    if (fault != FAULT_NONE)
        sim_tell("%s", sim_fault_text(fault));
    if (!sim.calm && sim_chance(10))
        pass_some();
    for (size_t i = 0; i < count; i++)
        answer_key(run, query, i, fault);
    pass_some();
    return fault != FAULT_KEYS_AWAY || error_set(err, kinds[sim_below(5)], "no answer about keys");
}

bool client_key_alone(
    struct client *client, const struct client_key_query *query, struct error *err)
{
    return client_keys(client, query, err);
}
