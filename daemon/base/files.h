/*
 * files.h: how many files this process may have open. Asked for before anything begins, because a
 * process that finds out half way can say nothing better than that it failed.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdint.h>

#include "base/attr.h"
#include "base/error.h"

/* What a process needs besides its connections to HubSpot: libraries, database, temporary files. */
enum { FILES_BASE = 48 };

/* Sees to it that so many files may be open at once; the soft limit is raised if the hard one
 * allows. what: for whom, "in_flight 8". ERROR_CONFIG. */
MUST_CHECK bool files_allow(uint64_t count, const char *what, struct error *err);

#endif
