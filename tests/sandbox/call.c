/*
 * call.c: envelopes and error bodies.
 */
#include "sandbox/call.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/stamp.h"

const char *request_query(const struct request *request, const char *key)
{
    for (size_t i = 0; i < request->query_count; i++)
        if (strcmp(request->query[i].key, key) == 0)
            return request->query[i].value;
    return NULL;
}

bool call_sees(const struct call *call, uint64_t id)
{
    return call->sees_every == 0 || id % call->sees_every == 0;
}

void call_fail_with(
    struct call *call, int status, const char *category, const char *message, const char *members)
{
    char uuid[UUID_ROOM];
    struct reply *reply = call->reply;
    stamp_uuid(&call->portal->random, uuid);
    reply->status = status;
    buf_reset(&reply->body);
    buf_add_text(&reply->body, "{\"status\":\"error\",\"message\":");
    buf_add_json(&reply->body, message);
    buf_addf(&reply->body, ",\"correlationId\":\"%s\"", uuid);
    if (members != NULL)
        buf_addf(&reply->body, ",%s", members);
    if (category != NULL)
        buf_addf(&reply->body, ",\"category\":\"%s\"", category);
    buf_add_char(&reply->body, '}');
    buf_addf(&reply->headers, "x-hubspot-correlation-id: %s\n", uuid);
}

void call_fail(struct call *call, int status, const char *category, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    call_fail_with(call, status, category, message, NULL);
}

void batch_open(struct call *call)
{
    buf_reset(&call->reply->body);
    buf_add_text(&call->reply->body, "{\"status\":\"COMPLETE\",\"results\":[");
}

static void add_times(struct call *call)
{
    char started[STAMP_ROOM];
    char completed[STAMP_ROOM];
    stamp_iso(call->started_ms, started);
    stamp_iso(stamp_wall_ms() + call->portal->settings.values[SET_LATENCY_MS], completed);
    buf_addf(
        &call->reply->body, ",\"startedAt\":\"%s\",\"completedAt\":\"%s\"}", started, completed);
}

void batch_close(struct call *call, const struct buf *errors, size_t count)
{
    struct buf *body = &call->reply->body;
    buf_add_char(body, ']');
    if (count > 0)
        buf_addf(body, ",\"numErrors\":%zu,\"errors\":[%s]", count, buf_text(errors));
    add_times(call);
}

void batch_empty(struct call *call, const char *status)
{
    buf_reset(&call->reply->body);
    buf_addf(&call->reply->body, "{\"status\":\"%s\",\"results\":[]", status);
    add_times(call);
}

void call_add_id(struct call *call, uint64_t id)
{
    bool quoted = call->portal->settings.values[SET_IDS] == IDS_STRING;
    if (quoted)
        buf_add_char(&call->reply->body, '"');
    buf_add_u64(&call->reply->body, id);
    if (quoted)
        buf_add_char(&call->reply->body, '"');
}

int call_code(const struct call *call, enum setting which, int usual)
{
    const int64_t *set = call->portal->settings.values;
    if (set[which] != 0)
        return (int)set[which];
    if (set[SET_CODES] == CODES_LEGACY200)
        return 200;
    if (set[SET_CODES] == CODES_STALE && call->dialect == DATED)
        return 200;
    if (set[SET_CODES] == CODES_DATED204 && which == SET_CODE_ARCHIVE)
        return 204;
    return usual;
}

void call_add_type(struct buf *out, const struct kind *kind)
{
    buf_addf(out, "{\"category\":\"%s\",\"typeId\":%u,\"label\":", category_text(kind->category),
        kind->id);
    buf_add_json(out, kind->label);
    buf_add_char(out, '}');
}

void object_shout(const struct object *object, char text[64])
{
    size_t i = 0;
    for (; object->singular[i] != '\0'; i++)
        text[i] = (char)toupper((unsigned char)object->singular[i]);
    text[i] = '\0';
}
