/*
 * test_sync_table.c: the sync due first is found whatever happens to the entries.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lib/suite.h"
#include "service/sync_table.h"

enum { SYNCS = 500 };
static struct definitions definitions;
static struct sync_table table;

static void open_table(void)
{
    struct error err;
    definitions.syncs = mem_new(SYNCS, sizeof(struct sync_definition *));
    definitions.syncs_count = SYNCS;
    for (int i = 0; i < SYNCS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "sync-%d", (i * 7919) % SYNCS);
        definitions.syncs[i] = mem_new(1, sizeof(struct sync_definition));
        definitions.syncs[i]->name = mem_text(name);
        definitions.syncs[i]->watch = strcmp(name, "sync-43") != 0;
        ck_assert(schedule_parse(
            &definitions.syncs[i]->schedule, i % 5 == 0 ? "manual" : "every 1h", &err));
    }
    sync_table_open(&table, &definitions);
}

static void close_table(void)
{
    sync_table_close(&table);
    definitions_clear(&definitions);
}

TEST(finds_every_sync_by_name_and_no_other)
{
    for (int i = 0; i < SYNCS; i++) {
        const char *name = definitions.syncs[i]->name;
        struct entry *entry = sync_table_find(&table, name);
        ck_assert_ptr_nonnull(entry);
        ck_assert_ptr_eq(entry->sync, definitions.syncs[i]);
    }
    ck_assert_ptr_null(sync_table_find(&table, "sync-"));
    ck_assert_ptr_null(sync_table_find(&table, "zebra"));
    ck_assert_ptr_null(sync_table_find(&table, ""));
}

TEST(has_nothing_due_before_anything_is_known)
{
    ck_assert_int_eq(sync_table_first(&table)->next.at_us, NEXT_RUN_NEVER);
}

/* The smallest due time by looking at all of them. */
static int64_t smallest(void)
{
    int64_t least = NEXT_RUN_NEVER;
    for (size_t i = 0; i < table.count; i++)
        if (table.entries[i].next.at_us < least)
            least = table.entries[i].next.at_us;
    return least;
}

TEST_LOOP(always_knows_the_one_due_first, 20)
{
    struct random random;
    random_init(&random, (uint64_t)_i + 1);
    int64_t now_us = INT64_C(1800000000000000);
    for (int step = 0; step < 3000; step++) {
        struct entry *entry = &table.entries[random_below(&random, SYNCS)];
        struct next_run_state state = {.last = LAST_RUN_ENDED,
            .paused = random_below(&random, 10) == 0,
            .wanted = random_below(&random, 10) == 0,
            .started_us = now_us - (int64_t)random_below(&random, 7200) * 1000000};
        if (random_below(&random, 4) == 0)
            state.retry_us = now_us + (int64_t)random_below(&random, 900) * 1000000;
        entry->working = random_below(&random, 20) == 0;
        entry->hold_us = random_below(&random, 8) == 0 ? now_us + 5000000 : 0;
        sync_table_update(&table, entry, &state, step, now_us);
        ck_assert_int_eq(sync_table_first(&table)->next.at_us, smallest());
        if (entry->working)
            ck_assert_int_eq(entry->next.at_us, NEXT_RUN_NEVER);
        now_us += (int64_t)random_below(&random, 1000000);
    }
}

TEST(draws_its_jitter_anew_for_every_run_only)
{
    struct entry *entry = sync_table_find(&table, "sync-1");
    struct next_run_state state = {.last = LAST_RUN_ENDED, .started_us = 1000000};
    sync_table_update(&table, entry, &state, 1, 2000000);
    uint32_t first = entry->jitter;
    sync_table_update(&table, entry, &state, 1, 3000000);
    ck_assert_uint_eq(entry->jitter, first);
    sync_table_update(&table, entry, &state, 2, 3000000);
    ck_assert_uint_ne(entry->jitter, first);
}

TEST(hands_on_what_postgresql_does_not_know)
{
    struct sync_table next;
    struct entry *entry = sync_table_find(&table, "sync-42");
    entry->working = 2;
    entry->changed = true;
    entry->changed_failures = 3;
    sync_table_find(&table, "sync-43")->changed = true; /* it is no longer watched */
    sync_table_open(&next, &definitions);
    sync_table_inherit(&next, &table);
    ck_assert_int_eq(sync_table_find(&next, "sync-42")->working, 2);
    ck_assert(sync_table_find(&next, "sync-42")->changed);
    ck_assert_int_eq(sync_table_find(&next, "sync-42")->changed_failures, 3);
    ck_assert(!sync_table_find(&next, "sync-43")->changed);
    ck_assert_int_eq(sync_table_find(&next, "sync-41")->working, 0);
    sync_table_close(&next);
}

TEST(may_be_empty)
{
    struct definitions none = {0};
    struct sync_table empty;
    sync_table_open(&empty, &none);
    ck_assert_ptr_null(sync_table_first(&empty));
    ck_assert_ptr_null(sync_table_find(&empty, "links"));
    sync_table_close(&empty);
}

SUITE(.before = open_table, .after = close_table);
