/*
 * time_text.h: times as people and other programs write them (ISO 8601). Pure; the only parser.
 */
#ifndef BASE_TIME_TEXT_H
#define BASE_TIME_TEXT_H

#include <time.h>

#include "base/attr.h"

/* What a text says, and which of its parts that may be left out are there. */
struct time_text {
    struct tm when; /* tm_isdst -1; without a date its day is today's as the caller has it */
    bool has_seconds, has_fraction, has_zone;
    int offset_s; /* has_zone: east of UTC */
};

/* `2026-09-21T09:14[:02[.011]][Z|+HH:MM]`, years 1900 to 2299; a day that its month does not have
 * is none. */
MUST_CHECK bool time_text_read(const char *text, struct time_text *ret);

/* `09:14[:02]`: sets the time of day in *when and leaves its date alone. */
MUST_CHECK bool time_text_read_clock(const char *text, struct tm *when);

#endif
