/*
 * lock_holder.h: who holds the lock of a sync, for people.
 */
#ifndef JOURNAL_LOCK_HOLDER_H
#define JOURNAL_LOCK_HOLDER_H

#include "base/attr.h"
#include "base/error.h"

struct pg;

struct holder {
    int64_t key; /* of its lock, drawn anew each time it is taken */
    int64_t run_id; /* 0: the session has opened no run (yet) */
    int64_t age_s; /* for how long it has the lock */
    char host[256]; /* of the run's process; "": no run */
    int64_t pid;
    char text[ERROR_TEXT_MAX]; /* one sentence: who, since when, and what to do */
};

/* *held: somebody has the lock, or had it when the session died. */
MUST_CHECK bool holder_find(
    struct pg *pg, const char *sync, struct holder *holder, bool *held, struct error *err);

#endif
