/*
 * test_rate_budget.c: the account's rate budget in a real PostgreSQL: never above the ceiling in
 * any 10 s, whoever asks; the day; holds; the share that a 429 halves. Time passes by moving what
 * the budget remembers into the past, never by sleeping.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cluster.h"
#include "lib/suite.h"
#include "journal/rate_budget.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg;
static struct rate_budget permits;
static struct error err;

static void ask_for(int64_t per_10s, int64_t per_day, const char *zone)
{
    struct limits limits = {.requests_per_10s = per_10s, .requests_per_day = per_day};
    rate_budget_init(&permits, pg, "4711", zone, &limits);
}

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg, "truncate assocd.budget, assocd.permit", NULL);
    ask_for(10, 0, "UTC");
}

static void teardown(void)
{
    pg_close(pg);
}

static int64_t wait_of_next(void)
{
    int64_t wait_ms = -1;
    ck_assert_msg(rate_budget_take(&permits, &wait_ms, &err), "%s", err.text);
    return wait_ms;
}

static bool granted(void)
{
    return wait_of_next() == 0;
}

static int grants(int tries)
{
    int count = 0;
    for (int i = 0; i < tries; i++)
        count += granted();
    return count;
}

/* The budget as if so many seconds had gone by. */
static void let_pass(double seconds)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
        "update assocd.permit set granted_at = granted_at - interval '1 s' * %f;"
        "update assocd.budget set held_until = held_until - interval '1 s' * %f,"
        " share_changed_at = share_changed_at - interval '1 s' * %f,"
        " counted_to = counted_to - interval '1 s' * %f",
        seconds, seconds, seconds, seconds);
    cluster_exec(pg, sql, NULL);
}

static void hold(const char *policy, int64_t ms)
{
    struct client_permits client = rate_budget_for_client(&permits);
    ck_assert_msg(client.hold(client.owner, policy, ms, &err), "%s", err.text);
}

TEST(searches_have_a_budget_of_their_own)
{
    permits.searching = true;
    ck_assert_int_eq(grants(20), 3);
    int64_t wait_ms = wait_of_next();
    ck_assert_int_ge(wait_ms, 1);
    ck_assert_int_le(wait_ms, 1100);
    let_pass(1.2);
    ck_assert_int_eq(grants(20), 3);
    hold("SECONDLY", 5000);
    ck_assert_int_gt(wait_of_next(), 1200);
    permits.searching = false;
    ck_assert_int_eq(grants(20), 10);
}

TEST(searches_count_for_the_day)
{
    ask_for(0, 5, "UTC");
    ck_assert_int_eq(grants(2), 2);
    permits.searching = true;
    ck_assert_int_eq(grants(3), 3);
    let_pass(2);
    int64_t wait_ms = -1;
    ck_assert(!rate_budget_take(&permits, &wait_ms, &err));
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
}

TEST(grants_the_ceiling_and_then_says_how_long_to_wait)
{
    ck_assert_int_eq(grants(10), 10);
    int64_t wait_ms = wait_of_next();
    ck_assert_int_gt(wait_ms, 5000);
    ck_assert_int_le(wait_ms, 10100);
    let_pass(10.2);
    ck_assert_int_eq(grants(12), 10);
}

TEST(knows_no_ceiling_when_it_is_0)
{
    ask_for(0, 0, "UTC");
    ck_assert_int_eq(grants(50), 50);
}

TEST(keeps_accounts_apart)
{
    ck_assert_int_eq(grants(11), 10);
    struct limits limits = {.requests_per_10s = 10};
    rate_budget_init(&permits, pg, "4712", "UTC", &limits);
    ck_assert_int_eq(grants(11), 10);
}

enum { SESSIONS = 4, CEILING = 40 };

/* A worker: takes what it gets, notes when, until the account says wait a second time. */
static void greedy_session(void)
{
    pg = cluster_connect(database);
    int64_t ceiling = getpid() % 2 == 0 ? CEILING : CEILING / 2; /* not even of one mind */
    ask_for(ceiling, 0, "UTC");
    for (int refused = 0; refused < 40;)
        if (granted())
            cluster_exec(pg, "insert into public.granted values (clock_timestamp())", NULL);
        else
            refused++;
    pg_close(pg);
    _exit(0);
}

