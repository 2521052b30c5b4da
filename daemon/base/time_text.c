/*
 * time_text.c: digit by digit, so that nothing is read that PostgreSQL or a person would read in
 * another way.
 */
#include "base/time_text.h"

#include <string.h>

/* Two digits in least … most; *at moves behind them. */
static bool read_two(const char **at, int least, int most, int *number)
{
    const char *text = *at;
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *number = (text[0] - '0') * 10 + (text[1] - '0');
    *at = text + 2;
    return *number >= least && *number <= most;
}

static bool read_char(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

/* HH:MM and maybe :SS */
static bool read_clock(const char **at, struct tm *when, bool *has_seconds)
{
    when->tm_sec = 0;
    when->tm_isdst = -1;
    if (!read_two(at, 0, 23, &when->tm_hour) || !read_char(at, ':') ||
        !read_two(at, 0, 59, &when->tm_min))
        return false;
    *has_seconds = read_char(at, ':');
    return !*has_seconds || read_two(at, 0, 59, &when->tm_sec);
}

static bool read_date(const char **at, struct tm *when)
{
    int century, year, month;
    if (!read_two(at, 19, 22, &century) || !read_two(at, 0, 99, &year) || !read_char(at, '-') ||
        !read_two(at, 1, 12, &month) || !read_char(at, '-') ||
        !read_two(at, 1, 31, &when->tm_mday) || !read_char(at, 'T'))
        return false;
    when->tm_year = century * 100 + year - 1900;
    when->tm_mon = month - 1;
    struct tm same = {.tm_year = when->tm_year, .tm_mon = when->tm_mon, .tm_mday = when->tm_mday};
    (void)timegm(&same); /* the 31st of April becomes the 1st of May */
    return same.tm_mday == when->tm_mday;
}

/* .011, up to nine digits */
static bool read_fraction(const char **at)
{
    size_t digits = strspn(*at, "0123456789");
    *at += digits;
    return digits >= 1 && digits <= 9;
}

/* Z or +HH:MM, and nothing behind it. */
static bool read_zone(const char *at, int *offset_s)
{
    int hours, minutes, sign = *at == '-' ? -1 : 1;
    *offset_s = 0;
    if (strcmp(at, "Z") == 0)
        return true;
    if (!read_char(&at, '+') && !read_char(&at, '-'))
        return false;
    if (!read_two(&at, 0, 14, &hours) || !read_char(&at, ':') || !read_two(&at, 0, 59, &minutes))
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return *at == '\0';
}

bool time_text_read(const char *text, struct time_text *ret)
{
    const char *at = text;
    *ret = (struct time_text){0};
    if (!read_date(&at, &ret->when) || !read_clock(&at, &ret->when, &ret->has_seconds))
        return false;
    ret->has_fraction = ret->has_seconds && read_char(&at, '.');
    if (ret->has_fraction && !read_fraction(&at))
        return false;
    ret->has_zone = *at != '\0';
    return !ret->has_zone || read_zone(at, &ret->offset_s);
}

bool time_text_read_clock(const char *text, struct tm *when)
{
    bool has_seconds;
    const char *at = text;
    return read_clock(&at, when, &has_seconds) && *at == '\0';
}
