/*
 * page.c: the two shapes of a record's links: v3 has one flat element per (target, type), the
 * others one element per target with a list of types.
 */
#include "sandbox/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sandbox/cursor.h"
#include "sandbox/sandbox.h"

/* The rows of one page grouped by target: the links' targets and the types shown of each. */
struct rows {
    struct link *items;
    size_t count, room;
    struct idmap at; /* target -> 1 + place */
    size_t total;
};

static void rows_clear(struct rows *rows)
{
    free(rows->items);
    idmap_clear(&rows->at);
}

static void rows_add(struct rows *rows, uint64_t to, int bit)
{
    uint32_t *place = idmap_at(&rows->at, to);
    if (*place == 0) {
        mem_grow(&rows->items, &rows->room, rows->count + 1, sizeof *rows->items);
        rows->items[rows->count++] = (struct link){.to = to};
        *place = (uint32_t)rows->count;
    }
    rows->items[*place - 1].types |= UINT64_C(1) << bit;
    rows->total++;
}

/* v3 shows towards companies only the primary one. */
static uint64_t shown_types(const struct call *call, uint64_t types)
{
    const struct direction *direction = call->direction;
    const char *to = call->portal->objects.items[direction->to].id;
    if (call->dialect != V3 || call->is_list || direction->primary < 0 || strcmp(to, "0-2") != 0)
        return types;
    if (call->portal->settings.values[SET_V3_ALL_COMPANIES] != 0)
        return types;
    return (types >> direction->primary & 1) != 0 ? types : 0;
}

static void add_v3(struct call *call, const struct link *link, bool *comma)
{
    struct buf *body = &call->reply->body;
    for (int i = 0; i < call->direction->kinds_count; i++) {
        int bit = call->direction->order[i];
        if ((link->types >> bit & 1) == 0)
            continue;
        buf_add_text(body, *comma ? ",{\"id\":\"" : "{\"id\":\"");
        buf_add_u64(body, link->to);
        buf_add_text(body, "\",\"type\":");
        buf_add_json(body, call->direction->kinds[bit].name);
        buf_add_char(body, '}');
        *comma = true;
    }
}

static void add_v4(struct call *call, const struct link *link, bool *comma)
{
    struct buf *body = &call->reply->body;
    const struct direction *direction = call->direction;
    buf_add_text(body, *comma ? ",{\"toObjectId\":" : "{\"toObjectId\":");
    call_add_id(call, link->to);
    buf_add_text(body, ",\"associationTypes\":[");
    bool shuffle = call->portal->settings.values[SET_SHUFFLE] != 0;
    int count = direction->kinds_count;
    int start = shuffle ? (int)random_below(&call->portal->random, (uint64_t)count) : 0;
    bool more = false;
    for (int i = 0; i < count; i++) {
        int bit = direction->order[(start + i) % count];
        if ((link->types >> bit & 1) == 0)
            continue;
        if (more)
            buf_add_char(body, ',');
        call_add_type(body, &direction->kinds[bit]);
        more = true;
    }
    buf_add_text(body, "]}");
    *comma = true;
}

static void add_link(struct call *call, const struct link *link, bool *comma)
{
    call->sandbox->history.read_count += (uint64_t)__builtin_popcountll(link->types);
    if (call->dialect == V3 || call->is_list)
        add_v3(call, link, comma);
    else
        add_v4(call, link, comma);
}

static size_t count_rows(const struct call *call, const struct links *links)
{
    size_t rows = 0;
    for (size_t i = 0; links != NULL && i < links->count; i++)
        rows += (size_t)__builtin_popcountll(shown_types(call, links->items[i].types));
    return rows;
}

static void write_paging(struct call *call, const struct cursor *cursor, struct page *page)
{
    const struct object *objects = call->portal->objects.items;
    struct buf *out = &page->paging;
    buf_add_text(out, "\"paging\":{\"next\":{\"after\":\"");
    cursor_write(cursor, out);
    buf_addf(out, "\",\"link\":\"%s/crm/", call->sandbox->base_url);
    if (call->dialect == DATED)
        buf_addf(out, "objects/%s/", call->version);
    else
        buf_addf(out, "%s/objects/", call->dialect == V3 ? "v3" : "v4");
    buf_addf(out,
        "%s/%" PRIu64 "/associations/%s?portalId=%lld&after=", objects[call->direction->from].id,
        page->from, objects[call->direction->to].id,
        (long long)call->portal->settings.values[SET_PORTAL_ID]);
    cursor_write(cursor, out);
    buf_add_text(out, "\"}}");
}

/* Whether a row stands behind the cursor. */
static bool is_behind(const struct kind *kind, uint64_t to, const struct cursor *cursor)
{
    if (kind->category != cursor->category)
        return kind->category > cursor->category;
    if (kind->id != cursor->type_id)
        return kind->id > cursor->type_id;
    return to > cursor->to;
}

static void collect(
    struct call *call, const struct links *links, struct page *page, struct rows *rows)
{
    const struct direction *direction = call->direction;
    struct cursor cursor = {0};
    struct cursor last = {0};
    if (page->after != NULL && !cursor_parse(page->after, &cursor)) {
        page->bad_cursor = true;
        return;
    }
    for (int i = 0; i < direction->kinds_count; i++) {
        int bit = direction->order[i];
        const struct kind *kind = &direction->kinds[bit];
        for (size_t k = 0; links != NULL && k < links->count; k++) {
            const struct link *link = &links->items[k];
            bool shown = (shown_types(call, link->types) >> bit & 1) != 0;
            if (!shown || !is_behind(kind, link->to, &cursor))
                continue;
            if (rows->total == (size_t)page->limit) {
                write_paging(call, &last, page);
                return;
            }
            rows_add(rows, link->to, bit);
            last = (struct cursor){kind->category, kind->id, link->to};
        }
    }
}

void page_write(struct call *call, struct page *page)
{
    const int64_t *set = call->portal->settings.values;
    struct links scratch = {0};
    bool comma = false;
    if (page->limit <= 0)
        page->limit = set[call->dialect == V3 ? SET_V3_PAGE_SIZE : SET_PAGE_SIZE];
    const struct links *links =
        portal_visible_links(call->portal, call->direction, page->from, &scratch);
    page->rows = count_rows(call, links);
    if (page->after == NULL && page->rows <= (size_t)page->limit) {
        for (size_t i = 0; links != NULL && i < links->count; i++) {
            struct link link = {links->items[i].to, shown_types(call, links->items[i].types)};
            if (link.types != 0)
                add_link(call, &link, &comma);
        }
    } else {
        struct rows rows = {0};
        collect(call, links, page, &rows);
        for (size_t i = 0; i < rows.count; i++)
            add_link(call, &rows.items[i], &comma);
        page->rows = rows.total;
        rows_clear(&rows);
    }
    free(scratch.items);
}
