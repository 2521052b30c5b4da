/*
 * queue.h: the planned changes of one kind, out of assocd.change in plan order, cut into batches.
 * Parts of refused batches come back to its front.
 */
#ifndef APPLY_QUEUE_H
#define APPLY_QUEUE_H

#include "base/attr.h"
#include "base/error.h"
#include "journal/session.h"
#include "apply/batch.h"

enum queue_kind {
    QUEUE_CREATE,
    QUEUE_ARCHIVE, /* v3: every type by itself */
    QUEUE_ARCHIVE_LABELS, /* v4 and later: some types of a pair go, the plain one stays */
    QUEUE_ARCHIVE_PAIRS, /* v4 and later: the plain type goes, and so the whole pair */
};

/* The archives that are in turn: ordinals; last 0: none. */
struct archive_window {
    int64_t first, last;
};

struct queue;

/* window: of archives. scope is borrowed until queue_close. */
void queue_open(struct queue **queue, const struct session *session, const struct scope *scope,
    enum queue_kind kind, const struct archive_window *window);
void queue_close(struct queue *queue); /* NULL is fine */

/* The next batch; rows->count is 0 when there are none left. Rows with ordinal 0 are no changes:
 * they are on the pair already and travel along. */
MUST_CHECK bool queue_next(struct queue *queue, const struct batch_limits *limits,
    struct batch_rows *rows, struct error *err);

/* v3 takes one type a pair in a request (hubspot-api, trap 9.16), so that the other types of a pair
 * are passed over; they are still planned, and another queue brings them. */
bool queue_skipped(const struct queue *queue);

/* Puts two parts of a refused batch back, `first` to come first; takes their memory over. Returns
 * false, taking nothing, when too many parts are waiting already. */
MUST_CHECK bool queue_back(
    struct queue *queue, struct batch_rows *first, struct batch_rows *second);

#endif
