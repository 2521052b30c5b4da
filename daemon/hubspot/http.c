/*
 * http.c: slots over one curl_multi. Bodies are handed out in pieces: a slot whose piece has not
 * been taken up is paused, which is what bounds memory.
 */
#include "hubspot/http.h"

#include <assert.h>
#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/show.h"
#include "hubspot/http_easy.h"
#include "hubspot/credentials.h"

enum {
    PIECE_MAX = 128 << 10,
    REFUSAL_MAX = 64 << 10,
    HEADERS_MAX = 300 << 10, /* as curl itself, which does not count what comes behind the body */
    POLL_MAX_MS = 1000,
};
static const uint64_t ANSWER_MAX = UINT64_C(256) << 20;

enum slot_state { SLOT_FREE, SLOT_WAITING, SLOT_SENT, SLOT_ENDED };

struct slot {
    CURL *easy;
    enum slot_state state;
    struct http_request request;
    int64_t ready_ms; /* SLOT_WAITING: not before */
    struct buf url;
    struct buf piece; /* of a 2xx body: to be handed out; else the body so far */
    uint64_t received, headers; /* bytes */
    bool paused, too_long;
    bool left; /* curl's to set: it has been sent once */
    enum http_end end; /* SLOT_ENDED */
    char correlation_id[80];
    char why[HTTP_WHY_MAX];
};

struct http {
    CURLM *multi;
    struct curl_slist *headers;
    struct http_settings settings;
    char *password; /* of the proxy; NULL: none */
    struct slot *slots;
    struct slot *handed; /* its piece was handed out last */
    uint32_t first; /* where to look for the next event, so that no slot starves */
    int64_t ready_ms; /* no attempt leaves before */
    uint64_t requests;
    bool stopped;
    bool refusing;
};

static bool is_success(CURL *easy)
{
    long status = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

/* curl's write callback: keeps a piece, or asks curl to wait until the last one was taken. */
static size_t receive(char *bytes, size_t size, size_t count, void *owner)
{
    struct slot *slot = owner;
    size_t length = size * count;
    bool success = is_success(slot->easy);
    if (success && slot->piece.length + length > PIECE_MAX && slot->piece.length > 0) {
        slot->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    slot->received += length;
    slot->too_long = slot->received > (success ? ANSWER_MAX : (uint64_t)REFUSAL_MAX);
    if (slot->too_long)
        return 0;
    buf_add(&slot->piece, bytes, length);
    return length;
}

/* curl's header callback, of trailers too: it keeps all of them until the answer has ended. */
static size_t receive_header(char *bytes, size_t size, size_t count, void *owner)
{
    struct slot *slot = owner;
    (void)bytes;
    slot->headers += size * count;
    return slot->headers <= HEADERS_MAX ? size * count : 0;
}

bool http_open(struct http **opened, const struct http_settings *settings, struct error *err)
{
    assert(settings->slots > 0);
    if (!credentials_check(settings, err))
        return false;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl cannot be started");
    struct http *http = mem_new(1, sizeof *http);
    http->settings = *settings;
    http->settings.token = NULL;
    http->password = settings->proxy_password != NULL ? mem_text(settings->proxy_password) : NULL;
    http->settings.proxy_password = http->password;
    http->multi = curl_multi_init();
    assert(http->multi != NULL);
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)settings->slots);
    secret_keep(settings->token);
    http->headers = http_easy_headers(settings->token);
    http->slots = mem_new(settings->slots, sizeof *http->slots);
    for (uint32_t i = 0; i < settings->slots; i++) {
        http->slots[i].easy = curl_easy_init();
        assert(http->slots[i].easy != NULL);
    }
    *opened = http;
    return true;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    for (uint32_t i = 0; i < http->settings.slots; i++) {
        struct slot *slot = &http->slots[i];
        if (slot->state == SLOT_SENT)
            (void)curl_multi_remove_handle(http->multi, slot->easy);
        curl_easy_cleanup(slot->easy);
        buf_clear(&slot->url);
        buf_clear(&slot->piece);
    }
    (void)curl_multi_cleanup(http->multi);
    http_easy_free_headers(http->headers);
    http_easy_wipe(http->password);
    free(http->slots);
    free(http);
    curl_global_cleanup();
}

void http_send(struct http *http, uint32_t index, const struct http_request *request)
{
    assert(index < http->settings.slots && http->slots[index].state == SLOT_FREE);
    struct slot *slot = &http->slots[index];
    slot->request = *request;
    slot->state = SLOT_WAITING;
    slot->ready_ms = clock_now_ms() + request->wait_ms;
}

