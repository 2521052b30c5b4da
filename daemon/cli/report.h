/*
 * report.h: the outcome of a run or plan in a screenful, or as JSON.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "run/run.h"
#include "cli/cli.h"

/* Prints it to stdout. */
MUST_CHECK bool report_run(struct cli *cli, const struct run *run, struct error *err);

#endif
