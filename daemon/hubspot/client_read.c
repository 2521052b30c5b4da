/*
 * client_read.c: batch/read. Every record of the request ends in exactly one state: complete, or
 * unknown; a record counts as complete only when the answer said so, by a last page or by the entry
 * "no associations". What v3 cannot show (more than one page, all companies) is read through
 * 2026-09, whose ids mean the same (hubspot-api 1.5, 2.1).
 */
#include "hubspot/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Of one record: ten times what the most crowded one can have (hubspot-api 3.20). Of a request with
 * several: what 100 MB hold; fewer records at a time need less. */
enum { PAGES_MAX = 1000, RECORD_ROWS_MAX = 1000000, REQUEST_ROWS_MAX = 4000000 };

static void add_input(struct page_inputs *inputs, struct page_input input)
{
    mem_grow(&inputs->items, &inputs->room, inputs->count + 1, sizeof *inputs->items);
    inputs->items[inputs->count++] = input;
}

static void send_page(struct client *client, struct call *call)
{
    const struct dialect_row *row = dialect_row(call->dialect);
    dialect_path(&call->path, row->batch, client->from, client->to, "read");
    wire_begin(&call->body);
    for (size_t i = 0; i < call->asked.count; i++) {
        const struct page_input *input = &call->asked.items[i];
        struct wire_input out = {call->request->from_ids[input->index], input->after};
        wire_add_input(&call->body, &out);
    }
    wire_end(&call->body);
    call->page_rows = call->rows.count;
    call->page++;
    call->attempt = 0;
    call_send(client, call, 0);
}

void read_begin(struct client *client, struct call *call)
{
    size_t count = call->request->from_count;
    assert(count <= UINT32_MAX);
    mem_grow(&call->seen, &call->seen_room, count, 1);
    mem_grow(&call->records, &call->records_room, count, 1);
    memset(call->seen, SEEN_NOT, count);
    memset(call->records, RECORD_UNKNOWN, count);
    call->page = 0;
    call->beyond = false;
    if (dialect_row(call->dialect)->wire == WIRE_NAMES && strcmp(client->to, "0-2") == 0)
        call->dialect = dialect_beyond_names;
    for (uint32_t i = 0; i < count; i++) {
        assert(i == 0 || call->request->from_ids[i - 1] < call->request->from_ids[i]);
        add_input(&call->asked, (struct page_input){.index = i});
    }
    send_page(client, call);
}

/* The place of a record in the request; from_count if it was not asked for. */
static size_t find_record(const struct call *call, uint64_t id)
{
    const uint64_t *ids = call->request->from_ids;
    size_t low = 0;
    size_t high = call->request->from_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < call->request->from_count && ids[low] == id ? low : call->request->from_count;
}

/* The cursor as text; NULL if there is none to go on with. */
static char *cursor(const struct wire_record *record)
{
    struct buf plain = {0};
    if (record->after.length > 0)
        json_text_add(&record->after, &plain);
    return plain.bytes;
}

/* The rows from `first` on are all of one record, in any order: sorts them and notes in each where
 * the record stands in the request. */
static void keep_record(struct call *call, size_t first, size_t index)
{
    if (call->rows.count == first)
        return;
    struct assoc *rows = call->rows.rows + first;
    size_t count = assoc_sort_unique(rows, call->rows.count - first);
    for (size_t i = 0; i < count; i++)
        rows[i].flags = (uint32_t)index;
    call->rows.count = first + count;
}

bool read_result(struct client *client, struct call *call, struct json *json)
{
    struct wire_rows rows = {
        .types = client->types,
        .rows = &call->rows,
        .wire = dialect_row(call->dialect)->wire,
        .last = call->last_type,
    };
    struct wire_record record;
    size_t before = call->rows.count;
    size_t index = call->request->from_count;
    if (!wire_record(&rows, json, &record)) {
        call->rows.count = before;
        return json_fail(json, "it is not what was asked for");
    }
    index = find_record(call, record.from_id);
    if (++call->results > 2 * call->asked.count)
        return json_fail(json, "it holds more records than were asked for");
    /* A record that was merged may be answered under the id of the one it became: whoever was asked
     * for is then not told about (hubspot-api, conflict 10.19). */
    if (index == call->request->from_count) {
        call->rows.count = before;
        return true;
    }
    if (call->seen[index] < SEEN_ASKED) {
        call->rows.count = before;
        return json_fail(json, "it holds a record that was not asked for");
    }
    call->last_type = rows.last;
    keep_record(call, before, index);
    uint8_t *seen = &call->seen[index];
    if (*seen == SEEN_NONE || *seen == SEEN_BAD)
        *seen = SEEN_BAD;
    else if (record.more && *seen == SEEN_MORE)
        *seen = SEEN_BAD; /* two cursors for one record */
    else if (record.more || *seen == SEEN_MORE)
        *seen = SEEN_MORE;
    else
        *seen = SEEN_LAST;
    if (record.more)
        add_input(&call->more, (struct page_input){(uint32_t)index, cursor(&record), 0});
    return true;
}

