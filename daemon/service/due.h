/*
 * due.h: when a full run of a sync is due. Pure: what PostgreSQL knows of the sync
 * (assocd.sync_state) and the time, which is PostgreSQL's too, are arguments. Decisions look at the
 * status of the last run, never at whether it is over.
 */
#ifndef SERVICE_DUE_H
#define SERVICE_DUE_H

#include "base/attr.h"
#include "model/schedule.h"

enum due_last {
    DUE_LAST_NONE, /* it never ran */
    DUE_LAST_WORKING, /* planning or applying: its end is the next thing to wait for */
    DUE_LAST_ENDED, /* in whatever way, or only verifying what it has done */
};

/* Times are microseconds since 1970 UTC by the database's clock; 0: none. */
struct due_state {
    bool paused;
    bool wanted; /* somebody asked for a run: one, whatever became of the runs before it */
    enum due_last last;
    bool by_hand; /* the last run was typed: who did sees how it went */
    int64_t started_us; /* of the last run; what the schedule counts from */
    int64_t retry_us; /* when it may be tried again after a failure */
};

enum due_why {
    DUE_PAUSED,
    DUE_RUNNING,
    DUE_WANTED,
    DUE_RETRY,
    DUE_MANUAL,
    DUE_FIRST, /* it never ran */
    DUE_SCHEDULE,
};

#define DUE_NEVER INT64_MAX /* not until the state changes */

struct due {
    int64_t at_us; /* at once if it is not after now */
    enum due_why why;
};

/* A time that was missed is due now, once. jitter (any number) moves a scheduled time by at most a
 * twentieth of the interval, and a minute; a cron time by less than a second. A state from the
 * future (the database's clock was set back) counts as now. */
struct due due_decide(const struct schedule *schedule, const struct due_state *state,
    int64_t now_us, uint32_t jitter);

/* From assocd.sync_state.run_status ("" if it never ran). */
enum due_last due_last_of(const char *status);

/* One or two words: "paused", "after a failure", … */
const char *due_why_text(enum due_why why);

#endif
