/*
 * source_cases.c: who owns a view, a function or a table that a sync reads, and what that lets him
 * do to those who read and watch it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "base/buf.h"
#include "base/mem.h"
#include "lib/cluster.h"
#include "lib/roles.h"
#include "pg/pg.h"
#include "service/bed.h"

static struct bed bed;

/* Everything that evil.act() does is written down, by whom. It is called while a statement is being
 * planned, and for who asks for it. */
static const char world[] =
    "create schema evil; grant usage on schema evil to public;"
    "create table evil.deed (who text, what text); grant insert on evil.deed to public;"
    "create function evil.act() returns void language plpgsql as $$ begin"
    " insert into evil.deed values (current_user, current_query()); end $$;"
    "create function evil.plot(bigint) returns bigint language plpgsql immutable as $$ begin"
    " perform evil.act(); return 0; exception when others then return 0; end $$;";

/* A function that every reader of the view calls, and that has string_agg mean something else. */
static const char shadow[] =
    "create function evil.step(text, text, text) returns text language sql immutable as $$ select"
    " 'pg_catalog.pg_class in access share mode; commit; begin read write; select evil.act();"
    " commit; begin read only; lock table pg_catalog.pg_class'::text $$;"
    "create aggregate evil.string_agg(text, text) (sfunc = evil.step, stype = text, initcond = '');"
    "create function evil.mean() returns boolean language plpgsql immutable as $$ begin"
    " perform set_config('search_path', 'evil, pg_catalog', true);"
    " perform set_config('search_path', 'evil, pg_catalog', false); return true; end $$;"
    "create view crm.shown as select from_id, to_id from crm.link where evil.mean()";

static void open_bed(void)
{
    bed_open(&bed, "manual");
    bed_sql(&bed, world);
}

static void close_bed(void)
{
    bed_close(&bed);
}

static void expect_no_deeds(void)
{
    char *deeds = bed_text(&bed, "select string_agg(who || ': ' || what, E'\\n') from evil.deed");
    ck_assert_msg(deeds[0] == '\0', "%s", deeds);
    free(deeds);
}

static void configure(const char *source)
{
    struct buf syncs = {0};
    buf_addf(&syncs,
        "  links:\n    portal: main\n    from: deals\n    to: contacts\n    types: [plain]\n"
        "    source: %s\n    policy: mirror_owned\n    schedule: manual\n    watch: true\n",
        source);
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

TEST(fault_h19_code_of_a_source_puts_no_words_into_our_statements)
{
    static const char *const verbs[][3] = {{"check", NULL}, {"plan", "links", NULL}};
    struct process process = {0};
    bed_sql(&bed, shadow);
    configure("{query: \"select from_id, to_id from crm.shown\"}");
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        (void)bed_command(&bed, &process, verbs[i]);
        expect_no_deeds();
        process_clear(&process);
    }
}

/* What is evaluated for whoever plans a query of a table: an index, a domain. */
static const char trap[] = "create type evil.letter as enum ('a', 'b');"
                           "create domain evil.kind as evil.letter check (evil.plot(3) = 0);"
                           "create table crm.trap (from_id bigint, to_id bigint, kind evil.kind);"
                           "create index on crm.trap ((evil.plot(1) + from_id));"
                           "grant select, trigger on crm.trap to test_owner; delete from evil.deed";

/* A database whose schema assocd belongs to a login that owns nothing else: what others' code does
 * with its rights shows. */
struct site {
    char *url; /* as the owner */
    struct pg *pg;
    char config[160];
};

static void site_open(struct site *site, const char *source)
{
    static const char make[] =
        "do $$ begin create role test_owner login; exception when duplicate_object or "
        "unique_violation then null; end $$;"
        "create schema crm; grant usage on schema crm to test_owner;";
    struct buf yaml = {0};
    site->url = cluster_database();
    site->pg = cluster_connect(site->url);
    cluster_exec(site->pg, make, NULL);
    cluster_exec(site->pg, world, NULL);
    (void)snprintf(site->config, sizeof site->config, "%s/owner.yaml", bed.folder);
    buf_addf(&yaml,
        "version: 1\ndatabase: {url: \"%s\"}\nportals:\n  main:\n    token_file: %s/token\n"
        "syncs:\n  links:\n    portal: main\n    from: deals\n    to: contacts\n    types: "
        "[plain]\n"
        "    source: %s\n    policy: mirror_owned\n    watch: true\n",
        site->url, bed.folder, source);
    FILE *file = fopen(site->config, "w");
    ck_assert_ptr_nonnull(file);
    (void)fputs(buf_text(&yaml), file);
    (void)fclose(file);
    buf_clear(&yaml);
}

