/*
 * client_attempt.c: what an attempt's outcome means: for its call (take it, again, give up) and for
 * the run (go on, or stop: token, scope, quota, configuration, HubSpot down). The rules for trying
 * again are retry.c's; the words are here.
 */
#include "hubspot/call.h"

#include <string.h>

#include "base/mem.h"
#include "base/url.h"

static bool is_success(long status)
{
    return status >= 200 && status < 300;
}

static bool is_archive(const struct call *call)
{
    if (call->request == NULL)
        return false;
    return call->request->call == CLIENT_ARCHIVE || call->request->call == CLIENT_ARCHIVE_LABELS;
}

/* Looks at a complete 2xx answer; sets call->garbled if it is none. */
static void check_answer(struct call *call)
{
    if (call->garbled != NULL)
        return;
    if (!envelope_end(&call->envelope)) {
        /* Archive calls answer so, with 204; anywhere else nothing says nothing. */
        bool empty = strcmp(call->envelope.why, "it is empty") == 0;
        if (!empty || !is_archive(call))
            call->garbled = call->envelope.why;
        return;
    }
    bool needs_results = call->request != NULL && !is_archive(call);
    if (needs_results && !call->has_results)
        call->garbled = "it has no results";
}

static enum retry_end attempt_end(const struct call *call, const struct http_result *result)
{
    switch (result->end) {
    case HTTP_UNREACHED:
        return RETRY_UNREACHED;
    case HTTP_UNTRUSTED:
        return RETRY_UNTRUSTED;
    case HTTP_BROKEN:
        return RETRY_BROKEN;
    case HTTP_TOO_LONG:
        return RETRY_GARBLED;
    case HTTP_ANSWERED:
    case HTTP_NOT_SENT:
        break;
    }
    if (result->status < 200 || (result->status >= 300 && result->status < 400))
        return RETRY_GARBLED;
    return is_success(result->status) && call->garbled != NULL ? RETRY_GARBLED : RETRY_ANSWERED;
}

/* Why the attempt was no success, in words. */
static void describe(struct buf *text, const struct client *client, const struct call *call,
    const struct http_result *result)
{
    struct url url;
    if (result->end != HTTP_ANSWERED)
        buf_add_text(text, result->why);
    else if (is_success(result->status))
        buf_addf(text, "HTTP %ld, but its answer cannot be used: %s", result->status,
            call->garbled != NULL ? call->garbled : "no reason");
    else if (result->status >= 300 && result->status < 400)
        buf_addf(text, "HTTP %ld: redirects are never followed", result->status);
    else
        buf_addf(text, "HTTP %ld", result->status);
    if (call->problem.message[0] != '\0' && !is_success(result->status))
        buf_addf(text, ": %s", call->problem.message);
    if (call->attempts > 1)
        buf_addf(text, " (after %d attempts)", call->attempts);
    if (result->end == HTTP_UNREACHED && client->settings.portal != NULL &&
        url_parse(client->settings.base_url, &url) == URL_GOOD && url_host_is_loopback(url.host))
        buf_addf(text, "; portal %s is on this machine: is the sandbox running?",
            client->settings.portal);
    if (call->correlation_id[0] != '\0' && !is_success(result->status))
        buf_addf(text, " (correlation id %s)", call->correlation_id);
}

static void stop_run(struct client *client, struct call *call, enum error_kind kind,
    const char *what, const struct http_result *result)
{
    char name[300];
    struct buf text = {0};
    describe(&text, client, call, result);
    if (client->fatal.kind == ERROR_NONE)
        (void)error_set(
            &client->fatal, kind, "%s: %s: %s", what, call_name(call, name), buf_text(&text));
    buf_clear(&text);
    call_stop_all(client);
}

/* Gives a call up whose last attempt failed. */
static void give_up(struct client *client, struct call *call, const struct http_result *result)
{
    char name[300];
    struct buf text = {0};
    describe(&text, client, call, result);
    call_say(call, call->problem.category, "%s: %s", call_name(call, name), buf_text(&text));
    buf_clear(&text);
    if (call->request == NULL) {
        call_end(client, call, CLIENT_UNKNOWN);
    } else if (!call_is_read(call)) {
        write_finish(client, call, false);
        call_end(client, call, call->may_have_applied ? CLIENT_UNKNOWN : CLIENT_NOT_SENT);
    } else if (!read_salvage(client, call)) {
        call->rows.count = 0;
        call_end(client, call, CLIENT_UNKNOWN);
    }
}

