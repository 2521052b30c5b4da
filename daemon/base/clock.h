/*
 * clock.h: the only place that reads a clock. Waits and ages use CLOCK_BOOTTIME, which goes on
 * while the machine sleeps and does not jump with the wall clock; wall time is for people only.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/attr.h"

/* Milliseconds (microseconds) since some fixed point; never goes backwards. */
int64_t clock_now_ms(void);
int64_t clock_now_us(void);

/* Seconds since 1970-01-01 UTC. */
int64_t clock_wall_s(void);

/* Microseconds since 1970-01-01 UTC as `2026-09-21T09:14:02.011000Z`, into text. */
enum { CLOCK_TEXT_MAX = 96 };
void clock_utc_text(int64_t us, char text[static CLOCK_TEXT_MAX]);

/* Is text a complete ISO 8601 time, `2026-09-21T09:14:02.011Z` or with +HH:MM, whose fields are in
 * range? Other people's times pass through here before a database sees them. */
bool clock_is_time(const char *text);

#endif
