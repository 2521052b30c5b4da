/*
 * schedule.c: reads a schedule as people write it. Cron fields become sets of bits; an expression
 * that can never fire and a time zone that does not exist are refused here, not discovered by
 * waiting.
 */
#include "model/schedule.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { EVERY_LEAST_S = 10, EVERY_MOST_S = 366 * 86400, FIELD_MAX = 256 };

static const struct unit {
    const char *text;
    int64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

static const char *const month_names[] = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static const struct field {
    const char *title;
    int least;
    int most;
    const char *const *names; /* the first one is `least` */
} fields[] = {
    {"minute", 0, 59, NULL},
    {"hour", 0, 23, NULL},
    {"day of month", 1, 31, NULL},
    {"month", 1, 12, month_names},
    {"weekday", 0, 7, weekday_names},
};

bool schedule_parse_duration(const char *text, int64_t *duration_ms)
{
    int64_t number = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 12)
        return false;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (text[i] - '0');
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        if (strcmp(text + digits, units[i].text) == 0)
            return !__builtin_mul_overflow(number, units[i].ms, duration_ms);
    }
    return false;
}

const char *schedule_duration_text(int64_t duration_ms, char space[static 32])
{
    size_t i = 0;
    while (i + 1 < ARRAY_COUNT(units) && (duration_ms == 0 || duration_ms % units[i].ms != 0))
        i++;
    (void)snprintf(space, 32, "%lld%s", (long long)(duration_ms / units[i].ms), units[i].text);
    return space;
}

/* A number or a name at *at, which moves behind it; -1 if there is neither. */
static int read_value(const struct field *field, const char **at)
{
    const char *start = *at;
    while (isalnum((unsigned char)**at))
        (*at)++;
    size_t length = (size_t)(*at - start);
    if (length == 0)
        return -1;
    if (strspn(start, "0123456789") >= length && length <= 4) {
        int number = 0;
        for (size_t i = 0; i < length; i++)
            number = number * 10 + (start[i] - '0');
        return number;
    }
    for (int i = 0; field->names != NULL && field->names[i] != NULL; i++) {
        if (strlen(field->names[i]) == length && strncasecmp(field->names[i], start, length) == 0)
            return field->least + i;
    }
    return -1;
}

