/*
 * pgproxy.c: a thread that moves whole protocol messages between programs and PostgreSQL. Both ways
 * are buffered and never block, because a program may leave one connection full while it waits
 * on another. Invariant: Parse, Bind and Execute are held until their Sync, so that a statement the
 * fault comes before has not reached PostgreSQL in part.
 */
#include "lib/pgproxy.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lib/lane.h"

enum {
    CONNECTIONS_MAX = 64,
    LANE_BYTES = 1 << 20, /* unsent bytes at which a side is not read any more */
};

struct connection {
    int client, server; /* -1: that side has ended */
    pid_t peer;
    bool started; /* the start-up packet, which has no type byte, has passed */
    bool doomed; /* the fault's statement has passed: its reply fires the fault */
    bool half_closed; /* the server was told that nothing more comes */
    struct lane up; /* client to server */
    struct lane down;
};

struct pgproxy {
    char *url;
    char folder[128];
    struct sockaddr_un here;
    struct sockaddr_un upstream;
    int listener;
    int wake;
    pthread_t thread;
    struct connection connections[CONNECTIONS_MAX]; /* the thread's own */

    pthread_mutex_t lock; /* over all below */
    pthread_cond_t changed;
    enum pgproxy_fault fault;
    int at_statement;
    pid_t victim;
    int count;
    bool fired;
    bool closing;
    int open_count;
};

static void die(const char *what)
{
    (void)fprintf(stderr, "pgproxy: %s: %s\n", what, strerror(errno));
    abort();
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_client(struct connection *connection)
{
    close_fd(&connection->client);
    buf_reset(&connection->up.in);
    buf_reset(&connection->down.in);
    buf_reset(&connection->down.out);
}

static void fire(struct pgproxy *proxy, struct connection *connection)
{
    bool kills = proxy->fault == PGPROXY_KILL_BEFORE || proxy->fault == PGPROXY_KILL_AFTER;
    pid_t victim = proxy->victim != 0 ? proxy->victim : connection->peer;
    assert(!kills || victim != getpid());
    if (kills && kill(victim, SIGKILL) != 0)
        die("kill");
    connection->doomed = false;
    proxy->fired = true;
    close_client(connection);
}

/* Counts a statement. False when the fault struck before it. */
static bool admit(struct pgproxy *proxy, struct connection *connection)
{
    bool passes = true;
    pthread_mutex_lock(&proxy->lock);
    bool before = proxy->fault == PGPROXY_KILL_BEFORE || proxy->fault == PGPROXY_CUT_BEFORE;
    proxy->count++;
    if (proxy->fault != PGPROXY_NONE && !proxy->fired && proxy->count == proxy->at_statement) {
        if (before) {
            fire(proxy, connection);
            passes = false;
        } else {
            connection->doomed = true;
        }
    }
    pthread_mutex_unlock(&proxy->lock);
    return passes;
}

/* Moves what may go on from the client to the server. */
static void pass_up(struct pgproxy *proxy, struct connection *connection)
{
    struct lane *lane = &connection->up;
    size_t seen = 0; /* whole messages, of which a tail may be held */
    size_t ready = 0;
    while (seen < lane->in.length) {
        const char *at = lane->in.bytes + seen;
        size_t length = lane_message(at, lane->in.length - seen, connection->started);
        if (length == 0)
            break;
        bool statement = connection->started && strchr("QSc", *at) != NULL;
        bool held = connection->started && strchr("PBDEC", *at) != NULL;
        connection->started = true;
        if (statement) {
            if (!admit(proxy, connection))
                return;
        }
        seen += length;
        if (!held)
            ready = seen;
    }
    buf_add(&lane->out, lane->in.bytes, ready);
    lane_drop(&lane->in, ready);
}

/* The same from the server to the client; the answer to the doomed statement goes nowhere. */
static void pass_down(struct pgproxy *proxy, struct connection *connection)
{
    struct lane *lane = &connection->down;
    while (connection->client >= 0) {
        const char *at = lane->in.bytes;
        size_t length = lane->in.length > 0 ? lane_message(at, lane->in.length, true) : 0;
        if (length == 0)
            return;
        if (connection->doomed && strchr("ZGW", *at) != NULL) {
            pthread_mutex_lock(&proxy->lock);
            fire(proxy, connection);
            pthread_mutex_unlock(&proxy->lock);
            return;
        }
        if (!connection->doomed)
            buf_add(&lane->out, at, length);
        lane_drop(&lane->in, length);
    }
    buf_reset(&lane->in);
}

static void end_connection(struct pgproxy *proxy, struct connection *connection)
{
    close_client(connection);
    close_fd(&connection->server);
    lane_clear(&connection->up);
    lane_clear(&connection->down);
    *connection = (struct connection){.client = -1, .server = -1};
    pthread_mutex_lock(&proxy->lock);
    proxy->open_count--;
    pthread_cond_broadcast(&proxy->changed);
    pthread_mutex_unlock(&proxy->lock);
}

/* One turn of one connection after poll. The connection lives until the server's side has ended. */
static void serve(
    struct pgproxy *proxy, struct connection *connection, short client_events, short server_events)
{
    bool alive = true;
    if (connection->client >= 0 && (client_events & (POLLIN | POLLHUP | POLLERR)) != 0) {
        bool more = lane_fill(connection->client, &connection->up);
        pass_up(proxy, connection);
        if (!more)
            close_client(connection);
    }
    if ((server_events & (POLLIN | POLLHUP | POLLERR)) != 0) {
        alive = lane_fill(connection->server, &connection->down);
        pass_down(proxy, connection);
    }
    alive = alive && lane_flush(connection->server, &connection->up);
    if (connection->client >= 0 && !lane_flush(connection->client, &connection->down))
        close_client(connection);
    if (connection->client < 0 && connection->up.out.length == 0 && !connection->half_closed) {
        connection->half_closed = true;
        (void)shutdown(connection->server, SHUT_WR);
    }
    if (!alive)
        end_connection(proxy, connection);
}

static int connect_upstream(const struct pgproxy *proxy)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        connect(fd, (const struct sockaddr *)&proxy->upstream, sizeof proxy->upstream) != 0)
        die(proxy->upstream.sun_path);
    return fd;
}

