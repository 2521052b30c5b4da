/*
 * call.c: what every kind of call does: leaves for HubSpot, starts its answer over, says how it
 * ended. Knows nothing of what an answer means.
 */
#include "hubspot/call.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

bool call_is_read(const struct call *call)
{
    return call->request == NULL || call->request->call == CLIENT_READ;
}

void call_clear_inputs(struct page_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        free(inputs->items[i].after);
    inputs->count = 0;
}

void call_release(struct call *call)
{
    for (size_t i = 0; i < call->texts.count; i++)
        free(call->texts.items[i]);
    call->texts.count = 0;
    call_clear_inputs(&call->asked);
    call_clear_inputs(&call->more);
    call->state = CALL_FREE;
}

void call_clear(struct call *call)
{
    call_release(call);
    free(call->texts.items);
    free(call->asked.items);
    free(call->more.items);
    buf_clear(&call->path);
    buf_clear(&call->body);
    buf_clear(&call->message);
    envelope_clear(&call->envelope);
    problem_clear(&call->problem);
    free(call->refusals);
    free(call->culprits.ids);
    assoc_list_clear(&call->rows);
    free(call->seen);
    free(call->records);
    free(call->marks);
    free(call->outcomes);
}

size_t call_inputs(const struct call *call)
{
    if (call->request == NULL)
        return 16;
    return call->request->call == CLIENT_READ ? call->asked.count : call->request->row_count;
}

static void restart_read(struct call *call)
{
    call->rows.count = call->page_rows;
    call->results = 0;
    call_clear_inputs(&call->more);
    for (size_t i = 0; i < call->asked.count; i++)
        call->seen[call->asked.items[i].index] = SEEN_ASKED;
}

static void restart_write(struct call *call)
{
    memset(call->marks, 0, call->request->row_count);
    call->unnamed_error = false;
    call->results = 0;
    call->refusals_count = 0;
}

static void restart(struct call *call)
{
    call->received = 0;
    envelope_reset(&call->envelope);
    problem_reset(&call->problem);
    call->garbled = NULL;
    call->status[0] = '\0';
    call->has_results = false;
    call->has_count = false;
    call->errors_count = 0;
    if (call->request == NULL)
        return;
    if (call->request->call == CLIENT_READ)
        restart_read(call);
    else
        restart_write(call);
}

void call_send(struct client *client, struct call *call, int64_t wait_ms)
{
    const struct buf *body = call->request != NULL ? &call->body : call->list->body;
    struct http_request request = {
        .path = buf_text(&call->path),
        .body = body != NULL ? buf_text(body) : NULL,
        .body_length = body != NULL ? body->length : 0,
        .changes = !call_is_read(call),
        .wait_ms = wait_ms,
    };
    restart(call);
    call->attempt++;
    http_send(client->http, (uint32_t)(call - client->calls), &request);
}

void call_end(struct client *client, struct call *call, enum client_outcome outcome)
{
    call->outcome = outcome;
    call->state = CALL_ENDED;
    call->ended = ++client->ended;
}

void call_say(struct call *call, const char *category, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_trim(text);
    problem_copy(call->category, sizeof call->category, category);
    buf_reset(&call->message);
    buf_add_text(&call->message, text);
}

const char *call_name(const struct call *call, char space[static 300])
{
    bool post = call->request != NULL || call->list->body != NULL;
    (void)snprintf(space, 300, "%s %s", post ? "POST" : "GET", buf_text(&call->path));
    return space;
}

static const char *keep_text(struct call *call, const char *text)
{
    struct texts *texts = &call->texts;
    if (texts->count > 0 && strcmp(texts->items[texts->count - 1], text) == 0)
        return texts->items[texts->count - 1];
    mem_grow(&texts->items, &texts->room, texts->count + 1, sizeof *texts->items);
    return texts->items[texts->count++] = mem_text(text);
}

void call_refuse(struct call *call, uint64_t from_id, uint64_t to_id)
{
    struct client_refusal refusal = {.from_id = from_id, .to_id = to_id};
    if (call->refusals_count > 2 * call_inputs(call) + 16)
        return;
    refusal.category = keep_text(call, call->problem.category);
    refusal.message = keep_text(call, call->problem.message);
    mem_grow(
        &call->refusals, &call->refusals_room, call->refusals_count + 1, sizeof *call->refusals);
    call->refusals[call->refusals_count++] = refusal;
}

void call_stop_all(struct client *client)
{
    http_refuse(client->http, true);
}