TEST(never_grants_more_than_the_ceiling_to_several_sessions_at_once)
{
    cluster_exec(pg,
        "drop table if exists public.granted;"
        "create table public.granted (at timestamptz)",
        NULL);
    pid_t children[SESSIONS];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < SESSIONS; i++) {
            children[i] = fork();
            if (children[i] == 0)
                greedy_session();
        }
        for (int i = 0; i < SESSIONS; i++) {
            int status;
            ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
            ck_assert_int_eq(status, 0);
        }
        int64_t count = cluster_int(pg, "select count(*) from public.granted");
        ck_assert_int_le(count, CEILING);
        ck_assert_int_ge(count, CEILING / 2);
        let_pass(10.2);
        cluster_exec(pg, "truncate public.granted", NULL);
    }
}

/* Ceilings of all sizes in turn, time passing in jumps of all sizes: in no window of 10 s are there
 * more permits than the largest ceiling in use in it. */
TEST(stays_below_the_ceiling_while_it_changes)
{
    static const int64_t ceilings[] = {10, 3, 25, 7, 25, 1, 10};
    double times[4096], now = 0;
    int64_t allowed[4096];
    size_t count = 0;
    for (size_t step = 0; step < 70; step++) {
        int64_t ceiling = ceilings[step % ARRAY_COUNT(ceilings)];
        ask_for(ceiling, 0, "UTC");
        for (int i = 0; i < 30 && granted(); i++) {
            ck_assert_uint_lt(count, ARRAY_COUNT(times));
            times[count] = now;
            allowed[count++] = ceiling;
        }
        double jump = 0.7 + (double)(step * 37 % 23) / 4;
        let_pass(jump);
        now += jump;
    }
    ck_assert_uint_gt(count, 100);
    for (size_t last = 0; last < count; last++) {
        int64_t within = 0;
        for (size_t i = 0; i <= last; i++)
            within += times[i] > times[last] - 10.0;
        ck_assert_int_le(within, allowed[last]);
    }
}

static int64_t of_the_day(void)
{
    return cluster_int(pg,
        "select day_requests + (select count(*) from assocd.permit where granted_at > counted_to)"
        " from assocd.budget");
}

/* Nothing is counted twice or forgotten, however the rows are counted up in between. */
TEST(counts_every_request_of_the_day_once)
{
    ask_for(0, 1000, "UTC");
    for (int round = 0; round < 5; round++) {
        ck_assert_int_eq(grants(90), 90);
        ck_assert_int_eq(of_the_day(), (round + 1) * 90);
        let_pass(round % 2 == 0 ? 0 : 7.5);
    }
    let_pass(30);
    ck_assert_int_eq(grants(550), 550);
    struct error why = {0};
    int64_t wait_ms;
    ck_assert(!rate_budget_take(&permits, &wait_ms, &why));
    ck_assert_int_eq(why.kind, ERROR_QUOTA);
}

/* A request that was allowed is a row that is written once; a snapshot that somebody holds keeps
 * what is deleted, and no request looks at it. */
TEST(fault_y16_a_permit_costs_the_same_under_a_snapshot_that_somebody_holds)
{
    struct pg *dump = cluster_connect(database);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(
        dump, "begin isolation level repeatable read; select count(*) from assocd.budget", NULL);
    cluster_exec(pg,
        "do $$ begin for i in 1..5000 loop perform assocd.take_permits('4711', 0, 0, 'UTC');"
        " end loop; end $$",
        NULL);
    cluster_exec(pg,
        "explain (analyze, buffers, costs off, timing off, summary off)"
        " select * from assocd.take_permits('4711', 150, 0, 'UTC')",
        &rows);
    const char *hits = strstr(pg_rows_text(&rows, 1, 0), "shared hit=");
    ck_assert_ptr_nonnull(hits);
    ck_assert_int_le(strtol(hits + strlen("shared hit="), NULL, 10), 1000);
    ck_assert_int_le(cluster_int(pg, "select pg_relation_size('assocd.budget') / 8192"), 6);
    pg_close(dump);
}

