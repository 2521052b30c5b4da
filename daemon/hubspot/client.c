/*
 * client.c: opening and closing, and the turn of the client: pull an event from http, let the call
 * it belongs to take it up, hand out replies in the order they were complete.
 */
#include "hubspot/call.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stop.h"
#include "base/text.h"
#include "model/object_type.h"

enum { IN_FLIGHT_MAX = 256 };

bool client_open(struct client **opened, const struct client_settings *settings, struct error *err)
{
    int64_t in_flight = settings->limits.in_flight;
    in_flight = in_flight < 1 ? 1 : in_flight > IN_FLIGHT_MAX ? IN_FLIGHT_MAX : in_flight;
    struct http_settings http = {
        .base_url = settings->base_url,
        .ca_file = settings->ca_file,
        .proxy = settings->proxy,
        .proxy_user = settings->proxy_user,
        .proxy_password = settings->proxy_password,
        .token = settings->token,
        .timeout_ms = settings->timeout_ms,
        .stop_fd = settings->stop_fd,
        .slots = (uint32_t)in_flight + 1,
        .permits = settings->permits,
    };
    struct client *client = mem_new(1, sizeof *client);
    if (!http_open(&client->http, &http, err)) {
        free(client);
        return false;
    }
    client->settings = *settings;
    client->settings.token = NULL; /* http holds the copies, and wipes them */
    client->settings.proxy_password = NULL;
    client->budget = (struct retry_budget){.tenths = RETRY_BUDGET_MAX};
    random_init_system(&client->random);
    client->calls_count = http.slots;
    client->calls = mem_new(client->calls_count, sizeof *client->calls);
    *opened = client;
    return true;
}

void client_close(struct client *client)
{
    if (client == NULL)
        return;
    http_close(client->http);
    for (uint32_t i = 0; i < client->calls_count; i++)
        call_clear(&client->calls[i]);
    assoc_list_clear(&client->spare);
    free(client->calls);
    free(client->from);
    free(client->to);
    free(client);
}

void client_bind(struct client *client, const char *from, const char *to, struct types *types)
{
    const char *from_id = object_type_id(from, NULL);
    const char *to_id = object_type_id(to, NULL);
    assert(from_id != NULL && to_id != NULL);
    free(client->from);
    free(client->to);
    client->from = mem_text(from_id);
    client->to = mem_text(to_id);
    client->types = types;
    if (dialect_row(client->settings.dialect)->wire == WIRE_NAMES && types_share_names(types))
        client->settings.dialect = dialect_beyond_names;
}

enum dialect client_dialect(const struct client *client)
{
    return client->settings.dialect;
}

size_t client_room(const struct client *client)
{
    size_t room = client->calls_count - 1;
    for (uint32_t i = 0; i < client->calls_count; i++)
        if (client->calls[i].state != CALL_FREE && &client->calls[i] != client->lent)
            room--;
    return room;
}

/* A free call, emptied but for its memory. */
static struct call *free_call(struct client *client)
{
    uint32_t i = 0;
    while (i < client->calls_count && client->calls[i].state != CALL_FREE)
        i++;
    assert(i < client->calls_count);
    struct call *call = &client->calls[i];
    call->state = CALL_UNDER_WAY;
    call->request = NULL;
    call->list = NULL;
    call->dialect = client->settings.dialect;
    call->attempts = 0;
    call->may_have_applied = false;
    call->late = false;
    call->page = 1;
    call->http_status = 0;
    call->correlation_id[0] = '\0';
    call->api_started_at[0] = '\0';
    call->api_completed_at[0] = '\0';
    call->category[0] = '\0';
    buf_reset(&call->message);
    call->refusals_count = 0;
    call->culprits.count = 0;
    call->rows.count = 0;
    call->last_type = TYPE_NONE;
    return call;
}

void client_submit(struct client *client, const struct client_request *request)
{
    assert(client->types != NULL && client_room(client) > 0);
    assert(request->call == CLIENT_READ ? request->from_count > 0 : request->row_count > 0);
    struct call *call = free_call(client);
    call->request = request;
    if (request->call == CLIENT_READ)
        read_begin(client, call);
    else
        write_begin(client, call);
}

static void fill_reply(const struct call *call, struct client_reply *reply)
{
    bool is_read = call->request->call == CLIENT_READ;
    *reply = (struct client_reply){
        .tag = call->request->tag,
        .call = call->request->call,
        .outcome = call->outcome,
        .http_status = call->http_status,
        .attempts = call->attempts,
        .late = !is_read && call->late,
        .api_started_at = call->api_started_at,
        .api_completed_at = call->api_completed_at,
        .correlation_id = call->correlation_id,
        .category = call->category,
        .message = buf_text(&call->message),
        .request = call->request,
        .rows = is_read ? call->rows.rows : NULL,
        .rows_count = is_read ? call->rows.count : 0,
        .records = is_read ? call->records : NULL,
        .outcomes = is_read ? NULL : call->outcomes,
        .refusals = call->refusals,
        .refusals_count = call->refusals_count,
        .culprits = call->culprits.ids,
        .culprits_count = call->culprits.count,
    };
}

