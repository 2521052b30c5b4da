/*
 * route.h: which path and method is which call, in one table.
 */
#ifndef SANDBOX_ROUTE_H
#define SANDBOX_ROUTE_H

#include "sandbox/call.h"

enum {
    NEEDS_NOTHING = 0,
    NEEDS_READ = 1,
    NEEDS_WRITE = 2,
    NEEDS_JSON = 4,
    NO_TOKEN = 8,
    NEEDS_SCHEMA = 16,
    RATED_GENERAL = 32,
    RATED_SEARCH = 64,
    NEEDS_ANY = 128 /* the scope of any object type */
};

struct route {
    const char *method;
    const char *path; /* {v} date version, {f} {t} object types, {i} {j} ids, {n} free */
    enum dialect dialect;
    const char *name; /* in the log and in the counts */
    void (*answer)(struct call *call);
    int needs;
};

/* Finds the route of the request and fills call's version, from, to, from_text, to_text and name,
 * all of them pointing into `path`, which is cut into segments. NULL: no such path, or *allowed
 * tells the method that the path would take. */
const struct route *route_find(
    struct call *call, char *path, const char **unknown_object, const char **allowed);

#endif
