/*
 * api_search.c: finding records. A condition EQ or IN leads over the index, anything else looks at
 * every record.
 */
#include "sandbox/api.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/json_get.h"
#include "sandbox/search.h"
#include "sandbox/shown.h"

struct hit {
    uint64_t id;
    char *text; /* of the property to sort by, NULL: empty or none */
};

struct hits {
    struct hit *items;
    size_t count, room;
    struct idmap seen;
};

static void hits_clear(struct hits *hits)
{
    for (size_t i = 0; i < hits->count; i++)
        free(hits->items[i].text);
    free(hits->items);
    idmap_clear(&hits->seen);
}

static bool meets_all(struct call *call, const struct group *group, const struct sight *sight)
{
    const struct record_list *list = &call->portal->contents[call->from];
    struct buf text = {0};
    bool meets = true;
    for (size_t i = 0; i < group->count && meets; i++) {
        const struct condition *condition = &group->conditions[i];
        bool given = portal_value(call->portal, sight, condition->property, &text);
        meets = search_meets(
            &list->properties[condition->property], condition, given ? buf_text(&text) : NULL);
    }
    buf_clear(&text);
    return meets;
}

/* One group of a search (NULL: all records are found), and where what it finds goes. */
struct finder {
    struct call *call;
    const struct search *search;
    const struct group *group;
    struct hits *hits;
};

/* Takes the record if the search sees it, and it meets the group. */
static void try_record(const struct finder *finder, uint64_t id)
{
    struct sight sight;
    struct call *call = finder->call;
    struct hits *hits = finder->hits;
    if (idmap_find(&hits->seen, id) != NULL || !call_sees(call, id) ||
        !portal_searched(call->portal, call->from, id, &sight))
        return;
    if (finder->group != NULL && !meets_all(call, finder->group, &sight))
        return;
    struct buf text = {0};
    int sort = finder->search->sort;
    *idmap_at(&hits->seen, id) = 1;
    mem_grow(&hits->items, &hits->room, hits->count + 1, sizeof *hits->items);
    hits->items[hits->count] = (struct hit){.id = id};
    if (sort >= 0 && portal_value(call->portal, &sight, sort, &text))
        hits->items[hits->count].text = mem_text(buf_text(&text));
    hits->count++;
    buf_clear(&text);
}

static void try_value(const struct finder *finder, int property, const char *value)
{
    const struct portal *portal = finder->call->portal;
    const struct record_list *list = &portal->contents[finder->call->from];
    uint32_t at = 0;
    uint64_t id = 0;
    const struct record *record;
    if (value == NULL)
        return;
    if (list->properties[property].origin == ORIGIN_ID) {
        if (parse_id(value, &id) && idmap_find(&portal->records[finder->call->from], id) != NULL)
            try_record(finder, id);
        return;
    }
    while ((record = record_candidate(list, property, value, &at)) != NULL)
        try_record(finder, record->id);
}

/* The condition of a group that leads over the index, NULL: none. */
static const struct condition *find_way(const struct call *call, const struct group *group)
{
    const struct record_list *list = &call->portal->contents[call->from];
    for (size_t i = 0; i < group->count; i++) {
        const struct condition *condition = &group->conditions[i];
        const struct property *property = &list->properties[condition->property];
        bool exact = condition->verb == SEARCH_EQ || condition->verb == SEARCH_IN;
        bool text = property->origin == ORIGIN_STORED &&
            (property->type == PROPERTY_STRING || property->type == PROPERTY_ENUMERATION);
        if (exact && (text || property->origin == ORIGIN_ID))
            return condition;
    }
    return NULL;
}

static void find_group(const struct finder *finder)
{
    struct call *call = finder->call;
    const struct condition *way = finder->group == NULL ? NULL : find_way(call, finder->group);
    if (way == NULL) {
        const struct sorted_ids *ids = portal_ids(call->portal, call->from);
        for (size_t i = 0; i < ids->count; i++)
            try_record(finder, ids->items[i]);
        return;
    }
    if (way->verb == SEARCH_EQ)
        try_value(finder, way->property, way->value);
    for (size_t i = 0; way->verb == SEARCH_IN && i < json_length(way->values); i++)
        try_value(finder, way->property, json_object_get_string(json_item(way->values, i)));
}

struct order {
    enum property_type type;
    bool descending;
};

static int compare_hits(const void *left, const void *right, void *order_pointer)
{
    const struct order *order = order_pointer;
    const struct hit *a = left;
    const struct hit *b = right;
    int way = 0;
    if (a->text != NULL && b->text != NULL)
        way = search_compare(order->type, a->text, b->text);
    else
        way = (a->text == NULL) - (b->text == NULL);
    if (way == 0)
        way = (a->id > b->id) - (a->id < b->id);
    return order->descending ? -way : way;
}

/* By the property asked for; without one in no order, another one for each request. */
static void arrange(struct call *call, const struct search *search, struct hits *hits)
{
    const struct record_list *list = &call->portal->contents[call->from];
    struct order order = {.type = PROPERTY_STRING, .descending = search->descending};
    if (search->sort >= 0)
        order.type = list->properties[search->sort].type;
    if (hits->count > 0)
        qsort_r(hits->items, hits->count, sizeof *hits->items, compare_hits, &order);
    bool mix = search->sort < 0 && call->portal->settings.values[SET_SHUFFLE] != 0;
    for (size_t i = hits->count; mix && i > 1; i--) {
        size_t k = (size_t)random_below(&call->portal->random, i);
        struct hit held = hits->items[i - 1];
        hits->items[i - 1] = hits->items[k];
        hits->items[k] = held;
    }
}

static void answer_hits(struct call *call, const struct search *search, const struct hits *hits)
{
    struct buf *body = &call->reply->body;
    struct shown shown = {0};
    const char *comma = "";
    bool drops = call->fault != NULL && call->fault->action == FAULT_DROP_INPUT;
    size_t end = search->after + search->limit;
    shown_read(call, &shown);
    buf_addf(body, "{\"total\":%zu,\"results\":[", hits->count);
    for (size_t i = search->after; i < end && i < hits->count; i++) {
        struct sight sight;
        if (drops && call->fault->input == (int64_t)(i - search->after))
            continue;
        (void)portal_searched(call->portal, call->from, hits->items[i].id, &sight);
        buf_add_text(body, comma);
        shown_add(call, &shown, &sight);
        buf_add_char(body, '}');
        comma = ",";
    }
    buf_add_char(body, ']');
    if (end < hits->count)
        buf_addf(body, ",\"paging\":{\"next\":{\"after\":\"%zu\"}}", end);
    buf_add_char(body, '}');
    shown_clear(&shown);
}

void api_search(struct call *call)
{
    struct search search = {0};
    struct hits hits = {0};
    if (!search_read(call, &search))
        return;
    struct finder finder = {.call = call, .search = &search, .hits = &hits};
    for (size_t i = 0; i < search.count; i++) {
        finder.group = &search.groups[i];
        find_group(&finder);
    }
    if (search.count == 0)
        find_group(&finder);
    call->entry->inputs = json_length(search.groups[0].conditions[0].values);
    arrange(call, &search, &hits);
    answer_hits(call, &search, &hits);
    hits_clear(&hits);
}
