/*
 * test_http.c: what connections do to a request, and what may never happen to one: a redirect
 * followed, a change sent twice, an answer without end taken in.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "hubspot/http.h"
#include "hubspot/credentials.h"
#include "hubspot/rate.h"
#include "lib/suite.h"
#include "unit/http_case.h"

static const struct {
    const char *name;
    struct scripted answer;
    enum http_end end;
    long status;
    const char *body; /* NULL: does not matter */
} cases_table[] = {
    {"a plain answer", {.answer = HEAD "Content-Length: 2\r\n\r\n{}"}, HTTP_ANSWERED, 200, "{}"},
    {"chunks",
        {.answer = HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n"},
        HTTP_ANSWERED, 200, "{}"},
    {"chunks byte by byte",
        {.answer = HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
            .piece = 1},
        HTTP_ANSWERED, 200, "{}"},
    {"chunks that do not end", {.answer = HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"},
        HTTP_BROKEN, 200, NULL},
    {"chunks that are none", {.answer = HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"},
        HTTP_BROKEN, 200, NULL},
    {"a length that is too long", {.answer = HEAD "Content-Length: 9\r\n\r\n{}"}, HTTP_BROKEN, 200,
        NULL},
    {"a length that is too short is taken at its word",
        {.answer = HEAD "Content-Length: 1\r\n\r\n{}"}, HTTP_ANSWERED, 200, "{"},
    {"no length: the end of the connection", {.answer = HEAD "\r\n{"}, HTTP_ANSWERED, 200, "{"},
    {"nothing at all", {.answer = ""}, HTTP_BROKEN, 0, ""},
    {"a reset instead of an answer", {.end = SCRIPTED_RESET}, HTTP_BROKEN, 0, ""},
    {"not HTTP", {.answer = "SSH-2.0-OpenSSH_9.2\r\n"}, HTTP_BROKEN, 0, ""},
    {"HTTP/0.9", {.answer = "{\"results\":[]}"}, HTTP_BROKEN, 0, ""},
    {"silence", {.answer = "", .end = SCRIPTED_HANG}, HTTP_BROKEN, 0, ""},
    {"silence in the middle", {.answer = HEAD "Content-Length: 9\r\n\r\n{}", .end = SCRIPTED_HANG},
        HTTP_BROKEN, 200, NULL},
    {"301", {.answer = "HTTP/1.1 301 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
        HTTP_ANSWERED, 301, ""},
    {"302", {.answer = "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
        HTTP_ANSWERED, 302, ""},
    {"307", {.answer = "HTTP/1.1 307 Temporary\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
        HTTP_ANSWERED, 307, ""},
    {"308", {.answer = "HTTP/1.1 308 Permanent\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"},
        HTTP_ANSWERED, 308, ""},
    {"204", {.answer = "HTTP/1.1 204 No Content\r\n\r\n"}, HTTP_ANSWERED, 204, ""},
    {"100 first", {.answer = "HTTP/1.1 100 Continue\r\n\r\n" HEAD "Content-Length: 2\r\n\r\n{}"},
        HTTP_ANSWERED, 200, "{}"},
};

TEST_LOOP(tells_what_a_connection_did, ARRAY_COUNT(cases_table))
{
    struct buf body = {0};
    struct scripted script[] = {cases_table[_i].answer};
    script[0].length = script[0].answer != NULL ? strlen(script[0].answer) : 0;
    if (script[0].length == 0)
        script[0].answer = NULL;
    open_http(script, 1, 500);
    struct http_result result = attempt(true, &body);
    ck_assert_msg(result.end == cases_table[_i].end && result.status == cases_table[_i].status,
        "%s: %d, %ld, %s", cases_table[_i].name, result.end, result.status, result.why);
    ck_assert((result.end == HTTP_ANSWERED) == (result.why[0] == '\0'));
    ck_assert_ptr_null(strstr(result.why, "secret"));
    if (cases_table[_i].body != NULL)
        ck_assert_str_eq(buf_text(&body), cases_table[_i].body);
    buf_clear(&body);
    char *requests = close_http();
    ck_assert_uint_eq(scripted_count(requests), 1); /* sent once, whatever happened */
    ck_assert_ptr_nonnull(strstr(requests, "POST /x HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(requests, "\r\nAuthorization: Bearer secret-token\r\n"));
    ck_assert_ptr_nonnull(strstr(requests, "\r\nUser-Agent: assocd/"));
    ck_assert_ptr_nonnull(strstr(requests, "\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_null(strstr(requests, "Accept-Encoding"));
    ck_assert_ptr_null(strstr(requests, "Expect"));
    free(requests);
}

TEST(nobody_there_is_certainly_not_sent)
{
    struct buf body = {0};
    struct scripted script[] = {{.answer = ""}};
    open_http(script, 1, 20000);
    free(scripted_http_close(&server)); /* nobody listens on its port now */
    struct http_result result = attempt(true, &body);
    ck_assert_int_eq(result.end, HTTP_UNREACHED);
    ck_assert_int_eq(result.status, 0);
    http_close(http);
}

TEST(keeps_the_facts_of_a_refusal)
{
    struct buf body = {0};
    struct scripted script[] = {{.answer = "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\n"
                                           "X-HubSpot-Correlation-Id: abc\r\nContent-Length: "
                                           "4\r\n\r\nwait",
                                    .end = SCRIPTED_KEEP},
        {.answer = "HTTP/1.1 503 x\r\nRetry-After: -1\r\nContent-Length: 0\r\n\r\n",
            .end = SCRIPTED_KEEP},
        {.answer = "HTTP/1.1 503 x\r\nRetry-After: 9900000000000000\r\n"
                   "X-Request-Id: a\x1B[31m\xC3\xA9\r\nContent-Length: 0\r\n\r\n",
            .end = SCRIPTED_KEEP}};
    open_http(script, 3, 20000);
    struct http_result result = attempt(false, &body);
    ck_assert_int_eq(result.status, 429);
    ck_assert_int_eq(result.retry_after_ms, 7000);
    ck_assert_str_eq(result.correlation_id, "abc");
    ck_assert_str_eq(result.body, "wait");
    ck_assert_uint_eq(body.length, 0);
    result = attempt(false, &body);
    ck_assert_int_eq(result.status, 503);
    ck_assert_int_eq(result.retry_after_ms, 0);
    ck_assert_str_eq(result.correlation_id, "");
    result = attempt(false, &body);
    ck_assert_msg(result.retry_after_ms == RATE_RETRY_AFTER_MAX_MS, "%s", result.why);
    ck_assert_str_eq(result.correlation_id, "a\\x1B[31m\xC3\xA9");
    free(close_http());
}

/* libcurl before 8.1.1 then wrote into the last header of the answer before (curl issue 11101). */
TEST(a_header_that_goes_on_from_nothing_touches_no_other_answer)
{
    struct scripted script[] = {
        {.answer = HEAD "X-A: some header\r\nContent-Length: 0\r\n\r\n", .end = SCRIPTED_KEEP},
        {.answer = HEAD "\tX-B: a header that goes on\r\nContent-Length: 2\r\n\r\n{}",
            .end = SCRIPTED_KEEP}};
    open_http(script, 2, 20000);
    for (int i = 0; i < 4; i++) {
        struct buf body = {0};
        struct http_result result = attempt(true, &body);
        ck_assert_int_eq(result.status, 200);
        buf_clear(&body);
    }
    free(close_http());
}

/* A connection that dies after its first answer: curl would send the next POST on it, and again on
 * a new one, which nobody has counted or permitted. */
TEST_LOOP(an_attempt_is_never_sent_twice, 2)
{
    struct buf body = {0};
    struct scripted script[] = {
        {.answer = HEAD "Content-Length: 2\r\n\r\n{}", .end = SCRIPTED_KEEP},
        {.answer = NULL, .end = SCRIPTED_CLOSE},
        {.answer = HEAD "Content-Length: 2\r\n\r\n{}", .end = SCRIPTED_KEEP}};
    bool changes = _i == 1;
    open_http(script, 3, 20000);
    ck_assert_int_eq(attempt(false, &body).end, HTTP_ANSWERED);
    struct http_result lost = attempt(changes, &body);
    ck_assert_int_eq(lost.end, HTTP_BROKEN);
    ck_assert_msg(changes || strstr(lost.why, "connection was lost") != NULL, "%s", lost.why);
    ck_assert_uint_eq(http_requests(http), 2);
    ck_assert_int_eq(attempt(changes, &body).end, HTTP_ANSWERED);
    buf_clear(&body);
    char *requests = close_http();
    ck_assert_uint_eq(scripted_count(requests), 3);
    free(requests);
}

/* Whether libcurl notices before it sends is its version's business (8.23 may not). */
TEST(fault_m2_a_connection_closed_behind_its_answer_costs_an_attempt_at_most)
{
    struct buf body = {0};
    struct scripted script[] = {
        {.answer = HEAD "Content-Length: 2\r\n\r\n{}", .end = SCRIPTED_CLOSE},
        {.answer = HEAD "Content-Length: 2\r\n\r\n[]", .end = SCRIPTED_KEEP}};
    open_http(script, 2, 20000);
    ck_assert_int_eq(attempt(false, &body).end, HTTP_ANSWERED);
    struct http_result result = attempt(false, &body);
    if (result.end != HTTP_ANSWERED) {
        ck_assert_int_eq(result.end, HTTP_BROKEN);
        ck_assert_int_eq(result.status, 0);
        result = attempt(false, &body);
    }
    ck_assert_int_eq(result.end, HTTP_ANSWERED);
    ck_assert_str_eq(buf_text(&body), "{}[]");
    buf_clear(&body);
    char *requests = close_http();
    ck_assert_uint_eq(scripted_count(requests), 2);
    free(requests);
}

TEST(a_refusal_without_end_is_cut)
{
    struct buf body = {0};
    struct buf answer = {0};
    buf_add_text(&answer, "HTTP/1.1 500 x\r\nContent-Type: text/html\r\n\r\n");
    for (int i = 0; i < 300000; i++)
        buf_add_text(&answer, "<p>");
    struct scripted script[] = {{.answer = answer.bytes}};
    open_http(script, 1, 5000);
    struct http_result result = attempt(false, &body);
    ck_assert_int_eq(result.end, HTTP_ANSWERED);
    ck_assert_int_eq(result.status, 500);
    ck_assert_uint_le(result.body_length, 65536);
    free(close_http());
    buf_clear(&answer);
}

/* curl bounds what stands before a body, and keeps all that comes behind it. */
TEST(fault_h22_trailers_without_end_are_cut)
{
    struct buf answer = {0}, body = {0};
    buf_add_text(&answer, HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n");
    for (int i = 0; i < 10000; i++)
        buf_addf(&answer, "X-%d: %01000d\r\n", i, i);
    const struct scripted script[] = {{.answer = buf_text(&answer), .end = SCRIPTED_HANG}};
    open_http(script, 1, 30000);
    struct http_result result = attempt(false, &body);
    ck_assert_int_eq(result.end, HTTP_BROKEN);
    ck_assert_str_eq(result.why, "the answer's headers are longer than 300 KiB");
    free(close_http());
    buf_clear(&answer);
    buf_clear(&body);
}

TEST(a_long_answer_needs_little_memory)
{
    struct buf answer = {0};
    size_t length = 64 << 20;
    buf_addf(&answer, HEAD "Content-Length: %zu\r\n\r\n", length);
    for (size_t i = 0; i < length / 16; i++)
        buf_addf(&answer, "%015zu\n", i);
    struct scripted script[] = {{.answer = answer.bytes, .length = answer.length}};
    open_http(script, 1, 60000);
    buf_clear(&answer); /* the child has its own */
    struct http_request request = {.path = "/x"};
    struct http_event event = {0};
    struct error err = {0};
    size_t received = 0;
    size_t longest = 0;
    http_send(http, 0, &request);
    while (event.kind != HTTP_DONE) {
        ck_assert(http_next(http, &event, &err));
        if (event.kind != HTTP_BODY)
            continue;
        received += event.length;
        longest = event.length > longest ? event.length : longest;
    }
    ck_assert_int_eq(event.result.end, HTTP_ANSWERED);
    ck_assert_uint_eq(received, length);
    ck_assert_uint_le(longest, 128 << 10);
    free(close_http());
}

TEST(sends_the_token_to_https_or_loopback_only)
{
    static const struct {
        const char *url;
        bool good;
    } urls[] = {
        {"https://api.hubapi.com", true},
        {"https://api.hubapi.com/", true},
        {"https://api.hubapi.com:8443", true},
        {"http://127.0.0.1:8080", true},
        {"http://127.1.2.3", true},
        {"http://localhost:1", true},
        {"http://[::1]:80", true},
        {"http://api.hubapi.com", false},
        {"http://127.0.0.1.evil.example", false},
        {"http://localhost.evil.example", false},
        {"http://127.0.0.1@evil.example", false},
        {"https://user:pass@api.hubapi.com", false},
        {"https://api.hubapi.com/crm", false},
        {"https://api.hubapi.com?x", false},
        {"https://api.hubapi.com#x", false},
        {"https://api.hubapi.com:", false},
        {"https://api.hubapi.com:x", false},
        {"https://", false},
        {"https://a\r\nb", false},
        {"ftp://api.hubapi.com", false},
        {"api.hubapi.com", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(urls); i++) {
        struct error err = {0};
        ck_assert_msg(
            credentials_check_server(urls[i].url, &err) == urls[i].good, "%s", urls[i].url);
        ck_assert(urls[i].good || err.kind == ERROR_CONFIG);
    }
    static const char *const tokens[] = {"", "secret part", "pat-na1-x\n", "a\rb", "t\xC3\xB6k"};
    for (size_t i = 0; i < ARRAY_COUNT(tokens); i++) {
        struct error err = {0};
        ck_assert(!credentials_check_token(tokens[i], &err));
        ck_assert(tokens[i][0] == '\0' || strstr(err.text, tokens[i]) == NULL);
    }
    ck_assert(credentials_check_token("pat-na1-6d1c.A_b~+/=", NULL));
}
