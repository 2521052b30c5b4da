/*
 * touch_cases.c: what reaches assocd.touched: from whom, of which syncs, and what it may cost the
 * application whose statement it is, and the daemon.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "lib/roles.h"
#include "pg/statement.h"
#include "service/bed.h"
#include "source/watch.h"

static struct bed bed;

static void open_bed(void)
{
    bed_open(&bed, "manual");
    bed_sql(&bed,
        "insert into assocd.sync_state (sync, portal) values ('links', 'main');"
        "create table crm.texts (from_id text, to_id text, kind text);"
        "grant usage on schema crm to assocd_writer; grant all on crm.texts to assocd_writer");
}

static void close_bed(void)
{
    bed_close(&bed);
}

static struct pg *writer(void)
{
    char *url = roles_text(bed.database_url, "touch");
    struct pg *login = cluster_connect(url);
    free(url);
    return login;
}

TEST(fault_h3_who_may_touches_known_syncs_only)
{
    struct error err = {0};
    struct pg *login = writer();
    cluster_exec(login, "select assocd.touch('links', 7), assocd.touch('links', 'x')", NULL);
    ck_assert(!pg_exec(login, "select assocd.touch('nobody', 7)", NULL, &err));
    ck_assert_msg(strstr(err.text, "unknown sync 'nobody'") != NULL, "%s", err.text);
    ck_assert(!pg_exec(login, "select assocd.touch(repeat('x', 9000000), 7)", NULL, &err));
    ck_assert(!pg_exec(login, "select assocd.touch(null, 7)", NULL, &err));
    ck_assert(!pg_exec(login, "insert into assocd.touched (sync) values ('links')", NULL, &err));
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.touched"), 2);
    pg_close(login);
}

/* However it came to be: nobody reads it. */
TEST(fault_h3_unknown_names_cost_the_daemon_nothing)
{
    struct error err = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    CLEANUP(buf_clear) struct buf text = {0};
    struct sync_definition links = {.name = (char *)"links", .watch = true};
    struct sync_definition *syncs[] = {&links};
    struct definitions definitions = {
        .database_url = bed.database_url, .syncs = syncs, .syncs_count = 1};
    bed_sql(&bed,
        "insert into assocd.touched (sync, touched_at) select 'n' || n || repeat('x', 50),"
        " now() - interval '8 days' from generate_series(1, 20000) n;"
        "insert into assocd.touched (sync, touched_at) values ('links', now() - interval '8 "
        "days')");
    ck_assert_msg(
        watch_waiting(bed.pg, &definitions, bed.database_url, &rows, &err), "%s", err.text);
    ck_assert_int_eq(rows.count, 1);
    ck_assert(watch_strays(bed.pg, &definitions, bed.database_url, &text, &err));
    ck_assert_uint_lt(text.length, 2000);
    for (int i = 0; i < 2; i++)
        ck_assert_msg(watch_forget(bed.pg, &definitions, bed.database_url, &err), "%s", err.text);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.touched"), 1);
}

/* Ids that are none, however long: the application's own statement goes through. */
TEST(fault_h17_a_huge_id_does_not_fail_the_application)
{
    struct pg *login = writer();
    bed_sql(&bed,
        "select assocd.watch('links', 'crm.texts', 'from_id', 'to_id', 'kind');"
        "delete from assocd.touched");
    cluster_exec(login, "insert into crm.texts values (repeat('7', 300000000), '1', 'x')", NULL);
    cluster_exec(login, "update crm.texts set from_id = '5'", NULL);
    cluster_exec(login, "update crm.texts set to_id = repeat('8', 300000000)", NULL);
    cluster_exec(login, "delete from crm.texts", NULL);
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) filter (where from_id is null) * 10"
                         " + count(*) filter (where from_id = 5) from assocd.touched"),
        23);
    pg_close(login);
}

/* The request is gone, in whatever way: nothing is wanted any more. */
TEST(fault_h9_a_want_without_its_request_starts_nothing)
{
    bed_start(&bed, 0, NULL);
    bed_sql(&bed,
        "alter table assocd.sync_state disable trigger all; set session_replication_role = replica;"
        "update assocd.sync_state set wanted = 4711, changed_at = clock_timestamp();"
        "set session_replication_role = origin; alter table assocd.sync_state enable trigger all;"
        "insert into assocd.signal (verb, sync) values ('pause', 'links')");
    bed_until(&bed, "select handled_at is not null from assocd.signal");
    bed_sql(&bed, "insert into assocd.signal (verb, sync) values ('resume', 'links')");
    bed_until(&bed, "select bool_and(handled_at is not null) from assocd.signal");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run where cause = 'trigger'"), 0);
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
}

SUITE(.before = open_bed, .after = close_bed);
