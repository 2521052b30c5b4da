/*
 * test_ownership.c: what a sync owns, in a real PostgreSQL: it changes only with what was seen,
 * comes back in order, and knows no other sync's; beside it what is remembered of an account.
 */
#include <check.h>
#include <stdio.h>
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
static struct spool *owned;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg,
        "truncate assocd.managed, assocd.doubt, assocd.sync_state, assocd.portal, assocd.run"
        " restart identity cascade;"
        "insert into assocd.sync_state (sync, portal, epoch, lock_pid)"
        " values ('pairs', 'main', 1, pg_backend_pid())",
        NULL);
    run = (struct run){.session = {.sync = &sync_definition, .state = pg, .run_id = 3, .epoch = 1},
        .plan.scope = &run.scope};
    struct type plain = {.category = "HUBSPOT_DEFINED", .type_id = 1, .managed = true};
    ck_assert_uint_eq(types_add(&run.session.types, &plain), 0);
    ck_assert(spool_open(&owned, "the owned set", SPOOL_SORTED, &err));
    ck_assert(spool_open(&run.plan.to_own, "adopted", SPOOL_AS_IS, &err));
    ck_assert(spool_open(&run.plan.to_disown, "forgotten", SPOOL_AS_IS, &err));
}

static void teardown(void)
{
    spool_close(owned);
    run_clear(&run); /* closes pg */
}

static void load(void)
{
    ck_assert_msg(ownership_load(&run.session, &run.plan, owned, &err), "%s", err.text);
}

static void add(struct spool *spool, uint64_t from_id, uint64_t to_id)
{
    ck_assert(spool_add(spool, (struct assoc){.from_id = from_id, .to_id = to_id}, &err));
}

TEST(loads_nothing_from_nothing_owned)
{
    const struct assoc *row;
    load();
    ck_assert_uint_eq(run.plan.counts.managed, 0);
    ck_assert(spool_peek(owned, &row, &err));
    ck_assert_ptr_null(row);
}

TEST(loads_its_own_rows_in_order_and_all_of_them)
{
    enum { ROWS = 25000 };
    cluster_exec(pg,
        "insert into assocd.managed select s, n / 2 + 1, 30000 - n, 'HUBSPOT_DEFINED', 1, "
        "'created',"
        " 1 from generate_series(1, 25000) n, (values ('pairs'), ('other')) v(s)",
        NULL);
    load();
    ck_assert_uint_eq(run.plan.counts.managed, ROWS);
    const struct assoc *row;
    struct assoc last = {0};
    uint64_t rows = 0, wrong = 0;
    while (spool_peek(owned, &row, &err) && row != NULL) {
        wrong += assoc_compare(&last, row) >= 0;
        last = *row;
        rows++;
        spool_take(owned);
    }
    ck_assert_uint_eq(rows, ROWS);
    ck_assert_uint_eq(wrong, 0);
}

/* A label that the account has deleted since: still owned, never touched. */
TEST(takes_in_types_the_account_no_longer_lists_unmanaged)
{
    cluster_exec(pg,
        "insert into assocd.managed values ('pairs', 1, 2, 'USER_DEFINED', 77, 'created', 1),"
        " ('pairs', 1, 2, 'HUBSPOT_DEFINED', 1, 'created', 1)",
        NULL);
    load();
    ck_assert_uint_eq(run.session.types.count, 2);
    ck_assert(!run.session.types.items[1].managed);
    ck_assert_str_eq(run.session.types.items[1].category, "USER_DEFINED");
    ck_assert_uint_eq(run.session.types.items[1].type_id, 77);
    ck_assert_uint_eq(run.plan.counts.managed, 2);
}

/* One reading may be older than our own write. */
TEST(does_not_forget_what_was_entered_a_moment_ago)
{
    cluster_exec(pg,
        "insert into assocd.managed values"
        " ('pairs', 1, 1, 'HUBSPOT_DEFINED', 1, 'created', 1, clock_timestamp()),"
        " ('pairs', 2, 2, 'HUBSPOT_DEFINED', 1, 'created', 1, "
        "clock_timestamp() - interval '3 minutes')",
        NULL);
    add(run.plan.to_disown, 1, 1);
    add(run.plan.to_disown, 2, 2);
    ck_assert_msg(ownership_finish(&run.session, &run.plan, &err), "%s", err.text);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.managed"), 1);
    ck_assert_int_eq(cluster_int(pg, "select from_id from assocd.managed"), 1);
}

TEST(adopts_and_forgets_over_many_pages_and_again_without_harm)
{
    enum { ROWS = 20000 };
    cluster_exec(pg,
        "insert into assocd.managed select s, n, n, 'HUBSPOT_DEFINED', 1, 'created', 1,"
        " clock_timestamp() - interval '3 minutes'"
        " from generate_series(1, 20000) n, (values ('pairs'), ('other')) v(s)",
        NULL);
    for (uint64_t i = 1; i <= ROWS; i++) {
        add(run.plan.to_disown, i, i);
        add(run.plan.to_own, i, i + ROWS);
    }
    for (int time = 0; time < 2; time++)
        ck_assert_msg(ownership_finish(&run.session, &run.plan, &err), "%s", err.text);
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from assocd.managed where sync = 'pairs'"
                         " and origin = 'adopted' and run_id = 3 and to_id = from_id + 20000"),
        ROWS);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.managed"), 2 * ROWS);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.managed where sync = 'other'"), ROWS);
}

