/*
 * wireproxy.c: one process listens, one more per connection copies bytes with blocking calls; the
 * number of requests is in memory they share.
 */
#include "lib/wireproxy.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/loopback.h"

struct wire {
    int client, server;
    const struct wire_step *steps;
    size_t count;
    atomic_uint *requests; /* over all connections */
    struct wire_step step; /* of the request at hand */
    bool answering; /* the last bytes came from the server */
    size_t sent; /* bytes of this answer */
};

static void reset(const struct wire *wire)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(wire->client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void wait_ms(int ms)
{
    (void)poll(NULL, 0, ms);
}

static void begin_request(struct wire *wire)
{
    unsigned number = atomic_fetch_add(wire->requests, 1) + 1;
    wire->answering = false;
    wire->sent = 0;
    wire->step = (struct wire_step){0};
    for (size_t i = 0; i < wire->count; i++)
        if (wire->steps[i].request == number)
            wire->step = wire->steps[i];
}

/* Passes a piece of the request on; false ends the connection. */
static bool pass_request(struct wire *wire, const char *bytes, size_t count)
{
    if (wire->answering)
        begin_request(wire);
    if (wire->step.fault != WIRE_RESET_BEFORE)
        return write_all(wire->server, bytes, count);
    reset(wire);
    return false;
}

static bool drip(const struct wire *wire, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wait_ms(wire->step.ms);
        if (!write_all(wire->client, bytes + i, 1))
            return false;
    }
    return true;
}

/* Passes the part up to byte `at`; *rest is what stands behind it. True when `at` is reached. */
static bool pass_up_to(struct wire *wire, const char *bytes, size_t count, size_t *rest)
{
    size_t left = wire->step.at > wire->sent ? wire->step.at - wire->sent : 0;
    size_t now = count < left ? count : left;
    (void)write_all(wire->client, bytes, now);
    wire->sent += now;
    *rest = count - now;
    return wire->sent >= wire->step.at;
}

/* Passes a piece of the answer on; false ends the connection. */
static bool pass_answer(struct wire *wire, const char *bytes, size_t count)
{
    static const char garbage[] = "\x16\x03\x01 this is no HTTP\r\n\r\n";
    enum wire_fault fault = wire->step.fault;
    bool first = !wire->answering;
    size_t rest = count;
    wire->answering = true;
    if (fault == WIRE_RESET_AFTER || fault == WIRE_RESET_AT || fault == WIRE_CUT_AT) {
        if (fault != WIRE_RESET_AFTER && !pass_up_to(wire, bytes, count, &rest))
            return true;
        if (fault != WIRE_CUT_AT)
            reset(wire);
        return false;
    }
    if (fault == WIRE_STALL_AT && pass_up_to(wire, bytes, count, &rest)) {
        wait_ms(wire->step.ms);
        wire->step.fault = WIRE_NONE;
    }
    bytes += count - rest;
    if (fault == WIRE_DRIP)
        return drip(wire, bytes, rest);
    if (fault == WIRE_GARBAGE && first && !write_all(wire->client, garbage, sizeof garbage - 1))
        return false;
    if (fault == WIRE_TWICE && !write_all(wire->client, bytes, rest))
        return false;
    return write_all(wire->client, bytes, rest);
}

static bool copy(struct wire *wire, int from)
{
    char bytes[16384];
    ssize_t got = read(from, bytes, sizeof bytes);
    if (got <= 0)
        return false;
    return from == wire->client ? pass_request(wire, bytes, (size_t)got)
                                : pass_answer(wire, bytes, (size_t)got);
}

static void serve(struct wire *wire, uint16_t target)
{
    struct sockaddr_in address = loopback(target);
    wire->answering = true; /* so that the first bytes begin a request */
    wire->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(wire->server, (struct sockaddr *)&address, sizeof address) != 0)
        return;
    struct pollfd fds[2] = {
        {.fd = wire->client, .events = POLLIN}, {.fd = wire->server, .events = POLLIN}};
    for (;;) {
        (void)poll(fds, 2, -1);
        if (fds[1].revents != 0 && !copy(wire, wire->server))
            break;
        if (fds[0].revents != 0 && !copy(wire, wire->client))
            break;
    }
    (void)close(wire->client);
    (void)close(wire->server);
}

/* Accepts until it is killed. */
static void listen_on(int listener, uint16_t target, struct wire *wire)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    for (;;) {
        wire->client = accept(listener, NULL, NULL);
        if (wire->client < 0)
            continue;
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)close(listener);
            serve(wire, target);
            _exit(0);
        }
        (void)close(wire->client);
    }
}

pid_t wireproxy_start(uint16_t target, const struct wire_step *steps, size_t count, uint16_t *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    atomic_uint *requests =
        mmap(NULL, sizeof *requests, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (requests == MAP_FAILED)
        return -1;
    struct wire wire = {.steps = steps, .count = count, .requests = requests};
    pid_t proxy = fork();
    if (proxy == 0) {
        listen_on(listener, target, &wire);
        _exit(0);
    }
    (void)munmap(requests, sizeof *requests);
    (void)close(listener);
    return proxy;
}

void wireproxy_stop(pid_t proxy)
{
    (void)kill(proxy, SIGKILL);
    (void)waitpid(proxy, NULL, 0);
}
