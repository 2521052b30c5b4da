/*
 * http.h: attempts at HTTP requests to one server, several at once. The only file that sees curl.
 * It asks for a permit before every attempt and hands the answers out in pieces as they arrive;
 * what they mean, and whether to try again, is decided by whoever pulls.
 */
#ifndef HUBSPOT_HTTP_H
#define HUBSPOT_HTTP_H

#include "base/attr.h"
#include "base/error.h"
#include "hubspot/permits.h"

struct http;

struct http_settings {
    const char *base_url;
    const char *ca_file; /* PEM: the only authorities trusted; NULL: the system's */
    const char *proxy; /* http://HOST:PORT, asked to CONNECT; NULL: none */
    const char *proxy_user, *proxy_password; /* NULL: none. The password is copied */
    const char *token;
    int64_t timeout_ms; /* of one attempt */
    int stop_fd; /* -1: none */
    uint32_t slots; /* attempts that may be under way or waiting at once */
    struct client_permits permits; /* acquire NULL: always granted */
};

MUST_CHECK bool http_open(
    struct http **http, const struct http_settings *settings, struct error *err);
void http_close(struct http *http);

/* One attempt. Texts are borrowed until it ends. */
struct http_request {
    const char *path; /* begins with a slash */
    const char *body; /* NULL: GET, else POST of JSON */
    size_t body_length;
    bool changes; /* never sent on a used connection: there it might die on the way */
    int64_t wait_ms; /* not before so long from now */
};

/* Queues an attempt on a free slot. */
void http_send(struct http *http, uint32_t slot, const struct http_request *request);

/* While refusing, attempts that have not left yet end as HTTP_NOT_SENT, also those queued later. */
void http_refuse(struct http *http, bool refusing);

/* No attempt leaves before so long from now. */
void http_pause(struct http *http, int64_t wait_ms);

enum http_end {
    HTTP_ANSWERED, /* a complete answer, whatever its status */
    HTTP_NOT_SENT, /* refused or asked to stop before it left */
    HTTP_UNREACHED, /* no connection */
    HTTP_UNTRUSTED, /* TLS: not the server it should be */
    HTTP_BROKEN, /* connection lost, timed out, or not HTTP */
    HTTP_TOO_LONG, /* the answer passed its limit of bytes */
};

struct http_result {
    enum http_end end;
    long status; /* 0: no answer */
    int64_t retry_after_ms; /* at most a day; 0: not said, or not understood */
    const char *body; /* of an answer that is not 2xx, cut at 64 KiB; "" else */
    size_t body_length;
    const char *correlation_id; /* "" if there was none */
    const char *why; /* what happened, in curl's words; "" if HTTP_ANSWERED */
};

enum http_event_kind { HTTP_IDLE, HTTP_BODY, HTTP_DONE };

struct http_event {
    enum http_event_kind kind;
    uint32_t slot;
    const char *bytes; /* HTTP_BODY: the next piece of a 2xx answer's body */
    size_t length;
    struct http_result result; /* HTTP_DONE: the slot is free again */
};

/* Waits for the next event; HTTP_IDLE when no attempt is queued or under way. What it points to is
 * valid until the next call. Fails when permits cannot be had; nothing is lost then: attempts that
 * wait go on waiting, and http_refuse ends them. */
MUST_CHECK bool http_next(struct http *http, struct http_event *event, struct error *err);

bool http_stopped(const struct http *http);
uint64_t http_requests(const struct http *http);

#endif
