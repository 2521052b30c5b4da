/*
 * shim.c: loaded before libc (LD_PRELOAD) to make the host misbehave. In the environment:
 * SHIM=KIND:K chooses what happens at, or from, the K-th call of that kind:
 *   memory:K   the K-th allocation fails
 *   files:K    no file descriptor is left from the K-th on
 *   clock:K    the wall clock jumps a day ahead at every K-th look at it, and back at the next
 *   pieces:K   reads and writes are cut to K bytes, every third is interrupted first
 *   curl:0     libcurl says that it is an old one
 * SHIM_COUNT=PATH: at a normal end, the number of calls of that kind is written there.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* glibc's own, under names that are not replaced. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

enum kind { NOTHING, MEMORY, FILES, CLOCK, PIECES, CURL_VERSION };
static enum kind kind;
static long at;
static atomic_long calls;

__attribute__((constructor)) static void begin(void)
{
    static const char *const names[] = {"", "memory:", "files:", "clock:", "pieces:", "curl:"};
    const char *wish = getenv("SHIM");
    for (size_t i = 1; wish != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(wish, names[i], strlen(names[i])) != 0)
            continue;
        at = strtol(wish + strlen(names[i]), NULL, 10);
        kind = (enum kind)i;
    }
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("SHIM_COUNT");
    long count = atomic_load(&calls);
    kind = NOTHING;
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    (void)fprintf(file, "%ld\n", count);
    (void)fclose(file);
}

/* The number of this call among those of its kind, from 1; 0: not the kind. */
static long number(enum kind of)
{
    return kind == of ? atomic_fetch_add(&calls, 1) + 1 : 0;
}

static bool fails(enum kind of)
{
    long n = number(of);
    if (n == 0 || at == 0 || (of == MEMORY ? n != at : n < at))
        return false;
    errno = of == MEMORY ? ENOMEM : EMFILE;
    return true;
}

void *malloc(size_t size)
{
    return fails(MEMORY) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(MEMORY) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(MEMORY) ? NULL : __libc_realloc(old, size);
}

/* json-c 0.16 reads the name of a member behind a null pointer when its copy fails: the end,
 * as abort() is. Told apart here, so that a null pointer that assocd itself reads stays a failure.
 */
char *strdup(const char *text)
{
    Dl_info caller;
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        return memcpy(copy, text, size);
    if (dladdr(__builtin_return_address(0), &caller) != 0 && caller.dli_fname != NULL &&
        strstr(caller.dli_fname, "/libjson-c.") != NULL)
        abort();
    return NULL;
}

int socket(int domain, int type, int protocol)
{
    return fails(FILES) ? -1 : (int)syscall(SYS_socket, domain, type, protocol);
}

int eventfd(unsigned value, int flags)
{
    return fails(FILES) ? -1 : (int)syscall(SYS_eventfd2, value, flags);
}

static int open_file(const char *path, int flags, mode_t mode)
{
    return fails(FILES) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = va_arg(more, mode_t);
    va_end(more);
    return open_file(path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    long n = clock == CLOCK_REALTIME ? number(CLOCK) : 0;
    if (n > 0 && at > 0 && n / at % 2 == 1)
        now->tv_sec += 86400;
    return result;
}

time_t time(time_t *result)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (result != NULL)
        *result = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

/* The length of this piece; 0: it is interrupted instead. */
static size_t piece(size_t length)
{
    long n = number(PIECES);
    if (n == 0 || at == 0 || length == 0)
        return length;
    if (n % 3 == 0) {
        errno = EINTR;
        return 0;
    }
    return length < (size_t)at ? length : (size_t)at;
}

ssize_t read(int fd, void *bytes, size_t length)
{
    size_t part = length <= sizeof(long) * 16 ? length : piece(length); /* signalfd's come whole */
    return part == 0 && length > 0 ? -1 : syscall(SYS_read, fd, bytes, part);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    size_t part = piece(length);
    return part == 0 && length > 0 ? -1 : syscall(SYS_write, fd, bytes, part);
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    size_t part = piece(length);
    return part == 0 && length > 0 ? -1 : syscall(SYS_recvfrom, fd, bytes, part, flags, NULL, NULL);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    size_t part = piece(length);
    return part == 0 && length > 0 ? -1 : syscall(SYS_sendto, fd, bytes, part, flags, NULL, 0);
}

/* The beginning of curl_version_info_data, which never changes (curl/curl.h). */
struct version {
    int age;
    const char *version;
    unsigned number;
};

const void *curl_version_info(int age); /* libcurl is not needed to build this */

const void *curl_version_info(int age)
{
    static char copy[512];
    const void *(*real)(int);
    void *symbol = dlsym(RTLD_NEXT, "curl_version_info");
    memcpy(&real, &symbol, sizeof real);
    const struct version *found = real(age);
    if (kind != CURL_VERSION)
        return found;
    memcpy(copy, found, sizeof(struct version) + 64);
    ((struct version *)(void *)copy)->version = "7.60.0";
    ((struct version *)(void *)copy)->number = 0x073c00;
    return copy;
}
