/*
 * server.h: the sandbox's sockets: libmicrohttpd with one event thread, requests that wait
 * (latency, hold) suspended so that they overlap, and the clock that wakes them.
 */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include "base/error.h"
#include "sandbox/sandbox.h"

struct server;

/* A second door, with TLS. */
struct server_tls {
    const char *pem; /* certificate and key; NULL: none */
    const char *priorities; /* what is offered, in GnuTLS's words */
    char base_url[64]; /* is filled */
};

/* Listens on 127.0.0.1; port 0 takes a free one. sandbox->base_url is filled. NULL on error. */
struct server *server_open(
    struct sandbox *sandbox, uint16_t port, struct server_tls *tls, struct error *err);

/* Serves until signal_fd (a signalfd) becomes readable. */
void server_run(struct server *server, int signal_fd);

/* Ends all connections and frees the server. */
void server_close(struct server *server);

#endif