TEST(adopting_what_is_owned_keeps_its_origin)
{
    cluster_exec(pg,
        "insert into assocd.managed values ('pairs', 1, 2, 'HUBSPOT_DEFINED', 1, 'created', 1)",
        NULL);
    add(run.plan.to_own, 1, 1);
    add(run.plan.to_own, 1, 2);
    add(run.plan.to_own, 1, 3);
    ck_assert(ownership_finish(&run.session, &run.plan, &err));
    ck_assert_int_eq(err.kind, ERROR_NONE);
    ck_assert_int_eq(
        cluster_int(pg, "select to_id from assocd.managed where origin = 'created'"), 2);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.managed where origin = 'adopted'"), 2);
}

/* Changes of run 1 as they stand before verification: one of each state that matters. */
static void plan_changes(void)
{
    cluster_exec(pg,
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid)"
        " values ('pairs', 'main', 'v3', 'manual', 'verifying', 1, 'h', 1);"
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason, state) select 1, o, n, n, n, 'HUBSPOT_DEFINED', case o when 'create' then 1 else "
        "2"
        " end, 'source_added', s from (values ('create'), ('archive')) v(o),"
        " (values (1, 'applied'), (2, 'unknown'), (3, 'rejected'), (4, 'applied')) w(n, s);"
        "insert into assocd.managed select 'pairs', n, n, 'HUBSPOT_DEFINED', 2, 'created', 1"
        " from generate_series(1, 4) n",
        NULL);
}

static int64_t owned_of_type(int type)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql, "select count(*) from assocd.managed where type_id = %d", type);
    return cluster_int(pg, sql);
}

/* Run 1, which has the number 1, has seen the first three of both kinds as wished. */
static void settle_three(void)
{
    struct pg_args args = {0};
    pg_arg_int(&args, 1);
    pg_arg_text(&args, "pairs");
    pg_arg_int(&args, 1);
    pg_arg_text(&args, "{create,create,create,archive,archive,archive}");
    pg_arg_text(&args, "{1,2,3,1,2,3}");
    pg_arg_text(&args, "{}");
    pg_arg_text(&args, NULL);
    ck_assert_msg(pg_run(pg, STATEMENT_VERIFY_FINISH, &args, NULL, &err), "%s", err.text);
}

TEST(owns_what_was_seen_created_and_not_what_was_seen_gone)
{
    plan_changes();
    settle_three();
    ck_assert_int_eq(owned_of_type(1), 2); /* not the rejected one, nor what was not named */
    ck_assert_int_eq(owned_of_type(2), 2);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.change where state = 'verified'"), 4);
}

/* Run 2 has changed since what run 1 has changed of pairs 1, 2 and 4. */
static void overtake(void)
{
    cluster_exec(pg,
        "update assocd.sync_state set epoch = 2;"
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid)"
        " values ('pairs', 'main', 'v3', 'manual', 'verifying', 2, 'h', 1);"
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason, state) values (2, 'create', 1, 1, 1, 'HUBSPOT_DEFINED', 2, 'source_added', "
        "'sent'),"
        " (2, 'archive', 1, 2, 2, 'HUBSPOT_DEFINED', 1, 'source_removed', 'verified'),"
        " (2, 'archive', 2, 4, 4, 'HUBSPOT_DEFINED', 1, 'source_removed', 'applied'),"
        " (2, 'create', 2, 2, 2, 'HUBSPOT_DEFINED', 2, 'source_added', 'abandoned')",
        NULL);
}

/* A run that waits for its changes to show does not hold the lock: what a later one has changed
 * since is that one's, whatever the older one has seen. */
TEST(leaves_to_a_later_run_what_that_one_has_changed)
{
    plan_changes();
    overtake();
    settle_three();
    ck_assert_int_eq(
        cluster_int(pg, "select sum(from_id) from assocd.managed where type_id = 1"), 1);
    ck_assert_int_eq(
        cluster_int(pg, "select sum(from_id) from assocd.managed where type_id = 2"), 1 + 3 + 4);
    ck_assert_int_eq(
        cluster_int(
            pg, "select count(*) from assocd.change where state = 'verified' and run_id = 1"),
        4);
}

static bool loads_released(uint64_t from_id)
{
    const struct assoc *row;
    bool released = false;
    struct spool *again;
    ck_assert(spool_open(&again, "the owned set", SPOOL_SORTED, &err));
    ck_assert_msg(ownership_load(&run.session, &run.plan, again, &err), "%s", err.text);
    for (;;) {
        ck_assert(spool_peek(again, &row, &err));
        if (row == NULL)
            break;
        released = released || (row->from_id == from_id && (row->flags & ASSOC_RELEASED) != 0);
        spool_take(again);
    }
    spool_close(again);
    return released;
}

