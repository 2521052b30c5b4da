/*
 * sim_base.c: stand-ins for what lies below everything: time that passes when somebody waits, a
 * stop that is asked for by a fault, temporary files in memory.
 */
#include "torture/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"

void sim_pass(int64_t us)
{
    sim.now_us += us;
    if (sim.late_count > 0)
        sim_crm_late(false);
}

int64_t clock_now_us(void)
{
    return sim.now_us;
}

int64_t clock_now_ms(void)
{
    return sim.now_us / 1000;
}

int64_t clock_wall_s(void)
{
    return sim.now_us / 1000000;
}

/* Reading batches carry times; nobody reads them here, and a calendar is slow. */
void clock_utc_text(int64_t us, char text[static CLOCK_TEXT_MAX])
{
    (void)us;
    memcpy(text, "2026-09-21T09:14:02Z", sizeof "2026-09-21T09:14:02Z");
}

bool clock_is_time(const char *text)
{
    return text[0] != '\0';
}

int stop_fd(void)
{
    return -1;
}

bool stop_requested(void)
{
    return sim.top != NULL && sim.top->stopped;
}

bool stop_step(void)
{
    return !stop_requested();
}

const char *stop_reason(void)
{
    return "an operator";
}

bool stop_wait(int64_t wait_ms)
{
    if (wait_ms > 0)
        sim_pass(wait_ms * 1000);
    return !stop_requested();
}

/* Temporary files: spool.c's calls come here by the linker's --wrap. */
enum { FILES_MAX = 64, FIRST_FILE = 1000 };
struct file {
    bool used;
    char *bytes;
    size_t length, room, at;
};
static struct file files[FILES_MAX];

int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_read(int number, void *bytes, size_t count);
ssize_t __wrap_write(int number, const void *bytes, size_t count);
off_t __wrap_lseek(int number, off_t offset, int whence);
int __wrap_close(int number);

static bool fails(void)
{
    if (sim.top == NULL || sim_strike(sim.top, CLASS_FILE) != FAULT_FILE)
        return false;
    errno = ENOSPC;
    return true;
}

int __wrap_open(const char *path, int flags, ...)
{
    (void)path;
    (void)flags;
    if (fails())
        return -1;
    for (int i = 0; i < FILES_MAX; i++)
        if (!files[i].used) {
            files[i].used = true;
            files[i].length = files[i].at = 0;
            return FIRST_FILE + i;
        }
    sim_fail("more than %d temporary files are open", FILES_MAX);
}

ssize_t __wrap_write(int number, const void *bytes, size_t count)
{
    struct file *file = &files[number - FIRST_FILE];
    if (fails())
        return -1;
    mem_grow(&file->bytes, &file->room, file->at + count, 1);
    memcpy(file->bytes + file->at, bytes, count);
    file->at += count;
    file->length = file->at > file->length ? file->at : file->length;
    return (ssize_t)count;
}

ssize_t __wrap_read(int number, void *bytes, size_t count)
{
    struct file *file = &files[number - FIRST_FILE];
    size_t left = file->length - file->at;
    if (fails())
        return -1;
    if (count > left)
        count = left;
    if (count > 0)
        memcpy(bytes, file->bytes + file->at, count);
    file->at += count;
    return (ssize_t)count;
}

off_t __wrap_lseek(int number, off_t offset, int whence)
{
    (void)whence;
    files[number - FIRST_FILE].at = (size_t)offset;
    return offset;
}

int __wrap_close(int number)
{
    sim_check(
        number >= FIRST_FILE && number < FIRST_FILE + FILES_MAX && files[number - FIRST_FILE].used,
        "a file is closed that is not open: %d", number);
    files[number - FIRST_FILE].used = false;
    return 0;
}

size_t sim_files_open(void)
{
    size_t open = 0;
    for (size_t i = 0; i < FILES_MAX; i++)
        open += files[i].used;
    return open;
}
