/*
 * http.c: any bytes as the answer of a server, through libcurl and hubspot/http: status line,
 * headers, framing, body. Then what the client does with it: how long a Retry-After, or a 429
 * without one, keeps it waiting.
 *
 * An answer has a status and ends; one that was cut off is none, if it said how long it would be;
 * what goes on to logs and rows is short and printable; no wait is negative or longer than a day.
 */
#include "hubspot/http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/show.h"
#include "base/utf8.h"
#include "config/yaml.h"
#include "fuzz/fuzz.h"
#include "hubspot/envelope.h"
#include "hubspot/problem.h"
#include "hubspot/rate.h"
#include "hubspot/retry.h"
#include "lib/scripted_http.h"

enum { ANSWER_MAX = 1 << 16, BODY_MAX = 64 << 10, TIMEOUT_MS = 10000 };

/* Shared with the server's process: it always sends what stands here. */
static struct shared {
    struct scripted script;
    char bytes[ANSWER_MAX];
} * shared;
static struct scripted_http server;
static struct http *http;

static void open_server(void)
{
    struct error err = {0};
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fuzz_require(shared != MAP_FAILED, "no memory");
    shared->script = (struct scripted){.answer = shared->bytes, .end = SCRIPTED_CLOSE};
    scripted_http_open(&server, &shared->script, 1);
    const struct http_settings settings = {
        .base_url = server.url,
        .token = "pat-na1-00000000-0000-0000-0000-000000000000",
        .timeout_ms = TIMEOUT_MS,
        .stop_fd = -1,
        .slots = 1,
    };
    bool open = http_open(&http, &settings, &err);
    fuzz_require(open, "%s", err.text);
}

struct exchange {
    struct http_result result;
    struct buf body; /* of a 2xx answer */
};

/* Sends a request on a connection of its own, is answered with bytes, and collects what came. */
static void talk(struct exchange *out, const uint8_t *bytes, size_t size)
{
    const struct http_request request = {
        .path = "/x", .body = "{}", .body_length = 2, .changes = true};
    struct http_event event = {.kind = HTTP_BODY};
    struct error err = {0};
    memcpy(shared->bytes, bytes, size);
    shared->script.length = size;
    shared->script.answer = size > 0 ? shared->bytes : NULL;
    http_send(http, 0, &request);
    while (event.kind != HTTP_DONE) {
        bool good = http_next(http, &event, &err);
        fuzz_require(good && event.kind != HTTP_IDLE, "no event: %s", err.text);
        if (event.kind == HTTP_BODY)
            buf_add(&out->body, event.bytes, event.length);
    }
    out->result = event.result;
    /* The log of requests, which nobody reads here, would grow for ever. */
    fuzz_require(ftruncate(server.log_fd, 0) == 0 && lseek(server.log_fd, 0, SEEK_SET) == 0,
        "the log of requests cannot be emptied");
}

static void require_printable(const char *text, const char *what)
{
    size_t bad;
    fuzz_require(yaml_is_utf8(text, strlen(text), &bad), "%s is not UTF-8", what);
    for (const char *at = text; *at != '\0'; at += utf8_length(at, strlen(at)))
        fuzz_require(show_hidden(at, strlen(at)) == 0, "%s has a control character", what);
}

static bool is_success(const struct http_result *result)
{
    return result->end == HTTP_ANSWERED && result->status >= 200 && result->status < 300;
}

