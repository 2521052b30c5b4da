/*
 * link.h: a connection that may be away: while it is, it is tried again, each time after twice the
 * wait (exponential backoff) up to a limit. Who uses it opens it; here is only when.
 */
#ifndef SERVICE_LINK_H
#define SERVICE_LINK_H

#include <stdint.h>

#include "base/attr.h"

struct pg;

struct link {
    struct pg *pg; /* NULL: away */
    int64_t open_ms; /* away: when to try again (clock_now_ms) */
    int failures; /* attempts and connections lost in a row */
};

/* How long to wait after the first failure, and at most. */
struct link_backoff {
    int64_t first_ms;
    int64_t most_ms;
};

/* True if it is away and may be tried now. */
bool link_is_due(const struct link *link);

/* Closes it, or what is left of an attempt, and waits longer than the last time. */
void link_lost(struct link *link, const struct link_backoff *backoff);

/* Closes it for good, or to be opened again at once. */
void link_close(struct link *link);

#endif
