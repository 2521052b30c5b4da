/*
 * control.h: the sandbox's control paths (tests/sandbox/README.md), one plain HTTP request at a
 * time.
 */
#ifndef LIB_CONTROL_H
#define LIB_CONTROL_H

#include "base/buf.h"

/* The answer's body into answer (may be NULL). base_url: http://127.0.0.1:PORT. Anything but 200
 * ends the test with what the sandbox said. */
void control_get(const char *base_url, const char *path, struct buf *answer);
void control_post(const char *base_url, const char *path, const char *body, struct buf *answer);

#endif