void read_error(struct call *call)
{
    const struct problem *problem = &call->problem;
    bool none = problem_is_no_associations(problem);
    for (size_t i = 0; i < problem->from_ids.count; i++) {
        uint64_t id = problem->from_ids.ids[i];
        size_t index = find_record(call, id);
        if (index == call->request->from_count || call->seen[index] < SEEN_ASKED)
            continue;
        uint8_t *seen = &call->seen[index];
        if (none && *seen == SEEN_ASKED)
            *seen = SEEN_NONE;
        else if (!none || *seen != SEEN_NONE)
            *seen = SEEN_BAD;
        if (!none)
            call_refuse(call, id, 0);
    }
    if (problem->from_ids.count == 0)
        call_refuse(call, 0, 0);
}

/* How many of the first count rows (sorted) belong to a record. */
static size_t count_rows(const struct call *call, uint64_t from_id)
{
    const struct assoc *rows = call->rows.rows;
    size_t bounds[2];
    for (unsigned side = 0; side < 2; side++) {
        size_t low = 0;
        size_t high = call->rows.count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (rows[middle].from_id < from_id + side)
                low = middle + 1;
            else
                high = middle;
        }
        bounds[side] = low;
    }
    return bounds[1] - bounds[0];
}

/* Records are answered in any order, but the rows of each are sorted: putting each record's where
 * they belong is a fraction of sorting them all. The sort then finds work only where a record came
 * in several pages. */
static void sort_rows(struct client *client, struct call *call)
{
    struct assoc_list sorted = client->spare;
    size_t count = call->rows.count;
    size_t *next = mem_new(call->request->from_count + 1, sizeof *next);
    for (size_t i = 0; i < count; i++)
        next[1 + call->rows.rows[i].flags]++;
    for (size_t place = 1; place < call->request->from_count; place++)
        next[place] += next[place - 1];
    mem_grow(&sorted.rows, &sorted.room, count, sizeof *sorted.rows);
    for (size_t i = 0; i < count; i++)
        sorted.rows[next[call->rows.rows[i].flags]++] = call->rows.rows[i];
    free(next);
    client->spare = call->rows;
    call->rows = sorted;
    call->rows.count = assoc_sort_unique(sorted.rows, count);
}

/* Removes the rows of records that are not in state `seen`, or are when `of` is false. */
static void keep_rows(struct call *call, enum seen seen, bool of)
{
    const uint64_t *ids = call->request->from_ids;
    size_t kept = 0;
    size_t index = 0;
    for (size_t i = 0; i < call->rows.count; i++) {
        while (ids[index] < call->rows.rows[i].from_id)
            index++;
        if ((call->seen[index] == seen) == of)
            call->rows.rows[kept++] = call->rows.rows[i];
    }
    call->rows.count = kept;
}

static void end_read(struct client *client, struct call *call)
{
    sort_rows(client, call);
    keep_rows(call, SEEN_WHOLE, true);
    for (size_t i = 0; i < call->request->from_count; i++) {
        uint8_t seen = call->seen[i];
        call->records[i] = seen == SEEN_WHOLE ? RECORD_COMPLETE
            : seen == SEEN_BEYOND             ? RECORD_MORE
                                              : RECORD_UNKNOWN;
    }
    call_end(client, call, CLIENT_ANSWERED);
}

