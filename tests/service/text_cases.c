/*
 * text_cases.c: what is said in the first hour to somebody without a right, with a wrong name, or
 * without a file: what happened, and what to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/suite.h"
#include "base/clock.h"
#include "lib/control.h"
#include "service/bed.h"

static struct bed bed;
static struct process process;

static void open_bed(void)
{
    bed_open(&bed, "manual");
    bed_sql(&bed,
        "do $$ begin create role text_bare login; exception when duplicate_object or "
        "unique_violation then null; end $$;"
        "do $$ begin create role text_reader login; exception when duplicate_object or "
        "unique_violation then null; end $$");
    ck_assert_int_eq(
        bed_command(&bed, &process, (const char *const[]){"init", "--roles", NULL}), 0);
    bed_sql(&bed, "grant assocd_reader to text_reader");
    process_clear(&process);
}

static void close_bed(void)
{
    process_clear(&process);
    bed_close(&bed);
}

/* Puts text in place of the role in the configuration. */
static void configure_role(const char *text)
{
    static const char key[] = "user=";
    char read[4096];
    struct buf written = {0};
    FILE *file = fopen(bed.config_path, "re");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(read, 1, sizeof read - 1, file);
    (void)fclose(file);
    read[length] = '\0';
    const char *at = strstr(read, key);
    ck_assert_msg(at != NULL, "%s", read);
    at += strlen(key);
    buf_add(&written, read, (size_t)(at - read));
    buf_addf(&written, "%s%s", text, at + strcspn(at, "&?\""));
    file = fopen(bed.config_path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(written.bytes, 1, written.length, file), written.length);
    (void)fclose(file);
    buf_clear(&written);
}

/* assocd with the configuration as it stands there, roles and all. */
static void expect(int code, const char *verb, const char *argument, const char *text)
{
    const char *argv[] = {process_beside("assocd"), verb, "-c", bed.config_path, argument, NULL};
    process_clear(&process);
    int got = process_run(&process, argv, NULL, BED_MS);
    free((char *)argv[0]);
    ck_assert_msg(got == code && strstr(buf_text(&process.err), text) != NULL,
        "%s: %d instead of %d, without \"%s\": %s%s", verb, got, code, text, buf_text(&process.out),
        buf_text(&process.err));
}

static void said(const char *text)
{
    ck_assert_msg(strstr(buf_text(&process.out), text) != NULL, "without \"%s\": %s%s", text,
        buf_text(&process.out), buf_text(&process.err));
}

static void configure_again(void)
{
    struct buf syncs = {0};
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

TEST(a_role_without_rights_is_told_what_to_grant)
{
    configure_role("text_bare");
    expect(75, "status", NULL, "role \"text_bare\" has no right to this");
    expect(75, "status", NULL, "grant assocd_reader to \"text_bare\"");
}

TEST(a_reader_is_told_who_may_steer)
{
    configure_role("text_reader");
    expect(0, "status", NULL, "");
    expect(75, "trigger", "links",
        "trigger needs role assocd_operator (for people, never the daemon's role): grant "
        "assocd_operator to \"text_reader\"");
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"plan", NULL}), 0);
    expect(75, "approve", "1",
        "approve needs role assocd_operator (for people, never the daemon's role): grant "
        "assocd_operator to \"text_reader\"");
}

TEST(a_role_that_may_not_read_the_source_is_told_what_to_grant)
{
    bed_sql(&bed, "grant assocd_daemon to text_bare; revoke select on crm.link from assocd_daemon");
    configure_role("text_bare");
    expect(1, "plan", NULL, "role \"text_bare\" reads the source and needs: grant usage on schema");
    bed_sql(&bed, "revoke assocd_daemon from text_bare");
}

TEST(a_database_that_is_not_there_is_told)
{
    struct buf syncs = {0};
    char *own = bed.database_url;
    char *name = bed_text(&bed, "select current_database()::text");
    char *at = strstr(own, name);
    ck_assert_msg(at != NULL, "%s %s", own, name);
    char *url = strdup(own);
    memset(url + (at - own), 'x', strlen(name));
    bed.database_url = url;
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    bed.database_url = own;
    expect(75, "status", NULL, "is there such a database? (psql -l; createdb xx");
    free(url);
    free(name);
    buf_clear(&syncs);
}

TEST(a_role_that_is_not_there_is_told)
{
    configure_role("text_nobody");
    expect(75, "status", NULL, "createuser text_nobody, or mend the url");
}

/* The server asks one role for a password. */
static void ask_for_password(void)
{
    bed_sql(&bed,
        "do $$ begin create role text_secret login password 'x'; exception when duplicate_object "
        "or unique_violation then null; end $$;"
        "create temp table hba as select 0 as n, 'local all text_secret scram-sha-256' as line "
        "union all select n, line from regexp_split_to_table(pg_read_file(current_setting("
        "'hba_file')), e'\\n') with ordinality t(line, n);"
        "do $$ begin execute format('copy (select line from hba order by n) to %L', "
        "current_setting('hba_file')); perform pg_reload_conf(); end $$");
}

