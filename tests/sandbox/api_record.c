/*
 * api_record.c: records by their ids or by a key: many, one, and merging two.
 */
#include "sandbox/api.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "sandbox/inputs.h"
#include "sandbox/json_get.h"
#include "sandbox/shown.h"

/* What a batch finds: records to be shown, and inputs that lead to none. */
struct find {
    int property; /* the key, -1: ids */
    uint32_t state; /* live or deleted records */
    struct links found, holders; /* ids in `to` */
    const struct input **missing;
    size_t missing_count;
    struct idmap seen;
};

static void find_clear(struct find *find)
{
    free(find->found.items);
    free(find->holders.items);
    free(find->missing);
    idmap_clear(&find->seen);
}

/* The key of `idProperty`; -1 in *property: none. False when the call was refused. */
static bool read_key(struct call *call, const char *name, int *property)
{
    const struct record_list *list = portal_records(call->portal, call->from);
    *property = -1;
    if (name == NULL)
        return true;
    *property = record_property(list, name);
    if (*property < 0)
        call_fail(call, 400, "VALIDATION_ERROR", "Property \"%s\" does not exist", name);
    else if (!portal_is_key(call->portal, call->from, *property))
        call_fail(call, 400, "VALIDATION_ERROR",
            "Unable to perform read by non-unique %s property %s",
            call->portal->objects.items[call->from].id, name);
    else
        return true;
    return false;
}

static uint32_t asked_state(const struct call *call)
{
    const char *archived = request_query(call->request, "archived");
    return archived != NULL && strcmp(archived, "true") == 0 ? RECORD_DELETED : RECORD_LIVE;
}

static bool has_state(const struct call *call, uint64_t id, uint32_t state)
{
    const uint32_t *place = idmap_find(&call->portal->records[call->from], id);
    return place != NULL && *place == state && call_sees(call, id);
}

static void drop_unseen(const struct call *call, struct links *holders)
{
    size_t kept = 0;
    for (size_t i = 0; i < holders->count; i++)
        if (call_sees(call, holders->items[i].to))
            holders->items[kept++] = holders->items[i];
    holders->count = kept;
}

/* The records an input leads to, into find->holders; false: none, and it is told as missing. */
static bool look_up(struct call *call, const char *text, uint64_t id, struct find *find)
{
    find->holders.count = 0;
    if (find->property >= 0) {
        struct key key = {call->from, find->property, text, find->state};
        portal_holders(call->portal, &key, &find->holders);
        drop_unseen(call, &find->holders);
        return find->holders.count > 0;
    }
    uint64_t now = portal_resolve(call->portal, call->from, id);
    int64_t mode = call->portal->settings.values[SET_MERGED_RECORDS];
    if (!has_state(call, now, find->state) || (now != id && mode == MERGED_ERROR))
        return false;
    if (now != id && mode == MERGED_OMIT)
        return true;
    mem_grow(&find->holders.items, &find->holders.room, 1, sizeof *find->holders.items);
    find->holders.items[find->holders.count++] = (struct link){.to = now};
    return true;
}

static void take_holders(struct call *call, struct find *find)
{
    for (size_t i = 0; i < find->holders.count; i++) {
        uint32_t *seen = idmap_at(&find->seen, find->holders.items[i].to);
        if ((*seen)++ > 0 && call->portal->settings.values[SET_SAME_RECORD] != SAME_RECORD_TWO)
            continue;
        struct links *found = &find->found;
        mem_grow(&found->items, &found->room, found->count + 1, sizeof *found->items);
        found->items[found->count++] = find->holders.items[i];
    }
}

/* Whether an input is neither found nor missing. */
static bool is_unread(const struct call *call, size_t place)
{
    int64_t every = call->portal->settings.values[SET_UNREAD_EVERY];
    bool drops = call->fault != NULL && call->fault->action == FAULT_DROP_INPUT;
    if (drops && call->fault->input == (int64_t)place)
        return true;
    return every > 0 && (int64_t)place % every == every - 1;
}

