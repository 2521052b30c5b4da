/*
 * schedule_next.c: when a schedule fires next. Goes through local days and minutes as plain
 * numbers and turns only the minutes that match into moments. That mapping never goes back as
 * local time goes on (a skipped time maps to the end of the gap, a repeated one to its first
 * occurrence), so the first match that lies after `after_s` is the answer.
 */
#include "model/schedule.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

/* 29 February on one weekday comes again after 40 years at most, across a year such as 2100. */
enum { DAY_S = 86400, DAYS_AHEAD = 41 * 366 };

struct date {
    int month; /* 1 … 12 */
    int day;
    int weekday; /* 0 is Sunday */
};

/* Seconds east of UTC in the current TZ. */
static int64_t offset_at(int64_t moment)
{
    time_t seconds = (time_t)moment;
    struct tm local = {0};
    (void)localtime_r(&seconds, &local);
    return local.tm_gmtoff;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct date date_of(int64_t day)
{
    time_t seconds = (time_t)(day * DAY_S);
    struct tm utc = {0};
    (void)gmtime_r(&seconds, &utc);
    return (struct date){.month = utc.tm_mon + 1, .day = utc.tm_mday, .weekday = utc.tm_wday};
}

static bool day_matches(const struct schedule *schedule, int64_t day)
{
    struct date date = date_of(day);
    bool by_day = (schedule->days >> date.day & 1) != 0;
    bool by_weekday = (schedule->weekdays >> date.weekday & 1) != 0;
    if ((schedule->months >> date.month & 1) == 0)
        return false;
    if (schedule->days_any || schedule->weekdays_any)
        return by_day && by_weekday;
    return by_day || by_weekday;
}

/* The first moment at which the local clock shows `local` (seconds since 1970 as if it were UTC)
 * or, if it never does, the first one after the gap. */
static int64_t moment_of(int64_t local)
{
    int64_t before = offset_at(local - DAY_S);
    int64_t after = offset_at(local + DAY_S);
    int64_t low = local - (before > after ? before : after);
    int64_t high = local - (before > after ? after : before);
    if (low + offset_at(low) == local)
        return low;
    if (high + offset_at(high) == local)
        return high;
    while (high - low > 1) { /* in the gap, the local clock only jumps ahead */
        int64_t middle = low + (high - low) / 2;
        if (middle + offset_at(middle) >= local)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* The first firing of that local day after `after_s`. */
static bool next_in_day(
    const struct schedule *schedule, int64_t day, int64_t after_s, int64_t *due_s)
{
    for (int minute = 0; minute < 24 * 60; minute++) {
        if ((schedule->hours >> (minute / 60) & 1) == 0 ||
            (schedule->minutes >> (minute % 60) & 1) == 0)
            continue;
        int64_t moment = moment_of(day * DAY_S + (int64_t)minute * 60);
        if (moment > after_s) {
            *due_s = moment;
            return true;
        }
    }
    return false;
}

static bool next_local(const struct schedule *schedule, int64_t after_s, int64_t *due_s)
{
    /* A day early: a zone may have skipped or repeated most of one. */
    int64_t first = floor_div(after_s + offset_at(after_s), DAY_S) - 1;
    for (int64_t day = first; day < first + DAYS_AHEAD; day++) {
        if (day_matches(schedule, day) && next_in_day(schedule, day, after_s, due_s))
            return true;
    }
    return false;
}

static void set_zone(const char *zone)
{
    if (zone != NULL)
        (void)setenv("TZ", zone, 1);
    else
        (void)unsetenv("TZ");
    tzset();
}

bool schedule_next(const struct schedule *schedule, int64_t after_s, int64_t *due_s)
{
    if (schedule->kind == SCHEDULE_MANUAL)
        return false;
    if (schedule->kind == SCHEDULE_EVERY) {
        *due_s = after_s + schedule->every_s;
        return true;
    }
    char zone[sizeof schedule->zone + 1] = "UTC0";
    if (schedule->zone[0] != '\0') {
        zone[0] = ':';
        memcpy(zone + 1, schedule->zone, sizeof schedule->zone);
    }
    char *old = mem_text(getenv("TZ"));
    set_zone(zone);
    bool found = next_local(schedule, after_s, due_s);
    set_zone(old);
    free(old);
    return found;
}
