/*
 * api_list.c: all records of an object type, page by page in the order of their ids, and how many
 * there are.
 */
#include "sandbox/api.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/json_get.h"
#include "sandbox/page.h"
#include "sandbox/sandbox.h"
#include "sandbox/shown.h"

enum { LIST_USUAL = 10 };

struct list {
    struct shown shown;
    uint64_t after; /* the first id of the page */
    size_t limit;
    uint32_t state;
};

/* Reads the query; false when the call was refused. */
static bool read_query(struct call *call, struct list *list)
{
    const int64_t *set = call->portal->settings.values;
    const char *limit = request_query(call->request, "limit");
    const char *after = request_query(call->request, "after");
    const char *archived = request_query(call->request, "archived");
    uint64_t most = (uint64_t)set[SET_LIST_PAGE] / (shown_history(call) ? 2 : 1);
    uint64_t number = LIST_USUAL;
    list->state = archived != NULL && strcmp(archived, "true") == 0 ? RECORD_DELETED : RECORD_LIVE;
    if (limit != NULL && !parse_id(limit, &number)) {
        call_fail(call, 400, "VALIDATION_ERROR", "limit must be a number, got '%s'", limit);
        return false;
    }
    if (number > most && limit != NULL && set[SET_LIST_OVER] == LIST_OVER_400) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "limit must be greater than 0, and less than %" PRIu64 " - you provided %" PRIu64, most,
            number);
        return false;
    }
    list->limit = (size_t)(number > most ? most : number);
    if (after == NULL || after[0] == '\0' || parse_id(after, &list->after))
        return true;
    call_fail(call, 400, "VALIDATION_ERROR", "Invalid paging cursor: %s", after);
    return false;
}

/* The links of a record towards one object type; false when there are none. */
static bool add_links(struct call *call, uint64_t id, int to, const char *comma)
{
    struct buf *body = &call->reply->body;
    size_t start = body->length;
    struct page page = {.from = id, .limit = call->portal->settings.values[SET_V3_PAGE_SIZE]};
    call->direction = portal_direction(call->portal, call->from, to);
    buf_addf(body, "%s\"%s\":{\"results\":[", comma, call->portal->objects.items[to].plural);
    page_write(call, &page);
    buf_add_char(body, ']');
    if (page.paging.length > 0)
        buf_addf(body, ",%s", page.paging.bytes);
    buf_add_char(body, '}');
    buf_clear(&page.paging);
    if (page.rows > 0)
        return true;
    body->length = start;
    body->bytes[start] = '\0';
    return false;
}

/* Links towards the object types of "companies,deals"; unknown ones are left out. */
static const char *add_links_of(
    struct call *call, uint64_t id, const char *types, const char *comma)
{
    uint64_t portal_id = (uint64_t)call->portal->settings.values[SET_PORTAL_ID];
    while (*types != '\0') {
        size_t length = strcspn(types, ",");
        char *name = mem_text_part(types, length);
        int to = object_find(&call->portal->objects, name, portal_id);
        free(name);
        if (to >= 0 && add_links(call, id, to, comma))
            comma = ",";
        types += length + (types[length] == ',');
    }
    return comma;
}

static void add_associations(struct call *call, uint64_t id)
{
    const char *first = ",\"associations\":{";
    const char *comma = first;
    call->is_list = true;
    for (size_t i = 0; i < call->request->query_count; i++)
        if (strcmp(call->request->query[i].key, "associations") == 0)
            comma = add_links_of(call, id, call->request->query[i].value, comma);
    if (comma != first)
        buf_add_char(&call->reply->body, '}');
}

static bool is_listed(const struct call *call, const struct list *list, size_t place, uint64_t id)
{
    int64_t skips = call->portal->settings.values[SET_LIST_SKIPS];
    const uint32_t *state = idmap_find(&call->portal->records[call->from], id);
    if (skips > 0 && place % (size_t)skips == (size_t)skips - 1)
        return false;
    return state != NULL && *state == list->state && call_sees(call, id);
}