static void site_close(struct site *site)
{
    (void)remove(site->config);
    pg_close(site->pg);
    cluster_drop(site->url);
    free(site->url);
}

/* assocd VERB with the login of that role; its messages, owned by the caller, and *status. */
static char *site_run(struct site *site, const char *role, const char *words, int *status)
{
    struct process process = {0};
    char command[600];
    char *path = process_beside("assocd");
    (void)snprintf(command, sizeof command,
        "sed 's/user=assocd/user=%s/' '%s' >'%s.role'; exec '%s' -c '%s.role' %s", role,
        site->config, site->config, path, site->config, words);
    *status = process_run(&process, (const char *const[]){"sh", "-c", command, NULL}, NULL, BED_MS);
    (void)snprintf(command, sizeof command, "%s.role", site->config);
    (void)remove(command);
    buf_add_text(&process.err, buf_text(&process.out));
    char *told = mem_text(buf_text(&process.err));
    process_clear(&process);
    free(path);
    return told;
}

TEST(fault_h20_to_watch_a_table_runs_no_code_of_its_owner)
{
    static const char *const verbs[] = {"init", "init --watch", "init --watch", "init --unwatch"};
    struct site site;
    site_open(&site, "{table: crm.trap, columns: {type: kind}}");
    cluster_exec(site.pg, "create schema assocd authorization test_owner", NULL);
    cluster_exec(site.pg, trap, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
        int status;
        char *told = site_run(&site, "test_owner", verbs[i], &status);
        ck_assert_msg(status == 0, "%s: %s", verbs[i], told);
        free(told);
        cluster_exec(site.pg, "select who || ': ' || what from evil.deed", &rows);
        ck_assert_msg(rows.count == 0, "%s: %s", verbs[i], pg_rows_text(&rows, 0, 0));
        if (i == 2)
            cluster_exec(site.pg,
                "insert into crm.trap values (2, 2); update crm.trap set kind = 'b'; delete from "
                "evil.deed where who = 'assocd'",
                NULL);
    }
    site_close(&site);
}

/* Who may create schemas was there first; a superuser, who may do everything, prepares watching. */
TEST(fault_h21_nothing_is_put_into_a_strangers_schema)
{
    static const char *const verbs[] = {"init", "init --watch"};
    struct site site;
    site_open(&site, "{table: crm.link}");
    cluster_exec(site.pg,
        "create table crm.link (from_id bigint, to_id bigint);"
        "do $$ begin create role test_stranger; exception when duplicate_object or "
        "unique_violation then null; end $$; create schema assocd authorization test_stranger",
        NULL);
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        int status;
        char *told = site_run(&site, "assocd", verbs[i], &status);
        ck_assert_int_ne(status, 0);
        ck_assert_msg(strstr(told, "belongs to role test_stranger") != NULL, "%s", told);
        free(told);
    }
    ck_assert_int_eq(
        cluster_int(
            site.pg, "select count(*) from pg_class where relnamespace = 'assocd'::regnamespace"),
        0);
    site_close(&site);
}

/* A view that never answers: who waits for it can still be stopped, and leaves nothing behind. */
TEST(fault_h25_a_source_that_never_answers_can_be_given_up)
{
    struct process process = {0};
    char *path = process_beside("assocd");
    const char *const argv[] = {path, "-c", bed.config_path, "run", "links", NULL};
    bed_sql(&bed,
        "create view crm.slow as select from_id, to_id from crm.link where from_id > 0 and (select "
        "pg_sleep(100000)) is not null; grant select on crm.slow to assocd_daemon");
    configure("{table: crm.slow}");
    process_start(&process, argv, NULL);
    bed_until(&bed,
        "select count(*) = 1 from pg_stat_activity where application_name = 'assocd source' and "
        "wait_event = 'PgSleep' and datname = current_database()");
    ck_assert_int_eq(process_stop(&process, SIGTERM, BED_MS), 6);
    ck_assert_msg(
        strstr(buf_text(&process.err), "stopped (signal)") != NULL, "%s", buf_text(&process.err));
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run where status = 'canceled'"), 1);
    bed_until(&bed,
        "select count(*) = 0 from pg_stat_activity where application_name = 'assocd source' and "
        "datname = current_database()");
    process_clear(&process);
    free(path);
}

SUITE(.before = open_bed, .after = close_bed);
