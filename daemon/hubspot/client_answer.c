/*
 * client_answer.c: takes an answer apart as it arrives and gives its items to the kind of call they
 * belong to. Whatever is wrong with the answer is remembered, and judged when it is complete.
 */
#include "hubspot/call.h"

#include <string.h>

/* Bytes of an answer, and for each input: a page of 1,000 associations is 150 kB. */
enum { ANSWER_BASE = 4 << 20, ANSWER_INPUT = 256 << 10 };

static bool consume_member(struct call *call, const char *key, struct json *json)
{
    if (strcmp(key, "status") == 0)
        json_copy(json, call->status, sizeof call->status);
    else if (strcmp(key, "startedAt") == 0)
        json_copy(json, call->api_started_at, sizeof call->api_started_at);
    else if (strcmp(key, "completedAt") == 0)
        json_copy(json, call->api_completed_at, sizeof call->api_completed_at);
    else if (strcmp(key, "numErrors") == 0 && json_peek(json) == JSON_NUMBER)
        call->has_count = json_u32(json, &call->count);
    else if (strcmp(key, "results") == 0 && json_peek(json) != JSON_NULL)
        return json_fail(json, "its results are not a list");
    else if (strcmp(key, "errors") == 0 && json_peek(json) != JSON_NULL)
        return json_fail(json, "its errors are not a list");
    else
        json_skip(json);
    return json_ok(json);
}

static bool consume_result(struct client *client, struct call *call, struct json *json)
{
    if (call->request->call == CLIENT_READ)
        return read_result(client, call, json);
    return write_result(client, call, json);
}

static bool consume_error(struct call *call, struct json *json)
{
    problem_reset(&call->problem);
    if (!problem_read(&call->problem, json))
        return false;
    if (++call->errors_count > 2 * call_inputs(call) + 16)
        return json_fail(json, "it holds more errors than the request had inputs");
    if (call->request->call == CLIENT_READ)
        read_error(call);
    else
        write_error(call);
    return true;
}

static bool consume_item(
    struct client *client, struct call *call, const struct envelope_item *item, struct json *json)
{
    if (item->array) {
        call->has_results = call->has_results || strcmp(item->key, "results") == 0;
        return true;
    }
    json_init(json, item->text, item->length);
    bool good;
    if (item->element && strcmp(item->key, "results") == 0)
        good = consume_result(client, call, json);
    else if (item->element && strcmp(item->key, "errors") == 0)
        good = consume_error(call, json);
    else
        good = item->element ? json_skip(json) : consume_member(call, item->key, json);
    return good && json_end(json);
}

/* Reads the results that lie whole in what was fed where they are. What is left to envelope_next is
 * the one that is cut by the end of a piece, or is wrong, and whatever is no result. */
static void consume_results(struct client *client, struct call *call)
{
    struct envelope_item item;
    struct json json;
    while (envelope_object(&call->envelope, &item) && strcmp(item.key, "results") == 0) {
        json_init(&json, item.text, item.length);
        if (!consume_result(client, call, &json))
            return;
        envelope_pass(&call->envelope, json.at);
    }
}

void call_feed(struct client *client, struct call *call, const char *bytes, size_t length)
{
    struct envelope_item item;
    struct json json = {0};
    call->received += length;
    if (call->garbled == NULL && call->received > ANSWER_BASE + ANSWER_INPUT * call_inputs(call))
        call->garbled = "it is longer than the request can need";
    if (call->garbled != NULL)
        return;
    envelope_feed(&call->envelope, bytes, length);
    for (;;) {
        if (call->list == NULL)
            consume_results(client, call);
        if (!envelope_next(&call->envelope, &item))
            break;
        if (call->list != NULL && !call->list->consume(call->list, &item))
            call->garbled = "it is not what this call answers";
        else if (call->list == NULL && !consume_item(client, call, &item, &json))
            call->garbled = json.why != NULL ? json.why : "it is not what was asked for";
        if (call->garbled != NULL)
            return;
    }
    call->garbled = call->envelope.why;
}