TEST(counts_the_day_and_says_when_it_ends)
{
    ask_for(0, 3, "UTC");
    ck_assert_int_eq(grants(3), 3);
    int64_t wait_ms;
    ck_assert(!rate_budget_take(&permits, &wait_ms, &err));
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
    ck_assert_ptr_nonnull(strstr(err.text, "midnight in UTC"));
    ck_assert_int_eq(of_the_day(), 3);
    cluster_exec(pg, "update assocd.budget set day = day - 1", NULL);
    ck_assert_int_eq(grants(1), 1);
    ck_assert_int_eq(of_the_day(), 1);
}

static const char *const zones[] = {"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "Europe/Dublin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"};

TEST_LOOP(ends_the_day_at_midnight_of_the_account, ARRAY_COUNT(zones))
{
    ask_for(0, 1, zones[_i]);
    ck_assert(granted());
    char sql[512];
    (void)snprintf(sql, sizeof sql,
        "select case when abs(extract(epoch from clock_timestamp() + t.wait_ms * interval '1 ms'"
        " - date_trunc('day', clock_timestamp() at time zone '%s' + interval '1 day')"
        " at time zone '%s')) < 2 and t.why = 'DAILY' then 1 else 0 end"
        " from assocd.take_permits('4711', 0, 1, '%s') t",
        zones[_i], zones[_i], zones[_i]);
    ck_assert_int_eq(cluster_int(pg, sql), 1);
}

TEST(a_hold_stops_everybody_and_passes)
{
    ck_assert(granted());
    hold("SECONDLY", 5000);
    int64_t wait_ms = wait_of_next();
    ck_assert_int_gt(wait_ms, 2000);
    ck_assert_int_le(wait_ms, 5000);
    hold("SECONDLY", 1); /* a shorter one takes nothing back */
    ck_assert_int_gt(wait_of_next(), 2000);
    let_pass(5.1);
    ck_assert(granted());
}

TEST(a_daily_hold_lasts_until_midnight_whatever_comes_after_it)
{
    int64_t wait_ms;
    hold("DAILY", 1000);
    ck_assert(!rate_budget_take(&permits, &wait_ms, &err));
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
    err = (struct error){0};
    hold("TEN_SECONDLY_ROLLING", 10000); /* the answer to another request in flight */
    ck_assert_msg(
        !rate_budget_take(&permits, &wait_ms, &err), "hours to wait for a SECONDLY limit");
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
}

static int64_t share(void)
{
    return cluster_int(pg, "select round(share * 1000) from assocd.budget");
}

TEST(a_429_halves_the_share_once_and_quiet_minutes_restore_it)
{
    ask_for(40, 0, "UTC");
    ck_assert(granted());
    hold("SECONDLY", 1000);
    ck_assert_int_eq(share(), 500);
    hold("SECONDLY", 1000); /* the same excess, told to another worker */
    ck_assert_int_eq(share(), 500);
    let_pass(11);
    ck_assert_int_eq(grants(41), 20);
    ck_assert_int_eq(share(), 500);
    for (int i = 0; i < 10; i++) {
        hold("SECONDLY", 1000);
        let_pass(11);
    }
    ck_assert_int_eq(share(), 100); /* never less than a tenth */
    int64_t before = share();
    for (int minute = 0; minute < 12; minute++) {
        let_pass(61);
        ck_assert(granted());
        ck_assert(share() > before || before == 1000);
        before = share();
    }
    ck_assert_int_eq(before, 1000);
    let_pass(11);
    ck_assert_int_eq(grants(41), 40);
}

TEST(a_ceiling_of_one_still_grants_one_when_halved)
{
    ask_for(1, 0, "UTC");
    hold("SECONDLY", 1);
    let_pass(1);
    ck_assert_int_eq(grants(2), 1);
}

/* Fault P8: the server's clock was a day ahead and is set right: nobody waits a day. */
TEST(a_clock_set_back_delays_by_one_window_at_most)
{
    ck_assert_int_eq(grants(10), 10);
    hold("SECONDLY", 1000);
    let_pass(-86400);
    int64_t wait_ms = wait_of_next(); /* the hold, which may be DAILY, as far as a day */
    ck_assert_int_le(wait_ms, 86400000);
    cluster_exec(pg, "update assocd.budget set held_until = '-infinity', share = 1", NULL);
    ck_assert_int_le(wait_of_next(), 10100);
    let_pass(10.2);
    ck_assert_int_eq(grants(11), 10);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
