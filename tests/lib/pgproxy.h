/*
 * pgproxy.h: stands between a program and PostgreSQL, counts its statements, and can end the
 * program or the connection at exactly one of them. This is how "killed at every statement" is
 * swept: run once to count, then once for each number.
 *
 * A statement is one Query, one Sync (the end of Parse/Bind/Execute) or one CopyDone, counted over
 * all connections from 1, those of connection settings included. The proxy is a thread of the test;
 * its socket lies in the cluster's own folder and goes with it.
 */
#ifndef LIB_PGPROXY_H
#define LIB_PGPROXY_H

#include <sys/types.h>

#include "base/attr.h"

enum pgproxy_fault {
    PGPROXY_NONE, /* only count */
    PGPROXY_KILL_BEFORE, /* SIGKILL; PostgreSQL never sees the statement */
    PGPROXY_KILL_AFTER, /* SIGKILL once PostgreSQL has answered it; nobody sees the answer */
    PGPROXY_CUT_BEFORE, /* the connection ends; PostgreSQL never sees the statement */
    PGPROXY_CUT_AFTER, /* the connection ends once PostgreSQL has answered it: a COMMIT whose
                          outcome the program cannot know (fault J4) */
};

struct pgproxy;

/* In front of the database that url (of cluster.h) names. */
struct pgproxy *pgproxy_open(const char *url);

/* The url of the same database through the proxy; lives as long as the proxy. */
const char *pgproxy_url(const struct pgproxy *proxy);

/* Starts counting from 0 again and arms one fault for the statement of this number. victim: who is
 * killed; 0: the process that sent the statement. */
void pgproxy_plan(struct pgproxy *proxy, enum pgproxy_fault fault, int statement, pid_t victim);

/* Statements since the last pgproxy_plan (or open). */
int pgproxy_count(struct pgproxy *proxy);

/* Did the armed fault happen? */
bool pgproxy_fired(struct pgproxy *proxy);

/* Waits until every connection has ended on both sides: the server has rolled back and freed its
 * locks. False if that takes longer. */
bool pgproxy_settle(struct pgproxy *proxy, int timeout_ms);

/* Cuts what is open and ends the thread. NULL is fine. */
void pgproxy_close(struct pgproxy *proxy);

#endif
