/*
 * invariants.h: what must hold after every case, whatever happened in it: the queries of
 * invariants.sql over the sandbox's log and the journal.
 */
#ifndef E2E_INVARIANTS_H
#define E2E_INVARIANTS_H

#include "e2e/play.h"

/* Waits for the ends of killed workers' sessions, loads the log, asks every query. */
void invariants_check(struct play *play);

#endif
