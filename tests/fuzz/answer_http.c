/*
 * answer_http.c: the stand-in: one attempt at a time, answered at once. Looks at every request as
 * well: whatever HubSpot said before, what is sent to it is a path and well-formed JSON.
 */
#include "fuzz/answer_http.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "lib/json_judge.h"

struct answer_script answer_script;

struct http {
    struct http_request request;
    uint32_t slot;
    bool waiting;
    bool answering;
    bool refusing;
    struct answer answer; /* being given */
    size_t given; /* bytes of it */
    char *piece; /* in memory of exactly its size */
    uint64_t requests;
};

bool http_open(struct http **http, const struct http_settings *settings, struct error *err)
{
    (void)settings;
    (void)err;
    *http = mem_new(1, sizeof **http);
    return true;
}

void http_close(struct http *http)
{
    if (http != NULL)
        free(http->piece);
    free(http);
}

void http_send(struct http *http, uint32_t slot, const struct http_request *request)
{
    assert(!http->waiting && !http->answering);
    fuzz_require(request->path[0] == '/' && strpbrk(request->path, " \r\n") == NULL,
        "asks for \"%s\"", request->path);
    fuzz_require(request->body == NULL || json_judge_takes(request->body, request->body_length),
        "sends %s", request->body);
    http->request = *request;
    http->slot = slot;
    http->waiting = true;
}

void http_refuse(struct http *http, bool refusing)
{
    http->refusing = refusing;
}

void http_pause(struct http *http, int64_t wait_ms)
{
    (void)http;
    fuzz_require(wait_ms > 0 && wait_ms <= INT64_C(86400000), "waits %lld ms", (long long)wait_ms);
}

static void start(struct http *http)
{
    http->waiting = false;
    http->answering = true;
    http->given = 0;
    http->answer = (struct answer){.end = HTTP_BROKEN, .body = ""};
    if (http->refusing) {
        http->answer.end = HTTP_NOT_SENT;
        return;
    }
    http->requests++;
    if (answer_script.used < answer_script.count)
        http->answer = answer_script.answers[answer_script.used++];
}

static const char *copy_piece(struct http *http, const char *bytes, size_t length)
{
    free(http->piece);
    http->piece = mem_new(length, 1);
    memcpy(http->piece, bytes, length);
    return http->piece;
}

static void fill_done(struct http *http, struct http_event *event)
{
    const struct answer *answer = &http->answer;
    bool success = answer->status >= 200 && answer->status < 300;
    event->kind = HTTP_DONE;
    event->result = (struct http_result){.end = answer->end,
        .status = answer->status,
        .body = "",
        .correlation_id = "",
        .why = answer->end == HTTP_ANSWERED ? "" : "lost"};
    if (!success && answer->end == HTTP_ANSWERED) {
        free(http->piece);
        http->piece = mem_text_part(answer->body, answer->length);
        event->result.body = http->piece;
        event->result.body_length = answer->length;
    }
    http->answering = false;
}

bool http_next(struct http *http, struct http_event *event, struct error *err)
{
    (void)err;
    *event = (struct http_event){.kind = HTTP_IDLE, .slot = http->slot};
    if (http->waiting)
        start(http);
    if (!http->answering)
        return true;
    const struct answer *answer = &http->answer;
    bool success = answer->status >= 200 && answer->status < 300;
    size_t left = success ? answer->length - http->given : 0;
    if (left == 0) {
        fill_done(http, event);
        return true;
    }
    event->kind = HTTP_BODY;
    event->length = left < answer_script.piece ? left : answer_script.piece;
    event->bytes = copy_piece(http, answer->body + http->given, event->length);
    http->given += event->length;
    return true;
}

bool http_stopped(const struct http *http)
{
    (void)http;
    return false;
}

uint64_t http_requests(const struct http *http)
{
    return http->requests;
}
