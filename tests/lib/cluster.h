/*
 * cluster.h: PostgreSQL for tests: the real one, thrown away afterwards. Under `make check` all
 * programs share one cluster (its url stands in ASSOCD_TEST_PG); a test program run by hand starts
 * its own through tests/lib/cluster.sh and loses it when it ends, however it ends. libpq's
 * variables (PG*) leave the environment with the first call: only a test itself may set one,
 * afterwards.
 */
#ifndef LIB_CLUSTER_H
#define LIB_CLUSTER_H

#include <stdlib.h>
#include "base/attr.h"
#include "base/error.h"
#include "pg/pg.h"

/* The url of the cluster's maintenance database. Starts a cluster if there is none; call it once
 * from main(), before Check forks, so that all tests of the program share it. */
const char *cluster_url(void);

/* A cluster of this process's own from here on, which goes when the process does, however that
 * ends: for a test that does to a server what others must not feel. */
void cluster_own(void);

/* Restarts the cluster of cluster_own and waits until it is there again. mode: "fast", or
 * "immediate", which is a crash as far as PostgreSQL can tell. */
void cluster_restart(const char *mode);

/* The url of a new, empty database; owned by the caller. */
char *cluster_database(void);

/* The url of a new database with the schema of this build (sql/schema/) in it, copied from a
 * template that is made once per cluster; owned by the caller. */
char *cluster_database_with_schema(void);

/* Drops a database made above, cutting whoever is still connected. Optional: the end of the cluster
 * takes all. */
void cluster_drop(const char *url);

/* The url with another database's name in it, all else equal; owned by the caller. */
char *cluster_url_of(const char *url, const char *database);

/* A connection, or the test is over. */
struct pg *cluster_connect(const char *url);

/* The server's major version. */
int cluster_version(struct pg *pg);

/* Runs SQL, or the test is over. rows may be NULL. */
void cluster_exec(struct pg *pg, const char *sql, struct pg_rows *rows);

/* The first column of the first row as a number; the test is over if there is no row. */
int64_t cluster_int(struct pg *pg, const char *sql);

/* A database of the file's own, in `database`, for SUITE(.open = open_database, .close =
 * close_database); make: cluster_database or cluster_database_with_schema. */
#define SUITE_DATABASE(make) \
    static char *database; \
    static void open_database(void) \
    { \
        database = make(); \
    } \
    static void close_database(void) \
    { \
        cluster_drop(database); \
        free(database); \
    } \
    struct suite_settings

#endif
