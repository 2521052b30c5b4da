/*
 * portal_record.c: what records hold: the properties HubSpot has by itself, values that it works
 * out, look-up by a key, and what a merge makes of the values (dossier of the API, sections 13,
 * 17).
 */
#include "sandbox/portal.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "sandbox/stamp.h"

// clang-format off
static const struct {
    const char *object; /* "": all */
    const char *name;
    enum property_type type;
    enum property_origin origin;
    bool lower, usual;
} built_in[] = {
    {"", "hs_object_id", PROPERTY_NUMBER, ORIGIN_ID, false, true},
    {"", "createdate", PROPERTY_DATETIME, ORIGIN_CREATED, false, true},
    {"", "hs_lastmodifieddate", PROPERTY_DATETIME, ORIGIN_CHANGED, false, true},
    {"", "hs_merged_object_ids", PROPERTY_STRING, ORIGIN_MERGED_IDS, false, false},
    {"0-1", "lastmodifieddate", PROPERTY_DATETIME, ORIGIN_CHANGED, false, true},
    {"0-1", "hs_calculated_merged_vids", PROPERTY_STRING, ORIGIN_MERGED_VIDS, false, false},
    {"0-1", "email", PROPERTY_STRING, ORIGIN_STORED, true, true},
    {"0-1", "hs_additional_emails", PROPERTY_ENUMERATION, ORIGIN_STORED, true, false},
    {"0-1", "firstname", PROPERTY_STRING, ORIGIN_STORED, false, true},
    {"0-1", "lastname", PROPERTY_STRING, ORIGIN_STORED, false, true},
    {"0-1", "phone", PROPERTY_STRING, ORIGIN_STORED, false, false},
    {"0-2", "domain", PROPERTY_STRING, ORIGIN_STORED, true, true},
    {"0-2", "hs_additional_domains", PROPERTY_ENUMERATION, ORIGIN_STORED, true, false},
    {"0-2", "name", PROPERTY_STRING, ORIGIN_STORED, false, true},
    {"0-2", "phone", PROPERTY_STRING, ORIGIN_STORED, false, false},
    {"0-2", "website", PROPERTY_STRING, ORIGIN_STORED, false, false},
    {"0-2", "num_associated_contacts", PROPERTY_NUMBER, ORIGIN_CONTACTS, false, false},
    {"0-2", "num_associated_deals", PROPERTY_NUMBER, ORIGIN_DEALS, false, false},
    {"0-3", "dealname", PROPERTY_STRING, ORIGIN_STORED, false, true},
    {"0-3", "num_associated_contacts", PROPERTY_NUMBER, ORIGIN_CONTACTS, false, false},
    {"0-5", "subject", PROPERTY_STRING, ORIGIN_STORED, false, true},
};
// clang-format on

static void define_built_in(struct record_list *list, const char *object)
{
    for (size_t i = 0; i < ARRAY_COUNT(built_in); i++) {
        if (built_in[i].object[0] != '\0' && strcmp(built_in[i].object, object) != 0)
            continue;
        struct property property = {.type = built_in[i].type,
            .origin = built_in[i].origin,
            .lower = built_in[i].lower,
            .usual = built_in[i].usual};
        property.name = (char *)(uintptr_t)built_in[i].name;
        property.label = property.name;
        if (strcmp(object, "0-1") == 0 && strcmp(property.name, "hs_lastmodifieddate") == 0)
            continue; /* contacts have it under another name */
        (void)record_define(list, &property);
    }
}

struct record_list *portal_records(struct portal *portal, int object)
{
    struct record_list *list = &portal->contents[object];
    if (list->properties_count == 0)
        define_built_in(list, portal->objects.items[object].id);
    return list;
}

const struct sorted_ids *portal_ids(struct portal *portal, int object)
{
    struct sorted_ids *ids = &portal->ids[object];
    if (ids->items != NULL && ids->count == portal->records[object].count)
        return ids;
    free(ids->items);
    ids->items = idmap_keys(&portal->records[object], &ids->count);
    return ids;
}