TEST(a_password_that_is_missing_is_told_with_its_place)
{
    ask_for_password();
    configure_role("text_secret");
    const char *argv[] = {process_beside("assocd"), "status", "-c", bed.config_path, NULL};
    int64_t until_ms = clock_now_ms() + BED_MS;
    do { /* the server reads its file in its own time */
        process_clear(&process);
        ck_assert_int_eq(process_run(&process, argv, NULL, BED_MS), 75);
    } while (strstr(buf_text(&process.err), "password") == NULL && clock_now_ms() < until_ms);
    free((char *)argv[0]);
    expect(75, "status", NULL,
        "; put the password into ~/.pgpass (host:port:database:user:password, chmod 600)\n");
}

TEST(a_configuration_that_is_not_there_is_told)
{
    (void)unlink(bed.config_path);
    expect(78, "status", NULL, " does not exist; name another with -c FILE");
}

TEST(a_token_file_that_is_not_there_is_told)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/token", bed.folder);
    ck_assert_int_eq(unlink(path), 0);
    expect(78, "plan", NULL, "portal main: token file ");
    expect(78, "plan", NULL, "/token: does not exist");
}

/* One plan waits, not a second one for each attempt. */
TEST(an_apply_without_approval_leaves_one_plan_that_waits)
{
    bed_sql(&bed, "delete from crm.link");
    expect(4, "plan", NULL, "refused by guard empty_source");
    bed_sql(&bed, "insert into crm.link select 1, 10");
    expect(0, "run", NULL, "");
    configure_role("assocd");
    char text[64];
    bed_sql(&bed, "update assocd.sync_state set mapping[8] = mapping[8] || 'x'");
    expect(4, "plan", NULL, "refused by guard changed_mapping");
    int64_t plan = bed_int(&bed, "select max(run_id) from assocd.run");
    (void)snprintf(text, sizeof text, "%lld", (long long)plan);
    expect(7, "apply", text, "has no valid approval");
    expect(0, "status", "--json", "");
    const char *plans = strstr(buf_text(&process.out), "\"plan_id\"");
    ck_assert_msg(plans != NULL, "%s", buf_text(&process.out));
    ck_assert_int_eq(strtol(plans + strlen("\"plan_id\":"), NULL, 10), plan);
    ck_assert_ptr_null(strstr(plans + 1, "\"plan_id\""));
}

static void expect_sql(const char *sql, const char *text)
{
    struct error err = {0};
    ck_assert(!pg_exec(bed.pg, sql, NULL, &err));
    ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
}

TEST(who_steers_by_sql_is_told_what_was_wrong)
{
    expect_sql("insert into assocd.signal (verb, sync) values ('triger', 'links')",
        "unknown verb \"triger\" in assocd.signal; expected trigger, pause or resume");
    expect_sql("insert into assocd.signal (verb, run_id) values ('pause', 1)",
        "assocd.signal: pause needs a sync, and no run_id");
    expect_sql("insert into assocd.signal (verb, sync) values ('cancel', 'links')",
        "assocd.signal: cancel needs a run_id, and no sync");
    expect(0, "plan", NULL, "");
    expect(0, "apply", "1", "");
    expect_sql("select assocd.approve(1, 'late')",
        "plan 1 was already applied by run 2; make a new one: assocd plan");
    expect_sql("select assocd.approve(77, 'none')", "there is no complete plan 77; see assocd");
}

TEST(what_an_empty_source_refused_cannot_be_approved)
{
    bed_sql(&bed, "delete from crm.link");
    expect(4, "plan", NULL, "refused by guard empty_source");
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"approve", "1", NULL}), 7);
    ck_assert_ptr_nonnull(strstr(
        buf_text(&process.err), "there is nothing to approve or apply: the source is empty"));
}

TEST(a_pause_without_a_daemon_is_not_in_force)
{
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"pause", "links", NULL}), 0);
    ck_assert_ptr_nonnull(
        strstr(buf_text(&process.err), "database: not in force until a daemon starts"));
}

TEST(a_token_that_hubspot_rejects_is_told_with_its_file)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/token", bed.folder);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    (void)fputs("pat-na1-sandbox-0000-0001", file);
    (void)fclose(file);
    expect(77, "plan", NULL, "/token (was it rotated, or copied incompletely?)");
}

TEST(a_sandbox_that_is_not_running_is_asked_about)
{
    bed.portal_yaml = "    base_url: http://127.0.0.1:1";
    configure_again();
    expect(69, "plan", NULL, "; portal main is on this machine: is the sandbox running?");
}

