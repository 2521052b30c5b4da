/*
 * history.h: the sandbox's own log: every API request in the order it was answered, with what it
 * really changed. It is the tests' ground truth, so it is filled by the model's changes and never
 * from the request. Control paths (/_sandbox/) do not appear in it.
 */
#ifndef SANDBOX_HISTORY_H
#define SANDBOX_HISTORY_H

#include "base/buf.h"
#include "sandbox/portal.h"

struct entry {
    uint64_t seq; /* 1, 2, … since the start or the last reset */
    int64_t at_us; /* CLOCK_BOOTTIME */
    int64_t wall_ms;
    char *line; /* "POST /path?query" */
    const char *call; /* the route's name, "none" for an unknown path */
    const char *fault; /* name of the fault's action, NULL: none */
    int token; /* place in the list of tokens, -1: none of them */
    int status; /* 0: the connection was closed without an answer */
    size_t length; /* of the body */
    uint64_t hash; /* FNV-1a of the body */
    size_t inputs;
    struct changes changes;
};

struct history {
    struct entry **entries;
    size_t count, room;
    uint64_t seq;
    int64_t *times; /* arrival of every request, for busiest_10s */
    size_t times_count, times_room, times_head;
    size_t busiest_10s; /* most requests in any rolling 10 s */
    uint64_t read_count; /* associations answered, one per type */
    uint64_t limited_count; /* 429 answers */
};

/* Starts the entry of a request; it is owned by the history and stays in its place. */
struct entry *history_add(struct history *, const char *method, const char *target);
void history_clear(struct history *);

/* Empties the log; seq goes on. */
void history_forget(struct history *);

/* The entry of a request, NULL when it was forgotten. */
struct entry *history_find(const struct history *, uint64_t seq);

/* JSON lines of the entries behind `since`. */
void history_write(
    const struct history *, const struct object_list *, uint64_t since, struct buf *);

/* One JSON object of counts. */
void history_write_stats(const struct history *, struct buf *);

#endif
