/*
 * test_journal.c: the run's rows in a real PostgreSQL: one run of a sync at a time, nothing is sent
 * by a run that was overtaken, every change ends in a state that is true, refusals wait longer each
 * time.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hubspot/client.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "journal/journal.h"
#include "run/run.h"
#include "run/run_row.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg; /* looks on */
static struct error err;
static struct portal_definition portal = {.name = "main", .api = DIALECT_V3};
static struct sync_definition sync_definition = {.name = "pairs", .portal = &portal};
static struct run run, other;

static void setup(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    cluster_exec(pg,
        "truncate assocd.run, assocd.sync_state, assocd.managed, assocd.reject, assocd.portal,"
        " assocd.signal restart identity cascade",
        NULL);
    run = (struct run){
        .session = {.sync = &sync_definition, .database_url = database, .cause = "manual"}};
    other = run;
}

static void teardown(void)
{
    run_clear(&run);
    run_clear(&other);
    pg_close(pg);
}

static void open_run(struct run *opened)
{
    ck_assert_msg(journal_open(&opened->session, &opened->scope, &err), "%s", err.text);
}

/* Planned creates 1 … count of the run, from-record n to n. */
static void plan(struct run *planned, int count)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason) select %lld, 'create', n, n, n, 'HUBSPOT_DEFINED', 1, 'source_added'"
        " from generate_series(1, %d) n",
        (long long)planned->session.run_id, count);
    cluster_exec(pg, sql, NULL);
}

static const int64_t ordinals[] = {1, 2, 3, 4, 5};

static bool send(struct run *sender, size_t first, size_t count, struct journal_batch *batch)
{
    *batch = (struct journal_batch){.operation = "create",
        .create = true,
        .ordinals = ordinals + first,
        .count = count,
        .inputs = count};
    return journal_sent(&sender->session, batch, &err);
}

static struct client_reply reply_of(const char *category)
{
    return (struct client_reply){.attempts = 1,
        .http_status = 207,
        .api_started_at = "",
        .api_completed_at = "",
        .correlation_id = "",
        .category = category,
        .message = ""};
}

static void done(const struct journal_batch *batch, const struct journal_answer *answer)
{
    struct client_reply reply = reply_of("");
    ck_assert_msg(journal_done(&run.session, batch, &reply, answer, &err), "%s", err.text);
}

/* How many changes (batches, runs) are in this state. */
static int64_t count(const char *table, const char *column, const char *value)
{
    char sql[256];
    (void)snprintf(
        sql, sizeof sql, "select count(*) from assocd.%s where %s = '%s'", table, column, value);
    return cluster_int(pg, sql);
}

TEST(opens_a_run_with_its_own_number_and_fence)
{
    open_run(&run);
    ck_assert_int_gt(run.session.run_id, 0);
    ck_assert_int_eq(run.session.epoch, 1);
    ck_assert(!run.session.baseline.known);
    ck_assert_int_eq(count("run", "status", "planning"), 1);
}

TEST(lets_one_run_of_a_sync_work_at_a_time_and_names_it)
{
    open_run(&run);
    ck_assert(!journal_open(&other.session, &other.scope, &err));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    ck_assert_ptr_nonnull(strstr(err.text, "run 1 of pairs holds its lock (planning since "));
    ck_assert_int_eq(cluster_int(pg, "select epoch from assocd.sync_state"), 1);
}

/* Holds the sync's lock in a session of its own until the run has met it. */
static void hold_until_met(void)
{
    struct pg *holder = cluster_connect(database);
    cluster_exec(holder,
        "select assocd.lock_sync('pairs', 'main');"
        "select pg_notify('held', '')",
        NULL);
    cluster_exec(holder,
        "do $$ begin while not exists (select from pg_stat_activity where datname ="
        " current_database() and application_name = 'assocd run pairs' and query like"
        " '%order by r.run_id desc limit 1%') loop perform pg_sleep(0.01), "
        "pg_stat_clear_snapshot();"
        " end loop; end $$",
        NULL);
    pg_close(holder);
}

/* Fault J10: killed a moment ago; PostgreSQL has not noticed that its client is gone. */
TEST(waits_for_the_session_of_a_process_that_is_gone)
{
    const char *channel = NULL, *payload;
    cluster_exec(pg, "listen held", NULL);
    pid_t holder = fork();
    if (holder == 0) {
        hold_until_met();
        _exit(0);
    }
    while (channel == NULL) {
        cluster_exec(pg, "select pg_sleep(0.01)", NULL);
        ck_assert_msg(pg_notification(pg, &channel, &payload, &err), "%s", err.text);
    }
    pid_t gone = fork();
    if (gone == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(gone, NULL, 0), gone);
    char host[256] = "", sql[512];
    (void)gethostname(host, sizeof host - 1);
    (void)snprintf(sql, sizeof sql,
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, session_key)"
        " select 'pairs', 'main', 'v3', 'manual', 'applying', 1, '%s', %d, lock_key"
        " from assocd.sync_state",
        host, (int)gone);
    cluster_exec(pg, sql, NULL);
    open_run(&run);
    ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.run where status = 'interrupted'"), 1);
}

