/*
 * run_limits.h: the limits of one run: how long, how many requests, until when. When one is reached
 * the process asks itself to stop, in the same orderly way as a signal does.
 */
#ifndef CLI_RUN_LIMITS_H
#define CLI_RUN_LIMITS_H

#include "base/attr.h"
#include "base/error.h"

struct run_limits {
    const char *max_duration; /* "30m"; NULL: any */
    int64_t max_requests; /* 0: any */
    const char *until; /* "06:00" local time, or ISO 8601; NULL: none */
};

/* Sets the limits for this process. ERROR_USAGE says what was expected. */
MUST_CHECK bool run_limits_start(const struct run_limits *limits, struct error *err);

/* The moment that text means, in seconds since 1970, seen from now_s: HH:MM is the next one in
 * local time; 2026-09-21T06:00 with seconds, Z or +HH:MM as one likes is local time without a zone.
 */
MUST_CHECK bool run_limits_parse_time(const char *text, int64_t now_s, int64_t *at_s);

#endif
