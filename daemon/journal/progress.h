/*
 * progress.h: how far a run has come: for a progress bar, and for `assocd status` on another host.
 */
#ifndef JOURNAL_PROGRESS_H
#define JOURNAL_PROGRESS_H

#include "journal/session.h"

/* Between statements: calls options.show, and updates the row of the sync in assocd.progress at
 * most once a second. stage: as in struct progress. */
void progress_show(struct session *session, const char *stage, uint64_t done, uint64_t total);

#endif
