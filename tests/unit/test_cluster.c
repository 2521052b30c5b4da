/*
 * test_cluster.c: whatever the caller's shell says about a PostgreSQL of his own, a test reaches
 * the throw-away one. The variables are those that this libpq itself says it knows.
 */
#include <check.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"

TEST(fault_m1_follows_no_variable_that_libpq_knows)
{
    static const char *const only_defaults[] = {"PGSERVICEFILE", "PGSYSCONFDIR", "PGTZ"};
    char *ours = mem_text(cluster_url());
    PQconninfoOption *options = PQconndefaults();
    int known = 0;
    ck_assert_ptr_nonnull(options);
    for (size_t i = 0; i < ARRAY_COUNT(only_defaults); i++)
        ck_assert_int_eq(setenv(only_defaults[i], "/hostile", 1), 0);
    for (const PQconninfoOption *at = options; at->keyword != NULL; at++)
        if (at->envvar != NULL)
            known += setenv(at->envvar, "hostile", 1) == 0;
    ck_assert_int_eq(setenv("PGHOSTADDR", "255.255.255.255", 1), 0);
    ck_assert_int_gt(known, 20);

    struct pg *pg = cluster_connect(cluster_url());
    ck_assert_str_eq(cluster_url(), ours);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, "show unix_socket_directories", &rows);
    ck_assert_ptr_nonnull(strstr(ours, pg_rows_text(&rows, 0, 0)));
    pg_close(pg);
    for (const PQconninfoOption *at = options; at->keyword != NULL; at++)
        ck_assert_msg(at->envvar == NULL || getenv(at->envvar) == NULL, "%s", at->envvar);
    for (size_t i = 0; i < ARRAY_COUNT(only_defaults); i++)
        ck_assert_ptr_null(getenv(only_defaults[i]));
    PQconninfoFree(options);
    free(ours);
}
