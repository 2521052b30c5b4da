/*
 * server.c: libmicrohttpd's event thread answers; the main thread only wakes what waits. One lock
 * covers the sandbox and the list of waiting requests.
 */
#include "sandbox/server.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* One request from its first header to its last byte. */
struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    struct buf body;
    struct request request;
    struct reply reply;
    char *path;
    bool answered;
    int64_t due_ms; /* waiting: when to answer, INT64_MAX: when released */
};

struct server {
    struct sandbox *sandbox;
    struct MHD_Daemon *daemon;
    struct MHD_Daemon *secure; /* NULL: no TLS */
    pthread_mutex_t lock;
    struct exchange **waiting;
    size_t waiting_count, waiting_room;
    int wake_fd;
    bool closing;
};

static enum MHD_Result take_query(
    void *exchange_pointer, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct exchange *exchange = exchange_pointer;
    struct request *request = &exchange->request;
    (void)kind;
    if (request->query_count == QUERY_MAX)
        return MHD_NO;
    request->query[request->query_count++] = (struct query){key, value != NULL ? value : ""};
    return MHD_YES;
}

static struct exchange *begin(
    struct server *server, struct MHD_Connection *connection, const char *url, const char *method)
{
    struct exchange *exchange = mem_new(1, sizeof *exchange);
    struct request *request = &exchange->request;
    exchange->server = server;
    exchange->connection = connection;
    exchange->path = mem_text(url);
    request->path = exchange->path;
    request->method = method;
    request->authorization =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    request->content_type =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Type");
    (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, exchange);
    return exchange;
}

static void wake(struct server *server)
{
    uint64_t one = 1;
    ssize_t written = write(server->wake_fd, &one, sizeof one);
    (void)written; /* full means that it is awake already */
}

/* Answers the request; true if the answer has to wait. The lock is held. */
static bool answer(struct server *server, struct exchange *exchange)
{
    exchange->request.body = buf_text(&exchange->body);
    exchange->request.body_length = exchange->body.length;
    sandbox_answer(server->sandbox, &exchange->request, &exchange->reply);
    exchange->answered = true;
    if (server->sandbox->release || server->sandbox->laters_count > 0)
        wake(server);
    int64_t delay_ms = exchange->reply.delay_ms;
    if (delay_ms == 0 || server->closing)
        return false;
    exchange->due_ms = delay_ms < 0 ? INT64_MAX : clock_now_ms() + delay_ms;
    mem_grow(&server->waiting, &server->waiting_room, server->waiting_count + 1, sizeof exchange);
    server->waiting[server->waiting_count++] = exchange;
    MHD_suspend_connection(exchange->connection);
    wake(server);
    return true;
}

/* The body piece by piece; a truncated one ends in the middle. */
static ssize_t give_piece(void *exchange_pointer, uint64_t at, char *bytes, size_t room)
{
    const struct exchange *exchange = exchange_pointer;
    bool truncate = exchange->reply.cut == CUT_TRUNCATE;
    size_t end = exchange->reply.body.length / (truncate ? 2 : 1);
    if (at >= end)
        return truncate ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    size_t count = end - (size_t)at;
    if (count > room)
        count = room;
    memcpy(bytes, exchange->reply.body.bytes + at, count);
    return (ssize_t)count;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    if (reply->cut == CUT_TRUNCATE || (reply->chunked && reply->body.length > 0))
        return MHD_create_response_from_callback(
            reply->chunked ? MHD_SIZE_UNKNOWN : reply->body.length, 1024, give_piece, exchange,
            NULL);
    if (reply->status == 204)
        buf_reset(&reply->body);
    return MHD_create_response_from_buffer(
        reply->body.length, reply->body.bytes, MHD_RESPMEM_PERSISTENT);
}

static void add_headers(struct MHD_Response *response, const struct buf *headers)
{
    char name[128];
    char value[512];
    const char *at = buf_text(headers);
    while (*at != '\0') {
        size_t line = strcspn(at, "\n");
        if (sscanf(at, "%127[^:\n]: %511[^\n]", name, value) == 2)
            (void)MHD_add_response_header(response, name, value);
        at += line + (at[line] == '\n');
    }
}

