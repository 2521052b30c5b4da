/*
 * verb_run.h: starts a run for a verb and prints its outcome.
 */
#ifndef CLI_VERB_RUN_H
#define CLI_VERB_RUN_H

#include "run/run.h"
#include "cli/cli.h"

struct engine_request {
    const struct sync_definition *sync;
    const char *cause;
    struct scope scope;
    bool detailed; /* exit 2 for a plan with changes */
    bool worker; /* of the daemon: nobody reads a report, messages go to the log */
};

/* Options that the daemon gives its workers; help does not name them. */
struct worker_options {
    const char *cause; /* --cause */
    const char *log_format; /* --log-format */
};

/* Makes the request one of the daemon's worker, if its options say so. */
MUST_CHECK bool engine_worker(
    struct engine_request *request, const struct worker_options *options, struct error *err);

/* Runs it in this process and prints the report; *code is its exit code. */
bool engine_run(
    struct cli *cli, const struct engine_request *request, int *code, struct error *err);

#endif
