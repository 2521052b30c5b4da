/*
 * listen.h: the databases with watched sources: hears that records changed, and asks now and
 * then, because a notification can be missed. A database that is away costs only its own syncs
 * their quickness; full runs by schedule go on.
 */
#ifndef SERVICE_LISTEN_H
#define SERVICE_LISTEN_H

#include "service/supervisor.h"

/* Follows the definitions: one listener a database. Connections to databases still named are kept.
 */
void listen_open(struct supervisor *supervisor);
void listen_close(struct supervisor *supervisor);

/* Connects where it is time to, takes in notifications, asks who waits. */
void listen_turn(struct supervisor *supervisor);

/* When there is something to do without any notification (clock_now_ms). */
int64_t listen_next_ms(const struct supervisor *supervisor);

#endif