TEST(lets_the_next_run_in_while_one_verifies_and_does_not_think_it_dead)
{
    open_run(&run);
    ck_assert(run_row_update(&run, RUN_VERIFYING, &err) && journal_unlock(&run.session, &err));
    open_run(&other);
    ck_assert_int_eq(other.session.epoch, 2);
    ck_assert_int_eq(count("run", "status", "verifying"), 1);
    ck_assert(run_row_update(&run, RUN_SUCCEEDED, &err));
    ck_assert_int_eq(count("run", "status", "succeeded"), 1);
}

/* Fault P1, J3: the process died; what it had sent is unknown, what it had not is abandoned. */
TEST(tells_a_dead_run_as_interrupted)
{
    struct journal_batch batch;
    open_run(&run);
    plan(&run, 5);
    ck_assert(send(&run, 0, 2, &batch));
    run_clear(&run);
    open_run(&other);
    ck_assert_int_eq(count("run", "status", "interrupted"), 1);
    ck_assert_int_eq(count("batch", "status", "unknown"), 1);
    ck_assert_int_eq(count("change", "state", "unknown"), 2);
    ck_assert_int_eq(count("change", "state", "abandoned"), 3);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.run where completed_at is null"), 1);
}

/* Fault J11: the lock's session was lost and another run began. */
TEST(refuses_to_send_once_overtaken)
{
    struct journal_batch batch;
    open_run(&run);
    plan(&run, 5);
    ck_assert(send(&run, 0, 1, &batch));
    cluster_exec(pg, "update assocd.sync_state set epoch = epoch + 1", NULL);
    ck_assert(!send(&run, 1, 1, &batch));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.batch"), 1);
    ck_assert_int_eq(count("change", "state", "planned"), 4);
}

/* Fault J11: its session lives, without the lock. The next run closes it, and what it has sent is
 * in doubt from then on, whenever it leaves: its pairs stay owned. It does nothing more itself. */
TEST(stops_once_another_run_has_closed_it)
{
    struct journal_batch batch;
    open_run(&run);
    plan(&run, 5);
    ck_assert(send(&run, 0, 2, &batch));
    ck_assert(pg_exec(run.session.state, "select pg_advisory_unlock_all()", NULL, &err));
    open_run(&other);
    ck_assert_int_eq(count("run", "status", "interrupted"), 1);
    ck_assert_int_eq(cluster_int(pg, "select count(*) from assocd.doubt where until > now()"), 2);
    ck_assert(!run_row_update(&run, RUN_APPLYING, &err));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    ck_assert_ptr_nonnull(strstr(err.text, "run 1 of pairs was interrupted"));
    ck_assert(!run_row_update(&run, RUN_SUCCEEDED, &err));
    ck_assert_int_eq(count("run", "status", "interrupted"), 1);
}

TEST(refuses_to_send_what_is_no_longer_planned)
{
    struct journal_batch batch;
    open_run(&run);
    plan(&run, 5);
    cluster_exec(pg, "update assocd.change set state = 'skipped' where ordinal = 2", NULL);
    ck_assert(!send(&run, 0, 3, &batch));
    ck_assert_ptr_nonnull(strstr(err.text, "was not sent: only"));
}

TEST(gives_every_change_of_an_answer_its_state)
{
    struct journal_batch batch;
    const struct journal_exception exceptions[] = {
        {2, STATE_REJECTED, "no such record \"\\{},'\n"}, {4, STATE_UNKNOWN, NULL}};
    open_run(&run);
    plan(&run, 5);
    ck_assert(send(&run, 0, 5, &batch));
    done(&batch,
        &(struct journal_answer){.status = "partial",
            .state = STATE_APPLIED,
            .exceptions = exceptions,
            .exceptions_count = 2});
    ck_assert_int_eq(count("change", "state", "applied"), 3);
    ck_assert_int_eq(count("change", "message", "no such record \"\\{},''\n"), 1);
    ck_assert(journal_results(&run.session, &run.outcome, &err));
    ck_assert_uint_eq(run.outcome.counts.created, 3);
    ck_assert_uint_eq(run.outcome.counts.rejected, 1);
    ck_assert_uint_eq(run.outcome.counts.unverified, 1);
    ck_assert_int_eq(count("batch", "status", "partial"), 1);
}

TEST(leaves_nothing_waiting_when_a_run_ends_early)
{
    struct journal_batch batch;
    open_run(&run);
    plan(&run, 5);
    ck_assert(send(&run, 0, 2, &batch));
    ck_assert(journal_abandon(&run.session, &err) && run_row_update(&run, RUN_FAILED, &err));
    ck_assert_int_eq(count("change", "state", "unknown"), 2);
    ck_assert_int_eq(count("change", "state", "abandoned"), 3);
    ck_assert_int_eq(count("batch", "status", "sent"), 0);
    ck_assert_int_eq(count("batch", "status", "unknown"), 1);
}