/* What the page said about each record it was asked for, its cursor apart. */
static void finish_page(struct call *call)
{
    for (size_t i = 0; i < call->asked.count; i++) {
        const struct page_input *input = &call->asked.items[i];
        uint8_t *seen = &call->seen[input->index];
        if (*seen == SEEN_LAST || (*seen == SEEN_NONE && input->after == NULL))
            *seen = SEEN_WHOLE;
        else if (*seen == SEEN_MORE && dialect_row(call->dialect)->wire == WIRE_NAMES)
            *seen = SEEN_BEYOND;
        else if (*seen != SEEN_MORE)
            *seen = SEEN_NOT;
    }
}

/* The input of this page that a record was asked by. */
static const struct page_input *asked_input(const struct call *call, uint32_t index)
{
    if (call->asked.count == call->request->from_count)
        return &call->asked.items[index];
    for (size_t i = 0; i < call->asked.count; i++)
        if (call->asked.items[i].index == index)
            return &call->asked.items[i];
    return NULL;
}

/* A server that never comes to an end of one record. */
static bool is_endless(struct call *call, const struct page_input *next)
{
    unsigned long long id = call->request->from_ids[next->index];
    bool pages = call->page >= PAGES_MAX;
    if (!pages && next->rows_count <= RECORD_ROWS_MAX)
        return false;
    call_say(call, "", "record %llu has more than %d %sassociations", id,
        pages ? PAGES_MAX : RECORD_ROWS_MAX, pages ? "pages of " : "");
    return true;
}

/* Keeps of call->more what is worth going on with: a page that brought nothing new, or its own
 * cursor again, would go round for ever (hubspot-api 9.2). */
static void drop_loops(struct call *call)
{
    size_t kept = 0;
    for (size_t i = 0; i < call->more.count; i++) {
        struct page_input *next = &call->more.items[i];
        const struct page_input *last = asked_input(call, next->index);
        next->rows_count = count_rows(call, call->request->from_ids[next->index]);
        bool repeats = last == NULL || next->after == NULL ||
            (last->after != NULL && strcmp(last->after, next->after) == 0);
        bool goes_on =
            call->seen[next->index] == SEEN_MORE && !repeats && next->rows_count > last->rows_count;
        goes_on = goes_on && !is_endless(call, next);
        if (goes_on) {
            call->more.items[kept++] = *next;
            continue;
        }
        if (call->seen[next->index] == SEEN_MORE)
            call->seen[next->index] = SEEN_NOT;
        free(next->after);
    }
    call->more.count = kept;
}

/* Asks for the records that v3 did not give out whole, from the beginning. */
static bool go_beyond(struct call *call)
{
    call_clear_inputs(&call->asked);
    call_clear_inputs(&call->more);
    for (uint32_t i = 0; i < call->request->from_count; i++)
        if (call->seen[i] == SEEN_BEYOND)
            add_input(&call->asked, (struct page_input){.index = i});
    if (call->asked.count == 0)
        return false;
    keep_rows(call, SEEN_BEYOND, false);
    call->dialect = dialect_beyond_names;
    call->beyond = true;
    call->last_type = TYPE_NONE;
    return true;
}

void read_page_end(struct client *client, struct call *call)
{
    bool names = dialect_row(call->dialect)->wire == WIRE_NAMES;
    finish_page(call);
    sort_rows(client, call);
    if (!names)
        drop_loops(call);
    bool more = names ? go_beyond(call) : call->more.count > 0;
    if (more && call->request->from_count > 1 && call->rows.count > REQUEST_ROWS_MAX) {
        call_say(call, "", "the answer to %zu records has more than %d associations",
            call->request->from_count, REQUEST_ROWS_MAX);
        call_end(client, call, CLIENT_TOO_LARGE);
        return;
    }
    if (!more) {
        end_read(client, call);
        return;
    }
    if (!names) {
        struct page_inputs done = call->asked;
        call->asked = call->more;
        call->more = done;
        call_clear_inputs(&call->more);
    }
    send_page(client, call);
}

bool read_salvage(struct client *client, struct call *call)
{
    if (call->page == 1)
        return false;
    call->rows.count = call->page_rows;
    for (size_t i = 0; i < call->asked.count; i++) {
        const struct page_input *input = &call->asked.items[i];
        bool beyond = call->beyond && input->after == NULL;
        call->seen[input->index] = beyond ? (uint8_t)SEEN_BEYOND : (uint8_t)SEEN_NOT;
    }
    end_read(client, call);
    return true;
}
