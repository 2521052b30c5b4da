/*
 * due.c: the rules of the schedule, one a line.
 */
#include "service/due.h"

#include <string.h>

enum { SECOND_US = 1000000, CRON_JITTER_US = SECOND_US - 1 };

static const int64_t jitter_most_us = INT64_C(60) * SECOND_US;
/* No rest is longer: a quota comes back at midnight, on a day of 25 hours at most. */
static const int64_t retry_most_us = INT64_C(26) * 3600 * SECOND_US;

/* spread * jitter / 2^32 */
static int64_t part_of(int64_t spread_us, uint32_t jitter)
{
    return (int64_t)(((uint64_t)spread_us * jitter) >> 32);
}

static int64_t scheduled(
    const struct schedule *schedule, int64_t started_us, int64_t now_us, uint32_t jitter)
{
    int64_t from_us = started_us < now_us ? started_us : now_us;
    int64_t next_s;
    if (schedule->kind == SCHEDULE_EVERY) {
        int64_t every_us = schedule->every_s * SECOND_US;
        int64_t spread_us = every_us / 20 < jitter_most_us ? every_us / 20 : jitter_most_us;
        return from_us + every_us + part_of(spread_us, jitter);
    }
    if (!schedule_next(schedule, from_us / SECOND_US, &next_s))
        return DUE_NEVER;
    return next_s * SECOND_US + part_of(CRON_JITTER_US, jitter);
}

struct due due_decide(
    const struct schedule *schedule, const struct due_state *state, int64_t now_us, uint32_t jitter)
{
    bool manual = schedule->kind == SCHEDULE_MANUAL;
    int64_t retry_us = state->retry_us > now_us + retry_most_us ? now_us : state->retry_us;
    if (state->paused)
        return (struct due){DUE_NEVER, DUE_PAUSED};
    if (state->last == DUE_LAST_WORKING)
        return (struct due){DUE_NEVER, DUE_RUNNING};
    if (state->wanted)
        return (struct due){0, DUE_WANTED};
    if (state->retry_us != 0 && !(manual && state->by_hand))
        return (struct due){retry_us, DUE_RETRY};
    if (manual)
        return (struct due){DUE_NEVER, DUE_MANUAL};
    if (state->last == DUE_LAST_NONE)
        return (struct due){0, DUE_FIRST};
    return (struct due){scheduled(schedule, state->started_us, now_us, jitter), DUE_SCHEDULE};
}

enum due_last due_last_of(const char *status)
{
    if (status[0] == '\0')
        return DUE_LAST_NONE;
    bool working = strcmp(status, "planning") == 0 || strcmp(status, "applying") == 0;
    return working ? DUE_LAST_WORKING : DUE_LAST_ENDED;
}

const char *due_why_text(enum due_why why)
{
    static const char *const texts[] = {
        [DUE_PAUSED] = "paused",
        [DUE_RUNNING] = "running",
        [DUE_WANTED] = "requested",
        [DUE_RETRY] = "after a failure",
        [DUE_MANUAL] = "manual",
        [DUE_FIRST] = "first run",
        [DUE_SCHEDULE] = "schedule",
    };
    return texts[why];
}
