/*
 * log.h: what the service tells whoever keeps it running: one line an event on stderr, or an entry
 * with fields of its own in systemd's journal. Nothing below service/ logs; a log that cannot be
 * written never stops anything.
 */
#ifndef SERVICE_LOG_H
#define SERVICE_LOG_H

#include "base/attr.h"
#include "base/error.h"

enum log_format { LOG_PLAIN, LOG_JSON, LOG_JOURNAL };
/* By their numbers in the journal. */
enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6 };

/* What an event is about; zero or NULL: not about such a thing. */
struct log_about {
    const char *sync;
    int64_t run_id;
    int64_t request_id;
    int64_t worker; /* process id */
    const char *status; /* of the run */
};

/* name: plain, json or journal; NULL: the journal if stderr goes there, else plain. ERROR_USAGE if
 * there is no such format. */
MUST_CHECK bool log_open(const char *name, struct error *err);

/* The word for the format in use. */
const char *log_format_text(void);

/* about may be NULL. The text names what it is about, ends without a full stop, and holds no
 * secret. */
void log_event(enum log_level level, const struct log_about *about, const char *format, ...)
    PRINTF(3, 4);

#endif
