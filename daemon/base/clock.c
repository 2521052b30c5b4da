/*
 * clock.c: the only place that reads a clock.
 */
#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

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

/* Two digits at text in min … max? */
static bool two_digits(const char *text, int min, int max)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    int number = (text[0] - '0') * 10 + text[1] - '0';
    return number >= min && number <= max;
}

static bool is_offset(const char *text)
{
    if (strcmp(text, "Z") == 0)
        return true;
    return (text[0] == '+' || text[0] == '-') && two_digits(text + 1, 0, 14) && text[3] == ':' &&
        two_digits(text + 4, 0, 59) && text[6] == '\0';
}

bool clock_is_time(const char *text)
{
    if (strlen(text) < sizeof "2026-09-21T09:14:02Z" - 1 || !two_digits(text, 19, 22) ||
        !two_digits(text + 2, 0, 99) || text[4] != '-' || !two_digits(text + 5, 1, 12) ||
        text[7] != '-' || !two_digits(text + 8, 1, 31) || text[10] != 'T' ||
        !two_digits(text + 11, 0, 23) || text[13] != ':' || !two_digits(text + 14, 0, 59) ||
        text[16] != ':' || !two_digits(text + 17, 0, 59))
        return false;
    /* A month's last days: what PostgreSQL would refuse must be refused here. */
    struct tm day = {0};
    if (strptime(text, "%Y-%m-%d", &day) == NULL)
        return false;
    struct tm same = day;
    (void)timegm(&same);
    if (same.tm_mday != day.tm_mday || same.tm_mon != day.tm_mon)
        return false;
    const char *rest = text + 19;
    if (*rest == '.') {
        size_t digits = strspn(rest + 1, "0123456789");
        if (digits < 1 || digits > 9)
            return false;
        rest += 1 + digits;
    }
    return is_offset(rest);
}
