/*
 * link.c: when a connection that is away is tried again.
 */
#include "service/link.h"

#include "base/clock.h"
#include "pg/pg.h"

enum { DOUBLINGS_MAX = 6 };

bool link_is_due(const struct link *link)
{
    return link->pg == NULL && clock_now_ms() >= link->open_ms;
}

void link_lost(struct link *link, const struct link_backoff *backoff)
{
    int shift = link->failures < DOUBLINGS_MAX ? link->failures : DOUBLINGS_MAX;
    int64_t wait_ms = backoff->first_ms << shift;
    pg_close(link->pg);
    link->pg = NULL;
    link->failures++;
    link->open_ms = clock_now_ms() + (wait_ms < backoff->most_ms ? wait_ms : backoff->most_ms);
}

void link_close(struct link *link)
{
    pg_close(link->pg);
    *link = (struct link){0};
}
