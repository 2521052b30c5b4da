/*
 * scripted_http.h: a server in a forked child that answers each request with the next of some raw
 * answers, byte for byte. It shows what a real connection can do to a client: cuts, resets, wrong
 * lengths, answers in tiny pieces. It knows nothing about HubSpot.
 */
#ifndef TESTS_SCRIPTED_HTTP_H
#define TESTS_SCRIPTED_HTTP_H

#include "base/attr.h"

enum scripted_end {
    SCRIPTED_CLOSE, /* the connection is closed behind the answer; a client may not know it yet and
                     * send the next request on it, which is lost, or on a new one */
    SCRIPTED_KEEP, /* and stays open for the next request */
    SCRIPTED_RESET, /* RST instead of FIN */
    SCRIPTED_HANG, /* nothing more is sent until the client goes away */
};

struct scripted {
    const char *answer; /* raw; NULL: none at all */
    size_t length; /* 0: strlen(answer) */
    size_t piece; /* bytes per send, with a short pause between; 0: all at once */
    enum scripted_end end;
};

struct scripted_http {
    int pid;
    int port;
    int log_fd; /* what clients sent, one request after the other */
    char url[64];
};

/* Serves the answers in order, the last one for ever. */
void scripted_http_open(struct scripted_http *server, const struct scripted *answers, size_t count);

/* Ends the child. The requests it received, NUL-terminated, owned by the caller. */
char *scripted_http_close(struct scripted_http *server);

/* "HTTP/1.1 STATUS\r\n…length…\r\n\r\nBODY", owned by the caller. */
char *scripted_answer(const char *status, const char *headers, const char *body);

/* How many requests are in what scripted_http_close returned. */
size_t scripted_count(const char *requests);

#endif
