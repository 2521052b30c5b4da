/*
 * schedule.c: a schedule as people write it and, behind a line break, seconds since 1970 to count
 * from. A refusal says why. What is accepted fires: later than asked from, at a time that its
 * fields name, at the same one from every moment before it, and (within some days) at none
 * earlier. Written out and read again it is the same schedule.
 */
#include "model/schedule.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"

enum { DAY_S = 86400, SEARCH_S = 3 * DAY_S };

/* The years 1970 to 2200. */
static const uint64_t moments = UINT64_C(230) * 366 * DAY_S;

static bool fires_at(const struct schedule *schedule, const struct tm *at)
{
    bool day = (schedule->days >> at->tm_mday & 1) != 0;
    bool weekday = (schedule->weekdays >> at->tm_wday & 1) != 0;
    bool both = schedule->days_any || schedule->weekdays_any;
    return at->tm_sec == 0 && (schedule->minutes >> at->tm_min & 1) != 0 &&
        (schedule->hours >> at->tm_hour & 1) != 0 &&
        (schedule->months >> (at->tm_mon + 1) & 1) != 0 && (both ? day && weekday : day || weekday);
}

/* UTC has neither gaps nor repeats: every minute can be asked. */
static void search_utc(const struct schedule *schedule, int64_t after_s, int64_t due_s)
{
    struct tm at;
    time_t due = (time_t)due_s;
    fuzz_require(gmtime_r(&due, &at) != NULL && fires_at(schedule, &at),
        "its fields do not name %lld", (long long)due_s);
    time_t earlier = (time_t)(after_s / 60 * 60 + 60);
    for (time_t end = earlier + SEARCH_S; earlier < due && earlier < end; earlier += 60)
        fuzz_require(gmtime_r(&earlier, &at) != NULL && !fires_at(schedule, &at),
            "it fires at %lld, not at %lld", (long long)earlier, (long long)due_s);
}

static void add_bits(struct buf *text, uint64_t bits, const char *first)
{
    buf_addf(text, " %s", first);
    bool more = first[0] != '\0';
    for (int i = 0; i < 64; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        buf_addf(text, more ? ",%d" : "%d", i);
        more = true;
    }
}

/* A step beyond the end keeps the meaning of a field that begins with `*`. */
static void write_again(const struct schedule *schedule, struct buf *text)
{
    char space[32];
    if (schedule->kind == SCHEDULE_EVERY) {
        buf_addf(text, "every %s", schedule_duration_text(schedule->every_s * 1000, space));
        return;
    }
    buf_add_text(text, schedule->kind == SCHEDULE_MANUAL ? "manual" : "cron");
    if (schedule->kind == SCHEDULE_MANUAL)
        return;
    add_bits(text, schedule->minutes, "");
    add_bits(text, schedule->hours, "");
    add_bits(text, schedule->days, schedule->days_any ? "*/31" : "");
    add_bits(text, schedule->months, "");
    add_bits(text, schedule->weekdays, schedule->weekdays_any ? "*/7" : "");
    buf_addf(text, " %s", schedule->zone);
}

static bool same(const struct schedule *a, const struct schedule *b)
{
    return a->kind == b->kind && a->every_s == b->every_s && a->minutes == b->minutes &&
        a->hours == b->hours && a->days == b->days && a->months == b->months &&
        a->weekdays == b->weekdays && a->days_any == b->days_any &&
        a->weekdays_any == b->weekdays_any && strcmp(a->zone, b->zone) == 0;
}

static void require_round_trip(const struct schedule *schedule)
{
    struct buf text = {0};
    struct schedule again;
    struct error err = {0};
    write_again(schedule, &text);
    bool read = schedule_parse(&again, buf_text(&text), &err);
    fuzz_require(read, "written as \"%s\": %s", buf_text(&text), err.text);
    fuzz_require(same(schedule, &again), "written as \"%s\" it is another", buf_text(&text));
    buf_clear(&text);
}

static void require_next(const struct schedule *schedule, int64_t after_s)
{
    int64_t due_s = 0, again_s = 0;
    bool fires = schedule_next(schedule, after_s, &due_s);
    fuzz_require(fires == (schedule->kind != SCHEDULE_MANUAL), "it never fires");
    if (!fires)
        return;
    fuzz_require(due_s > after_s, "it fires at %lld", (long long)due_s);
    if (schedule->kind == SCHEDULE_EVERY) {
        fuzz_require(due_s - after_s == schedule->every_s, "it fires at %lld", (long long)due_s);
        return;
    }
    int64_t between_s = after_s + (due_s - after_s) / 2;
    fires = schedule_next(schedule, between_s, &again_s);
    fuzz_require(fires && again_s == due_s, "from half way it fires at %lld, not %lld",
        (long long)again_s, (long long)due_s);
    fires = schedule_next(schedule, due_s - 1, &again_s);
    fuzz_require(fires && again_s == due_s, "from just before it fires at %lld, not %lld",
        (long long)again_s, (long long)due_s);
    if (schedule->zone[0] == '\0')
        search_utc(schedule, after_s, due_s);
}

static void judge_duration(const char *text)
{
    int64_t ms = -1, again = -1;
    char space[32];
    if (!schedule_parse_duration(text, &ms))
        return;
    fuzz_require(ms >= 0, "%s are %lld ms", text, (long long)ms);
    bool read = schedule_parse_duration(schedule_duration_text(ms, space), &again);
    fuzz_require(read && again == ms, "%lld ms are written as %s", (long long)ms, space);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = mem_text_part((const char *)bytes, size);
    struct schedule schedule = {.kind = SCHEDULE_MANUAL};
    struct error err = {0};
    char *line = strchr(text, '\n');
    uint64_t after = 0;
    for (const char *at = line; at != NULL && *++at >= '0' && *at <= '9';)
        after = after * 10 + (uint64_t)(*at - '0');
    if (line != NULL)
        *line = '\0';
    judge_duration(text);
    if (schedule_parse(&schedule, text, &err)) {
        require_round_trip(&schedule);
        require_next(&schedule, (int64_t)(after % moments));
    } else {
        fuzz_require(err.kind == ERROR_CONFIG && err.text[0] != '\0', "refused without a reason");
    }
    free(text);
    return 0;
}
