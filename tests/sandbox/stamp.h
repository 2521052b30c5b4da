/*
 * stamp.h: wall time in milliseconds, its ISO 8601 text in UTC, and correlation ids (UUID v7).
 */
#ifndef SANDBOX_STAMP_H
#define SANDBOX_STAMP_H

#include "base/random.h"

enum { STAMP_ROOM = 32, UUID_ROOM = 37 };

/* Milliseconds since 1970-01-01 UTC. */
int64_t stamp_wall_ms(void);

/* "2026-09-21T09:14:02.013Z" */
void stamp_iso(int64_t wall_ms, char text[STAMP_ROOM]);

/* A UUID of version 7 made now. */
void stamp_uuid(struct random *random, char text[UUID_ROOM]);

#endif
