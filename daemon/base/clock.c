/*
 * clock.c: the only place that reads a clock.
 */
#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

#include "base/time_text.h"

static int64_t read_us(clockid_t clock)
{
    struct timespec now;
    int rc = clock_gettime(clock, &now);
    assert(rc == 0);
    (void)rc;
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_ms(void)
{
    return read_us(CLOCK_BOOTTIME) / 1000;
}

int64_t clock_now_us(void)
{
    return read_us(CLOCK_BOOTTIME);
}

int64_t clock_wall_s(void)
{
    return read_us(CLOCK_REALTIME) / 1000000;
}

void clock_utc_text(int64_t us, char text[static CLOCK_TEXT_MAX])
{
    int64_t fraction = (us % 1000000 + 1000000) % 1000000; /* before 1970, too */
    time_t seconds = (time_t)((us - fraction) / 1000000);
    struct tm parts;
    (void)gmtime_r(&seconds, &parts);
    (void)snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
        parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
        parts.tm_sec, (int)fraction);
}

bool clock_is_time(const char *text)
{
    struct time_text time;
    return time_text_read(text, &time) && time.has_seconds && time.has_zone;
}
