/*
 * stop.h: the wish to stop, as a file descriptor. SIGINT and SIGTERM are blocked and read from a
 * signalfd, so that nothing ever happens in a signal handler. The first signal asks for an orderly
 * end; the second kills the process, which is the same to the journal as a crash.
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include "base/attr.h"

/* Blocks the signals and opens the descriptor; call once, early. SIGPIPE is ignored. */
void stop_open(void);

/* Readable once a stop was asked for; stays readable. -1 before stop_open. */
int stop_fd(void);

/* True once a stop was asked for. */
bool stop_requested(void);

/* Waits that long; returns at once, and false, when a stop is asked for. */
bool stop_wait(int64_t wait_ms);

#endif
