/*
 * http_case.h: one attempt of hubspot/http at a server that answers what it was told to.
 */
#ifndef UNIT_HTTP_CASE_H
#define UNIT_HTTP_CASE_H

#include <check.h>

#include "base/buf.h"
#include "hubspot/http.h"
#include "lib/scripted_http.h"

static struct scripted_http server;
static struct http *http;

static void open_http(const struct scripted *answers, size_t count, int64_t timeout_ms)
{
    struct error err = {0};
    scripted_http_open(&server, answers, count);
    struct http_settings settings = {.base_url = server.url,
        .token = "secret-token",
        .timeout_ms = timeout_ms,
        .stop_fd = -1,
        .slots = 3};
    ck_assert_msg(http_open(&http, &settings, &err), "%s", err.text);
}

static char *close_http(void)
{
    http_close(http);
    return scripted_http_close(&server);
}

/* One attempt on slot 0; the 2xx body is added to body. */
static struct http_result attempt(bool changes, struct buf *body)
{
    struct http_request request = {
        .path = "/x", .body = "{\"a\":1}", .body_length = 7, .changes = changes};
    struct http_event event;
    struct error err = {0};
    http_send(http, 0, &request);
    for (;;) {
        ck_assert_msg(http_next(http, &event, &err), "%s", err.text);
        ck_assert_int_ne(event.kind, HTTP_IDLE);
        if (event.kind == HTTP_DONE)
            return event.result;
        buf_add(body, event.bytes, event.length);
    }
}

#define HEAD "HTTP/1.1 200 OK\r\n"

#endif
