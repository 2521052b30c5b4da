/*
 * stop.c: SIGINT and SIGTERM as a file descriptor.
 */
#include "base/stop.h"

#include <assert.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

static int descriptor = -1;

void stop_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
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
    return descriptor >= 0 && poll(&wait, 1, 0) == 1;
}
