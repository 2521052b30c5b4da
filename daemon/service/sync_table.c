/*
 * sync_table.c: entries in order of name; the first due is looked for among all of them.
 */
#include "service/sync_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_name(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    return strcmp(left->sync->name, right->sync->name);
}

void sync_table_open(struct sync_table *table, const struct definitions *definitions)
{
    size_t count = definitions->syncs_count;
    *table = (struct sync_table){.count = count};
    table->entries = mem_new(count + 1, sizeof *table->entries);
    random_init_system(&table->random);
    for (size_t i = 0; i < count; i++)
        table->entries[i] = (struct entry){
            .sync = definitions->syncs[i], .next = {NEXT_RUN_NEVER, NEXT_RUN_MANUAL}};
    qsort(table->entries, count, sizeof *table->entries, by_name);
}

void sync_table_close(struct sync_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->entries[i].unseen);
    free(table->entries);
    *table = (struct sync_table){0};
}

struct entry *sync_table_find(const struct sync_table *table, const char *name)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(table->entries[middle].sync->name, name);
        if (order == 0)
            return &table->entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void sync_table_reschedule(struct entry *entry, int64_t now_us)
{
    entry->next = next_run_decide(&entry->sync->schedule, &entry->state, now_us, entry->jitter);
    if (entry->working > 0)
        entry->next = (struct next_run){NEXT_RUN_NEVER, NEXT_RUN_RUNNING};
    else if (entry->next.at_us < entry->hold_us)
        entry->next.at_us = entry->hold_us;
}

void sync_table_update(struct sync_table *table, struct entry *entry,
    const struct next_run_state *state, int64_t run_id, int64_t now_us)
{
    if (entry->run_id != run_id || entry->jitter == 0)
        entry->jitter = (uint32_t)random_next(&table->random);
    entry->run_id = run_id;
    entry->state = *state;
    sync_table_reschedule(entry, now_us);
}

struct entry *sync_table_first(const struct sync_table *table)
{
    struct entry *first = table->count > 0 ? &table->entries[0] : NULL;
    for (size_t i = 1; i < table->count; i++)
        if (table->entries[i].next.at_us < first->next.at_us)
            first = &table->entries[i];
    return first;
}

void sync_table_inherit(struct sync_table *table, const struct sync_table *older)
{
    for (size_t i = 0; i < older->count; i++) {
        const struct entry *old = &older->entries[i];
        struct entry *entry = sync_table_find(table, old->sync->name);
        if (entry == NULL)
            continue;
        entry->working = old->working;
        entry->hold_us = old->hold_us;
        entry->holder_key = old->holder_key;
        entry->changed = old->changed && entry->sync->watch;
        entry->changed_failures = old->changed_failures;
        entry->changed_hold_us = old->changed_hold_us;
        if (old->unseen != NULL && entry->sync->watch)
            entry->unseen = mem_text(old->unseen);
    }
}
