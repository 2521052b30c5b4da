/*
 * wireproxy.h: a TCP proxy in front of the sandbox that breaks the wire: resets, cuts, stalls,
 * drips and garbage, at a request of a given number. It knows nothing of HTTP but that a client
 * speaks first and waits for the answer before it speaks again on the same connection.
 */
#ifndef TESTS_LIB_WIREPROXY_H
#define TESTS_LIB_WIREPROXY_H

#include "base/attr.h"

#include <sys/types.h>

enum wire_fault {
    WIRE_NONE,
    WIRE_RESET_BEFORE, /* reset; the server never sees the request */
    WIRE_RESET_AFTER, /* the server answers, the client gets a reset and no byte */
    WIRE_RESET_AT, /* reset after `at` bytes of the answer */
    WIRE_CUT_AT, /* orderly end after `at` bytes of the answer */
    WIRE_STALL_AT, /* nothing for `ms` after `at` bytes of the answer */
    WIRE_DRIP, /* one byte every `ms` */
    WIRE_GARBAGE, /* bytes that are no HTTP before the answer */
    WIRE_TWICE, /* every piece of the answer comes twice */
};

struct wire_step {
    unsigned request; /* number over all connections, from 1 */
    enum wire_fault fault;
    size_t at;
    int ms;
};

/* Starts a proxy process for 127.0.0.1:target; *port is where it listens. It ends with the caller
 * or by wireproxy_stop(). The steps are copied; -1 when it cannot listen. */
pid_t wireproxy_start(uint16_t target, const struct wire_step *steps, size_t count, uint16_t *port);

void wireproxy_stop(pid_t proxy);

#endif