static struct call *first_ended(struct client *client)
{
    struct call *first = NULL;
    for (uint32_t i = 0; i < client->calls_count; i++) {
        struct call *call = &client->calls[i];
        if (call->state == CALL_ENDED && (first == NULL || call->ended < first->ended))
            first = call;
    }
    return first;
}

/* Pulls one event and gives it to its call; *idle if there was none and never will be. */
static bool turn(struct client *client, bool *idle, struct error *err)
{
    struct http_event event;
    if (!http_next(client->http, &event, err))
        return false;
    *idle = event.kind == HTTP_IDLE;
    if (event.kind == HTTP_BODY)
        call_feed(client, &client->calls[event.slot], event.bytes, event.length);
    else if (event.kind == HTTP_DONE)
        call_attempt_end(client, &client->calls[event.slot], &event.result);
    return true;
}

/* Tells what stops the run, once. */
static bool report_fatal(struct client *client, struct error *err)
{
    client->fatal_reported = true;
    return error_set(err, client->fatal.kind, "%s", client->fatal.text);
}

bool client_next(struct client *client, const struct client_reply **reply, struct error *err)
{
    *reply = NULL;
    if (client->lent != NULL)
        call_release(client->lent);
    client->lent = NULL;
    for (;;) {
        if (client->fatal.kind != ERROR_NONE && !client->fatal_reported)
            return report_fatal(client, err);
        struct call *call = first_ended(client);
        if (call != NULL) {
            fill_reply(call, &client->reply);
            client->lent = call;
            *reply = &client->reply;
            return true;
        }
        bool idle;
        if (!turn(client, &idle, &client->fatal)) {
            call_stop_all(client);
            if (client->fatal_reported)
                return report_fatal(client, err);
        } else if (idle) {
            return true;
        }
    }
}

static bool list_error(const struct call *call, const struct list *list, struct error *err)
{
    char name[300];
    if (call->outcome == CLIENT_ANSWERED)
        return true;
    if (call->outcome == CLIENT_NOT_SENT)
        return error_set(
            err, ERROR_STOPPED, "stopped (%s): %s", stop_reason(), buf_text(&call->message));
    if (call->outcome != CLIENT_REFUSED)
        return error_set(err, ERROR_REMOTE, "%s", buf_text(&call->message));
    (void)snprintf(name, sizeof name, "%s %s", list->body != NULL ? "POST" : "GET", list->path);
    return error_set(
        err, ERROR_CONFIG, "%s: HTTP %ld: %s", name, call->http_status, buf_text(&call->message));
}

static bool under_way(const struct client *client)
{
    return client_room(client) < client->calls_count - 1;
}

bool call_lists(struct client *client, struct list *lists, size_t count, struct error *err)
{
    assert(!under_way(client) && count <= client_room(client));
    if (client->lent != NULL)
        call_release(client->lent);
    client->lent = NULL;
    for (size_t i = 0; i < count; i++) {
        struct call *call = free_call(client);
        call->list = &lists[i];
        call->attempt = 0;
        buf_reset(&call->path);
        buf_add_text(&call->path, lists[i].path);
        call_send(client, call, 0);
    }
    bool idle = false;
    while (under_way(client)) {
        if (!turn(client, &idle, &client->fatal))
            call_stop_all(client);
        struct call *call = first_ended(client);
        assert(call != NULL || !idle); /* every call ends */
        for (; call != NULL; call = first_ended(client)) {
            call->list->http_status = call->http_status;
            (void)list_error(call, call->list, &call->list->why);
            call_release(call);
        }
    }
    struct error fatal = client->fatal;
    client->fatal = (struct error){0};
    http_refuse(client->http, false);
    return fatal.kind == ERROR_NONE || error_set(err, fatal.kind, "%s", fatal.text);
}

bool call_list(struct client *client, const char *path, struct list *list, struct error *err)
{
    list->path = path;
    list->why = (struct error){0};
    if (!call_lists(client, list, 1, err))
        return false;
    return list->why.kind == ERROR_NONE || error_set(err, list->why.kind, "%s", list->why.text);
}

bool client_stopped(const struct client *client)
{
    return http_stopped(client->http);
}

uint64_t client_requests(const struct client *client)
{
    return http_requests(client->http);
}