/* Ends a call that HubSpot refused as a whole. */
static void end_refused(struct client *client, struct call *call, enum client_outcome outcome)
{
    const struct problem *problem = &call->problem;
    char status[32];
    (void)snprintf(status, sizeof status, "HTTP %ld", call->http_status);
    call_say(
        call, problem->category, "%s", problem->message[0] != '\0' ? problem->message : status);
    const struct id_list *named =
        problem->object_ids.count > 0 ? &problem->object_ids : &problem->from_ids;
    for (size_t i = 0; i < named->count; i++) {
        mem_grow(&call->culprits.ids, &call->culprits.room, i + 1, sizeof *call->culprits.ids);
        call->culprits.ids[call->culprits.count++] = named->ids[i];
    }
    if (call->request == NULL || !call_is_read(call) || !read_salvage(client, call)) {
        if (call->request != NULL && !call_is_read(call))
            write_finish(client, call, false);
        call->rows.count = 0;
        call_end(client, call, outcome);
    }
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* True if the refusal is about the size of the request, and a smaller one can be made. */
static bool is_too_large(const struct call *call, long status)
{
    const char *message = call->problem.message;
    bool said = status == 413 || status == 414 ||
        (status == 400 &&
            (has(message, "maximum number of inputs") || has(message, "number of items")));
    size_t inputs = call->request == NULL ? 0
        : call_is_read(call)              ? call->asked.count
                                          : call->request->row_count;
    return said && inputs > 1;
}

/* HubSpot's refusals are JSON. A web page comes from something on the way: a proxy, a firewall, or
 * the network in front of HubSpot. */
static bool is_page(const struct http_result *result)
{
    size_t at = 0;
    while (at < result->body_length && strchr(" \t\r\n", result->body[at]) != NULL)
        at++;
    return at < result->body_length && result->body[at] == '<';
}

static const char not_hubspot[] =
    "a proxy or firewall answered in HubSpot's place (with a web page); whether the token is good "
    "is not known";

/* Statuses that are never about the inputs of a request. */
static bool is_about_all(long status)
{
    static const short statuses[] = {
        402, 406, 407, 408, 410, 411, 412, 417, 418, 421, 424, 425, 426, 428, 431, 451};
    for (size_t i = 0; i < ARRAY_COUNT(statuses); i++)
        if (statuses[i] == status)
            return true;
    return false;
}

/* What a 4xx says about the configuration, or about HubSpot; NULL if it is about the inputs. */
static const char *misconfiguration(
    const struct call *call, const struct http_result *result, enum error_kind *kind)
{
    const struct problem *problem = &call->problem;
    long status = result->status;
    *kind = ERROR_REMOTE;
    if (is_page(result))
        return not_hubspot;
    if (is_about_all(status))
        return "HubSpot refuses this request whatever its inputs";
    *kind = ERROR_CONFIG;
    if (status == 400 &&
        (has(problem->message, "Unable to infer object type") ||
            has(problem->message, "Invalid object or event type id")))
        return "HubSpot does not know the object type";
    if (status == 404 && strcmp(problem->category, "OBJECT_NOT_FOUND") != 0)
        return "endpoint not found: check portals.*.api and base_url (is this API version still "
               "served?)";
    if (status == 405 || status == 415)
        return "HubSpot does not accept this request here: check portals.*.base_url";
    *kind = ERROR_DENIED;
    if (status == 400 && has(problem->message, "Missing '") && has(problem->message, "permission"))
        return "the token's user lacks a permission";
    return NULL;
}

/* A refusal that ends the run is not the inputs' fault: they are as good as never sent. */
static enum client_outcome stopped_outcome(const struct call *call)
{
    if (call_is_read(call))
        return CLIENT_REFUSED;
    return call->may_have_applied ? CLIENT_UNKNOWN : CLIENT_NOT_SENT;
}

/* What is to be archived is not there: of one link that is the end, of several a reading tells
 * (hubspot-api 3.11, 10.12). */
static bool is_gone(const struct call *call, long status)
{
    return status == 404 && is_archive(call) &&
        strcmp(call->problem.category, "OBJECT_NOT_FOUND") == 0;
}

/* Whether a 2xx answer is HubSpot's last word on every input; says why it is not. */
static bool is_final(struct call *call, long status)
{
    char name[300];
    if (call->status[0] != '\0' && strcmp(call->status, "COMPLETE") != 0) {
        call_say(call, call->status, "%s: HTTP %ld with status %s, which says nothing final",
            call_name(call, name), status, call->status);
        return false;
    }
    if (call->has_count && call->count != call->errors_count) {
        call_say(call, "", "%s: HTTP %ld with numErrors %u but %u errors", call_name(call, name),
            status, call->count, call->errors_count);
        return false;
    }
    return true;
}

/* Ends a call whose answer says nothing of this page's inputs. */
static void end_unknown(struct client *client, struct call *call)
{
    call->refusals_count = 0;
    if (!call_is_read(call))
        write_finish(client, call, false);
    else if (read_salvage(client, call))
        return;
    call->rows.count = 0;
    call_end(client, call, CLIENT_UNKNOWN);
}

/* An answer that stands: 2xx, or a 4xx that will not change. */
static void accept_answer(
    struct client *client, struct call *call, const struct http_result *result)
{
    enum error_kind kind;
    const char *wrong = misconfiguration(call, result, &kind);
    if (result->status >= 400 && wrong != NULL && call->page <= 1) {
        stop_run(client, call, kind, wrong, result);
        end_refused(client, call, stopped_outcome(call));
        return;
    }
    if (is_gone(call, result->status)) {
        end_refused(client, call, CLIENT_UNKNOWN);
        return;
    }
    if (result->status >= 400) {
        bool large = is_too_large(call, result->status);
        end_refused(client, call, large ? CLIENT_TOO_LARGE : CLIENT_REFUSED);
        return;
    }
    if (call->request == NULL)
        call_end(client, call, CLIENT_ANSWERED);
    else if (!is_final(call, result->status))
        end_unknown(client, call);
    else if (call_is_read(call))
        read_page_end(client, call);
    else
        write_finish(client, call, true);
}

static void end_not_sent(struct client *client, struct call *call)
{
    char name[300];
    call_say(call, "", "%s: not sent", call_name(call, name));
    if (call->request != NULL && !call_is_read(call))
        write_finish(client, call, false);
    if (call->request != NULL && call_is_read(call) && read_salvage(client, call))
        return;
    /* A list changes nothing, whatever became of the attempts before. */
    bool in_doubt = call->request != NULL && call->may_have_applied;
    call_end(client, call, in_doubt ? CLIENT_UNKNOWN : CLIENT_NOT_SENT);
}

/* Asks the whole account to wait. */
static void hold_account(struct client *client, const struct call *call, int64_t hold_ms)
{
    const struct client_permits *permits = &client->settings.permits;
    http_pause(client->http, hold_ms);
    if (permits->hold != NULL &&
        !permits->hold(permits->owner, call->problem.policy, hold_ms, &client->fatal))
        call_stop_all(client);
}

static void deny(struct client *client, struct call *call, const struct http_result *result)
{
    char what[512] = "HubSpot rejects the token";
    enum error_kind kind = is_page(result) ? ERROR_REMOTE : ERROR_DENIED;
    if (kind == ERROR_REMOTE)
        (void)snprintf(what, sizeof what, "%s", not_hubspot);
    else if (result->status == 403 && call->problem.scopes[0] != '\0')
        (void)snprintf(what, sizeof what, "the token lacks a scope; one of these is required: %s",
            call->problem.scopes);
    else if (result->status == 403)
        (void)snprintf(what, sizeof what, "the token may not do this");
    else if (client->settings.token_from != NULL)
        (void)snprintf(what, sizeof what,
            "HubSpot rejects the token of %.300s (was it rotated, or copied incompletely?)",
            client->settings.token_from);
    stop_run(client, call, kind, what, result);
    end_refused(client, call, stopped_outcome(call));
}

static void keep_facts(struct call *call, const struct http_result *result)
{
    call->attempts++;
    call->http_status = result->status;
    if (result->end == HTTP_ANSWERED && is_success(result->status))
        check_answer(call);
    else
        (void)problem_parse(&call->problem, result->body, result->body_length);
    bool told = call->problem.correlation_id[0] != '\0' && !is_success(result->status);
    problem_keep_id(call->correlation_id, sizeof call->correlation_id,
        told ? call->problem.correlation_id : result->correlation_id);
}

void call_attempt_end(struct client *client, struct call *call, const struct http_result *result)
{
    if (result->end == HTTP_NOT_SENT) {
        end_not_sent(client, call);
        return;
    }
    keep_facts(call, result);
    struct retry_attempt attempt = {
        .end = attempt_end(call, result),
        .status = result->status,
        .is_read = call_is_read(call),
        .number = call->attempt,
        .retry_after_ms = result->retry_after_ms,
        .policy = call->problem.policy,
        .random = random_next(&client->random),
    };
    struct retry_verdict verdict = retry_decide(&client->budget, &attempt);
    call->may_have_applied = call->may_have_applied || retry_may_have_applied(&attempt);
    call->late = call->late || retry_may_apply_late(&attempt);
    if (verdict.hold_ms > 0)
        hold_account(client, call, verdict.hold_ms);
    switch (verdict.action) {
    case RETRY_TAKE:
        accept_answer(client, call, result);
        return;
    case RETRY_AGAIN:
        call_send(client, call, verdict.wait_ms);
        return;
    case RETRY_STOP_DENIED:
        deny(client, call, result);
        return;
    case RETRY_STOP_QUOTA:
        stop_run(client, call, ERROR_QUOTA,
            attempt.status == 477 ? "HubSpot is moving this account" : "HubSpot's limit is spent",
            result);
        break;
    case RETRY_STOP_REMOTE:
        stop_run(client, call, ERROR_REMOTE, "HubSpot cannot be used", result);
        break;
    case RETRY_GIVE_UP:
        break;
    }
    give_up(client, call, result);
}
