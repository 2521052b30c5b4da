/*
 * control.c: requests to the sandbox over a socket of their own each.
 */
#include "lib/control.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(const char *base_url)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *port = strrchr(base_url, ':');
    ck_assert_ptr_nonnull(port);
    address.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void send_all(int fd, const struct buf *request)
{
    for (size_t at = 0; at < request->length;) {
        ssize_t sent = send(fd, request->bytes + at, request->length - at, MSG_NOSIGNAL);
        ck_assert_int_gt(sent, 0);
        at += (size_t)sent;
    }
}

static void receive_all(int fd, struct buf *reply)
{
    char bytes[65536];
    ssize_t got;
    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        buf_add(reply, bytes, (size_t)got);
}

static void ask(const char *base_url, const char *line, const char *body, struct buf *answer)
{
    struct buf request = {0}, reply = {0};
    int fd = connect_to(base_url);
    buf_addf(&request, "%s HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n", line);
    buf_addf(&request, "Content-Length: %zu\r\n\r\n", strlen(body));
    buf_add_text(&request, body);
    send_all(fd, &request);
    receive_all(fd, &reply);
    (void)close(fd);
    const char *content = strstr(buf_text(&reply), "\r\n\r\n");
    ck_assert_msg(strncmp(buf_text(&reply), "HTTP/1.1 200", 12) == 0 && content != NULL,
        "sandbox: %s %.200s: %s", line, body, buf_text(&reply));
    if (answer != NULL) {
        buf_reset(answer);
        buf_add_text(answer, content + 4);
    }
    buf_clear(&request);
    buf_clear(&reply);
}

void control_get(const char *base_url, const char *path, struct buf *answer)
{
    char line[512];
    (void)snprintf(line, sizeof line, "GET /_sandbox/%s", path);
    ask(base_url, line, "", answer);
}

void control_post(const char *base_url, const char *path, const char *body, struct buf *answer)
{
    char line[512];
    (void)snprintf(line, sizeof line, "POST /_sandbox/%s", path);
    ask(base_url, line, body, answer);
}
