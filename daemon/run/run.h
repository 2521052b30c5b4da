/*
 * run.h: one run of one sync, from taking its lock to closing its row in the journal.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

/* How the run ended, for its row and for people. */
struct ending {
    enum run_status status;
    struct error failure; /* why it ended early; kind ERROR_NONE if it did not */
    struct error unpruned; /* why old history was not pruned; ERROR_NONE if it was */
    bool changes_left; /* watched changes that it took up still wait */
};

/* All of it, for the run's row in the journal and the report. Each part has one writer: its stage.
 */
struct run {
    struct session session;
    struct scope scope;
    struct plan plan;
    struct verdict verdict;
    struct outcome outcome;
    struct ending ending;
};

/* Runs a sync, with what the first part of the session says, for what the scope says. Returns true
 * when the run came to its end, whatever that was (see run->ending.status, the counts, the
 * verdict); false with err when it could not (the journal then says why, if it was ever opened).
 * The caller calls run_clear in both cases. */
MUST_CHECK bool run_execute(
    struct run *run, const struct session *session, const struct scope *scope, struct error *err);

void run_clear(struct run *run);

/* The documented exit code of a finished run. detailed: 2 for a plan with changes. */
int run_exit_code(const struct run *run, bool detailed);

#endif
