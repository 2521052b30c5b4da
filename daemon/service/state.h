/*
 * state.h: the supervisor's statements about schedules and daemons. Each is one round trip.
 */
#ifndef SERVICE_STATE_H
#define SERVICE_STATE_H

#include "service/supervisor.h"

/* Now, by the database's clock, in microseconds. */
int64_t state_now_us(const struct supervisor *supervisor);

/* A statement on the assocd database failed: says so, and gives the connection up. */
void state_failed(struct supervisor *supervisor, const struct error *err);

/* Gives the connection up without a word; it is tried again later. */
void state_lost(struct supervisor *supervisor);

/* How long from one look around to the next. Notifications tell of requests and of runs that begin;
 * what they cannot tell is looked for every second while there is something to look after, else
 * rarely (daemon.poll). */
int64_t state_pace_ms(const struct supervisor *supervisor);

/* Gives every configured sync its row, so that it can be steered before it ever ran. */
MUST_CHECK bool state_enter(
    struct pg *pg, const struct definitions *definitions, struct error *err);

/* Takes in what has changed since the last call (everything, the first time). */
MUST_CHECK bool state_look(struct supervisor *supervisor, struct error *err);

/* Takes in one sync; *busy: some run holds its lock right now. */
MUST_CHECK bool state_refresh(
    struct supervisor *supervisor, struct entry *entry, bool *busy, struct error *err);

/* Writes that the daemon lives, and reads the database's clock. */
MUST_CHECK bool state_alive(struct supervisor *supervisor, struct error *err);

/* Takes the daemon's row away. */
MUST_CHECK bool state_leave(struct supervisor *supervisor, struct error *err);

/* Tells runs whose process is gone as interrupted; sync NULL: of all syncs. One with a plan of
 * millions of changes takes several calls. */
MUST_CHECK bool state_interrupt(struct supervisor *supervisor, const char *sync, struct error *err);

#endif
