/*
 * answer_http.h: answers for the client without a network: hubspot/http.h is stood in for at link
 * time, so that a target can ask some ten thousand times a second what libcurl would take minutes
 * for. (http.c, the other target, asks libcurl and http.c themselves.)
 */
#ifndef FUZZ_ANSWER_HTTP_H
#define FUZZ_ANSWER_HTTP_H

#include "hubspot/http.h"

struct answer {
    enum http_end end;
    long status;
    const char *body;
    size_t length;
};

/* What is answered: to each attempt the next one, and in the end a connection that is lost. */
struct answer_script {
    const struct answer *answers;
    size_t count;
    size_t piece; /* bytes of a body that come at once */
    size_t used; /* how many answers were taken */
};
extern struct answer_script answer_script;

#endif
