/*
 * test_pg_transport.c: what a connection to another host asks for before it says who it is. The
 * other side is a listener that refuses TLS and counts what it is told all the same.
 */
#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"

/* Answers a request for TLS with "no", as a server without it does. Exit status: 1 if the client
 * then went on in the clear, or never asked. */
static int refuse_tls(int listener)
{
    static const unsigned char request[8] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
    unsigned char got[8];
    int fd = accept(listener, NULL, NULL);
    if (recv(fd, got, sizeof got, MSG_WAITALL) != sizeof got ||
        memcmp(got, request, sizeof got) != 0)
        return 1;
    return send(fd, "N", 1, 0) != 1 || recv(fd, got, 1, 0) > 0 ? 1 : 0;
}

/* The child that plays the server; *port is where. */
static pid_t start_server(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 1), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(refuse_tls(listener));
    (void)close(listener);
    return child;
}

/* hostaddr leads to the listener; host is whom it is taken for. */
static const struct {
    const char *host;
    const char *more;
    bool clear; /* are user and database told without TLS? */
} ways[] = {
    {"db.example.com", "", false},
    {"db.example.com,localhost", "", false},
    {"db.example.com", " sslmode=require", false},
    {"db.example.com", " sslmode=prefer", true},
    {"db.example.com", " sslmode=disable", true},
    {"localhost", "", true},
    {"127.0.0.1", "", true},
};

TEST_LOOP(asks_other_hosts_for_tls_and_says_nothing_without, ARRAY_COUNT(ways))
{
    char url[160];
    int port, status;
    pid_t child = start_server(&port);
    bool list = strchr(ways[_i].host, ',') != NULL;
    (void)snprintf(url, sizeof url, "host=%s hostaddr=127.0.0.1%s port=%d user=u dbname=d%s",
        ways[_i].host, list ? ",127.0.0.1" : "", port, ways[_i].more);
    struct pg *pg = NULL;
    struct error err = {0};
    ck_assert(!pg_open(&pg, url, "test", ERROR_STATE, &err));
    ck_assert_int_eq(err.kind, ERROR_STATE);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WEXITSTATUS(status) == (ways[_i].clear ? 1 : 0), "%s: %s", url, err.text);
    ck_assert(ways[_i].clear || strstr(err.text, "SSL") != NULL);
}

TEST(says_how_it_is_protected)
{
    struct pg *pg = cluster_connect(cluster_url());
    ck_assert_str_eq(pg_transport(pg), "unix socket");
    pg_close(pg);
}

static void open_environment(void)
{
    unsetenv("PGSSLMODE");
}

SUITE(.open = open_environment);
