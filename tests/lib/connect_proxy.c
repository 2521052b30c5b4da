/*
 * connect_proxy.c: one process listens, one more per connection reads the CONNECT and copies bytes
 * both ways; what they count is in memory they share.
 */
#include "lib/connect_proxy.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/loopback.h"

struct connect_seen {
    atomic_uint tunnels, refusals, secrets;
    char credentials[256]; /* "" : none wanted */
    char secret[256];
};

/* The request's head, NUL-terminated. */
static bool read_head(int client, char head[static 4096])
{
    size_t length = 0;
    head[0] = '\0';
    while (strstr(head, "\r\n\r\n") == NULL) {
        ssize_t count = read(client, head + length, 4095 - length);
        if (count <= 0)
            return false;
        length += (size_t)count;
        head[length] = '\0';
    }
    return true;
}

static void look(struct connect_seen *seen, const char *bytes, size_t count)
{
    if (memmem(bytes, count, seen->secret, strlen(seen->secret)) != NULL)
        (void)atomic_fetch_add(&seen->secrets, 1);
}

static void tunnel(struct connect_seen *seen, int client, int server)
{
    char bytes[16384];
    const int ends[2] = {client, server};
    for (;;) {
        struct pollfd polls[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (poll(polls, 2, -1) <= 0)
            return;
        for (int i = 0; i < 2; i++) {
            if (polls[i].revents == 0)
                continue;
            ssize_t count = read(ends[i], bytes, sizeof bytes);
            if (count <= 0)
                return;
            look(seen, bytes, (size_t)count);
            if (!write_all(ends[1 - i], bytes, (size_t)count))
                return;
        }
    }
}

static void answer(int client, const char *status)
{
    char text[256];
    (void)snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", status);
    (void)write_all(client, text, strlen(text));
}

/* Servers are on this machine, whatever name the client gives them. */
static void serve(struct connect_seen *seen, int client)
{
    static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    char head[4096];
    if (!read_head(client, head))
        return;
    look(seen, head, strlen(head));
    const char *colon = strchr(head, ':');
    bool known = seen->credentials[0] == '\0' || strstr(head, seen->credentials) != NULL;
    if (strncmp(head, "CONNECT ", 8) != 0 || colon == NULL || !known) {
        (void)atomic_fetch_add(&seen->refusals, 1);
        answer(client, known ? "405 Method Not Allowed" : "407 Proxy Authentication Required");
        return;
    }
    struct sockaddr_in address = loopback((uint16_t)strtoul(colon + 1, NULL, 10));
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        answer(client, "502 Bad Gateway");
        return;
    }
    (void)atomic_fetch_add(&seen->tunnels, 1);
    if (write_all(client, established, sizeof established - 1))
        tunnel(seen, client, server);
    (void)close(server);
}

static void listen_forever(struct connect_seen *seen, int listener)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0)
            continue;
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(seen, client);
            _exit(0);
        }
        (void)close(client);
    }
}

void connect_proxy_open(struct connect_proxy *proxy, const char *credentials, const char *secret)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    struct connect_seen *seen =
        mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (seen == MAP_FAILED || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        abort();
    (void)snprintf(
        seen->credentials, sizeof seen->credentials, "%s", credentials != NULL ? credentials : "");
    (void)snprintf(seen->secret, sizeof seen->secret, "%s", secret);
    *proxy = (struct connect_proxy){.seen = seen};
    (void)snprintf(
        proxy->url, sizeof proxy->url, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    proxy->pid = fork();
    if (proxy->pid == 0)
        listen_forever(seen, listener);
    (void)close(listener);
}

void connect_proxy_close(struct connect_proxy *proxy)
{
    (void)kill(proxy->pid, SIGKILL);
    (void)waitpid(proxy->pid, NULL, 0);
    (void)munmap(proxy->seen, sizeof *proxy->seen);
    *proxy = (struct connect_proxy){0};
}

unsigned connect_proxy_tunnels(const struct connect_proxy *proxy)
{
    return atomic_load(&proxy->seen->tunnels);
}

unsigned connect_proxy_refusals(const struct connect_proxy *proxy)
{
    return atomic_load(&proxy->seen->refusals);
}

bool connect_proxy_saw_secret(const struct connect_proxy *proxy)
{
    return atomic_load(&proxy->seen->secrets) > 0;
}
