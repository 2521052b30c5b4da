/*
 * connect_proxy.h: an HTTP proxy that knows CONNECT and nothing else, in a forked child on the
 * loopback interface. It shows whether a client goes through it, with which user, and that it sees
 * no more than the name of the server: what passes through it is searched for a text.
 */
#ifndef TESTS_LIB_CONNECT_PROXY_H
#define TESTS_LIB_CONNECT_PROXY_H

#include "base/attr.h"

#include <sys/types.h>

struct connect_proxy {
    pid_t pid;
    char url[64]; /* http://127.0.0.1:PORT */
    struct connect_seen *seen; /* private: shared with the child */
};

/* credentials: what "Proxy-Authorization: Basic" must say, in base 64; NULL: nobody is asked.
 * secret: the text that must not pass in the clear; borrowed for the call. */
void connect_proxy_open(struct connect_proxy *proxy, const char *credentials, const char *secret);
void connect_proxy_close(struct connect_proxy *proxy);

/* Tunnels opened, clients sent away, and whether secret came by. */
unsigned connect_proxy_tunnels(const struct connect_proxy *proxy);
unsigned connect_proxy_refusals(const struct connect_proxy *proxy);
bool connect_proxy_saw_secret(const struct connect_proxy *proxy);

#endif
