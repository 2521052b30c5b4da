/*
 * test_carried.c: between records of one type a create brings what the run is to make of the same
 * link from its other record. A run that dies in between has made that, too.
 */
#include <check.h>
#include <stdlib.h>

#include "base/mem.h"
#include "journal/journal.h"
#include "lib/cluster.h"
#include "lib/suite.h"
#include "model/reciprocal.h"
#include "pg/pg.h"
#include "run/run.h"

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg; /* looks on */
static struct error err;
static struct portal_definition portal = {.name = "main", .api = DIALECT_V3};
static struct sync_definition sync_definition = {.name = "pairs", .portal = &portal};

/* Creates of 1-2, 3-4 and 2-1; the first is sent, and the run is gone. What is told of them. */
static char *told(bool one_type)
{
    static const int64_t ordinals[] = {1};
    struct journal_batch batch = {
        .operation = "create", .create = true, .ordinals = ordinals, .count = 1, .inputs = 1};
    struct run run = {
        .session = {.sync = &sync_definition, .database_url = database, .cause = "manual"}};
    struct run next = run;
    pg = cluster_connect(database);
    cluster_exec(
        pg, "truncate assocd.run, assocd.sync_state, assocd.portal restart identity cascade", NULL);
    ck_assert_msg(journal_open(&run.session, &run.scope, &err), "%s", err.text);
    cluster_exec(pg,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason) select run_id, 'create', n, f, t, 'USER_DEFINED', 7, 'source_added' from"
        " assocd.run, (values (1, 1, 2), (2, 3, 4), (3, 2, 1)) as v(n, f, t)",
        NULL);
    if (one_type)
        run.session.reciprocals = mem_new(1, sizeof *run.session.reciprocals);
    ck_assert_msg(journal_sent(&run.session, &batch, &err), "%s", err.text);
    run_clear(&run);
    ck_assert_msg(journal_open(&next.session, &next.scope, &err), "%s", err.text);
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    ck_assert(pg_exec(
        pg, "select string_agg(state, ' ' order by ordinal) from assocd.change", &rows, &err));
    char *text = mem_text(pg_rows_text(&rows, 0, 0));
    run_clear(&next);
    pg_close(pg);
    return text;
}

TEST(what_a_dead_runs_create_has_carried_along_is_unknown)
{
    char *states = told(true);
    ck_assert_str_eq(states, "unknown abandoned unknown");
    free(states);
}

TEST(equal_ids_of_two_object_types_are_other_records)
{
    char *states = told(false);
    ck_assert_str_eq(states, "unknown abandoned abandoned");
    free(states);
}

SUITE(.open = open_database, .close = close_database);
