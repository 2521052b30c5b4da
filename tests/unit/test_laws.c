/* test_laws.c: every move of a state that the journal could be asked for, and which of them its
 * triggers let through. What is legal is written here once more, from what the states mean. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "model/change_state.h"

static char *database;
static struct pg *pg;

static const char *changes[CHANGE_STATES]; /* the words of the program */

/* What each state may become; itself is no move. */
struct move {
    const char *from, *to;
};

static const struct move change_moves[] = {
    {"planned", "sent withheld skipped abandoned"}, {"withheld", "skipped"},
    {"sent", "applied rejected unknown abandoned"}, {"applied", "verified unverified"},
    {"unknown", "verified unverified"},
    {"unverified", "verified"}, /* it showed later than anybody waited */
};

static const char *const batches[] = {"sent", "done", "partial", "failed", "unknown", "not_sent"};

static const struct move batch_moves[] = {
    {"sent", "done partial failed unknown not_sent"},
    {"unknown", "done partial failed not_sent"}, /* the answer came after others had given it up */
};

static const char *const runs[] = {"planning", "applying", "verifying", "planned", "withheld",
    "succeeded", "no_change", "partial", "refused", "failed", "canceled", "interrupted",
    "deferred"};
enum { WORKING = 3 }; /* the first ones, in their order; the others are ends */

static bool holds(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

static bool may(const struct move *moves, size_t count, const char *from, const char *to)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(moves[i].from, from) == 0)
            return strcmp(from, to) == 0 || holds(moves[i].to, to);
    return strcmp(from, to) == 0;
}

static void open_database(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(changes); i++)
        changes[i] = change_state_text((enum change_state)i);
    database = cluster_database_with_schema();
    pg = cluster_connect(database);
}

static void close_database(void)
{
    pg_close(pg);
    cluster_drop(database);
    free(database);
}

/* Tries the statement and takes it back: did it work? Refusals must be the triggers'. */
static bool works(const char *sql)
{
    struct error err = {0};
    bool ok = pg_exec(pg, sql, NULL, &err);
    ck_assert_msg(ok || strcmp(pg_sqlstate(pg), "23514") == 0, "%s: %s", sql, err.text);
    return ok;
}

static const char first_run[] =
    "truncate assocd.run restart identity cascade; insert into assocd.run (sync, portal, api, "
    "cause, status, epoch, host, pid) values ('s', 'p', 'v3', 'manual', 'applying', 1, 'h', 1)";

/* The tables whose states move by a list, and a row of each but for its state. */
static const struct {
    const char *table, *rows, *state, *columns, *values; /* rows: where they are added */
    const char *const *states;
    size_t states_count;
    const struct move *moves;
    size_t moves_count;
} laws[] = {
    {"change", "plan_row", "state",
        "run_id, operation, ordinal, from_id, to_id, category, type_id, reason",
        "1, 'create', 1, 1, 1, 'HUBSPOT_DEFINED', 3, 'source_added'", changes, ARRAY_COUNT(changes),
        change_moves, ARRAY_COUNT(change_moves)},
    {"batch", "batch", "status", "run_id, operation, inputs", "1, 'create', 1", batches,
        ARRAY_COUNT(batches), batch_moves, ARRAY_COUNT(batch_moves)},
};

TEST_LOOP(a_state_moves_as_the_journal_knows_and_not_otherwise, ARRAY_COUNT(laws))
{
    const char *table = laws[_i].table, *state = laws[_i].state;
    const char *const *states = laws[_i].states;
    char sql[320];
    cluster_exec(pg, first_run, NULL);
    for (size_t i = 0; i < laws[_i].states_count; i++)
        for (size_t j = 0; j < laws[_i].states_count; j++) {
            (void)snprintf(sql, sizeof sql,
                "delete from assocd.%s; insert into assocd.%s (%s, %s) values (%s, '%s')", table,
                laws[_i].rows, laws[_i].columns, state, laws[_i].values, states[i]);
            cluster_exec(pg, sql, NULL);
            (void)snprintf(
                sql, sizeof sql, "update assocd.%s set %s = '%s'", table, state, states[j]);
            bool legal = may(laws[_i].moves, laws[_i].moves_count, states[i], states[j]);
            ck_assert_msg(works(sql) == legal, "%s: %s to %s", table, states[i], states[j]);
        }
}

/* One list says the states of a change: the words of the program, of the tables, of the functions,
 * of the view. */