size_t portal_count(struct portal *portal, int object)
{
    const int64_t *set = portal->settings.values;
    struct counted *counted = &portal->counted[object];
    const struct sorted_ids *ids = portal_ids(portal, object);
    if (counted->until_ms <= portal->now_ms) {
        counted->until_ms = portal->now_ms + set[SET_COUNT_LAG_MS];
        counted->count = 0;
        for (size_t i = 0; i < ids->count; i++)
            counted->count += portal_is_live(portal, object, ids->items[i]) ||
                (set[SET_COUNT_BIN] != 0 && portal_is_deleted(portal, object, ids->items[i]));
    }
    size_t more = counted->count + (size_t)set[SET_COUNT_MORE];
    return more > (size_t)set[SET_COUNT_LESS] ? more - (size_t)set[SET_COUNT_LESS] : 0;
}

static size_t count_links(const struct portal *portal, int object, uint64_t id, const char *to)
{
    struct links scratch = {0};
    const struct direction *direction =
        portal->directions[object][object_find(&portal->objects, to, 0)];
    const struct links *links =
        direction == NULL ? NULL : portal_visible_links(portal, direction, id, &scratch);
    size_t count = links == NULL ? 0 : links->count;
    free(scratch.items);
    return count;
}

static void add_merged(
    const struct portal *portal, int object, uint64_t id, bool with_times, struct buf *out)
{
    for (size_t i = 0; i < portal->merges_count && i < MERGES_MAX; i++) {
        const struct merge *merge = &portal->merges[i];
        if (merge->object != object || merge->kept != id)
            continue;
        buf_addf(out, "%s%" PRIu64, out->length > 0 ? ";" : "", merge->gone);
        if (with_times)
            buf_addf(out, ":%" PRId64, merge->at_ms);
    }
}

bool portal_value(
    const struct portal *portal, const struct sight *sight, int property, struct buf *out)
{
    const struct record_list *list = &portal->contents[sight->object];
    char stamp[STAMP_ROOM];
    buf_reset(out);
    switch (list->properties[property].origin) {
    case ORIGIN_STORED:
        if (sight->values != NULL && record_text(sight->values, property) != NULL)
            buf_add_text(out, record_text(sight->values, property));
        break;
    case ORIGIN_ID:
        buf_add_u64(out, sight->id);
        break;
    case ORIGIN_CREATED:
    case ORIGIN_CHANGED:
        stamp_iso(list->properties[property].origin == ORIGIN_CREATED ? sight->created_ms
                                                                      : sight->changed_ms,
            stamp);
        buf_add_text(out, stamp);
        break;
    case ORIGIN_MERGED_IDS:
    case ORIGIN_MERGED_VIDS:
        add_merged(portal, sight->object, sight->id,
            list->properties[property].origin == ORIGIN_MERGED_VIDS, out);
        break;
    case ORIGIN_CONTACTS:
        buf_add_u64(out, count_links(portal, sight->object, sight->id, "contacts"));
        break;
    case ORIGIN_DEALS:
        buf_add_u64(out, count_links(portal, sight->object, sight->id, "deals"));
        break;
    }
    return out->length > 0;
}

struct sight portal_sight(const struct portal *portal, int object, uint64_t id)
{
    const struct record *record = record_find(&portal->contents[object], id);
    struct sight sight = {.object = object,
        .id = id,
        .archived = portal_is_deleted(portal, object, id),
        .created_ms = RECORD_SINCE_MS,
        .changed_ms = RECORD_SINCE_MS};
    if (record == NULL)
        return sight;
    sight.created_ms = record->created_ms;
    sight.changed_ms = record->changed_ms;
    sight.values = &record->values;
    return sight;
}

bool portal_searched(const struct portal *portal, int object, uint64_t id, struct sight *sight)
{
    const struct record *record = record_find(&portal->contents[object], id);
    *sight = portal_sight(portal, object, id);
    if (record == NULL || record->indexed_ms <= portal->now_ms)
        return portal_is_live(portal, object, id);
    sight->values = &record->old;
    sight->archived = false;
    return record->was_live;
}

struct sight portal_read(const struct portal *portal, int object, uint64_t id)
{
    struct sight sight = portal_sight(portal, object, id);
    if (portal->settings.values[SET_STALE_READS] != 0)
        (void)portal_searched(portal, object, id, &sight);
    return sight;
}