/* One of `*`, `a`, `a-b`, each with or without `/step`, as bits. */
static bool read_part(const struct field *field, const char **at, uint64_t *bits)
{
    int first = field->least;
    int last = field->names == weekday_names ? 6 : field->most;
    int step = 1;
    bool single = false;
    if (**at == '*') {
        (*at)++;
    } else {
        first = read_value(field, at);
        single = **at != '-';
        if (!single) {
            (*at)++;
            last = read_value(field, at);
        }
    }
    if (**at == '/') {
        (*at)++;
        step = read_value(field, at);
    } else if (single) {
        last = first;
    }
    if (first < field->least || last > field->most || first > last || step < 1)
        return false;
    for (int i = first; i <= last; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(
    const struct field *field, const char *text, uint64_t *bits, struct error *err)
{
    *bits = 0;
    const char *at = text;
    while (read_part(field, &at, bits)) {
        if (*at == '\0')
            return true;
        if (*at++ != ',')
            break;
    }
    return error_set(err, ERROR_CONFIG,
        "cron %s \"%s\" is not understood, expected %d-%d, as in *, */5, 1-5 or 1,3%s",
        field->title, text, field->least, field->most,
        field->names == NULL              ? ""
            : field->names == month_names ? " (or jan-dec)"
                                          : " (or sun-sat)");
}

static bool check_zone(const char *zone, struct error *err)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    char path[320];
    char magic[4] = "";
    bool named = strspn(zone, allowed) == strlen(zone) && zone[0] != '/' &&
        strlen(zone) < sizeof(((struct schedule *)0)->zone);
    if (named) {
        (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%.47s", zone);
        int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (file >= 0 && read(file, magic, sizeof magic) != sizeof magic)
            magic[0] = '\0';
        if (file >= 0)
            (void)close(file);
    }
    if (memcmp(magic, "TZif", sizeof magic) == 0)
        return true;
    return error_set(err, ERROR_CONFIG,
        "unknown time zone \"%.48s\", expected a name in /usr/share/zoneinfo such as "
        "Europe/Berlin",
        zone);
}

/* Day and month can only miss each other for good if the weekday does not help. */
static bool can_fire(const struct schedule *schedule)
{
    static const int month_days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!schedule->days_any && !schedule->weekdays_any)
        return true;
    for (int month = 1; month <= 12; month++) {
        uint32_t exist = (uint32_t)((UINT64_C(2) << month_days[month]) - 1);
        if ((schedule->months >> month & 1) != 0 && (schedule->days & exist) != 0)
            return true;
    }
    return false;
}

static bool parse_cron(struct schedule *schedule, const char *text, struct error *err)
{
    char words[6][FIELD_MAX];
    char extra[2];
    uint64_t bits[ARRAY_COUNT(fields)];
    int count = sscanf(text, "%255s %255s %255s %255s %255s %255s %1s", words[0], words[1],
        words[2], words[3], words[4], words[5], extra);
    if (count < 5 || count > 6)
        return error_set(err, ERROR_CONFIG,
            "\"cron %s\" has %s than five fields, expected MINUTE HOUR DAY MONTH WEEKDAY [ZONE]",
            text, count > 6 ? "more" : "less");
    for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
        if (!read_field(&fields[i], words[i], &bits[i], err))
            return false;
    }
    struct schedule cron = {.kind = SCHEDULE_CRON,
        .minutes = bits[0],
        .hours = (uint32_t)bits[1],
        .days = (uint32_t)bits[2],
        .months = (uint16_t)bits[3],
        .weekdays = (uint8_t)((bits[4] | bits[4] >> 7) & 0x7F), /* 7 is Sunday too */
        .days_any = words[2][0] == '*',
        .weekdays_any = words[4][0] == '*'};
    if (!can_fire(&cron))
        return error_set(
            err, ERROR_CONFIG, "\"cron %s\" can never fire: no such day in these months", text);
    if (count == 6 && strcmp(words[5], "UTC") != 0) {
        if (!check_zone(words[5], err))
            return false;
        (void)snprintf(cron.zone, sizeof cron.zone, "%.47s", words[5]);
    }
    *schedule = cron;
    return true;
}

static bool parse_every(struct schedule *schedule, const char *text, struct error *err)
{
    int64_t ms;
    if (!schedule_parse_duration(text, &ms) || ms % 1000 != 0 || ms < EVERY_LEAST_S * 1000 ||
        ms / 1000 > EVERY_MOST_S)
        return error_set(err, ERROR_CONFIG,
            "\"every %s\" is not understood, expected whole seconds from 10s to 366d, "
            "as in every 30s, 15m, 2h or 1d",
            text);
    *schedule = (struct schedule){.kind = SCHEDULE_EVERY, .every_s = ms / 1000};
    return true;
}

bool schedule_parse(struct schedule *schedule, const char *text, struct error *err)
{
    if (strcmp(text, "manual") == 0) {
        *schedule = (struct schedule){.kind = SCHEDULE_MANUAL};
        return true;
    }
    size_t word = strcspn(text, " \t");
    const char *rest = text + word + strspn(text + word, " \t");
    if (word == 5 && strncmp(text, "every", word) == 0)
        return parse_every(schedule, rest, err);
    if (word == 4 && strncmp(text, "cron", word) == 0)
        return parse_cron(schedule, rest, err);
    return error_set(err, ERROR_CONFIG,
        "schedule \"%s\" is not understood, expected manual, every 15m or cron */15 * * * *", text);
}
