/*
 * fault.h: faults on demand. A fault waits for the n-th request that matches (method, part of the
 * path, or a request's number in the log) and then strikes `count` times, before or after the
 * request was carried out.
 */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "base/error.h"
#include "base/buf.h"

#include <sys/types.h>

struct json_object;

enum fault_action {
    FAULT_STATUS, /* answer this status and body */
    FAULT_PENDING, /* the batch envelope with status PENDING and no results */
    FAULT_CANCELED,
    FAULT_EMPTY_RESULTS, /* COMPLETE without results */
    FAULT_DROP_INPUT, /* one input is missing from the answer */
    FAULT_APPLY_LATE, /* carried out `ms` after the answer */
    FAULT_HOLD, /* answered on POST /_sandbox/release, or after `ms` if given */
    FAULT_DELAY, /* answered after `ms` */
    FAULT_HANGUP, /* the connection is reset without an answer */
    FAULT_TRUNCATE, /* half of the body, then the connection closes */
    FAULT_KILL, /* SIGKILL to the process `pid`, and no answer */
    FAULT_EXPIRE, /* 401, the token expired */
    FAULT_ACTIONS
};

struct fault {
    enum fault_action action;
    char method[8]; /* "": any */
    char path[128]; /* part of the path, "": any */
    uint64_t request; /* number in the log, 0: any */
    int64_t nth; /* strikes from the n-th match on … */
    int64_t count; /* … this many times */
    int64_t seen; /* matches so far */
    bool after; /* the request is carried out first */
    int status;
    char *body; /* NULL: HubSpot's usual one for the status */
    bool html;
    struct buf headers; /* "Name: value\n" each */
    int64_t ms;
    int64_t input; /* FAULT_DROP_INPUT: which one, from 0 */
    pid_t pid;
};

struct faults {
    struct fault **items;
    size_t count, room;
};

void faults_clear(struct faults *faults);

/* Adds one from JSON: {"match":{…},"action":…}. */
MUST_CHECK bool faults_add(struct faults *, struct json_object *json, struct error *err);

/* The fault that strikes this request, NULL if none. It stays in its place until the next
 * faults_clear(). */
const struct fault *faults_match(
    struct faults *, const char *method, const char *path, uint64_t seq);

const char *fault_action_text(enum fault_action action);

#endif