TEST(closes_a_run_once)
{
    open_run(&run);
    ck_assert(run_row_update(&run, RUN_SUCCEEDED, &err));
    ck_assert(!run_row_update(&run, RUN_APPLYING, &err));
    ck_assert_int_eq(err.kind, ERROR_LOCKED);
    ck_assert_int_eq(count("run", "status", "succeeded"), 1);
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.run where completed_at is null"), 0);
}

static void refuse(void)
{
    struct journal_batch batch;
    const struct client_reply reply = reply_of("OBJECT_NOT_FOUND");
    cluster_exec(pg, "delete from assocd.change", NULL);
    plan(&run, 1);
    ck_assert(send(&run, 0, 1, &batch));
    done(&batch, &(struct journal_answer){.status = "failed", .state = STATE_REJECTED});
    ck_assert_msg(journal_quarantine(&run.session, batch.batch_id, &reply, &err), "%s", err.text);
}

TEST(waits_twice_as_long_after_every_refusal_but_a_day_at_most)
{
    static const int hours[] = {1, 2, 4, 8, 16, 24, 24, 24};
    open_run(&run);
    for (size_t i = 0; i < ARRAY_COUNT(hours); i++) {
        refuse();
        ck_assert_int_eq(cluster_int(pg,
                             "select round(extract(epoch from retry_at - clock_timestamp()) / 3600)"
                             " from assocd.reject"),
            hours[i]);
    }
    ck_assert_int_eq(cluster_int(pg, "select attempts from assocd.reject"), 8);
}

/* HubSpot's times are its word: a wrong one must not cost the row. */
TEST(keeps_only_times_that_are_times)
{
    struct client_request request = {.from_count = 3};
    struct client_reply reply = reply_of("");
    reply.request = &request;
    reply.outcome = CLIENT_ANSWERED;
    reply.api_started_at = "2026-09-21T09:14:02.011Z";
    reply.api_completed_at = "tomorrow\t\\N";
    CLEANUP(buf_clear) struct buf rows = {0};
    open_run(&run);
    journal_note_read(&run.session, &rows, "read", &reply, run.session.started_local);
    journal_note_read(&run.session, &rows, "verify", &reply, run.session.started_local);
    ck_assert_msg(journal_reads(&run.session, &rows, &err), "%s", err.text);
    ck_assert_uint_eq(rows.length, 0);
    ck_assert_int_eq(cluster_int(pg,
                         "select count(*) from assocd.batch where inputs = 3 and status = 'done'"
                         " and api_started_at = '2026-09-21 09:14:02.011+00'"
                         " and api_completed_at is null"
                         " and sent_at between clock_timestamp() - interval '1 minute'"
                         " and clock_timestamp() and completed_at >= sent_at"),
        2);
}

/* A cell of any length is a reject, not the end of the run: an index row has its limits. */
TEST(takes_an_invalid_row_of_any_length)
{
    cluster_exec(pg,
        "create or replace function public.noise(n int) returns text language sql as"
        " $$select string_agg(md5(i::text), '') from generate_series(1, n) i$$",
        NULL);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, "select '{' || public.noise(2000) || '}', '{m}'", &rows);
    struct pg_args args = {0};
    pg_arg_text(&args, "pairs");
    pg_arg_int(&args, 1);
    for (int i = 0; i < 4; i++)
        pg_arg_text(&args, pg_rows_text(&rows, 0, 0));
    pg_arg_text(&args, pg_rows_text(&rows, 0, 1));
    ck_assert_msg(pg_run(pg, STATEMENT_REJECT_SOURCE, &args, NULL, &err), "%s", err.text);
    ck_assert_int_eq(count("reject", "message", "m"), 1);
}

TEST(whoever_asked_for_a_withheld_run_reads_of_the_guard_first)
{
    cluster_exec(pg,
        "insert into assocd.signal (verb, sync) values ('trigger', 'pairs');"
        "insert into assocd.sync_state (sync, portal, epoch, wanted)"
        " select 'pairs', 'main', 0, max(signal_id) from assocd.signal",
        NULL);
    run.session.cause = "trigger";
    open_run(&run);
    run.verdict = (struct verdict){.kind = VERDICT_WITHHOLD, .guard = "max_archive", .text = "G"};
    session_note(&run.session, "R");
    ck_assert_msg(run_row_update(&run, RUN_WITHHELD, &err), "%s", err.text);
    ck_assert_int_eq(
        cluster_int(pg, "select (outcome = 'run 1: withheld: G; R')::int from assocd.signal"), 1);
}

SUITE(.open = open_database, .close = close_database, .before = setup, .after = teardown);
