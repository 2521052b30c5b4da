/*
 * run_limits.c: from words on the command line to a moment and a number.
 */
#include "cli/run_limits.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/stop.h"
#include "model/schedule.h"

static bool two_digits(const char **at, int most, int *number)
{
    const char *text = *at;
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *number = (text[0] - '0') * 10 + (text[1] - '0');
    *at = text + 2;
    return *number <= most;
}

/* HH:MM and maybe :SS */
static bool read_clock(const char **at, struct tm *when)
{
    if (!two_digits(at, 23, &when->tm_hour) || *(*at)++ != ':' ||
        !two_digits(at, 59, &when->tm_min))
        return false;
    if (**at != ':')
        return true;
    ++*at;
    return two_digits(at, 59, &when->tm_sec);
}

/* Z, +HH:MM or nothing at the end; *offset_s is INT32_MAX for nothing. */
static bool read_zone(const char *at, int *offset_s)
{
    int hours, minutes, sign = *at == '-' ? -1 : 1;
    *offset_s = 0;
    if (*at == '\0')
        *offset_s = INT32_MAX;
    if (*at == '\0' || strcmp(at, "Z") == 0)
        return true;
    if (*at != '+' && *at != '-')
        return false;
    at++;
    if (!two_digits(&at, 14, &hours) || *at++ != ':' || !two_digits(&at, 59, &minutes) ||
        *at != '\0')
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool read_date(const char **at, struct tm *when)
{
    int century, year;
    if (!two_digits(at, 99, &century) || !two_digits(at, 99, &year) || *(*at)++ != '-' ||
        !two_digits(at, 12, &when->tm_mon) || when->tm_mon-- == 0 || *(*at)++ != '-' ||
        !two_digits(at, 31, &when->tm_mday) || when->tm_mday == 0)
        return false;
    when->tm_year = century * 100 + year - 1900;
    return *(*at)++ == 'T';
}

bool run_limits_parse_time(const char *text, int64_t now_s, int64_t *at_s)
{
    struct tm when = {.tm_isdst = -1};
    int offset_s = INT32_MAX;
    const char *at = text;
    time_t now = (time_t)now_s;
    bool dated = strlen(text) > strlen("06:00");
    if (dated ? !read_date(&at, &when) : localtime_r(&now, &when) == NULL)
        return false;
    when.tm_sec = 0;
    when.tm_isdst = -1;
    if (!read_clock(&at, &when) || (dated ? !read_zone(at, &offset_s) : *at != '\0'))
        return false;
    time_t found;
    if (offset_s != INT32_MAX) {
        found = timegm(&when) - offset_s;
    } else {
        struct tm local = when;
        found = mktime(&local);
    }
    if (!dated && found <= now) {
        when.tm_mday++;
        when.tm_isdst = -1;
        found = mktime(&when);
    }
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