void http_refuse(struct http *http, bool refusing)
{
    http->refusing = refusing;
}

void http_pause(struct http *http, int64_t wait_ms)
{
    int64_t ready_ms = clock_now_ms() + wait_ms;
    if (http->ready_ms < ready_ms)
        http->ready_ms = ready_ms;
}

static void start(struct http *http, struct slot *slot)
{
    buf_reset(&slot->url);
    buf_add_text(&slot->url, http->settings.base_url);
    while (slot->url.length > 0 && slot->url.bytes[slot->url.length - 1] == '/')
        slot->url.bytes[--slot->url.length] = '\0';
    buf_add_text(&slot->url, slot->request.path);
    buf_reset(&slot->piece);
    slot->received = slot->headers = 0;
    slot->paused = false;
    slot->too_long = false;
    slot->end = HTTP_ANSWERED;
    slot->correlation_id[0] = '\0';
    slot->why[0] = '\0';
    /* A new handle: libcurl before 8.1.1 follows a pointer into the last answer's headers. */
    curl_easy_cleanup(slot->easy);
    slot->easy = curl_easy_init();
    assert(slot->easy != NULL);
    http_easy_set(slot->easy, &http->settings, &slot->request, &slot->left);
    (void)curl_easy_setopt(slot->easy, CURLOPT_URL, buf_text(&slot->url));
    (void)curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, http->headers);
    (void)curl_easy_setopt(slot->easy, CURLOPT_ERRORBUFFER, slot->why);
    (void)curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, receive);
    (void)curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    (void)curl_easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, receive_header);
    (void)curl_easy_setopt(slot->easy, CURLOPT_HEADERDATA, slot);
    (void)curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    CURLMcode code = curl_multi_add_handle(http->multi, slot->easy);
    assert(code == CURLM_OK);
    slot->state = SLOT_SENT;
    http->requests++;
}

/* Starts what may start; *wait_ms becomes the time until more may. */
static bool start_waiting(struct http *http, int64_t *wait_ms, struct error *err)
{
    const struct client_permits *permits = &http->settings.permits;
    int64_t now = clock_now_ms();
    for (uint32_t i = 0; i < http->settings.slots; i++) {
        struct slot *slot = &http->slots[i];
        if (slot->state != SLOT_WAITING)
            continue;
        int64_t ready_ms = slot->ready_ms > http->ready_ms ? slot->ready_ms : http->ready_ms;
        int64_t later_ms = 0;
        if (ready_ms <= now && permits->acquire != NULL) {
            if (!permits->acquire(permits->owner, &later_ms, err))
                return false;
            now = clock_now_ms();
            if (later_ms > 0)
                http->ready_ms = ready_ms = now + later_ms;
        }
        if (ready_ms <= now && later_ms <= 0)
            start(http, slot);
        else if (ready_ms - now < *wait_ms)
            *wait_ms = ready_ms - now;
    }
    return true;
}

static void end_waiting(struct http *http)
{
    for (uint32_t i = 0; i < http->settings.slots; i++) {
        struct slot *slot = &http->slots[i];
        if (slot->state != SLOT_WAITING)
            continue;
        buf_reset(&slot->piece);
        slot->correlation_id[0] = '\0';
        (void)snprintf(slot->why, sizeof slot->why, "not sent");
        slot->end = HTTP_NOT_SENT;
        slot->state = SLOT_ENDED;
    }
}

static void keep_correlation_id(struct slot *slot)
{
    static const char *const names[] = {"x-hubspot-correlation-id", "x-request-id"};
    for (size_t i = 0; i < ARRAY_COUNT(names) && slot->correlation_id[0] == '\0'; i++) {
        struct curl_header *header;
        if (curl_easy_header(slot->easy, names[i], 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
            strlen(header->value) < sizeof slot->correlation_id)
            (void)snprintf(slot->correlation_id, sizeof slot->correlation_id, "%s", header->value);
    }
    show_copy(slot->correlation_id, sizeof slot->correlation_id, slot->correlation_id, "");
}

static void collect_ended(struct http *http)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        char *owner = NULL;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        struct slot *slot = (struct slot *)(void *)owner;
        slot->end = http_easy_end(slot->easy, code);
        if (slot->too_long)
            slot->end = is_success(slot->easy) ? HTTP_TOO_LONG : HTTP_ANSWERED;
        if (slot->end == HTTP_TOO_LONG)
            (void)snprintf(slot->why, sizeof slot->why, "the answer is longer than 256 MiB");
        else if (slot->headers > HEADERS_MAX)
            (void)snprintf(slot->why, sizeof slot->why,
                "the answer's headers are longer than %d KiB", HEADERS_MAX >> 10);
        else if (slot->end != HTTP_ANSWERED)
            http_easy_why(slot->easy, &http->settings, code, slot->why);
        show_copy(slot->why, sizeof slot->why, slot->why, ""); /* curl may quote the server */
        keep_correlation_id(slot);
        (void)curl_multi_remove_handle(http->multi, slot->easy);
        slot->state = SLOT_ENDED;
    }
}

