/*
 * pooler.h: a connection pooler in front of the tests' PostgreSQL: Debian's pgbouncer, where it is
 * installed. Its folder lies in the cluster's and goes with it; the process dies with the test.
 */
#ifndef LIB_POOLER_H
#define LIB_POOLER_H

#include "base/attr.h"

struct pooler;

/* In front of the cluster that url (of cluster.h) names. settings: more lines of pgbouncer.ini, for
 * example "pool_mode = transaction\n". NULL: pgbouncer is not installed. */
struct pooler *pooler_open(const char *url, const char *settings);

/* url (of a database of that cluster) by way of the pooler; owned by the caller. */
char *pooler_url(const struct pooler *pooler, const char *url);

/* NULL is fine. */
void pooler_close(struct pooler *pooler);

#endif