/* A record that nobody asked for comes along. */
static void add_stray(struct call *call, struct find *find)
{
    const struct sorted_ids *ids = portal_ids(call->portal, call->from);
    struct links *found = &find->found;
    for (size_t i = 0; i < ids->count; i++) {
        if (idmap_find(&find->seen, ids->items[i]) != NULL ||
            !has_state(call, ids->items[i], find->state))
            continue;
        mem_grow(&found->items, &found->room, found->count + 1, sizeof *found->items);
        found->items[found->count++] = (struct link){.to = ids->items[i]};
        return;
    }
}

static void find_all(struct call *call, const struct inputs *inputs, struct find *find)
{
    find->missing = mem_new(inputs->count + 1, sizeof(struct input *));
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->items[i];
        if (is_unread(call, i))
            continue;
        if (look_up(call, input->from_text, input->from, find))
            take_holders(call, find);
        else
            find->missing[find->missing_count++] = input;
    }
    if (call->portal->settings.values[SET_STRAY_RECORD] != 0)
        add_stray(call, find);
    struct link *items = find->found.items;
    for (size_t i = find->found.count; i > 1; i--) {
        if (call->portal->settings.values[SET_SHUFFLE] == 0)
            return;
        size_t k = (size_t)random_below(&call->portal->random, i);
        struct link held = items[i - 1];
        items[i - 1] = items[k];
        items[k] = held;
    }
}

static void add_spelling(struct call *call, const char *text, struct buf *out)
{
    char *copy = mem_text(text);
    bool normal = call->portal->settings.values[SET_MISSING_TEXT] == MISSING_TEXT_NORMAL;
    for (char *c = copy; normal && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + 'a' - 'A');
    buf_add_json(out, copy);
    free(copy);
}

static void open_missing(struct call *call, struct buf *errors)
{
    char object[64];
    object_shout(&call->portal->objects.items[call->from], object);
    buf_addf(errors,
        "%s{\"status\":\"error\",\"category\":\"OBJECT_NOT_FOUND\",\"message\":\"Could not get "
        "some "
        "%s objects, they may be deleted or not exist. Check that ids are valid.\","
        "\"context\":{\"ids\":[",
        errors->length > 0 ? "," : "", object);
}

/* Adds the error entries as the switch `missing` says; returns how many. */
static size_t add_missing(struct call *call, const struct find *find, struct buf *errors)
{
    int64_t mode = call->portal->settings.values[SET_MISSING];
    size_t entries = 0;
    if (mode == MISSING_NONE)
        return 0;
    for (size_t i = 0; i < find->missing_count; i++) {
        bool opens = i == 0 || mode == MISSING_EACH;
        if (mode == MISSING_SOME && i % 2 == 1)
            continue;
        if (opens && i > 0)
            buf_add_text(errors, "]}}");
        if (opens)
            open_missing(call, errors);
        else
            buf_add_char(errors, ',');
        entries += opens;
        add_spelling(call, find->missing[i]->from_text, errors);
    }
    if (entries > 0)
        buf_add_text(errors, "]}}");
    return entries;
}

static bool is_twin(const struct find *find, const struct input *one, const struct input *other)
{
    if (find->property < 0 && one->from != 0)
        return one->from == other->from;
    return strcasecmp(one->from_text, other->from_text) == 0;
}

/* Refuses inputs that stand there twice, if the switch says so. False when it did. */
static bool check_twins(struct call *call, const struct inputs *inputs, const struct find *find)
{
    if (call->portal->settings.values[SET_SAME_RECORD] != SAME_RECORD_400)
        return true;
    for (size_t i = 1; i < inputs->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (!is_twin(find, &inputs->items[i], &inputs->items[k]))
                continue;
            struct buf message = {0};
            struct buf members = {0};
            buf_addf(&message, "Duplicate IDs found in batch input: [%s]. IDs must be unique",
                inputs->items[i].from_text);
            buf_add_text(&members, "\"context\":{\"ids\":[");
            buf_add_json(&members, inputs->items[i].from_text);
            buf_add_text(&members, "]}");
            call_fail_with(call, 400, "VALIDATION_ERROR", buf_text(&message), buf_text(&members));
            buf_clear(&message);
            buf_clear(&members);
            return false;
        }
    }
    return true;
}

