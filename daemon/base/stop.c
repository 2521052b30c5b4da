/*
 * stop.c: SIGINT and SIGTERM as a file descriptor. Once the first was seen the descriptor becomes
 * an eventfd that stays readable, and the signals get their default action back: the second kills.
 */
#include "base/stop.h"

#include <assert.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

static int descriptor = -1; /* what others poll: the signals, with the timer if there is one */
static int signals = -1;
static bool requested;
static const char *reason = "signal";
static const char *deadline_why;
static bool counted;
static uint64_t steps_left;
static const char *steps_why;

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
    signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    descriptor = fcntl(signals, F_DUPFD_CLOEXEC, 0);
    assert(signals >= 0 && descriptor >= 0);
}

int stop_fd(void)
{
    return descriptor;
}

/* From now on the descriptor is readable, and the next signal kills. */
static void request(const char *why)
{
    requested = true;
    reason = why;
    int readable = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(readable >= 0);
    (void)dup3(readable, descriptor, O_CLOEXEC);
    (void)close(readable);
    sigset_t set;
    stop_signals(&set);
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

bool stop_requested(void)
{
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    struct signalfd_siginfo seen;
    if (requested || descriptor < 0 || poll(&wait, 1, 0) != 1)
        return requested;
    if (read(signals, &seen, sizeof seen) == (ssize_t)sizeof seen)
        request(reason);
    else if (deadline_why != NULL) /* then it was the timer */
        request(deadline_why);
    return requested;
}

static void watch(int epoll, int file)
{
    struct epoll_event event = {.events = EPOLLIN};
    int failed = epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event);
    assert(failed == 0);
}

void stop_at(int64_t at_ms, const char *why)
{
    struct itimerspec when = {0};
    int64_t left_ms = at_ms - clock_now_ms();
    deadline_why = why;
    if (descriptor < 0 || requested)
        return;
    if (left_ms <= 0) {
        request(why);
        return;
    }
    when.it_value.tv_sec = left_ms / 1000;
    when.it_value.tv_nsec = left_ms % 1000 * 1000000;
    int timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    int both = epoll_create1(EPOLL_CLOEXEC);
    assert(timer >= 0 && both >= 0);
    (void)timerfd_settime(timer, 0, &when, NULL);
    watch(both, signals);
    watch(both, timer);
    (void)dup3(both, descriptor, O_CLOEXEC);
    (void)close(both); /* the timer stays open: epoll forgets what is closed */
}

void stop_after(uint64_t steps, const char *why)
{
    counted = true;
    steps_left = steps;
    steps_why = why;
}

bool stop_step(void)
{
    if (!counted)
        return true;
    if (steps_left == 0) {
        if (!requested)
            request(steps_why);
        return false;
    }
    steps_left--;
    return true;
}

const char *stop_reason(void)
{
    (void)stop_requested(); /* others poll the descriptor without asking us */
    return reason;
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
