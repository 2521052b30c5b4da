/*
 * run_row.h: how a run stands, as others see it: its row in the journal.
 */
#ifndef RUN_RUN_ROW_H
#define RUN_RUN_ROW_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"

struct run;

/* Writes status and counts; an end state closes the row. ERROR_LOCKED: another process has closed
 * it. */
MUST_CHECK bool run_row_update(struct run *run, enum run_status status, struct error *err);

#endif