static void accept_one(struct pgproxy *proxy)
{
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    struct ucred peer = {0};
    socklen_t length = sizeof peer;
    if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
        die("SO_PEERCRED");
    struct connection *free_slot = NULL;
    for (int i = 0; i < CONNECTIONS_MAX && free_slot == NULL; i++)
        if (proxy->connections[i].server < 0)
            free_slot = &proxy->connections[i];
    assert(free_slot != NULL);
    free_slot->client = client;
    free_slot->server = connect_upstream(proxy);
    free_slot->peer = peer.pid;
    pthread_mutex_lock(&proxy->lock);
    proxy->open_count++;
    pthread_mutex_unlock(&proxy->lock);
}

/* What to wait for on a side: its bytes unless the other side is full, and room for ours. */
static struct pollfd side(int fd, const struct lane *from, const struct lane *to)
{
    short events = 0;
    if (from->out.length < LANE_BYTES)
        events = POLLIN;
    if (to->out.length > 0)
        events = (short)(events | POLLOUT);
    return (struct pollfd){.fd = fd, .events = events};
}

static bool is_closing(struct pgproxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    bool closing = proxy->closing;
    pthread_mutex_unlock(&proxy->lock);
    return closing;
}

static void *run(void *argument)
{
    struct pgproxy *proxy = argument;
    struct pollfd fds[2 + 2 * CONNECTIONS_MAX];
    while (!is_closing(proxy)) {
        fds[0] = (struct pollfd){.fd = proxy->wake, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            const struct connection *at = &proxy->connections[i];
            fds[2 + 2 * i] = side(at->client, &at->up, &at->down);
            fds[3 + 2 * i] = side(at->server, &at->down, &at->up);
        }
        if (poll(fds, ARRAY_COUNT(fds), -1) < 0)
            continue;
        for (int i = 0; i < CONNECTIONS_MAX; i++)
            if (proxy->connections[i].server >= 0)
                serve(
                    proxy, &proxy->connections[i], fds[2 + 2 * i].revents, fds[3 + 2 * i].revents);
        if (fds[1].revents != 0)
            accept_one(proxy);
    }
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (proxy->connections[i].server >= 0)
            end_connection(proxy, &proxy->connections[i]);
    return NULL;
}

