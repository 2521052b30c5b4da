/*
 * sandbox.h: the whole server without its sockets: a request goes in, a reply comes out. One lock
 * around every call, held by the caller.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "sandbox/call.h"
#include "sandbox/gate.h"

/* Changes to be made later: apply_late, visible_after_ms, edits with after_ms or after_request. */
struct later {
    int64_t due_ms; /* 0: by request number, INT64_MAX: when released */
    uint64_t after_request;
    uint64_t seq; /* the log entry that gets the changes, 0: none */
    struct direction *direction;
    bool remove, replace;
    struct edge *edges; /* NULL: `edit` instead */
    size_t count;
    struct json_object *edit;
};

struct sandbox {
    struct portal portal;
    struct gate gate;
    struct history history;
    struct faults faults;
    struct later *laters;
    size_t laters_count, laters_room;
    struct settings start; /* what POST /_sandbox/reset goes back to */
    char tokens[TOKENS_MAX][160]; /* of the command line: "TOKEN" or "TOKEN=scope scope" */
    int tokens_count;
    char base_url[64];
    bool release; /* the server shall answer the requests held back */
};

/* Prepares a portal with settings `start` and the tokens of the command line. */
void sandbox_open(struct sandbox *sandbox);
void sandbox_close(struct sandbox *sandbox);

/* As after sandbox_open(): no data, no log, no faults. */
void sandbox_reset(struct sandbox *sandbox);

/* Answers one request. */
void sandbox_answer(struct sandbox *, const struct request *, struct reply *);

/* Does what is due. */
void sandbox_tick(struct sandbox *, int64_t now_ms);

/* When sandbox_tick() is needed next, INT64_MAX: never. */
int64_t sandbox_next_ms(const struct sandbox *);

/* Queues changes; takes what `later` points to. */
void sandbox_later(struct sandbox *, const struct later *later);

/* Carries out a create or archive, now or later as faults and switches say. Takes `edges`. */
void call_apply(struct call *, struct later *work);

/* POST /_sandbox/edit: one or many edits by somebody else. */
MUST_CHECK bool sandbox_edit(struct sandbox *, struct json_object *edit, struct error *err);

/* Answers a control path. */
void control_answer(struct sandbox *, const struct request *, struct reply *);

#endif
