/*
 * log.c: one event as a line, as a JSON object, or as an entry of the journal. Each goes out in one
 * write, so that lines of several processes on one stderr never mix.
 */
#include "service/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/show.h"
#include "base/text.h"
#include "service/notify.h"

enum { RAW_MAX = 16384 }; /* of a message in JSON */

static enum log_format chosen = LOG_PLAIN;

static const char *const formats[] = {
    [LOG_PLAIN] = "plain", [LOG_JSON] = "json", [LOG_JOURNAL] = "journal"};

bool log_open(const char *name, struct error *err)
{
    if (name == NULL) {
        chosen = notify_journal_is_stderr() ? LOG_JOURNAL : LOG_PLAIN;
        return true;
    }
    for (size_t i = 0; i < ARRAY_COUNT(formats); i++) {
        if (strcmp(formats[i], name) != 0)
            continue;
        chosen = (enum log_format)i;
        return true;
    }
    return error_set(
        err, ERROR_USAGE, "--log-format: \"%s\" is none, expected plain, json or journal", name);
}

const char *log_format_text(void)
{
    return formats[chosen];
}

static const char *level_text(enum log_level level)
{
    return level == LOG_ERROR  ? "error"
        : level == LOG_WARNING ? "warning"
        : level == LOG_NOTICE  ? "notice"
                               : "info";
}

static void add_time(struct buf *line)
{
    char text[CLOCK_TEXT_MAX];
    clock_utc_text(clock_wall_s() * 1000000, text);
    buf_add(line, text, 19); /* whole seconds */
    buf_add_char(line, 'Z');
}

static void add_plain(struct buf *line, enum log_level level, const char *text)
{
    add_time(line);
    if (level <= LOG_WARNING)
        buf_addf(line, " %s:", level_text(level));
    buf_addf(line, " %s", text);
}

static void add_number(struct buf *line, const char *name, int64_t number)
{
    if (number != 0)
        buf_addf(line, ", \"%s\": %lld", name, (long long)number);
}

static void add_text(struct buf *line, const char *name, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    buf_addf(line, ", \"%s\": ", name);
    buf_add_json(line, text);
}

/* Other people's words are shown as JSON shows them: a line break is \n and not two characters. */
static void add_json(
    struct buf *line, enum log_level level, const struct log_about *about, const char *text)
{
    CLEANUP(buf_clear) struct buf json = {0};
    buf_add_text(&json, "{\"at\": \"");
    add_time(&json);
    buf_addf(&json, "\", \"level\": \"%s\"", level_text(level));
    add_text(&json, "sync", about->sync);
    add_number(&json, "run_id", about->run_id);
    add_text(&json, "status", about->status);
    add_number(&json, "signal_id", about->request_id);
    add_number(&json, "worker", about->worker);
    add_text(&json, "message", text);
    buf_add_char(&json, '}');
    show_add_json(line, buf_text(&json));
}

void log_event(enum log_level level, const struct log_about *about, const char *format, ...)
{
    static const struct log_about nothing;
    CLEANUP(buf_clear) struct buf shown = {0};
    CLEANUP(buf_clear) struct buf line = {0};
    char raw[RAW_MAX];
    va_list args;
    about = about != NULL ? about : &nothing;
    va_start(args, format);
    if (chosen == LOG_JSON) {
        (void)vsnprintf(raw, sizeof raw, format, args);
        text_trim(raw);
        secret_hide(raw, strlen(raw));
        add_json(&line, level, about, raw);
    } else {
        show_vaddf(&shown, format, args);
    }
    va_end(args);
    const char *text = buf_text(&shown);
    if (chosen == LOG_JOURNAL && notify_journal(level, about, text))
        return;
    if (chosen != LOG_JSON)
        add_plain(&line, level, text);
    buf_add_char(&line, '\n');
    (void)!write(STDERR_FILENO, line.bytes, line.length);
}
