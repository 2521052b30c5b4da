/*
 * error.h: what went wrong, as a value. Every function that can fail for a reason outside the
 * program returns bool and takes `struct error *err` last; err is untouched on success. The text
 * can be printed and stored as it is: it names the thing, says what was expected, and ends without
 * a full stop. It never holds a secret. Mistakes in the program are assertions, not errors.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/attr.h"

enum error_kind {
    ERROR_NONE,
    ERROR_USAGE, /* the command line is wrong: exit 64 */
    ERROR_CONFIG, /* the configuration is wrong: exit 78 */
    ERROR_SOURCE, /* the desired rows cannot be read: exit 1 */
    ERROR_STATE, /* the assocd database cannot be used: exit 75 */
    ERROR_REMOTE, /* HubSpot unreachable or incomprehensible: exit 69 */
    ERROR_QUOTA, /* HubSpot's daily limit is spent: exit 8 */
    ERROR_DENIED, /* token rejected or scope missing: exit 77 */
    ERROR_REFUSED, /* a guard refused: exit 4 */
    ERROR_LOCKED, /* another run holds the sync's lock: exit 5 */
    ERROR_STALE, /* plan stale, approval missing, sync paused, or run over already: exit 7 */
    ERROR_STOPPED, /* asked to stop: exit 6 */
    ERROR_INTERNAL, /* none of the above: exit 70 */
};

enum { ERROR_TEXT_MAX = 1024 };

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_MAX];
};

/* Sets kind and text (cut at ERROR_TEXT_MAX - 1 bytes, never inside a UTF-8 character; made fit
 * for people and rows: see base/show.h; line breaks stay). Returns false, so that `return
 * error_set(…)` is the usual way out. err may be NULL. */
bool error_set(struct error *err, enum error_kind kind, const char *format, ...) PRINTF(3, 4);

/* Puts "prefix: " before the text that err already has. Returns false. */
bool error_prefix(struct error *err, const char *format, ...) PRINTF(2, 3);

/* The exit code of a kind; 0 for ERROR_NONE. */
int error_exit_code(enum error_kind kind);

/* The exit codes of the program by name; nothing else knows the numbers. */
enum exit_number {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_PENDING = 2,
    EXIT_PARTIAL = 3,
    EXIT_WITHHELD = 4,
    EXIT_LOCKED = 5,
    EXIT_STOPPED = 6,
    EXIT_STALE = 7,
    EXIT_QUOTA = 8,
    EXIT_USAGE = 64,
    EXIT_REMOTE = 69,
    EXIT_INTERNAL = 70,
    EXIT_DATABASE = 75,
    EXIT_DENIED = 77,
    EXIT_CONFIG = 78,
};

enum exit_backoff {
    BACKOFF_NONE, /* the schedule goes on */
    BACKOFF_LOCK, /* until the lock may be free */
    BACKOFF_GROWING,
};

/* What an end means, in ascending order of codes, ending with a NULL meaning: the one table of
 * outcomes, which help, the manual, the daemon and its workers read. */
struct exit_code {
    int code;
    const char *meaning;
    bool failure; /* a worker that ends so counts as a failure of its sync */
    bool as_asked; /* it ended as it was asked to, so that nobody is warned */
    enum exit_backoff backoff; /* of the changes that a worker of the daemon was about */
};
extern const struct exit_code exit_codes[];

/* The row of an exit code; NULL if the program has none such. */
const struct exit_code *error_exit(int code);

/* What an exit code means; NULL if the program has none such. */
const char *error_exit_meaning(int code);

#endif