/* Closing with no linger sends a reset: the client sees the connection break. */
static enum MHD_Result hang_up(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *connection_info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (connection_info != NULL)
        (void)setsockopt(
            connection_info->connect_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return MHD_NO;
}

static enum MHD_Result send_reply(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    if (reply->cut == CUT_HANGUP)
        return hang_up(exchange->connection);
    struct MHD_Response *response = make_response(exchange);
    if (reply->status != 204)
        (void)MHD_add_response_header(response, "Content-Type", reply->type);
    add_headers(response, &reply->headers);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_request(void *server_pointer, struct MHD_Connection *connection,
    const char *url, const char *method, const char *version, const char *upload,
    size_t *upload_size, void **exchange_place)
{
    struct server *server = server_pointer;
    struct exchange *exchange = *exchange_place;
    (void)version;
    if (exchange == NULL) {
        *exchange_place = begin(server, connection, url, method);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        buf_add(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!exchange->answered) {
        (void)pthread_mutex_lock(&server->lock);
        bool waits = answer(server, exchange);
        (void)pthread_mutex_unlock(&server->lock);
        if (waits)
            return MHD_YES;
    }
    return send_reply(exchange);
}

static void on_completed(void *server_pointer, struct MHD_Connection *connection,
    void **exchange_place, enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *exchange_place;
    (void)server_pointer;
    (void)connection;
    (void)code;
    if (exchange == NULL)
        return;
    buf_clear(&exchange->body);
    buf_clear(&exchange->reply.body);
    buf_clear(&exchange->reply.headers);
    free(exchange->path);
    free(exchange);
    *exchange_place = NULL;
}

static struct MHD_Daemon *start_daemon(
    struct server *server, uint16_t port, const struct server_tls *tls)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct MHD_OptionItem secrets[] = {{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)tls->pem},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)tls->pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls->priorities},
        {MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (tls->pem == NULL)
        secrets[0].option = MHD_OPTION_END;
    else
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(flags, port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)256 * 1024, MHD_OPTION_LISTENING_ADDRESS_REUSE,
        1u, MHD_OPTION_ARRAY, secrets, MHD_OPTION_END);
}

/* Where it listens; false if it does not. */
static bool name_door(struct MHD_Daemon *door, const char *scheme, char *url, size_t size)
{
    if (door == NULL)
        return false;
    const union MHD_DaemonInfo *bound = MHD_get_daemon_info(door, MHD_DAEMON_INFO_BIND_PORT);
    (void)snprintf(url, size, "%s://127.0.0.1:%u", scheme, bound != NULL ? bound->port : 0);
    return true;
}

struct server *server_open(
    struct sandbox *sandbox, uint16_t port, struct server_tls *tls, struct error *err)
{
    static const struct server_tls plain = {0};
    struct server *server = mem_new(1, sizeof *server);
    server->sandbox = sandbox;
    server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    (void)pthread_mutex_init(&server->lock, NULL);
    server->daemon = start_daemon(server, port, &plain);
    bool good = server->wake_fd >= 0 &&
        name_door(server->daemon, "http", sandbox->base_url, sizeof sandbox->base_url);
    if (good && tls->pem != NULL) {
        server->secure = start_daemon(server, 0, tls);
        good = name_door(server->secure, "https", tls->base_url, sizeof tls->base_url);
    }
    if (good)
        return server;
    (void)error_set(err, ERROR_INTERNAL, "cannot listen on 127.0.0.1:%u%s", port,
        server->daemon != NULL ? " with TLS (is the certificate good?)" : "");
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    if (server->wake_fd >= 0)
        (void)close(server->wake_fd);
    free(server);
    return NULL;
}

/* Wakes what is due and returns milliseconds until the next is, -1: nothing waits. */
static int64_t turn(struct server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    int64_t now_ms = clock_now_ms();
    sandbox_tick(server->sandbox, now_ms);
    int64_t next_ms = sandbox_next_ms(server->sandbox);
    size_t kept = 0;
    for (size_t i = 0; i < server->waiting_count; i++) {
        struct exchange *exchange = server->waiting[i];
        bool released = server->sandbox->release && exchange->reply.delay_ms < 0;
        if (exchange->due_ms <= now_ms || released || server->closing) {
            MHD_resume_connection(exchange->connection);
            continue;
        }
        next_ms = exchange->due_ms < next_ms ? exchange->due_ms : next_ms;
        server->waiting[kept++] = exchange;
    }
    server->waiting_count = kept;
    server->sandbox->release = false;
    (void)pthread_mutex_unlock(&server->lock);
    return next_ms == INT64_MAX ? -1 : next_ms - now_ms;
}

void server_run(struct server *server, int signal_fd)
{
    struct pollfd fds[2] = {
        {.fd = signal_fd, .events = POLLIN}, {.fd = server->wake_fd, .events = POLLIN}};
    while (fds[0].revents == 0) {
        int64_t wait_ms = turn(server);
        int timeout = wait_ms > 60000 ? 60000 : (int)wait_ms;
        if (poll(fds, 2, timeout) > 0 && fds[1].revents != 0) {
            uint64_t count;
            ssize_t got = read(server->wake_fd, &count, sizeof count);
            (void)got;
        }
    }
}

void server_close(struct server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->closing = true;
    (void)pthread_mutex_unlock(&server->lock);
    (void)turn(server);
    MHD_stop_daemon(server->daemon);
    if (server->secure != NULL)
        MHD_stop_daemon(server->secure);
    (void)pthread_mutex_destroy(&server->lock);
    (void)close(server->wake_fd);
    free(server->waiting);
    free(server);
}
