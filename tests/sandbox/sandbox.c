/*
 * sandbox.c: the way of a request: log, token, scopes, rate, body, call, fault.
 */
#include "sandbox/sandbox.h"

#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sandbox/json_get.h"
#include "sandbox/route.h"
#include "sandbox/stamp.h"

static uint64_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = 0xCBF29CE484222325u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return hash;
}

static void fail_expired(struct call *call, int64_t expired_ms)
{
    char when[STAMP_ROOM];
    char message[128];
    struct buf members = {0};
    int64_t age_s = (call->started_ms - expired_ms) / 1000;
    stamp_iso(expired_ms, when);
    if (age_s >= 86400)
        (void)snprintf(message, sizeof message,
            "The OAuth token used to make this call expired %lld day(s) ago.",
            (long long)(age_s / 86400));
    else
        (void)snprintf(message, sizeof message,
            "The OAuth token used to make this call expired %lld second(s) ago.", (long long)age_s);
    buf_addf(&members, "\"context\":{\"expire time\":[\"%s\"]}", when);
    call_fail_with(call, 401, "EXPIRED_AUTHENTICATION", message, buf_text(&members));
    buf_clear(&members);
}

/* The token of the request, NULL when the call was answered with 401. */
static struct token *authenticate(struct call *call)
{
    struct sandbox *sandbox = call->sandbox;
    if (call->request->authorization == NULL) {
        call_fail(call, 401, "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and "
            "you can find more details at "
            "https://developers.hubspot.com/docs/methods/auth/oauth-overview");
        return NULL;
    }
    call->entry->token = gate_find(&sandbox->gate, call->request->authorization);
    if (call->entry->token < 0) {
        fail_expired(call, 0); /* HubSpot says of any unknown token that it expired in 1970 */
        return NULL;
    }
    struct token *token = &sandbox->gate.tokens[call->entry->token];
    if (token->expires_ms == 0 || token->expires_ms > call->started_ms)
        return token;
    fail_expired(call, token->expires_ms);
    return NULL;
}

static void add_rate_headers(struct call *call, const struct pass *pass)
{
    const struct settings *settings = &call->portal->settings;
    const int64_t *set = settings->values;
    struct buf *headers = &call->reply->headers;
    if (set[SET_RATE_HEADERS] == 0 || pass->rate == RATE_SEARCH)
        return;
    buf_addf(headers, "X-HubSpot-RateLimit-Max: %lld\n", (long long)gate_limit(pass, settings));
    buf_addf(headers, "X-HubSpot-RateLimit-Remaining: %lld\n",
        (long long)gate_remaining(pass, settings));
    buf_add_text(headers, "X-HubSpot-RateLimit-Interval-Milliseconds: 10000\n");
    if (pass->rate == RATE_GENERAL) /* no longer enforced, still sent */
        buf_addf(headers,
            "X-HubSpot-RateLimit-Secondly: %lld\nX-HubSpot-RateLimit-Secondly-Remaining: %lld\n",
            (long long)gate_limit(pass, settings) / 10,
            (long long)gate_limit(pass, settings) / 10 - 1);
    if (set[SET_DAILY] == 0)
        return;
    buf_addf(headers, "X-HubSpot-RateLimit-Daily: %lld\n", (long long)set[SET_DAILY]);
    buf_addf(headers, "X-HubSpot-RateLimit-Daily-Remaining: %lld\n",
        (long long)(set[SET_DAILY] - set[SET_DAILY_USED]));
}

static void fail_limited(struct call *call, const struct pass *pass, const char *policy)
{
    char message[96] = "You have reached your daily limit.";
    struct buf members = {0};
    call->sandbox->history.limited_count++;
    if (strcmp(policy, "SECONDLY") == 0)
        (void)snprintf(message, sizeof message, "You have reached your secondly limit.");
    if (strcmp(policy, "TEN_SECONDLY_ROLLING") == 0)
        (void)snprintf(
            message, sizeof message, "You have reached your ten_secondly_rolling limit.");
    const char *bucket = "ten-secondly";
    if (strcmp(policy, "DAILY") == 0)
        bucket = "daily";
    else if (pass->rate == RATE_SEARCH)
        bucket = "search-secondly";
    buf_addf(&members,
        "\"errorType\":\"RATE_LIMIT\",\"policyName\":\"%s\","
        "\"groupName\":\"publicapi:private_app-api-calls-%s:1234567:%lld\"",
        policy, bucket, (long long)call->portal->settings.values[SET_PORTAL_ID]);
    call_fail_with(call, 429, NULL, message, buf_text(&members));
    buf_clear(&members);
    if (call->portal->settings.values[SET_RETRY_AFTER] == 0)
        return;
    int64_t wait_ms = gate_wait_ms(pass, &call->portal->settings);
    buf_addf(&call->reply->headers, "Retry-After: %lld\n", (long long)(wait_ms / 1000 + 1));
}

