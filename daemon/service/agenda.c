/*
 * agenda.c: entries in order of name; the first due is looked for among all of them.
 */
#include "service/agenda.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int by_name(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    return strcmp(left->sync->name, right->sync->name);
}

void agenda_open(struct agenda *agenda, const struct definitions *definitions)
{
    size_t count = definitions->syncs_count;
    *agenda = (struct agenda){.count = count};
    agenda->entries = mem_new(count + 1, sizeof *agenda->entries);
    random_init_system(&agenda->random);
    for (size_t i = 0; i < count; i++)
        agenda->entries[i] =
            (struct entry){.sync = definitions->syncs[i], .due = {DUE_NEVER, DUE_MANUAL}};
    qsort(agenda->entries, count, sizeof *agenda->entries, by_name);
}

void agenda_close(struct agenda *agenda)
{
    for (size_t i = 0; i < agenda->count; i++)
        free(agenda->entries[i].unseen);
    free(agenda->entries);
    *agenda = (struct agenda){0};
}

struct entry *agenda_find(const struct agenda *agenda, const char *name)
{
    size_t low = 0, high = agenda->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(agenda->entries[middle].sync->name, name);
        if (order == 0)
            return &agenda->entries[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void agenda_file(struct entry *entry, int64_t now_us)
{
    entry->due = due_decide(&entry->sync->schedule, &entry->state, now_us, entry->jitter);
    if (entry->working > 0)
        entry->due = (struct due){DUE_NEVER, DUE_RUNNING};
    else if (entry->due.at_us < entry->hold_us)
        entry->due.at_us = entry->hold_us;
}

void agenda_note(struct agenda *agenda, struct entry *entry, const struct due_state *state,
    int64_t run_id, int64_t now_us)
{
    if (entry->run_id != run_id || entry->jitter == 0)
        entry->jitter = (uint32_t)random_next(&agenda->random);
    entry->run_id = run_id;
    entry->state = *state;
    agenda_file(entry, now_us);
}

struct entry *agenda_first(const struct agenda *agenda)
{
    struct entry *first = agenda->count > 0 ? &agenda->entries[0] : NULL;
    for (size_t i = 1; i < agenda->count; i++)
        if (agenda->entries[i].due.at_us < first->due.at_us)
            first = &agenda->entries[i];
    return first;
}

void agenda_inherit(struct agenda *agenda, const struct agenda *older)
{
    for (size_t i = 0; i < older->count; i++) {
        const struct entry *old = &older->entries[i];
        struct entry *entry = agenda_find(agenda, old->sync->name);
        if (entry == NULL)
            continue;
        entry->working = old->working;
        entry->hold_us = old->hold_us;
        entry->holder_key = old->holder_key;
        entry->touched = old->touched && entry->sync->watch;
        entry->touched_failures = old->touched_failures;
        entry->touched_hold_us = old->touched_hold_us;
        if (old->unseen != NULL && entry->sync->watch)
            entry->unseen = mem_text(old->unseen);
    }
}