TEST(the_states_of_a_change_are_the_same_wherever_they_are_told)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, "select unnest(assocd.change_states())", &rows);
    ck_assert_int_eq(rows.count, (int)ARRAY_COUNT(changes));
    cluster_exec(pg, first_run, NULL);
    for (int i = 0; i < rows.count; i++) {
        char sql[400];
        ck_assert_str_eq(changes[i], pg_rows_text(&rows, i, 0));
        (void)snprintf(sql, sizeof sql,
            "delete from assocd.change; insert into assocd.plan_row (%s, state) values (%s, '%s')",
            laws[0].columns, laws[0].values, pg_rows_text(&rows, i, 0));
        cluster_exec(pg, sql, NULL);
        (void)snprintf(sql, sizeof sql,
            "select count(*) from assocd.change c, assocd.plan_state s where c.state = '%s'"
            " and get_byte(s.states, 1) = %d",
            pg_rows_text(&rows, i, 0), i + 1);
        ck_assert_int_eq(cluster_int(pg, sql), 1);
    }
}

/* What looked like drift, or blocked, may be the other side of something; a plan knows at its end.
 */
TEST(while_a_run_plans_an_archive_may_turn_out_to_be_something_else)
{
    static const struct move moves[] = {{"reported", "skipped"}, {"blocked", "skipped planned"}};
    char sql[320];
    cluster_exec(pg, "truncate assocd.run restart identity cascade", NULL);
    cluster_exec(pg,
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid) values ('s', "
        "'p', 'v3', 'manual', 'planning', 1, 'h', 1)",
        NULL);
    for (size_t i = 0; i < ARRAY_COUNT(moves); i++)
        for (size_t j = 0; j < ARRAY_COUNT(changes); j++) {
            (void)snprintf(sql, sizeof sql,
                "delete from assocd.change; insert into assocd.plan_row (%s, state) values (%s, "
                "'%s')",
                laws[0].columns, laws[0].values, moves[i].from);
            cluster_exec(pg, sql, NULL);
            (void)snprintf(sql, sizeof sql, "update assocd.change set state = '%s'", changes[j]);
            ck_assert_msg(works(sql) == may(moves, ARRAY_COUNT(moves), moves[i].from, changes[j]),
                "planning: %s to %s", moves[i].from, changes[j]);
        }
}

TEST(runs_and_their_plans_are_emptied_together_or_by_their_runs_alone)
{
    static const char *const words[] = {"truncate assocd.run cascade",
        "truncate assocd.run, assocd.plan_row, assocd.plan_state cascade",
        "truncate assocd.plan_row, assocd.run cascade"};
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        char sql[320];
        cluster_exec(pg,
            "truncate assocd.run restart identity cascade; insert into assocd.run (sync, portal, "
            "api, cause, status, epoch, host, pid) values ('s', 'p', 'v3', 'manual', 'planning', "
            "1, 'h', 1)",
            NULL);
        (void)snprintf(sql, sizeof sql, "insert into assocd.plan_row (%s, state) values (%s, '%s')",
            laws[0].columns, laws[0].values, "planned");
        cluster_exec(pg, sql, NULL);
        ck_assert_msg(works(words[i]), "%s", words[i]);
        ck_assert(works("do $$ begin if exists (select from assocd.plan_row) then raise "
                        "check_violation; end if; end $$"));
    }
}

TEST(a_run_goes_on_or_ends_and_what_has_ended_stays)
{
    char sql[256];
    for (size_t i = 0; i < ARRAY_COUNT(runs); i++)
        for (size_t j = 0; j < ARRAY_COUNT(runs); j++) {
            (void)snprintf(sql, sizeof sql,
                "truncate assocd.run cascade; insert into assocd.run (sync, portal, api, cause,"
                " status, epoch, host, pid, completed_at) values ('s', 'p', 'v3', 'manual', '%s',"
                " 1, 'h', 1, %s)",
                runs[i], i < WORKING ? "null" : "now()");
            cluster_exec(pg, sql, NULL);
            (void)snprintf(sql, sizeof sql,
                "update assocd.run set status = '%s', completed_at = %s", runs[j],
                j < WORKING ? "null" : "now()");
            ck_assert_msg(works(sql) == (i == j || (i < WORKING && j > i)), "run: %s to %s",
                runs[i], runs[j]);
        }
}

SUITE(.open = open_database, .close = close_database, .in_one = true);