static void add_next(struct call *call, uint64_t id, size_t limit)
{
    struct buf *body = &call->reply->body;
    buf_addf(body, ",\"paging\":{\"next\":{\"after\":\"%" PRIu64 "\",\"link\":\"%s/crm/", id,
        call->sandbox->base_url);
    if (call->dialect == DATED)
        buf_addf(body, "objects/%s/", call->version);
    else
        buf_add_text(body, "v3/objects/");
    buf_addf(body, "%s?limit=%zu&after=%" PRIu64 "\"}}",
        call->portal->objects.items[call->from].plural, limit, id);
}

/* The place of the first id that is not below `after`. */
static size_t find_place(const struct sorted_ids *ids, uint64_t after)
{
    size_t low = 0;
    size_t high = ids->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids->items[middle] < after)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void answer_page(struct call *call, const struct list *list)
{
    const struct sorted_ids *ids = portal_ids(call->portal, call->from);
    size_t written = 0;
    uint64_t next = 0;
    buf_add_text(&call->reply->body, "{\"results\":[");
    for (size_t i = find_place(ids, list->after); i < ids->count && next == 0; i++) {
        uint64_t id = ids->items[i];
        if (!is_listed(call, list, i, id))
            continue;
        if (written == list->limit) {
            next = id;
            break;
        }
        struct sight sight = portal_sight(call->portal, call->from, id);
        if (written++ > 0)
            buf_add_char(&call->reply->body, ',');
        shown_add(call, &list->shown, &sight);
        add_associations(call, id);
        buf_add_char(&call->reply->body, '}');
    }
    buf_add_char(&call->reply->body, ']');
    if (next != 0)
        add_next(call, next, list->limit);
    buf_add_char(&call->reply->body, '}');
}

void api_list(struct call *call)
{
    struct list list = {0};
    if (!read_query(call, &list))
        return;
    shown_read(call, &list.shown);
    answer_page(call, &list);
    shown_clear(&list.shown);
}

static void add_count(struct call *call, const struct object *object, size_t usage, int64_t limit)
{
    char label[64];
    struct buf *body = &call->reply->body;
    (void)snprintf(label, sizeof label, "%s", object->singular);
    label[0] = (char)toupper((unsigned char)label[0]);
    buf_addf(body,
        "{\"objectTypeId\":\"%s\",\"singularLabel\":\"%s\",\"pluralLabel\":\"%ss\","
        "\"usage\":%zu",
        object->id, label, label, usage);
    if (limit > 0)
        buf_addf(body, ",\"limit\":%" PRId64 ",\"percentage\":%.2f", limit,
            (double)usage * 100.0 / (double)limit);
    buf_add_char(body, '}');
}

/* Object types of HubSpot's or of the account; returns how many records those have. */
static size_t add_counts(struct call *call, bool custom)
{
    const int64_t most = 15000000;
    size_t total = 0;
    const char *comma = "";
    for (int i = 0; i < call->portal->objects.count; i++) {
        const struct object *object = &call->portal->objects.items[i];
        if (object_is_custom(object) != custom)
            continue;
        size_t usage = portal_count(call->portal, i);
        buf_add_text(&call->reply->body, comma);
        add_count(call, object, usage, custom ? 0 : most);
        total += usage;
        comma = ",";
    }
    return total;
}

void api_counts(struct call *call)
{
    struct buf *body = &call->reply->body;
    const size_t most = 500000;
    buf_add_text(body, "{\"hubspotDefinedObjectTypes\":[");
    (void)add_counts(call, false);
    buf_add_text(body, "],\"customObjectTypes\":{\"byObjectType\":[");
    size_t total = add_counts(call, true);
    buf_addf(body, "],\"overallLimit\":%zu,\"overallUsage\":%zu,\"overallPercentage\":%.2f}}", most,
        total, (double)total * 100.0 / (double)most);
}