static void judge_result(const struct exchange *exchange)
{
    const struct http_result *result = &exchange->result;
    bool answered = result->end == HTTP_ANSWERED;
    fuzz_require(
        result->end != HTTP_NOT_SENT && result->end != HTTP_UNTRUSTED, "end %d", (int)result->end);
    fuzz_require(result->end != HTTP_UNREACHED, "the server cannot be reached: %s", result->why);
    fuzz_require(answered == (result->why[0] == '\0'), "end %d: %s", (int)result->end, result->why);
    fuzz_require(result->retry_after_ms >= 0, "waits %lld ms", (long long)result->retry_after_ms);
    fuzz_require(result->body_length <= BODY_MAX && strlen(result->body) <= result->body_length,
        "a body of %zu bytes", result->body_length);
    fuzz_require(strlen(result->correlation_id) < 80, "a long correlation id");
    fuzz_require(is_success(result) || exchange->body.length == 0 || !answered,
        "a body of status %ld is handed out", result->status);
    require_printable(result->why, "the reason");
    require_printable(result->correlation_id, "the correlation id");
}

/* What the client would do now, for reads and changes, on its first and on its last attempt. What
 * is neither success nor refusal is no answer to it. */
static void judge_retry(const struct http_result *result)
{
    struct problem problem = {0};
    bool sense = (result->status >= 200 && result->status < 300) || result->status >= 400;
    (void)problem_parse(&problem, result->body, result->body_length);
    for (unsigned i = 0; i < 4; i++) {
        struct retry_budget budget = {.tenths = RETRY_BUDGET_MAX};
        const struct retry_attempt attempt = {
            .end = result->end != HTTP_ANSWERED ? RETRY_BROKEN
                : sense                         ? RETRY_ANSWERED
                                                : RETRY_GARBLED,
            .status = result->status,
            .is_read = i % 2 == 0,
            .number = i < 2 ? 1 : RETRY_ATTEMPTS_MAX,
            .retry_after_ms = result->retry_after_ms,
            .policy = problem.policy,
        };
        struct retry_verdict verdict = retry_decide(&budget, &attempt);
        bool again = verdict.action == RETRY_AGAIN;
        fuzz_require(!again || attempt.number == 1, "tries for ever");
        fuzz_require(verdict.wait_ms >= 0 && (!again || verdict.wait_ms <= RATE_WAIT_MAX_MS),
            "waits %lld ms", (long long)verdict.wait_ms);
        fuzz_require(verdict.hold_ms >= 0 && verdict.hold_ms <= RATE_RETRY_AFTER_MAX_MS,
            "holds the account for %lld ms", (long long)verdict.hold_ms);
        fuzz_require(!again || attempt.end != RETRY_ANSWERED || result->status >= 400,
            "tries again after HTTP %ld", result->status);
    }
    problem_clear(&problem);
}

static bool is_whole(const struct exchange *exchange)
{
    struct envelope envelope = {0};
    struct envelope_item item;
    envelope_feed(&envelope, buf_text(&exchange->body), exchange->body.length);
    while (envelope_next(&envelope, &item))
        continue;
    bool whole = envelope_end(&envelope);
    envelope_clear(&envelope);
    return is_success(&exchange->result) && whole;
}

/* The same without its last bytes: if it was an answer of JSON, it is none any more, or it is the
 * same (what was cut off stood behind its end). */
static void judge_truncated(const struct exchange *whole, const uint8_t *bytes, size_t size)
{
    for (size_t less = 1; less <= 3 && less < size; less++) {
        struct exchange cut = {.body = {0}};
        talk(&cut, bytes, size - less);
        fuzz_require(!is_whole(&cut) ||
                strncmp(buf_text(&cut.body), buf_text(&whole->body), cut.body.length) == 0,
            "cut off it is another answer");
        buf_clear(&cut.body);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > ANSWER_MAX)
        return 0;
    if (http == NULL)
        open_server();
    struct exchange first = {.body = {0}};
    talk(&first, bytes, size);
    judge_result(&first);
    judge_retry(&first.result);
    if (is_whole(&first))
        judge_truncated(&first, bytes, size);
    struct exchange again = {.body = {0}};
    long status = first.result.status;
    talk(&again, bytes, size);
    fuzz_require(again.result.status == status && again.body.length == first.body.length,
        "the second time it is another answer");
    buf_clear(&again.body);
    buf_clear(&first.body);
    return 0;
}
