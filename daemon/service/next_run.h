/*
 * next_run.h: when a full run of a sync is due. Pure: what PostgreSQL knows of the sync
 * (assocd.sync_state) and the time, which is PostgreSQL's too, are arguments. Decisions look at the
 * status of the last run, never at whether it is over.
 */
#ifndef SERVICE_NEXT_RUN_H
#define SERVICE_NEXT_RUN_H

#include "base/attr.h"
#include "model/schedule.h"

enum last_run {
    LAST_RUN_NONE, /* it never ran */
    LAST_RUN_WORKING, /* planning or applying: its end is the next thing to wait for */
    LAST_RUN_ENDED, /* in whatever way, or only verifying what it has done */
};

/* Times are microseconds since 1970 UTC by the database's clock; 0: none. */
struct next_run_state {
    bool paused;
    bool wanted; /* somebody asked for a run: one, whatever became of the runs before it */
    enum last_run last;
    bool by_hand; /* the last run was typed: who did sees how it went */
    int64_t started_us; /* of the last run; what the schedule counts from */
    int64_t retry_us; /* when it may be tried again after a failure */
};

enum next_run_why {
    NEXT_RUN_PAUSED,
    NEXT_RUN_RUNNING,
    NEXT_RUN_WANTED,
    NEXT_RUN_RETRY,
    NEXT_RUN_MANUAL,
    NEXT_RUN_FIRST, /* it never ran */
    NEXT_RUN_SCHEDULE,
};

#define NEXT_RUN_NEVER INT64_MAX /* not until the state changes */

struct next_run {
    int64_t at_us; /* at once if it is not after now */
    enum next_run_why why;
};

/* A time that was missed is due now, once. jitter (any number) moves a scheduled time by at most a
 * twentieth of the interval, and a minute; a cron time by less than a second. A state from the
 * future (the database's clock was set back) counts as now. */
struct next_run next_run_decide(const struct schedule *schedule, const struct next_run_state *state,
    int64_t now_us, uint32_t jitter);

/* From assocd.sync_state.run_status ("" if it never ran). */
enum last_run last_run_of(const char *status);

/* One or two words: "paused", "after a failure", … */
const char *next_run_why_text(enum next_run_why why);

#endif
