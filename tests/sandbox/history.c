/*
 * history.c: the log and its counts.
 */
#include "sandbox/history.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/stamp.h"

enum { WINDOW_US = 10 * 1000 * 1000, CALLS_MAX = 64 };

static void note_time(struct history *history, int64_t now_us)
{
    mem_grow(&history->times, &history->times_room, history->times_count + 1, sizeof(int64_t));
    history->times[history->times_count++] = now_us;
    while (history->times[history->times_head] <= now_us - WINDOW_US)
        history->times_head++;
    size_t inside = history->times_count - history->times_head;
    if (inside > history->busiest_10s)
        history->busiest_10s = inside;
}

struct entry *history_add(struct history *history, const char *method, const char *target)
{
    struct entry *entry = mem_new(1, sizeof *entry);
    struct buf line = {0};
    buf_addf(&line, "%s %s", method, target);
    entry->line = line.bytes;
    entry->seq = ++history->seq;
    entry->at_us = clock_now_us();
    entry->wall_ms = stamp_wall_ms();
    entry->token = -1;
    entry->call = "none";
    note_time(history, entry->at_us);
    mem_grow(&history->entries, &history->room, history->count + 1, sizeof entry);
    history->entries[history->count++] = entry;
    return entry;
}

void history_forget(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        free(history->entries[i]->line);
        changes_clear(&history->entries[i]->changes);
        free(history->entries[i]);
    }
    history->count = 0;
    history->times_count = 0;
    history->times_head = 0;
    history->busiest_10s = 0;
    history->read_count = 0;
    history->limited_count = 0;
}

void history_clear(struct history *history)
{
    history_forget(history);
    free(history->entries);
    free(history->times);
    *history = (struct history){0};
}

struct entry *history_find(const struct history *history, uint64_t seq)
{
    if (history->count == 0 || seq < history->entries[0]->seq)
        return NULL;
    uint64_t at = seq - history->entries[0]->seq;
    return at < history->count ? history->entries[at] : NULL;
}

static void write_change(
    const struct object_list *objects, const struct change *change, struct buf *out)
{
    const struct kind *kind = &change->direction->kinds[change->bit];
    buf_addf(out, "[\"%c\",\"%s\",", change->sign, objects->items[change->direction->from].plural);
    buf_add_u64(out, change->from);
    buf_addf(out, ",\"%s\",", objects->items[change->direction->to].plural);
    buf_add_u64(out, change->to);
    buf_addf(out, ",\"%s\",%u]", category_text(kind->category), kind->id);
}

static void write_entry(
    const struct object_list *objects, const struct entry *entry, struct buf *out)
{
    char wall[STAMP_ROOM];
    stamp_iso(entry->wall_ms, wall);
    size_t method = strcspn(entry->line, " ");
    buf_addf(out, "{\"seq\":%" PRIu64 ",\"ms\":%" PRId64 ".%03d,\"at\":\"%s\",\"method\":\"%.*s\"",
        entry->seq, entry->at_us / 1000, (int)(entry->at_us % 1000), wall, (int)method,
        entry->line);
    buf_add_text(out, ",\"path\":");
    buf_add_json(out, entry->line + method + 1);
    buf_addf(out, ",\"call\":\"%s\",\"token\":%d,\"length\":%zu,\"hash\":\"%016" PRIx64 "\"",
        entry->call, entry->token, entry->length, entry->hash);
    buf_addf(out, ",\"inputs\":%zu,\"status\":%d,\"fault\":", entry->inputs, entry->status);
    buf_add_json(out, entry->fault);
    buf_add_text(out, ",\"applied\":[");
    for (size_t i = 0; i < entry->changes.count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        write_change(objects, &entry->changes.items[i], out);
    }
    buf_add_text(out, "]}\n");
}

void history_write(const struct history *history, const struct object_list *objects, uint64_t since,
    struct buf *out)
{
    for (size_t i = 0; i < history->count; i++)
        if (history->entries[i]->seq > since)
            write_entry(objects, history->entries[i], out);
}

struct tally {
    const char *call;
    size_t count;
};

static size_t count_calls(const struct history *history, struct tally tallies[CALLS_MAX])
{
    size_t used = 0;
    for (size_t i = 0; i < history->count; i++) {
        size_t at = 0;
        while (at < used && strcmp(tallies[at].call, history->entries[i]->call) != 0)
            at++;
        if (at == CALLS_MAX)
            continue;
        if (at == used)
            tallies[used++] = (struct tally){.call = history->entries[i]->call};
        tallies[at].count++;
    }
    return used;
}

void history_write_stats(const struct history *history, struct buf *out)
{
    uint64_t added = 0;
    uint64_t removed = 0;
    for (size_t i = 0; i < history->count; i++) {
        const struct changes *changes = &history->entries[i]->changes;
        for (size_t k = 0; k < changes->count; k++) {
            added += changes->items[k].sign == '+';
            removed += changes->items[k].sign == '-';
        }
    }
    buf_addf(out, "{\"requests\":%zu,\"limited\":%" PRIu64 ",\"busiest_10s\":%zu", history->count,
        history->limited_count, history->busiest_10s);
    buf_addf(out, ",\"associations_read\":%" PRIu64 ",\"types_added\":%" PRIu64,
        history->read_count, added);
    buf_addf(out, ",\"types_removed\":%" PRIu64 ",\"calls\":{", removed);
    struct tally tallies[CALLS_MAX];
    size_t used = count_calls(history, tallies);
    for (size_t i = 0; i < used; i++)
        buf_addf(out, "%s\"%s\":%zu", i > 0 ? "," : "", tallies[i].call, tallies[i].count);
    buf_add_text(out, "}}\n");
}
