/*
 * pruner.h: old history is forgotten while the daemon has nothing else to do, and not only by runs:
 * a sync that rests for months keeps no details that long.
 */
#ifndef SERVICE_PRUNER_H
#define SERVICE_PRUNER_H

#include "service/supervisor.h"

/* Starts `assocd prune` when it is time and no worker is at work, tells it to stop when one is, and
 * takes in its end: that it failed is a warning. */
void pruner_turn(struct supervisor *supervisor);

/* Signals it, if it is there: the daemon stops. */
void pruner_stop(struct supervisor *supervisor, int signal);

#endif
