/*
 * test_wireproxy.c: the proxy breaks the wire where it is told to. The test plays client and
 * server.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "lib/suite.h"
#include "lib/wireproxy.h"

static int listener = -1;
static pid_t proxy = -1;
static int client = -1;
static int server = -1;

static void set_up(const struct wire_step *steps, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    uint16_t port = 0;
    proxy = wireproxy_start(ntohs(address.sin_port), steps, count, &port);
    ck_assert_int_gt(proxy, 0);
    address.sin_port = htons(port);
    client = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    server = accept(listener, NULL, NULL);
    ck_assert_int_ge(server, 0);
}

static void tear_down(void)
{
    wireproxy_stop(proxy);
    (void)close(client);
    (void)close(server);
    (void)close(listener);
}

/* Client asks, server answers "answer"; what the client then reads up to the end or six bytes more
 * than that is in got. Returns the length, or -errno. */
static ssize_t ask(char got[64])
{
    char question[8] = {0};
    ck_assert_int_eq(write(client, "ask", 3), 3);
    if (read(server, question, sizeof question) == 3)
        ck_assert_int_eq(write(server, "answer", 6), 6);
    memset(got, 0, 64);
    ssize_t total = 0;
    while (total < 6) {
        ssize_t count = read(client, got + total, (size_t)(63 - total));
        if (count < 0)
            return -errno;
        if (count == 0)
            return total;
        total += count;
    }
    return total;
}

TEST(passes_what_no_step_names)
{
    struct wire_step step = {.request = 3, .fault = WIRE_RESET_AFTER};
    char got[64];
    set_up(&step, 1);
    ck_assert_int_eq(ask(got), 6);
    ck_assert_int_eq(ask(got), 6);
    ck_assert_str_eq(got, "answer");
    ck_assert_int_eq(ask(got), -ECONNRESET);
    tear_down();
}

TEST(resets_before_the_server_sees_it)
{
    struct wire_step step = {.request = 1, .fault = WIRE_RESET_BEFORE};
    char got[64];
    set_up(&step, 1);
    ck_assert_int_eq(ask(got), -ECONNRESET);
    tear_down();
}

TEST(cuts_in_the_middle)
{
    struct wire_step step = {.request = 2, .fault = WIRE_CUT_AT, .at = 4};
    char got[64];
    set_up(&step, 1);
    ck_assert_int_eq(ask(got), 6);
    ck_assert_int_eq(ask(got), 4);
    ck_assert_str_eq(got, "answ");
    tear_down();
}

TEST(resets_in_the_middle)
{
    struct wire_step step = {.request = 1, .fault = WIRE_RESET_AT, .at = 2};
    char got[64];
    set_up(&step, 1);
    ck_assert_int_eq(ask(got), -ECONNRESET);
    tear_down();
}

TEST(stalls_and_goes_on)
{
    struct wire_step step = {.request = 1, .fault = WIRE_STALL_AT, .at = 3, .ms = 50};
    char got[64];
    set_up(&step, 1);
    int64_t start_ms = clock_now_ms();
    ck_assert_int_eq(ask(got), 6);
    ck_assert_str_eq(got, "answer");
    ck_assert_int_ge(clock_now_ms() - start_ms, 49);
    tear_down();
}

TEST(drips)
{
    struct wire_step step = {.request = 1, .fault = WIRE_DRIP, .ms = 5};
    char got[64];
    set_up(&step, 1);
    int64_t start_ms = clock_now_ms();
    ck_assert_int_eq(ask(got), 6);
    ck_assert_str_eq(got, "answer");
    ck_assert_int_ge(clock_now_ms() - start_ms, 25);
    tear_down();
}

TEST(adds_garbage)
{
    struct wire_step step = {.request = 1, .fault = WIRE_GARBAGE};
    char got[64];
    set_up(&step, 1);
    ck_assert_int_ge(ask(got), 6);
    ck_assert_int_eq(got[0], 0x16);
    tear_down();
}
