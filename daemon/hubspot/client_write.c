/*
 * client_write.c: batch/create, batch/archive and batch/labels/archive. A row is done only if the
 * answer shows it: a create by its entry among the results, an archive by the absence of errors
 * (its results are void). HubSpot gives no input index; entries are matched by ids.
 */
#include "hubspot/call.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

/* What the answer said about a row so far. */
enum { MARK_DONE = 1, MARK_EXACT = 2, MARK_REFUSED = 4, MARK_GONE = 8 };

static const char *call_word(const struct client *client, const struct call *call)
{
    bool ids = dialect_row(client->settings.dialect)->wire == WIRE_IDS;
    switch (call->request->call) {
    case CLIENT_CREATE:
        return "create";
    case CLIENT_ARCHIVE_LABELS:
        return ids ? "labels/archive" : "archive";
    case CLIENT_ARCHIVE:
    case CLIENT_READ:
        break;
    }
    return "archive";
}

/* The first row whose type v3 has no name for; row_count if there is none. */
static size_t nameless(const struct client *client, const struct client_request *request)
{
    size_t i = 0;
    while (i < request->row_count && client->types->items[request->rows[i].type].name != NULL)
        i++;
    return i;
}

void write_begin(struct client *client, struct call *call)
{
    const struct client_request *request = call->request;
    const struct dialect_row *row = dialect_row(call->dialect);
    call->page = 1;
    call->attempt = 0;
    mem_grow(&call->marks, &call->marks_room, request->row_count, 1);
    mem_grow(&call->outcomes, &call->outcomes_room, request->row_count, 1);
    memset(call->outcomes, ROW_UNKNOWN, request->row_count);
    dialect_path(&call->path, row->batch, client->from, client->to, call_word(client, call));
    if (row->wire == WIRE_NAMES && nameless(client, request) < request->row_count) {
        char space[64];
        uint32_t type = request->rows[nameless(client, request)].type;
        memset(call->outcomes, ROW_REFUSED, request->row_count);
        call_say(call, "VALIDATION_ERROR", "association type %s has no name in API v3",
            types_text(client->types, type, space));
        call_end(client, call, CLIENT_REFUSED);
        return;
    }
    if (row->wire == WIRE_NAMES)
        wire_v3_body(&call->body, client->types, request->rows, request->row_count);
    else if (request->call == CLIENT_ARCHIVE)
        wire_v4_archive_body(&call->body, request->rows, request->row_count);
    else
        wire_v4_body(&call->body, client->types, request->rows, request->row_count);
    call_send(client, call, 0);
}

/* The first row not before (from_id, to_id). */
static size_t find_pair(const struct client_request *request, uint64_t from_id, uint64_t to_id)
{
    struct assoc wanted = {.from_id = from_id, .to_id = to_id};
    size_t low = 0;
    size_t high = request->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (assoc_compare(&request->rows[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_pair(const struct assoc *row, uint64_t from_id, uint64_t to_id)
{
    return row->from_id == from_id && row->to_id == to_id;
}

bool write_result(struct client *client, struct call *call, struct json *json)
{
    const struct client_request *request = call->request;
    struct wire_link link;
    if (!wire_link(json, &link))
        return false;
    if (++call->results > 4 * request->row_count + 16)
        return json_fail(json, "it holds more results than the request had inputs");
    size_t i = find_pair(request, link.from_id, link.to_id);
    for (; i < request->row_count && is_pair(&request->rows[i], link.from_id, link.to_id); i++) {
        const char *name = client->types->items[request->rows[i].type].name;
        bool typed = link.type.length > 0 && name != NULL;
        if (typed && !json_text_same(&link.type, name))
            continue;
        call->marks[i] |= typed ? MARK_DONE | MARK_EXACT : MARK_DONE;
    }
    return true;
}

static bool contains(const struct id_list *list, uint64_t id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->ids[i] == id)
            return true;
    return false;
}

/* Whether an error entry is about a row. */
static bool is_about(const struct problem *problem, const struct assoc *row)
{
    bool from = problem->from_ids.count > 0;
    bool to = problem->to_ids.count > 0;
    if (from || to)
        return (!from || contains(&problem->from_ids, row->from_id)) &&
            (!to || contains(&problem->to_ids, row->to_id));
    return contains(&problem->object_ids, row->from_id) ||
        contains(&problem->object_ids, row->to_id);
}

void write_error(struct call *call)
{
    const struct client_request *request = call->request;
    const struct problem *problem = &call->problem;
    /* What is not there needs no archiving (hubspot-api 3.11). */
    bool gone = request->call != CLIENT_CREATE && problem_is_no_associations(problem);
    bool named = false;
    for (size_t i = 0; i < request->row_count; i++) {
        const struct assoc *row = &request->rows[i];
        if (!is_about(problem, row))
            continue;
        bool again = i > 0 && is_pair(&request->rows[i - 1], row->from_id, row->to_id);
        if (!gone && !(named && again))
            call_refuse(call, row->from_id, row->to_id);
        named = true;
        call->marks[i] |= gone ? MARK_GONE : MARK_REFUSED;
    }
    if (named)
        return;
    call->unnamed_error = true;
    call_refuse(call, 0, 0);
}

static enum row_outcome row_outcome(const struct call *call, uint8_t mark)
{
    bool create = call->request->call == CLIENT_CREATE;
    if (mark & MARK_REFUSED) {
        if (!(mark & MARK_DONE))
            return ROW_REFUSED;
        return mark & MARK_EXACT ? ROW_DONE : ROW_UNKNOWN;
    }
    if (mark & (MARK_DONE | MARK_GONE))
        return ROW_DONE;
    return create || call->unnamed_error ? ROW_UNKNOWN : ROW_DONE;
}

void write_finish(struct client *client, struct call *call, bool answered)
{
    for (size_t i = 0; i < call->request->row_count; i++)
        call->outcomes[i] = (uint8_t)(answered ? row_outcome(call, call->marks[i]) : ROW_UNKNOWN);
    if (answered)
        call_end(client, call, CLIENT_ANSWERED);
}