static bool allows(
    const struct route *route, const struct token *token, const struct object *object)
{
    if ((route->needs & NEEDS_SCHEMA) != 0)
        return gate_allows_schema(token, object);
    return gate_allows(token, object, (route->needs & NEEDS_WRITE) != 0);
}

static bool fail_scopes(struct call *call, const char *object, const char *verb)
{
    struct buf members = {0};
    buf_addf(&members,
        "\"errors\":[{\"message\":\"One or more of the following scopes are required.\","
        "\"context\":{\"requiredGranularScopes\":[\"crm.objects.%s.%s\"]}}],"
        "\"links\":{\"scopes\":\"https://developers.hubspot.com/scopes\"}",
        object, verb);
    call_fail_with(call, 403, "MISSING_SCOPES",
        "This app hasn't been granted all required scopes to make this call. Read more about "
        "required scopes here: https://developers.hubspot.com/scopes.",
        buf_text(&members));
    buf_clear(&members);
    return false;
}

static bool check_scopes(struct call *call, const struct route *route, const struct token *token)
{
    const struct object *objects = call->portal->objects.items;
    const int sides[2] = {call->from, call->to};
    const char *verb = (route->needs & NEEDS_WRITE) != 0 ? "write" : "read";
    const int scoped = NEEDS_READ | NEEDS_WRITE | NEEDS_SCHEMA;
    if ((route->needs & NEEDS_ANY) != 0 && !gate_allows_any(token))
        return fail_scopes(call, "contacts", verb);
    for (int i = 0; i < 2 && (route->needs & scoped) != 0; i++) {
        if (sides[i] < 0 || allows(route, token, &objects[sides[i]]))
            continue;
        const struct object *object = &objects[sides[i]];
        return fail_scopes(call, object_is_custom(object) ? "custom" : object->plural, verb);
    }
    return true;
}

static bool read_body(struct call *call)
{
    const struct request *request = call->request;
    if (request->body_length == 0) {
        call_fail(call, 400, "VALIDATION_ERROR",
            "Invalid JSON input: a request body was expected, but none found");
        return false;
    }
    int64_t most = call->portal->settings.values[SET_MAX_BODY];
    if (most > 0 && request->body_length > (size_t)most) {
        call_fail(call, 413, NULL, "Request entity too large");
        return false;
    }
    const char *type = request->content_type;
    if (type == NULL || strncasecmp(type, "application/json", 16) != 0) {
        call_fail(call, 415, NULL, "Unsupported Media Type");
        return false;
    }
    call->json = json_parse(request->body, request->body_length);
    if (call->json != NULL)
        return true;
    call_fail(call, 400, NULL,
        "Invalid input JSON on line 1, column 1: Cannot deserialize instance of "
        "`java.util.ArrayList` out of this text");
    return false;
}

static bool read_ids(struct call *call)
{
    bool good = (call->from_text == NULL || parse_id(call->from_text, &call->from_id)) &&
        (call->to_text == NULL || parse_id(call->to_text, &call->to_id));
    if (!good)
        call_fail(call, 404, "OBJECT_NOT_FOUND", "resource not found");
    return good;
}

static void run_call(struct call *call, const struct route *route)
{
    if (call->from >= 0 && call->to >= 0)
        call->direction = portal_direction(call->portal, call->from, call->to);
    if (read_ids(call) && ((route->needs & NEEDS_JSON) == 0 || read_body(call)))
        route->answer(call);
}

static void fail_unknown_object(struct call *call, const char *name)
{
    bool is_id = name[strspn(name, "0123456789-")] == '\0';
    if (is_id)
        call_fail(call, 400, NULL, "Invalid object or event type id: %s", name);
    else
        call_fail(call, 400, NULL, "Unable to infer object type from: %s", name);
}

static void fail_no_route(struct call *call, const char *allowed)
{
    if (allowed == NULL) {
        call_fail(call, 404, NULL, "resource not found");
        return;
    }
    call_fail(call, 405, NULL, "Method not allowed");
    buf_addf(&call->reply->headers, "Allow: %s\n", allowed);
}

static enum rate_class rate_of(const struct route *route)
{
    if (route != NULL && (route->needs & RATED_SEARCH) != 0)
        return RATE_SEARCH;
    return route != NULL && (route->needs & RATED_GENERAL) != 0 ? RATE_GENERAL : RATE_USUAL;
}

/* The URL, as far as it was not percent-encoded. */
static bool is_too_long(const struct call *call)
{
    int64_t most = call->portal->settings.values[SET_URL_MAX];
    size_t length = strlen(call->request->path);
    for (size_t i = 0; i < call->request->query_count; i++)
        length += strlen(call->request->query[i].key) + strlen(call->request->query[i].value) + 2;
    return most > 0 && length > (size_t)most;
}

