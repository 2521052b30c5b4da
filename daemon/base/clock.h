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

#endif
