/*
 * run_limits.c: from words on the command line to a moment and a number.
 */
#include "cli/run_limits.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/stop.h"
#include "base/time_text.h"
#include "model/schedule.h"

/* The next HH:MM. */
static bool parse_clock(const char *text, time_t now, int64_t *at_s)
{
    struct tm when;
    if (localtime_r(&now, &when) == NULL || !time_text_read_clock(text, &when))
        return false;
    struct tm today = when;
    time_t found = mktime(&today);
    if (found <= now) {
        when.tm_mday++;
        found = mktime(&when);
    }
    *at_s = (int64_t)found;
    return found != (time_t)-1;
}

bool run_limits_parse_time(const char *text, int64_t now_s, int64_t *at_s)
{
    struct time_text time;
    if (strlen(text) <= strlen("06:00"))
        return parse_clock(text, (time_t)now_s, at_s);
    if (!time_text_read(text, &time) || time.has_fraction)
        return false;
    time_t found = time.has_zone ? timegm(&time.when) - time.offset_s : mktime(&time.when);
    *at_s = (int64_t)found;
    return found != (time_t)-1;
}

bool run_limits_start(const struct run_limits *limits, struct error *err)
{
    static char why[96];
    int64_t duration_ms = 0, at_s = 0, now_s = clock_wall_s(), end_ms = INT64_MAX;
    if (limits->max_duration != NULL) {
        if (!schedule_parse_duration(limits->max_duration, &duration_ms) || duration_ms == 0)
            return error_set(err, ERROR_USAGE,
                "--max-duration %s: expected a duration such as 90s, 30m or 2h",
                limits->max_duration);
        end_ms = clock_now_ms() + duration_ms;
        (void)snprintf(why, sizeof why, "reached --max-duration %.40s", limits->max_duration);
    }
    if (limits->until != NULL) {
        if (!run_limits_parse_time(limits->until, now_s, &at_s) || at_s <= now_s)
            return error_set(err, ERROR_USAGE,
                "--until %s: expected a future time, HH:MM or 2026-09-21T06:00:00+02:00",
                limits->until);
        if (clock_now_ms() + (at_s - now_s) * 1000 < end_ms) {
            end_ms = clock_now_ms() + (at_s - now_s) * 1000;
            (void)snprintf(why, sizeof why, "reached --until %.40s", limits->until);
        }
    }
    if (end_ms != INT64_MAX)
        stop_at(end_ms, why);
    if (limits->max_requests > 0)
        stop_after((uint64_t)limits->max_requests, "reached --max-requests");
    return true;
}
