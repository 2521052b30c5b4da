/*
 * conninfo.h: what a database url says, ready for libpq. Private to this folder.
 */
#ifndef PG_CONNINFO_H
#define PG_CONNINFO_H

#include <libpq-fe.h>

#include "base/attr.h"
#include "base/error.h"

enum { CONNINFO_MAX = 80 }; /* libpq 15 knows 44 keywords */

struct conninfo {
    PQconninfoOption *options; /* what the url says */
    const char *keys[CONNINFO_MAX]; /* with our defaults; ended by NULL */
    const char *values[CONNINFO_MAX];
    int count;
};

/* Reads url (URI or keywords, "" for the PG* environment); name becomes application_name and is
 * borrowed, as url is. Error texts never hold a part of the password. */
MUST_CHECK bool conninfo_parse(struct conninfo *info, const char *url, const char *name,
    enum error_kind kind, struct error *err);
void conninfo_clear(struct conninfo *info);

/* A unix socket (libpq's default when no host is named) or this machine's loopback. A list counts
 * as another host, and so does a service file, which may name any. */
bool conninfo_local(const char *host);

#endif
