/*
 * test_ownership_fence.c: a run that another one has overtaken changes nothing of what its sync
 * owns.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "journal/ownership.h"
#include "run/run.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg;
static struct error err;
static struct sync_definition sync_definition = {.name = "pairs"};
static struct run run;

static void set_up(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg,
        "truncate assocd.managed, assocd.sync_state;"
        "insert into assocd.sync_state (sync, portal, epoch, lock_pid)"
        " values ('pairs', 'main', 1, pg_backend_pid());"
        "insert into assocd.managed values ('pairs', 1, 1, 'HUBSPOT_DEFINED', 1, 'created', 1,"
        " clock_timestamp() - interval '3 minutes')",
        NULL);
    run = (struct run){.session = {.sync = &sync_definition, .state = pg, .run_id = 3, .epoch = 1},
        .plan.scope = &run.scope};
    struct type plain = {.category = "HUBSPOT_DEFINED", .type_id = 1, .managed = true};
    ck_assert_uint_eq(types_add(&run.session.types, &plain), 0);
    ck_assert(spool_open(&run.plan.to_own, "adopted", SPOOL_AS_IS, &err));
    ck_assert(spool_open(&run.plan.to_disown, "forgotten", SPOOL_AS_IS, &err));
}

static void tear_down(void)
{
    run_clear(&run); /* closes pg */
}

/* Another run has the owned set now, or another session of ours the lock. */
static const char *const overtaken[] = {
    "update assocd.sync_state set epoch = 2",
    "update assocd.sync_state set lock_pid = 1",
};
enum { OVERTAKEN = sizeof overtaken / sizeof overtaken[0] };

/* What is entered, what is looked for because it is owned already, what is forgotten. */
static const struct {
    bool forget;
    uint64_t id;
} entries[] = {{false, 2}, {false, 1}, {true, 1}};
enum { ENTRIES = sizeof entries / sizeof entries[0] };

TEST_LOOP(fault_j11_enters_and_forgets_nothing_once_overtaken, OVERTAKEN *ENTRIES)
{
    struct assoc row = {.from_id = entries[_i % ENTRIES].id, .to_id = entries[_i % ENTRIES].id};
    cluster_exec(pg, overtaken[_i / ENTRIES], NULL);
    ck_assert(
        spool_add(entries[_i % ENTRIES].forget ? run.plan.to_disown : run.plan.to_own, row, &err));
    ck_assert(!ownership_finish(&run.session, &run.plan, &err));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    ck_assert_ptr_nonnull(strstr(err.text, "run 3 of pairs lost its fencing token to a newer run"));
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.managed"), 1);
    ck_assert_int_eq(cluster_int(pg, "select from_id from assocd.managed"), 1);
}

SUITE(.open = open_database, .close = close_database, .before = set_up, .after = tear_down);
