/*
 * configuration.h: the file that the daemon and its workers go by, and what follows from it.
 */
#ifndef SERVICE_CONFIGURATION_H
#define SERVICE_CONFIGURATION_H

#include "service/supervisor.h"

/* Reads the whole file, or takes nothing of it. What PostgreSQL does not know of a sync is kept,
 * and so are workers, which go on with what they have read. */
MUST_CHECK bool configuration_load(struct supervisor *supervisor, struct error *err);

#endif
