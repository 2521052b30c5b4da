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

/* Asks for a stop when clock_now_ms() reaches at_ms; after that many steps (stop_step says whether
 * there is one left and takes it). why is for messages; both are borrowed for ever. */
void stop_at(int64_t at_ms, const char *why);
void stop_after(uint64_t steps, const char *why);
bool stop_step(void);

/* Why a stop was asked for: "signal", or what stop_at and stop_after were given. */
const char *stop_reason(void);

/* Waits that long; returns at once, and false, when a stop is asked for. */
bool stop_wait(int64_t wait_ms);

#endif