/* A create of the pair got no answer; it names what has been archived since, and may still come. */
TEST(keeps_what_a_create_in_doubt_may_bring_back)
{
    plan_changes();
    cluster_exec(pg,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason, state) select 1, 'create', 10 + n, n, n, 'HUBSPOT_DEFINED', 3, 'source_added', "
        "'sent' from generate_series(1, 2) n;"
        "update assocd.change set state = 'unknown' where ordinal > 10;"
        "update assocd.doubt set until = until - interval '3 minutes' where from_id = 2",
        NULL);
    settle_three();
    ck_assert_int_eq(
        cluster_int(pg, "select sum(from_id) from assocd.managed where type_id = 2"), 1 + 3 + 4);
    ck_assert(loads_released(1) && !loads_released(3));
    cluster_exec(pg, "update assocd.managed set since = since - interval '3 minutes'", NULL);
    uint32_t type = types_find(&run.session.types, "HUBSPOT_DEFINED", 2);
    ck_assert(spool_add(
        run.plan.to_disown, (struct assoc){.from_id = 1, .to_id = 1, .type = type}, &err));
    ck_assert(ownership_finish(&run.session, &run.plan, &err));
    ck_assert(loads_released(1));
    cluster_exec(pg, "update assocd.doubt set until = until - interval '3 minutes'", NULL);
    ck_assert(
        spool_rewind(run.plan.to_own, &err) && ownership_finish(&run.session, &run.plan, &err));
    ck_assert(!loads_released(1));
    ck_assert_int_eq(
        cluster_int(pg, "select sum(from_id) from assocd.managed where type_id = 2"), 3 + 4);
}

TEST(owns_again_what_it_had_released)
{
    cluster_exec(pg,
        "insert into assocd.managed values ('pairs', 1, 2, 'HUBSPOT_DEFINED', 1, 'created', 1,"
        " now(), now())",
        NULL);
    ck_assert(loads_released(1));
    add(run.plan.to_own, 1, 2);
    ck_assert(ownership_finish(&run.session, &run.plan, &err));
    ck_assert(!loads_released(1));
}

/* As run 1, without a look at HubSpot. */
static void trust(void)
{
    struct pg_args args = {0};
    pg_arg_int(&args, 1);
    pg_arg_text(&args, "pairs");
    pg_arg_int(&args, 1);
    ck_assert_msg(pg_run(pg, STATEMENT_VERIFY_TRUST, &args, NULL, &err), "%s", err.text);
}

TEST(trusts_only_what_hubspot_said_it_applied)
{
    plan_changes();
    trust();
    ck_assert_int_eq(owned_of_type(1), 2);
    ck_assert_int_eq(owned_of_type(2), 2);
}

TEST(trusts_nothing_that_a_later_run_has_changed)
{
    plan_changes();
    overtake();
    trust();
    ck_assert_int_eq(
        cluster_int(pg, "select sum(from_id) from assocd.managed where type_id = 1"), 1);
    ck_assert_int_eq(
        cluster_int(pg, "select sum(from_id) from assocd.managed where type_id = 2"), 1 + 2 + 3);
}

static void remember_account(int64_t portal_id)
{
    struct pg_args args = {0};
    pg_arg_text(&args, "main");
    pg_arg_int(&args, portal_id);
    pg_arg_text(&args, "UTC");
    pg_arg_text(&args, "stamp");
    ck_assert_msg(pg_run(pg, STATEMENT_PORTAL_SET, &args, NULL, &err), "%s", err.text);
}

static void remember_types(const char *label)
{
    struct pg_args args = {0};
    static const char *const key[] = {"main", "v4", "contacts", "companies"};
    for (size_t i = 0; i < ARRAY_COUNT(key); i++)
        pg_arg_text(&args, key[i]);
    static const char *const arrays[] = {"{USER_DEFINED}", "{9}", "{NULL}"};
    for (size_t i = 0; i < ARRAY_COUNT(arrays); i++)
        pg_arg_text(&args, arrays[i]);
    pg_arg_text(&args, label);
    pg_arg_text(&args, "{label}");
    ck_assert_msg(pg_run(pg, STATEMENT_TYPES_PUT, &args, NULL, &err), "%s", err.text);
}

/* Two syncs of one pair of object types that begin at once both ask and both remember. */
TEST(remembers_types_that_another_run_remembered_just_now)
{
    remember_account(1);
    remember_types("{Old}");
    remember_types("{New}");
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.association_type where label = 'New'"), 1);
}

/* Fault O3: the token of another account under the same name. */
TEST(forgets_the_types_of_another_account)
{
    remember_account(1);
    remember_types("{Old}");
    remember_account(1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.association_type"), 1);
    remember_account(2);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.association_type"), 0);
    ck_assert_int_eq(cluster_int(pg, "select portal_id from assocd.portal"), 2);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
