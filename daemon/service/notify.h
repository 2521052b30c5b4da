/*
 * notify.h: what systemd is told: ready, what is going on, alive, ending; and entries of its
 * journal with fields. The only file that sees libsystemd. Everything is harmless where there is no
 * systemd.
 */
#ifndef SERVICE_NOTIFY_H
#define SERVICE_NOTIFY_H

#include "base/attr.h"
#include "service/log.h"

/* Reads NOTIFY_SOCKET and WATCHDOG_USEC; call once. */
void notify_open(void);

void notify_ready(void);
void notify_reloading(void); /* notify_ready ends it */
void notify_stopping(void);
/* One line; told only when it differs from the last one. */
void notify_status(const char *text);

/* How often at least notify_alive has to be called, in ms; 0: nobody waits for it. */
int64_t notify_alive_every_ms(void);
void notify_alive(void);

/* Is stderr the journal's? */
bool notify_journal_is_stderr(void);

/* False if the journal did not take it. */
bool notify_journal(enum log_level level, const struct log_about *about, const char *text);

#endif
