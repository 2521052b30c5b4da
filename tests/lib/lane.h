/*
 * lane.h: one direction of a connection that pgproxy stands in: bytes that were read, bytes to be
 * sent, and where a message of PostgreSQL's protocol ends. Nothing here blocks.
 */
#ifndef LIB_LANE_H
#define LIB_LANE_H

#include "base/buf.h"

struct lane {
    struct buf in; /* read, not yet a whole message (or held) */
    struct buf out; /* to be sent */
};

/* The length of the whole message at bytes; 0: more bytes are needed. typed: it begins with a type
 * byte, as all do but the first one of a client. */
size_t lane_message(const char *bytes, size_t count, bool typed);

/* Removes the first count bytes, which are dealt with. */
void lane_drop(struct buf *buf, size_t count);

/* Reads what is there; false when that side has ended. */
bool lane_fill(int fd, struct lane *lane);

/* Sends what it can; false when that side has ended. */
bool lane_flush(int fd, struct lane *lane);

void lane_clear(struct lane *lane);

#endif
