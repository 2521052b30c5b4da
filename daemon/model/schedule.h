/*
 * schedule.h: when a sync is due. Pure: the time is an argument.
 */
#ifndef MODEL_SCHEDULE_H
#define MODEL_SCHEDULE_H

#include "base/attr.h"
#include "base/error.h"

enum schedule_kind { SCHEDULE_MANUAL, SCHEDULE_EVERY, SCHEDULE_CRON };

struct schedule {
    enum schedule_kind kind;
    int64_t every_s; /* SCHEDULE_EVERY */
    uint64_t minutes; /* SCHEDULE_CRON: bit n is minute n */
    uint32_t hours;
    uint32_t days; /* bit 1 … 31 */
    uint16_t months; /* bit 1 … 12 */
    uint8_t weekdays; /* bit 0 Sunday … 6 Saturday */
    bool days_any; /* the day-of-month field was `*`; likewise weekdays_any */
    bool weekdays_any;
    char zone[48]; /* time zone name, "" for UTC; cron only: `cron 0 6 * * * Europe/Berlin` */
};

/* Understands `manual`, `every 30s|15m|2h|1d` (10 s … 366 d) and `cron M H D M W [ZONE]` with
 * ranges, steps, lists and names. The error says what was expected (ERROR_CONFIG). A cron
 * expression that can never fire (`0 0 30 2 *`) is an error. */
MUST_CHECK bool schedule_parse(struct schedule *schedule, const char *text, struct error *err);

/* A duration such as `500ms`, `30s`, `15m`, `2h`, `1d` in milliseconds; false if it is none. */
MUST_CHECK bool schedule_parse_duration(const char *text, int64_t *duration_ms);

#endif
