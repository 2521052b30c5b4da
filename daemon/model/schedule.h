/*
 * schedule.h: when a sync is due. Pure: the time is an argument.
 */
#ifndef MODEL_SCHEDULE_H
#define MODEL_SCHEDULE_H

#include "base/attr.h"
#include "base/error.h"

enum schedule_kind { SCHEDULE_MANUAL, SCHEDULE_EVERY, SCHEDULE_CRON };

struct schedule {
    enum schedule_kind kind;
    int64_t every_s; /* SCHEDULE_EVERY */
    uint64_t minutes; /* SCHEDULE_CRON: bit n is minute n */
    uint32_t hours;
    uint32_t days; /* bit 1 … 31 */
    uint16_t months; /* bit 1 … 12 */
    uint8_t weekdays; /* bit 0 Sunday … 6 Saturday */
    bool days_any; /* the day-of-month field began with `*`; likewise weekdays_any */
    bool weekdays_any;
    char zone[48]; /* time zone name, "" for UTC; cron only: `cron 0 6 * * * Europe/Berlin` */
};

/* Understands `manual`, `every 30s|15m|2h|1d` (10 s … 366 d) and `cron M H D M W [ZONE]` with
 * ranges, steps, lists and names (jan … dec, sun … sat, 7 is Sunday too). If both day fields are
 * restricted, a day needs to match one of them; if one begins with `*`, both, as in every cron. The
 * error says what was expected (ERROR_CONFIG). A cron expression that can never fire
 * (`0 0 30 2 *`) is an error, and so is a zone that /usr/share/zoneinfo does not have. */
MUST_CHECK bool schedule_parse(struct schedule *schedule, const char *text, struct error *err);

/* The first moment after `after_s` (both in seconds since 1970-01-01 UTC) at which the schedule
 * fires: for `every`, after_s + every_s. A local time that daylight saving skips fires once, at the
 * first moment after the gap; one that it repeats fires at the first of the two only. False for
 * `manual`, and for days that no calendar has. Switches TZ while it looks at a zone and puts it
 * back: not for threads. */
MUST_CHECK bool schedule_next(const struct schedule *schedule, int64_t after_s, int64_t *due_s);

/* A duration such as `500ms`, `30s`, `15m`, `2h`, `1d` in milliseconds; false if it is none. */
MUST_CHECK bool schedule_parse_duration(const char *text, int64_t *duration_ms);

/* The same back, in the largest unit that is exact: `90s`, `15m`. Written into space. */
const char *schedule_duration_text(int64_t duration_ms, char space[static 32]);

#endif