static bool check_count(struct call *call, const struct inputs *inputs)
{
    int64_t most = call->portal->settings.values[SET_MAX_RECORD_INPUTS];
    bool history = shown_history(call);
    if (history)
        most /= 2;
    if (most == 0 || inputs->sent <= (size_t)most)
        return true;
    call_fail(call, 400, "VALIDATION_ERROR",
        "The maximum number of inputs supported in a batch%s is %lld. Please reduce the number of "
        "items and try again",
        history ? " request for property histories" : "", (long long)most);
    return false;
}

static void answer_found(struct call *call, const struct find *find)
{
    struct shown shown = {0};
    struct buf errors = {0};
    shown_read(call, &shown);
    if (call->portal->settings.values[SET_KEY_SHOWN] == 0)
        shown_hide(&shown, find->property);
    batch_open(call);
    for (size_t i = 0; i < find->found.count; i++) {
        struct sight sight = portal_read(call->portal, call->from, find->found.items[i].to);
        if (i > 0)
            buf_add_char(&call->reply->body, ',');
        shown_add(call, &shown, &sight);
        buf_add_char(&call->reply->body, '}');
    }
    size_t entries = add_missing(call, find, &errors);
    batch_close(call, &errors, entries);
    call->reply->status = entries > 0 ? 207 : 200;
    buf_clear(&errors);
    shown_clear(&shown);
}

void api_records(struct call *call)
{
    struct inputs inputs = {0};
    struct find find = {.state = asked_state(call)};
    if (inputs_read(call, INPUTS_READ, &inputs) && check_count(call, &inputs) &&
        read_key(call, json_text(call->json, "idProperty", NULL), &find.property) &&
        check_twins(call, &inputs, &find)) {
        find_all(call, &inputs, &find);
        bool none = find.found.count == 0 && find.missing_count > 0;
        if (none && call->portal->settings.values[SET_MISSING] == MISSING_404)
            call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
        else
            answer_found(call, &find);
    }
    find_clear(&find);
    inputs_clear(&inputs);
}

static void answer_one(struct call *call, uint64_t id)
{
    struct shown shown = {0};
    struct sight sight = portal_sight(call->portal, call->from, id);
    shown_read(call, &shown);
    shown_add(call, &shown, &sight);
    buf_add_char(&call->reply->body, '}');
    shown_clear(&shown);
}

void api_record(struct call *call)
{
    struct find find = {.state = asked_state(call)};
    uint64_t id = 0;
    if (!read_key(call, request_query(call->request, "idProperty"), &find.property))
        return;
    if (find.property < 0 && parse_id(call->name, &id))
        id = portal_resolve(call->portal, call->from, id);
    else if (find.property >= 0 && look_up(call, call->name, 0, &find))
        id = find.holders.items[0].to;
    if (id != 0 && has_state(call, id, find.state))
        answer_one(call, id);
    else
        call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
    find_clear(&find);
}

/* An id that no record has: the next after all that were given away by merges. */
static uint64_t new_id(const struct portal *portal)
{
    return UINT64_C(90000000000) + portal->merges_count;
}

void api_merge(struct call *call)
{
    uint64_t kept = 0;
    uint64_t gone = 0;
    if (!json_id(json_member(call->json, "primaryObjectId"), &kept) ||
        !json_id(json_member(call->json, "objectIdToMerge"), &gone) || kept == gone ||
        !portal_is_live(call->portal, call->from, kept) ||
        !portal_is_live(call->portal, call->from, gone)) {
        call_fail(call, 400, "VALIDATION_ERROR", "invalid ids to merge");
        return;
    }
    if (call->portal->settings.values[SET_MERGE] == MERGE_NEW_ID) {
        uint64_t survivor = new_id(call->portal);
        portal_merge(call->portal, call->from, survivor, kept);
        kept = survivor;
    }
    portal_merge(call->portal, call->from, kept, gone);
    answer_one(call, kept);
}
