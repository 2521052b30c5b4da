/*
 * record.c: values and their index: chains by the hash of (property, lower-case text).
 */
#include "sandbox/record.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static void values_clear(struct values *values)
{
    for (size_t i = 0; i < values->count; i++)
        free(values->items[i].text);
    free(values->items);
    *values = (struct values){0};
}

void record_list_clear(struct record_list *list)
{
    for (int i = 0; i < list->properties_count; i++) {
        free(list->properties[i].name);
        free(list->properties[i].label);
    }
    for (size_t i = 0; i < list->count; i++) {
        values_clear(&list->items[i].values);
        values_clear(&list->items[i].old);
    }
    free(list->properties);
    free(list->items);
    free(list->entries);
    free(list->buckets);
    idmap_clear(&list->at);
    *list = (struct record_list){0};
}

int record_property(const struct record_list *list, const char *name)
{
    for (int i = 0; i < list->properties_count; i++)
        if (strcmp(list->properties[i].name, name) == 0)
            return i;
    return -1;
}

int record_define(struct record_list *list, const struct property *property)
{
    int place = record_property(list, property->name);
    if (place < 0) {
        place = list->properties_count++;
        mem_grow(&list->properties, &list->properties_room, (size_t)list->properties_count,
            sizeof *list->properties);
    } else {
        free(list->properties[place].name);
        free(list->properties[place].label);
    }
    list->properties[place] = *property;
    list->properties[place].name = mem_text(property->name);
    list->properties[place].label = mem_text(property->label);
    return place;
}

struct record *record_find(const struct record_list *list, uint64_t id)
{
    const uint32_t *place = idmap_find(&list->at, id);
    return place == NULL || *place == 0 ? NULL : &list->items[*place - 1];
}

struct record *record_at(struct record_list *list, uint64_t id)
{
    uint32_t *place = idmap_at(&list->at, id);
    if (*place != 0)
        return &list->items[*place - 1];
    mem_grow(&list->items, &list->room, list->count + 1, sizeof *list->items);
    struct record *record = &list->items[list->count++];
    *record =
        (struct record){.id = id, .created_ms = RECORD_SINCE_MS, .changed_ms = RECORD_SINCE_MS};
    *place = (uint32_t)list->count;
    return record;
}

static uint64_t hash_text(int property, const char *text, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325u ^ (uint64_t)property; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint64_t)tolower((unsigned char)text[i])) * 0x100000001B3u;
    return hash ^ (hash >> 32);
}

static void chain(struct record_list *list, uint32_t entry)
{
    uint32_t *bucket = &list->buckets[list->entries[entry].hash & (list->buckets_count - 1)];
    list->entries[entry].next = *bucket;
    *bucket = entry + 1;
}

static void grow_buckets(struct record_list *list)
{
    free(list->buckets);
    list->buckets_count = list->buckets_count == 0 ? 64 : list->buckets_count * 4;
    list->buckets = mem_new(list->buckets_count, sizeof *list->buckets);
    for (uint32_t i = 0; i < list->entries_count; i++)
        chain(list, i);
}

/* The first entry of this hash from `entry` (1 + place) on, 0: none. */
static uint32_t same_hash(const struct record_list *list, uint32_t entry, uint64_t hash)
{
    while (entry != 0 && list->entries[entry - 1].hash != hash)
        entry = list->entries[entry - 1].next;
    return entry;
}

static uint32_t first_entry(const struct record_list *list, uint64_t hash)
{
    if (list->buckets_count == 0)
        return 0;
    return same_hash(list, list->buckets[hash & (list->buckets_count - 1)], hash);
}

static void index_text(
    struct record_list *list, uint32_t record, int property, const char *text, size_t length)
{
    uint64_t hash = hash_text(property, text, length);
    uint32_t entry = first_entry(list, hash);
    for (; entry != 0; entry = same_hash(list, list->entries[entry - 1].next, hash))
        if (list->entries[entry - 1].record == record)
            return;
    if (list->entries_count >= list->buckets_count)
        grow_buckets(list);
    mem_grow(&list->entries, &list->entries_room, list->entries_count + 1, sizeof *list->entries);
    list->entries[list->entries_count] = (struct index_entry){.hash = hash, .record = record};
    chain(list, (uint32_t)list->entries_count++);
}

static void index_value(
    struct record_list *list, const struct record *record, int property, const char *text)
{
    uint32_t place = (uint32_t)(record - list->items);
    index_text(list, place, property, text, strlen(text));
    while (*text != '\0') {
        size_t length = strcspn(text, ";");
        index_text(list, place, property, text, length);
        text += length + (text[length] == ';');
    }
}

void record_set(struct record_list *list, struct record *record, int property, const char *text)
{
    struct values *values = &record->values;
    size_t at = 0;
    while (at < values->count && values->items[at].property != property)
        at++;
    if (text == NULL || text[0] == '\0') {
        if (at == values->count)
            return;
        free(values->items[at].text);
        values->items[at] = values->items[--values->count];
        return;
    }
    if (at == values->count) {
        mem_grow(&values->items, &values->room, at + 1, sizeof *values->items);
        values->items[values->count++] = (struct value){.property = property};
    }
    char *copy = mem_text(text);
    for (char *c = copy; list->properties[property].lower && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    free(values->items[at].text);
    values->items[at].text = copy;
    index_value(list, record, property, copy);
}

const char *record_text(const struct values *values, int property)
{
    for (size_t i = 0; i < values->count; i++)
        if (values->items[i].property == property)
            return values->items[i].text;
    return NULL;
}

void record_lag(struct record *record, bool was_live, int64_t now_ms, int64_t until_ms)
{
    bool lags = record->indexed_ms > now_ms;
    if (until_ms > record->indexed_ms)
        record->indexed_ms = until_ms;
    if (lags || until_ms <= now_ms)
        return;
    values_clear(&record->old);
    record->was_live = was_live;
    record->old.items = mem_new(record->values.count + 1, sizeof *record->old.items);
    for (size_t i = 0; i < record->values.count; i++)
        record->old.items[record->old.count++] = (struct value){
            record->values.items[i].property, mem_text(record->values.items[i].text)};
}

struct record *record_candidate(
    const struct record_list *list, int property, const char *text, uint32_t *at)
{
    uint64_t hash = hash_text(property, text, strlen(text));
    *at = *at == 0 ? first_entry(list, hash) : same_hash(list, list->entries[*at - 1].next, hash);
    return *at == 0 ? NULL : &list->items[list->entries[*at - 1].record];
}

bool record_list_holds(const char *list, const char *text, bool any_case)
{
    size_t wanted = strlen(text);
    while (*list != '\0') {
        size_t length = strcspn(list, ";");
        if (length == wanted &&
            (any_case ? strncasecmp(list, text, wanted) : strncmp(list, text, wanted)) == 0)
            return true;
        list += length + (list[length] == ';');
    }
    return false;
}
