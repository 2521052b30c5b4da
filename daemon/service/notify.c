/*
 * notify.c: sd_notify and the journal.
 */
#include "service/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/show.h"

enum { STATUS_MAX = 256 };

static int64_t alive_every_ms;
static char status[STATUS_MAX];

void notify_open(void)
{
    uint64_t limit_us = 0;
    /* A third of the limit: one late turn is not yet a death. */
    if (sd_watchdog_enabled(0, &limit_us) > 0)
        alive_every_ms = (int64_t)(limit_us / 3000) + 1;
}

void notify_ready(void)
{
    (void)sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
    (void)sd_notify(0, "RELOADING=1");
}

void notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1");
}

void notify_status(const char *text)
{
    if (strncmp(status, text, STATUS_MAX - 1) == 0)
        return;
    show_copy(status, sizeof status, text, "");
    (void)sd_notifyf(0, "STATUS=%s", status);
}

int64_t notify_alive_every_ms(void)
{
    return alive_every_ms;
}

void notify_alive(void)
{
    if (alive_every_ms > 0)
        (void)sd_notify(0, "WATCHDOG=1");
}

bool notify_journal_is_stderr(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat file;
    char own[64];
    if (stream == NULL || fstat(STDERR_FILENO, &file) != 0)
        return false;
    (void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)file.st_dev,
        (unsigned long long)file.st_ino);
    return strcmp(own, stream) == 0;
}

enum { FIELDS_MAX = 8, FIELD_BYTES = 128 };

struct entry {
    struct iovec items[FIELDS_MAX];
    char texts[FIELDS_MAX][FIELD_BYTES];
    int count;
};

static void add_field(struct entry *entry, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    char *text = entry->texts[entry->count];
    int length = snprintf(text, FIELD_BYTES, "%s=", name);
    show_copy(text + length, FIELD_BYTES - (size_t)length, value, "");
    entry->items[entry->count++] = (struct iovec){text, strlen(text)};
}

static void add_number(struct entry *entry, const char *name, int64_t number)
{
    char value[24];
    (void)snprintf(value, sizeof value, "%lld", (long long)number);
    add_field(entry, name, number != 0 ? value : NULL);
}

bool notify_journal(enum log_level level, const struct log_about *about, const char *text)
{
    struct entry entry = {0};
    CLEANUP(buf_clear) struct buf message = {0};
    buf_addf(&message, "MESSAGE=%s", text);
    entry.items[entry.count++] = (struct iovec){message.bytes, message.length};
    add_number(&entry, "PRIORITY", level);
    add_field(&entry, "SYSLOG_IDENTIFIER", "assocd");
    add_field(&entry, "SYNC", about->sync);
    add_number(&entry, "RUN_ID", about->run_id);
    add_field(&entry, "RUN_STATUS", about->status);
    add_number(&entry, "SIGNAL_ID", about->request_id);
    add_number(&entry, "WORKER_PID", about->worker);
    return sd_journal_sendv(entry.items, entry.count) == 0;
}