static void expect_url(int code, const char *url, const char *text)
{
    char *own = bed.database_url;
    bed.database_url = (char *)(uintptr_t)url;
    configure_again();
    bed.database_url = own;
    expect(code, "status", NULL, text);
}

TEST(a_database_that_cannot_be_reached_is_told)
{
    expect_url(78, "mysql:///assocd",
        ": database.url: begins with \"mysql:\", expected postgresql://USER@HOST:PORT/DATABASE");
    expect_url(
        75, "host=/nowhere dbname=assocd user=assocd", "; is PostgreSQL running? (pg_lsclusters)");
}

TEST(each_invalid_row_is_listed_and_the_rest_is_counted)
{
    bed_sql(&bed,
        "alter table crm.link alter from_id type text, alter to_id type text;"
        "insert into crm.link values ('', '902'), (null, '902'), ('x', '1'), ('0', '1'), "
        "('1', 'y')");
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"plan", NULL}), 3);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.reject"), 5);
    said(" more: assocd rejects links\n");
    process_clear(&process);
    (void)bed_command(&bed, &process, (const char *const[]){"plan", NULL});
    ck_assert_int_eq(bed_int(&bed, "select sum(attempts)::bigint from assocd.reject"), 10);
}

TEST(a_record_that_hubspot_does_not_have_is_not_an_invalid_row)
{
    struct buf answer = {0};
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"run", NULL}), 0);
    control_post(bed.base_url, "edit", "{\"delete_records\":{\"deals\":[1,2]}}", &answer);
    buf_clear(&answer);
    process_clear(&process);
    (void)bed_command(&bed, &process, (const char *const[]){"plan", NULL});
    said("  x         2  missing   ");
    said("and others");
    ck_assert_ptr_null(strstr(buf_text(&process.out), "  invalid  "));
}

TEST(explain_tells_what_is_known_when_hubspot_is_unreachable)
{
    static const char *const explain[] = {"explain", "deals:1", "contacts:1", NULL};
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"run", NULL}), 0);
    bed.portal_yaml = "    base_url: http://127.0.0.1:1";
    configure_again();
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, explain), 69);
    said("source   crm.link: ");
    said("HubSpot  could not be asked: ");
    said("owned by this sync\n");
    said("in plans and runs, newest first\n");
    static const char *const json[] = {"explain", "deals:1", "contacts:1", "--json", NULL};
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, json), 69);
    said("\"observed\": null");
    said("\"hubspot_error\": \"");
    said("\"journal\": ");
}

/* Nothing was kept of the account: its types are in no cache. */
TEST(explain_tells_what_is_known_of_an_account_that_was_never_reached)
{
    static const char *const explain[] = {"explain", "deals:1", "contacts:1", NULL};
    bed.portal_yaml = "    base_url: http://127.0.0.1:1";
    configure_again();
    ck_assert_int_eq(bed_command(&bed, &process, explain), 69);
    said("source   crm.link: could not be asked: ");
    said("HubSpot  could not be asked: ");
    said("in plans and runs, newest first\n  none\n");
}

TEST(status_shows_the_share_of_the_ceiling_that_is_in_force)
{
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"run", NULL}), 0);
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"status", NULL}), 0);
    said("  ceiling_in_force  ");
    said("  100 %  ");
}

TEST(history_shows_what_was_withheld)
{
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"run", NULL}), 0);
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"history", NULL}), 0);
    said("  rejected  withheld  requests  ");
}

TEST(what_is_not_shown_is_counted)
{
    bed_sql(&bed,
        "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid) values "
        "('links', 'main', 'v3', 'manual', 'planning', 1, 'h', 1);"
        "insert into assocd.batch (run_id, operation, status, inputs) select 1, 'read', 'sent', 1 "
        "from generate_series(1, 250);"
        "insert into assocd.reject (sync, origin, from_id, to_id, category, message, first_run_id, "
        "last_run_id) select 'links', 'source', n::text, '1', 'invalid_id', 'm', 1, 1 from "
        "generate_series(1, 250) n");
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"show", "1", NULL}), 0);
    said("\n50 more batches: assocd show 1 --json\n");
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, (const char *const[]){"rejects", NULL}), 0);
    said("\n200 more rejects: assocd rejects --limit 250\n");
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process,
                         (const char *const[]){"rejects", "links", "--limit", "249", NULL}),
        0);
    said("\n1 more reject: assocd rejects links --limit 250\n");
    process_clear(&process);
    ck_assert_int_eq(
        bed_command(&bed, &process, (const char *const[]){"rejects", "--limit", "250", NULL}), 0);
    ck_assert_ptr_null(strstr(buf_text(&process.out), " more "));
}

SUITE(.before = open_bed, .after = close_bed);
