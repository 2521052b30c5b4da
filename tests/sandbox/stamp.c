/*
 * stamp.c: HubSpot's answers carry wall time in milliseconds, finer than base/clock offers.
 */
#include "sandbox/stamp.h"

#include <stdio.h>
#include <time.h>

int64_t stamp_wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void stamp_iso(int64_t wall_ms, char text[STAMP_ROOM])
{
    struct tm utc;
    time_t seconds = (time_t)(wall_ms / 1000);
    char day[24];
    (void)gmtime_r(&seconds, &utc);
    (void)strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text, STAMP_ROOM, "%s.%03dZ", day, (int)(wall_ms % 1000));
}

void stamp_uuid(struct random *random, char text[UUID_ROOM])
{
    uint64_t ms = (uint64_t)stamp_wall_ms();
    uint64_t noise = random_next(random);
    uint64_t more = random_next(random);
    (void)snprintf(text, UUID_ROOM, "%08x-%04x-7%03x-%04x-%012llx", (unsigned)(ms >> 16) & ~0u,
        (unsigned)(ms & 0xFFFF), (unsigned)(noise & 0xFFF),
        (unsigned)(0x8000 | (noise >> 20 & 0x3FFF)), (unsigned long long)(more & 0xFFFFFFFFFFFFu));
}
