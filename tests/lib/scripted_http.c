/*
 * scripted_http.c: one child, one poll loop, raw sockets. Connections are served one request at a
 * time; the script advances with every complete request, whichever connection it came on.
 */
#include "lib/scripted_http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lib/lane.h"

enum { CONNECTIONS_MAX = 64 };

struct connection {
    int fd; /* 0: unused */
    struct buf in;
};

/* Length of the complete request at the start of buf; 0 if it is not complete. */
static size_t request_length(const struct buf *in)
{
    const char *text = buf_text(in);
    const char *body = strstr(text, "\r\n\r\n");
    if (body == NULL)
        return 0;
    size_t length = (size_t)(body + 4 - text);
    const char *header = strcasestr(text, "\r\ncontent-length:");
    if (header != NULL && header < body)
        length += strtoul(header + 17, NULL, 10);
    return in->length >= length ? length : 0;
}

static void drop(struct connection *connection, bool reset)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (reset)
        (void)setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    (void)close(connection->fd);
    connection->fd = 0;
    buf_reset(&connection->in);
}

static void send_answer(int fd, const struct scripted *answer)
{
    if (answer->answer == NULL)
        return;
    size_t length = answer->length > 0 ? answer->length : strlen(answer->answer);
    size_t piece = answer->piece > 0 ? answer->piece : length;
    for (size_t at = 0; at < length;) {
        size_t count = length - at < piece ? length - at : piece;
        ssize_t sent = send(fd, answer->answer + at, count, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += (size_t)sent;
        if (answer->piece > 0)
            (void)usleep(50);
    }
}

static void serve(struct connection *connection, const struct scripted *answer)
{
    send_answer(connection->fd, answer);
    if (answer->end == SCRIPTED_CLOSE || answer->end == SCRIPTED_RESET)
        drop(connection, answer->end == SCRIPTED_RESET);
}

static void receive(
    struct connection *connection, int log_fd, const struct scripted *answer, size_t *served)
{
    char bytes[65536];
    ssize_t got = recv(connection->fd, bytes, sizeof bytes, 0);
    if (got <= 0) {
        drop(connection, false);
        return;
    }
    buf_add(&connection->in, bytes, (size_t)got);
    size_t length = request_length(&connection->in);
    if (length == 0)
        return;
    ssize_t written = write(log_fd, connection->in.bytes, length);
    assert(written == (ssize_t)length);
    lane_drop(&connection->in, length);
    (*served)++;
    serve(connection, answer);
}

static _Noreturn void run(int listener, int log_fd, const struct scripted *answers, size_t count)
{
    static struct connection connections[CONNECTIONS_MAX];
    size_t served = 0;
    for (;;) {
        struct pollfd waits[CONNECTIONS_MAX + 1] = {{.fd = listener, .events = POLLIN}};
        for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
            waits[i + 1].fd = connections[i].fd > 0 ? connections[i].fd : -1;
            waits[i + 1].events = POLLIN;
        }
        (void)poll(waits, ARRAY_COUNT(waits), -1);
        for (size_t i = 0; i < CONNECTIONS_MAX; i++)
            if (connections[i].fd > 0 && waits[i + 1].revents != 0)
                receive(&connections[i], log_fd, &answers[served < count ? served : count - 1],
                    &served);
        size_t free_one = 0;
        while (free_one < CONNECTIONS_MAX && connections[free_one].fd > 0)
            free_one++;
        if (waits[0].revents != 0 && free_one < CONNECTIONS_MAX)
            connections[free_one].fd = accept(listener, NULL, NULL);
    }
}

void scripted_http_open(struct scripted_http *server, const struct scripted *answers, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert(listener > 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    assert(listen(listener, 64) == 0);
    assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    server->port = ntohs(address.sin_port);
    server->log_fd = memfd_create("requests", MFD_CLOEXEC);
    (void)snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", server->port);
    server->pid = fork();
    assert(server->pid >= 0);
    if (server->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(listener, server->log_fd, answers, count);
    }
    (void)close(listener);
}

char *scripted_http_close(struct scripted_http *server)
{
    (void)kill(server->pid, SIGKILL);
    (void)waitpid(server->pid, NULL, 0);
    off_t length = lseek(server->log_fd, 0, SEEK_END);
    char *requests = mem_new((size_t)length + 1, 1);
    ssize_t got = pread(server->log_fd, requests, (size_t)length, 0);
    assert(got == length);
    (void)close(server->log_fd);
    return requests;
}

char *scripted_answer(const char *status, const char *headers, const char *body)
{
    struct buf answer = {0};
    buf_addf(&answer,
        "HTTP/1.1 %s\r\nContent-Type: application/json;charset=utf-8\r\n%s"
        "Content-Length: %zu\r\n\r\n",
        status, headers, strlen(body));
    buf_add_text(&answer, body);
    return answer.bytes;
}

size_t scripted_count(const char *requests)
{
    size_t count = 0;
    for (const char *at = requests; (at = strstr(at, " HTTP/1.1\r\n")) != NULL; at++)
        count++;
    return count;
}