static void fill_done(const struct slot *slot, struct http_result *result)
{
    bool answered = slot->end != HTTP_NOT_SENT;
    *result = (struct http_result){.end = slot->end, .body = "", .why = slot->why};
    result->correlation_id = slot->correlation_id;
    if (!answered)
        return;
    (void)curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &result->status);
    result->retry_after_ms = http_easy_retry_after_ms(slot->easy);
    if (result->status >= 200 && result->status < 300)
        return;
    result->body = buf_text(&slot->piece);
    result->body_length = slot->piece.length;
}

/* Fills event from a slot that has something to tell. */
static bool consume_event(struct http *http, struct slot *slot, struct http_event *event)
{
    bool streams = slot->state == SLOT_SENT || slot->state == SLOT_ENDED;
    event->slot = (uint32_t)(slot - http->slots);
    if (streams && slot->piece.length > 0 && is_success(slot->easy)) {
        event->kind = HTTP_BODY;
        event->bytes = slot->piece.bytes;
        event->length = slot->piece.length;
        http->handed = slot;
        return true;
    }
    if (slot->state != SLOT_ENDED)
        return false;
    event->kind = HTTP_DONE;
    fill_done(slot, &event->result);
    slot->state = SLOT_FREE;
    return true;
}

static bool find_event(struct http *http, struct http_event *event)
{
    for (uint32_t i = 0; i < http->settings.slots; i++) {
        uint32_t index = (http->first + i) % http->settings.slots;
        if (!consume_event(http, &http->slots[index], event))
            continue;
        http->first = index + 1;
        return true;
    }
    return false;
}

/* Makes room for the next piece of the answer that was handed out. */
static void drop_handed(struct http *http)
{
    struct slot *slot = http->handed;
    http->handed = NULL;
    if (slot == NULL)
        return;
    buf_reset(&slot->piece);
    if (slot->paused && slot->state == SLOT_SENT) {
        slot->paused = false;
        (void)curl_easy_pause(slot->easy, CURLPAUSE_CONT);
    }
}

static void look_for_stop(struct http *http)
{
    struct pollfd wait = {.fd = http->settings.stop_fd, .events = POLLIN};
    if (!http->stopped && wait.fd >= 0 && poll(&wait, 1, 0) == 1)
        http->stopped = true;
}

static bool is_idle(const struct http *http)
{
    for (uint32_t i = 0; i < http->settings.slots; i++)
        if (http->slots[i].state != SLOT_FREE)
            return false;
    return true;
}

bool http_next(struct http *http, struct http_event *event, struct error *err)
{
    *event = (struct http_event){.kind = HTTP_IDLE};
    drop_handed(http);
    for (;;) {
        int64_t wait_ms = POLL_MAX_MS;
        int running;
        look_for_stop(http);
        if (http->stopped || http->refusing)
            end_waiting(http);
        else if (!start_waiting(http, &wait_ms, err))
            return false;
        CURLMcode code = curl_multi_perform(http->multi, &running);
        if (code == CURLM_OK)
            collect_ended(http);
        if (code == CURLM_OK && find_event(http, event))
            return true;
        if (is_idle(http))
            return true;
        struct curl_waitfd stop = {.fd = http->settings.stop_fd, .events = CURL_WAIT_POLLIN};
        unsigned extra = http->settings.stop_fd >= 0 && !http->stopped ? 1 : 0;
        if (code == CURLM_OK)
            code = curl_multi_poll(http->multi, &stop, extra, (int)wait_ms, NULL);
        if (code != CURLM_OK)
            return error_set(err, ERROR_INTERNAL, "libcurl: %s", curl_multi_strerror(code));
    }
}

bool http_stopped(const struct http *http)
{
    return http->stopped;
}

uint64_t http_requests(const struct http *http)
{
    return http->requests;
}
