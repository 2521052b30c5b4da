/*
 * quiet_cases.c: how often a daemon that has nothing to do asks the database, counted in statements
 * and looks, and that it is quick all the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/pgproxy.h"
#include "service/bed.h"

enum { LOOKS = 4, A_LOOK = 4 }; /* statements of a look around */

static struct bed bed;
static struct pgproxy *proxy;

static void open_bed(void)
{
    bed_open(&bed, "manual");
}

static void close_bed(void)
{
    bed_close(&bed);
    pgproxy_close(proxy);
    proxy = NULL;
}

static void configure(const char *head, const char *more)
{
    CLEANUP(buf_clear) struct buf syncs = {0};
    char *direct = bed.database_url;
    bed_sync(&syncs, "links", "contacts", "manual");
    buf_add_text(&syncs, more);
    if (proxy != NULL)
        bed.database_url = (char *)(uintptr_t)pgproxy_url(proxy);
    bed_configure(&bed, head, buf_text(&syncs));
    bed.database_url = direct;
}

static void until_looked(int64_t *seen_us)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql,
        "select (extract(epoch from seen_at) * 1000000)::bigint > %lld from assocd.daemon",
        (long long)*seen_us);
    bed_until(&bed, sql);
    *seen_us =
        bed_int(&bed, "select (extract(epoch from seen_at) * 1000000)::bigint from assocd.daemon");
}

TEST(asks_a_few_things_at_each_look_and_nothing_between)
{
    int64_t seen_us = 0;
    proxy = pgproxy_open(bed.database_url);
    configure("daemon: {poll: 1s}\n", "");
    bed_start(&bed, 0, NULL);
    until_looked(&seen_us);
    until_looked(&seen_us);
    int before = pgproxy_count(proxy);
    for (int i = 0; i < LOOKS; i++)
        until_looked(&seen_us);
    ck_assert_int_le(pgproxy_count(proxy) - before, (LOOKS + 1) * A_LOOK);
}

/* Twelve transactions a minute are three looks. */
TEST(looks_rarely_unless_something_is_watched_or_configured)
{
    static const struct {
        const char *head, *more;
        int64_t pace_s;
    } cases[] = {
        {"", "", 30},
        {"", "    watch: true\n", 1},
        {"daemon: {poll: 45s}\n", "", 45},
        {"daemon: {poll: 2s}\n", "    watch: true\n", 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        configure(cases[i].head, cases[i].more);
        bed_start(&bed, 0, NULL);
        bed_until(&bed, "select count(next_at) = 1 from assocd.daemon");
        ck_assert_int_eq(bed_int(&bed,
                             "select round(extract(epoch from next_at - seen_at))::bigint"
                             " from assocd.daemon"),
            cases[i].pace_s);
        ck_assert_int_eq(bed_stop(&bed, 0), 0);
        process_clear(&bed.daemons[0]);
    }
}

/* Far sooner than the next look, which is minutes away. */
TEST(acts_at_once_on_a_request_while_it_rests)
{
    configure("daemon: {poll: 5m}\n", "");
    bed_start(&bed, 0, NULL);
    bed_trigger(&bed);
    bed_until(&bed, "select count(*) = 1 from assocd.run where status = 'succeeded'");
    bed_until(&bed, "select outcome = 'run 1: succeeded' from assocd.signal");
    bed_until(&bed, "select next_at > seen_at + interval '1 minute' from assocd.daemon");
}

/* A run of somebody else is looked after every second, in case its process dies. */
TEST(looks_after_the_runs_of_others)
{
    configure("daemon: {poll: 5m}\n", "");
    bed_start(&bed, 0, NULL);
    bed_sql(&bed,
        "select assocd.lock_sync('links', 'main');"
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, session_key,"
        " session_pid, session_role) select 'links', 'main', '2026-09', 'manual', 'applying', 1,"
        " 'elsewhere', 1, lock_key, lock_pid, lock_role from assocd.sync_state;"
        "notify assocd_run");
    bed_until(&bed, "select next_at < seen_at + interval '2 seconds' from assocd.daemon");
    bed_sql(&bed, "select pg_advisory_unlock_all()");
    bed_until(&bed, "select status = 'interrupted' from assocd.run");
}

/* Of a sync that rests since more than history.retention_days. */
static void leave_old_history(void)
{
    bed_sql(&bed,
        "set session_replication_role = replica;"
        "insert into assocd.run (sync, portal, api, cause, status, started_at, completed_at, epoch,"
        " host, pid) select 'former', 'main', 'v3', 'manual', 'succeeded', at, at, 1, 'h', 1 from"
        " generate_series(1, 50), lateral (select now() - interval '200 days' as at) t;"
        "insert into assocd.batch (run_id, operation, status, inputs, completed_at) select run_id,"
        " 'create', 'done', 1, completed_at from assocd.run;"
        "set session_replication_role = origin");
}

enum { PRUNED_MS = 90 * 1000 }; /* a daemon that starts lets some time go by first */

TEST(forgets_old_history_while_it_has_nothing_else_to_do)
{
    leave_old_history();
    configure("daemon: {poll: 1s}\n", "");
    bed_start(&bed, 0, NULL);
    ck_assert(bed_until_ms(&bed, "select count(*) = 0 from assocd.batch", PRUNED_MS));
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert_ptr_null(strstr(buf_text(&bed.daemons[0].err), "pruned"));
}

TEST(tells_that_old_history_could_not_be_forgotten_and_goes_on)
{
    leave_old_history();
    bed_sql(&bed,
        "create function public.hold() returns trigger language plpgsql as $$ begin raise "
        "exception "
        "'the auditors want it'; end $$; create trigger held before delete on assocd.batch execute "
        "function public.hold()");
    configure("daemon: {poll: 1s}\n", "");
    bed_start(&bed, 0, NULL);
    ck_assert(process_expect(&bed.daemons[0], "the auditors want it", PRUNED_MS));
    ck_assert_msg(strstr(buf_text(&bed.daemons[0].err), "history was not pruned: ") != NULL, "%s",
        buf_text(&bed.daemons[0].err));
    bed_trigger(&bed);
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where status = 'succeeded' and sync = "
        "'links'");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
}

SUITE(.before = open_bed, .after = close_bed);
