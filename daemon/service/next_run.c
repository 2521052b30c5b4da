/*
 * next_run.c: the rules of the schedule, one a line.
 */
#include "service/next_run.h"

#include <string.h>

enum { SECOND_US = 1000000, CRON_JITTER_US = SECOND_US - 1 };

static const int64_t jitter_most_us = INT64_C(60) * SECOND_US;
/* No back-off is longer: a quota comes back at midnight, on a day of 25 hours at most. */
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
        return NEXT_RUN_NEVER;
    return next_s * SECOND_US + part_of(CRON_JITTER_US, jitter);
}

struct next_run next_run_decide(const struct schedule *schedule, const struct next_run_state *state,
    int64_t now_us, uint32_t jitter)
{
    bool manual = schedule->kind == SCHEDULE_MANUAL;
    int64_t retry_us = state->retry_us > now_us + retry_most_us ? now_us : state->retry_us;
    if (state->paused)
        return (struct next_run){NEXT_RUN_NEVER, NEXT_RUN_PAUSED};
    if (state->last == LAST_RUN_WORKING)
        return (struct next_run){NEXT_RUN_NEVER, NEXT_RUN_RUNNING};
    if (state->wanted)
        return (struct next_run){0, NEXT_RUN_WANTED};
    if (state->retry_us != 0 && !(manual && state->by_hand))
        return (struct next_run){retry_us, NEXT_RUN_RETRY};
    if (manual)
        return (struct next_run){NEXT_RUN_NEVER, NEXT_RUN_MANUAL};
    if (state->last == LAST_RUN_NONE)
        return (struct next_run){0, NEXT_RUN_FIRST};
    return (struct next_run){
        scheduled(schedule, state->started_us, now_us, jitter), NEXT_RUN_SCHEDULE};
}

enum last_run last_run_of(const char *status)
{
    if (status[0] == '\0')
        return LAST_RUN_NONE;
    bool working = strcmp(status, "planning") == 0 || strcmp(status, "applying") == 0;
    return working ? LAST_RUN_WORKING : LAST_RUN_ENDED;
}

const char *next_run_why_text(enum next_run_why why)
{
    static const char *const texts[] = {
        [NEXT_RUN_PAUSED] = "paused",
        [NEXT_RUN_RUNNING] = "running",
        [NEXT_RUN_WANTED] = "requested",
        [NEXT_RUN_RETRY] = "after a failure",
        [NEXT_RUN_MANUAL] = "manual",
        [NEXT_RUN_FIRST] = "first run",
        [NEXT_RUN_SCHEDULE] = "schedule",
    };
    return texts[why];
}