static bool is_named(const struct record_list *list, int property, const char *name)
{
    return property >= 0 && strcmp(list->properties[property].name, name) == 0;
}

bool portal_is_key(const struct portal *portal, int object, int property)
{
    const struct record_list *list = &portal->contents[object];
    if (strcmp(portal->objects.items[object].id, "0-1") == 0 && is_named(list, property, "email"))
        return portal->settings.values[SET_EMAIL_KEY] != 0;
    return list->properties[property].unique;
}

static void add_holders(
    const struct portal *portal, const struct key *key, int property, struct links *holders)
{
    const struct record_list *list = &portal->contents[key->object];
    bool lower = list->properties[property].lower;
    bool any_case = lower || portal->settings.values[SET_KEY_CASE] == KEY_CASE_IGNORE;
    uint32_t at = 0;
    const struct record *record;
    while ((record = record_candidate(list, property, key->text, &at)) != NULL) {
        const uint32_t *state = idmap_find(&portal->records[key->object], record->id);
        struct sight sight = portal_read(portal, key->object, record->id);
        const char *text = sight.values == NULL ? NULL : record_text(sight.values, property);
        if (text == NULL || state == NULL || *state != key->state)
            continue;
        bool holds = lower ? record_list_holds(text, key->text, true)
            : any_case     ? strcasecmp(text, key->text) == 0
                           : strcmp(text, key->text) == 0;
        bool known = holders->count > 0 && holders->items[holders->count - 1].to == record->id;
        if (!holds || known)
            continue;
        mem_grow(&holders->items, &holders->room, holders->count + 1, sizeof *holders->items);
        holders->items[holders->count++] = (struct link){.to = record->id};
    }
}

void portal_holders(const struct portal *portal, const struct key *key, struct links *holders)
{
    const struct record_list *list = &portal->contents[key->object];
    holders->count = 0;
    add_holders(portal, key, key->property, holders);
    if (is_named(list, key->property, "email"))
        add_holders(portal, key, record_property(list, "hs_additional_emails"), holders);
}

void portal_touch(struct portal *portal, int object, uint64_t id)
{
    const uint32_t *state = idmap_find(&portal->records[object], id);
    struct record *record = record_at(portal_records(portal, object), id);
    bool live = state != NULL && *state == RECORD_LIVE;
    int64_t lag_ms = portal->settings.values[SET_SEARCH_LAG_MS];
    record_lag(record, live, portal->now_ms, portal->now_ms + lag_ms);
    record->changed_ms = portal->now_ms;
    if (state == NULL || *state == RECORD_UNKNOWN)
        record->created_ms = portal->now_ms;
}

/* Adds the elements of `text` that the list property of `kept` does not have, nor `but`. */
static void join(struct record_list *list, struct record *kept, int property, const char *text)
{
    struct buf joined = {0};
    const char *have = record_text(&kept->values, property);
    if (text == NULL || (have != NULL && record_list_holds(have, text, true)))
        return;
    buf_addf(&joined, "%s%s%s", have != NULL ? have : "", have != NULL ? ";" : "", text);
    record_set(list, kept, property, buf_text(&joined));
    buf_clear(&joined);
}

void portal_take_over(struct portal *portal, int object, uint64_t kept_id, uint64_t gone_id)
{
    struct record_list *list = portal_records(portal, object);
    (void)record_at(list, kept_id);
    struct record *gone = record_at(list, gone_id);
    struct record *kept = record_at(list, kept_id);
    for (size_t i = 0; i < gone->values.count; i++) {
        struct value value = gone->values.items[i];
        int more = -1;
        if (is_named(list, value.property, "email") ||
            is_named(list, value.property, "hs_additional_emails"))
            more = record_property(list, "hs_additional_emails");
        if (is_named(list, value.property, "domain") ||
            is_named(list, value.property, "hs_additional_domains"))
            more = record_property(list, "hs_additional_domains");
        if (record_text(&kept->values, value.property) == NULL)
            record_set(list, kept, value.property, value.text);
        else if (more >= 0)
            join(list, kept, more, value.text);
    }
}
