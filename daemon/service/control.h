/*
 * control.h: takes up the requests in assocd.signal. What asks for a run only writes it into
 * assocd.sync_state: from there on it survives this daemon.
 */
#ifndef SERVICE_CONTROL_H
#define SERVICE_CONTROL_H

#include "service/supervisor.h"

/* Takes up every request that is for this daemon. One for a sync or a host it does not know is left
 * to another daemon, and refused when none came for it. */
MUST_CHECK bool control_requests(struct supervisor *supervisor, struct error *err);

#endif