static struct sockaddr_un socket_in(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    assert(length > 0 && (size_t)length < sizeof address.sun_path);
    return address;
}

/* Replaces the url's host=FOLDER and remembers both ends. */
static void find_ends(struct pgproxy *proxy, const char *url)
{
    const char *host = strstr(url, "host=/");
    assert(host != NULL);
    host += strlen("host=");
    size_t length = strcspn(host, "&");
    char *folder = mem_text_part(host, length);
    (void)snprintf(proxy->folder, sizeof proxy->folder, "%s/proxy.XXXXXX", folder);
    if (mkdtemp(proxy->folder) == NULL)
        die(proxy->folder);
    proxy->upstream = socket_in(folder);
    proxy->here = socket_in(proxy->folder);
    struct buf made = {0};
    buf_add(&made, url, (size_t)(host - url));
    buf_add_text(&made, proxy->folder);
    buf_add_text(&made, host + length);
    proxy->url = made.bytes;
    free(folder);
}

struct pgproxy *pgproxy_open(const char *url)
{
    struct pgproxy *proxy = mem_new(1, sizeof *proxy);
    find_ends(proxy, url);
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        proxy->connections[i] = (struct connection){.client = -1, .server = -1};
    proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    proxy->wake = eventfd(0, EFD_CLOEXEC);
    if (bind(proxy->listener, (struct sockaddr *)&proxy->here, sizeof proxy->here) != 0 ||
        listen(proxy->listener, CONNECTIONS_MAX) != 0)
        die(proxy->here.sun_path);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&proxy->lock, NULL);
    pthread_cond_init(&proxy->changed, &attributes);
    if (pthread_create(&proxy->thread, NULL, run, proxy) != 0)
        die("pthread_create");
    return proxy;
}

const char *pgproxy_url(const struct pgproxy *proxy)
{
    return proxy->url;
}

void pgproxy_plan(struct pgproxy *proxy, enum pgproxy_fault fault, int statement, pid_t victim)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->fault = fault;
    proxy->at_statement = statement;
    proxy->victim = victim;
    proxy->count = 0;
    proxy->fired = false;
    pthread_mutex_unlock(&proxy->lock);
}

int pgproxy_count(struct pgproxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    int count = proxy->count;
    pthread_mutex_unlock(&proxy->lock);
    return count;
}

bool pgproxy_fired(struct pgproxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    bool fired = proxy->fired;
    pthread_mutex_unlock(&proxy->lock);
    return fired;
}

bool pgproxy_settle(struct pgproxy *proxy, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (timeout_ms % 1000) * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&proxy->lock);
    int waited = 0;
    while (proxy->open_count > 0 && waited == 0)
        waited = pthread_cond_timedwait(&proxy->changed, &proxy->lock, &until);
    bool settled = proxy->open_count == 0;
    pthread_mutex_unlock(&proxy->lock);
    return settled;
}

void pgproxy_close(struct pgproxy *proxy)
{
    if (proxy == NULL)
        return;
    pthread_mutex_lock(&proxy->lock);
    proxy->closing = true;
    pthread_mutex_unlock(&proxy->lock);
    if (eventfd_write(proxy->wake, 1) != 0)
        die("eventfd");
    pthread_join(proxy->thread, NULL);
    close_fd(&proxy->listener);
    close_fd(&proxy->wake);
    (void)unlink(proxy->here.sun_path);
    (void)rmdir(proxy->folder);
    free(proxy->url);
    free(proxy);
}