static void dispatch(struct call *call, char *path)
{
    const char *unknown = NULL;
    const char *allowed = NULL;
    const struct route *route = route_find(call, path, &unknown, &allowed);
    if (route != NULL)
        call->entry->call = route->name;
    if (is_too_long(call)) {
        call_fail(call, 414, NULL, "Request-URI Too Large");
        return;
    }
    if (route != NULL && (route->needs & NO_TOKEN) != 0) {
        run_call(call, route);
        return;
    }
    struct token *token = authenticate(call);
    if (token == NULL)
        return;
    const struct pass pass = {.gate = &call->sandbox->gate,
        .token = token,
        .rate = rate_of(route),
        .now_us = call->entry->at_us};
    call->sees_every = token->sees_every;
    const char *policy = gate_take(&pass, &call->portal->settings);
    add_rate_headers(call, &pass);
    if (policy != NULL)
        fail_limited(call, &pass, policy);
    else if (route == NULL)
        fail_no_route(call, allowed);
    else if (unknown != NULL)
        fail_unknown_object(call, unknown);
    else if (check_scopes(call, route, token))
        run_call(call, route);
}

static void add_gateway_page(struct reply *reply)
{
    reply->type = "text/html";
    buf_addf(&reply->body,
        "<html><head><title>%d</title></head><body><center><h1>%d</h1></center>"
        "<hr><center>cloudflare</center></body></html>",
        reply->status, reply->status);
}

/* Answers a fault instead of, or over, what the call said. */
static void strike(struct call *call)
{
    const struct fault *fault = call->fault;
    struct reply *reply = call->reply;
    if (fault->action == FAULT_STATUS) {
        buf_reset(&reply->headers);
        call_fail(call, fault->status, NULL, "%s",
            fault->status == 429 ? "You have reached your ten_secondly_rolling limit."
                                 : "internal error");
        if (fault->html || fault->body != NULL)
            buf_reset(&reply->body);
        if (fault->body != NULL)
            buf_add_text(&reply->body, fault->body);
        else if (fault->html)
            add_gateway_page(reply);
        if (fault->html)
            reply->type = "text/html";
    } else if (fault->action == FAULT_EXPIRE) {
        fail_expired(call, call->started_ms);
    } else if (fault->action == FAULT_KILL) {
        (void)kill(fault->pid, SIGKILL);
        reply->cut = CUT_HANGUP;
    } else if (fault->action == FAULT_HANGUP) {
        reply->cut = CUT_HANGUP;
    } else if (fault->action == FAULT_TRUNCATE) {
        reply->cut = CUT_TRUNCATE;
    } else if (fault->action <= FAULT_EMPTY_RESULTS) {
        static const char *const texts[] = {"", "PENDING", "CANCELED", "COMPLETE"};
        reply->status = 200;
        batch_empty(call, texts[fault->action]);
    }
    buf_add(&reply->headers, buf_text(&fault->headers), fault->headers.length);
    if (fault->ms > 0 && fault->action != FAULT_APPLY_LATE)
        reply->delay_ms += fault->ms;
    if (fault->action == FAULT_HOLD)
        reply->delay_ms = fault->ms > 0 ? fault->ms : -1;
}

/* HubSpot sends a correlation id with every answer, not with errors only. */
static void add_correlation(struct call *call)
{
    char uuid[UUID_ROOM];
    if (strstr(buf_text(&call->reply->headers), "x-hubspot-correlation-id") != NULL)
        return;
    stamp_uuid(&call->portal->random, uuid);
    buf_addf(&call->reply->headers, "x-hubspot-correlation-id: %s\n", uuid);
}

static void answer_api(struct sandbox *sandbox, const struct request *request, struct reply *reply)
{
    struct call call = {.sandbox = sandbox,
        .portal = &sandbox->portal,
        .request = request,
        .reply = reply,
        .from = -1,
        .to = -1,
        .started_ms = stamp_wall_ms()};
    call.entry = history_add(&sandbox->history, request->method, request->path);
    call.entry->length = request->body_length;
    call.entry->hash = hash_bytes(request->body, request->body_length);
    call.fault = faults_match(&sandbox->faults, request->method, request->path, call.entry->seq);
    char *path = mem_text(request->path);
    reply->delay_ms = sandbox->portal.settings.values[SET_LATENCY_MS];
    reply->chunked = sandbox->portal.settings.values[SET_CHUNKED] != 0;
    if (call.fault == NULL || call.fault->after || call.fault->action == FAULT_DROP_INPUT)
        dispatch(&call, path);
    if (call.fault != NULL) {
        call.entry->fault = fault_action_text(call.fault->action);
        strike(&call);
    }
    add_correlation(&call);
    call.entry->status = reply->cut == CUT_HANGUP ? 0 : reply->status;
    json_object_put(call.json);
    free(path);
    sandbox_tick(sandbox, clock_now_ms());
}

void sandbox_answer(struct sandbox *sandbox, const struct request *request, struct reply *reply)
{
    sandbox->portal.now_ms = stamp_wall_ms();
    reply->status = 200;
    reply->type = "application/json;charset=utf-8";
    if (strncmp(request->path, "/_sandbox/", 10) == 0)
        control_answer(sandbox, request, reply);
    else
        answer_api(sandbox, request, reply);
}
