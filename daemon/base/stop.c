/*
 * stop.c: SIGINT and SIGTERM as a file descriptor. Once the first was seen the descriptor becomes
 * an eventfd that stays readable, and the signals get their default action back: the second kills.
 */
#include "base/stop.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"

static int descriptor = -1;
static bool requested;

static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

void stop_open(void)
{
    sigset_t set;
    stop_signals(&set);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    assert(descriptor >= 0);
}

int stop_fd(void)
{
    return descriptor;
}

bool stop_requested(void)
{
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    if (requested || descriptor < 0 || poll(&wait, 1, 0) != 1)
        return requested;
    struct signalfd_siginfo seen;
    if (read(descriptor, &seen, sizeof seen) != (ssize_t)sizeof seen)
        return requested;
    requested = true;
    int readable = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(readable >= 0);
    (void)dup3(readable, descriptor, O_CLOEXEC);
    (void)close(readable);
    sigset_t set;
    stop_signals(&set);
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
    return requested;
}

bool stop_wait(int64_t wait_ms)
{
    int64_t until = clock_now_ms() + wait_ms;
    for (int64_t left = wait_ms; left > 0; left = until - clock_now_ms()) {
        struct pollfd stop = {.fd = descriptor, .events = POLLIN};
        if (stop_requested())
            return false;
        (void)poll(&stop, descriptor >= 0, left > 60000 ? 60000 : (int)left);
    }
    return !stop_requested();
}
