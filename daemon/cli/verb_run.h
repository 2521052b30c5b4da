/*
 * verb_run.h: starts a run for a verb and prints its outcome.
 */
#ifndef CLI_VERB_RUN_H
#define CLI_VERB_RUN_H

#include "cli/cli.h"
#include "sync/run.h"

struct engine_wish {
    const struct sync_definition *sync;
    const char *cause;
    enum run_mode mode;
    int64_t plan_id;
    int64_t undoes; /* the run to undo; 0: none */
    bool detailed; /* exit 2 for a plan with changes */
};

/* Runs it in this process and prints the report; *code is its exit code. */
bool engine_run(struct cli *cli, const struct engine_wish *wish, int *code, struct error *err);

#endif
