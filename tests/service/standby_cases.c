/*
 * standby_cases.c: fault S9: the source is read from a standby server, a real one, which is held
 * back so that it shows the past.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "service/bed.h"

static struct bed bed;
static struct process process;
static char *standby_url;
static struct pg *standby;

static void until_followed(void)
{
    bed_until(&bed,
        "select coalesce(bool_and(replay_lsn >= pg_current_wal_lsn()), false)"
        " from pg_stat_replication");
}

static void open_standby(void)
{
    bed_open(&bed, "manual");
    const char *name = strstr(bed.database_url, "///") + 3;
    char *database = strndup(name, strcspn(name, "?"));
    standby_url = cluster_url_of(getenv("ASSOCD_TEST_STANDBY"), database);
    free(database);
    until_followed();
    standby = cluster_connect(standby_url);
}

static void close_standby(void)
{
    pg_close(standby);
    process_clear(&process);
    bed_close(&bed);
    free(standby_url);
}

static void configure(bool allowed)
{
    struct buf syncs = {0};
    buf_addf(&syncs,
        "  links:\n    portal: main\n    from: deals\n    to: contacts\n    types: [plain]\n"
        "    source: {table: crm.link, database_url: \"%s\", allow_replica: %s}\n"
        "    policy: mirror_owned\n    schedule: manual\n    verify_delays: [20ms]\n",
        standby_url, allowed ? "true" : "false");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

static void expect_run(int status, const char *said)
{
    static const char *const run[] = {"run", "links", NULL};
    (void)bed_command(&bed, &process, run);
    ck_assert_msg(process.status == status, "exit code %d: %s%s", process.status,
        buf_text(&process.out), buf_text(&process.err));
    ck_assert_msg(strstr(buf_text(&process.out), said) != NULL ||
            strstr(buf_text(&process.err), said) != NULL,
        "%s%s", buf_text(&process.out), buf_text(&process.err));
}

TEST(fault_s9_a_standby_that_lags_takes_nothing_away)
{
    configure(false);
    expect_run(0, "");
    ck_assert_int_eq(bed_int(&bed, "select created from assocd.run"), 20);
    bed_sql(&bed, "delete from crm.link where from_id = 1");
    until_followed();
    cluster_exec(standby, "select pg_wal_replay_pause()", NULL);
    bed_sql(&bed, "insert into crm.link values (1, 1), (21, 21)");
    expect_run(4, "standby");
    ck_assert_int_eq(bed_int(&bed, "select sum(archived) from assocd.run"), 0);
    ck_assert_int_eq(
        bed_int(&bed, "select withheld from assocd.run order by run_id desc limit 1"), 1);
    cluster_exec(standby, "select pg_wal_replay_resume()", NULL);
    until_followed();
    expect_run(0, "");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.managed"), 21);
    ck_assert_int_eq(bed_int(&bed, "select sum(archived) from assocd.run"), 0);
}

TEST(fault_s9_somebody_may_take_the_standbys_word)
{
    configure(true);
    expect_run(0, "");
    bed_sql(&bed, "delete from crm.link where from_id = 1");
    until_followed();
    expect_run(0, "");
    ck_assert_int_eq(bed_int(&bed, "select sum(archived) from assocd.run"), 1);
}

/* The value of a parameter of a url; owned by the caller. */
static char *parameter(const char *url, const char *name)
{
    const char *at = strstr(url, name);
    ck_assert_msg(at != NULL, "%s in %s", name, url);
    at += strlen(name);
    return strndup(at, strcspn(at, "&"));
}

/* Both servers, the standby first. */
static char *both_hosts(void)
{
    struct buf url = {0};
    const char *const urls[] = {standby_url, bed.database_url};
    char *hosts[2], *ports[2];
    for (size_t i = 0; i < 2; i++) {
        hosts[i] = parameter(urls[i], "host=");
        ports[i] = parameter(urls[i], "port=");
    }
    const char *name = strstr(bed.database_url, "///") + 3;
    buf_addf(&url, "postgresql:///%.*s?host=%s,%s&port=%s,%s&user=assocd", (int)strcspn(name, "?"),
        name, hosts[0], hosts[1], ports[0], ports[1]);
    for (size_t i = 0; i < 2; i++) {
        free(hosts[i]);
        free(ports[i]);
    }
    return url.bytes;
}

/* It answers every question; only what is written says what it is. */
TEST(says_that_the_host_of_its_own_database_is_a_standby)
{
    char *primary = bed.database_url;
    bed.database_url = standby_url;
    configure(false);
    bed.database_url = primary;
    expect_run(75,
        "is a standby, which takes no writes: name the primary in database.url, or all "
        "hosts (host1,host2), of which the primary is then taken");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run"), 0);
}

/* A source may be read from a standby, so there the order of the hosts decides. */
TEST(takes_the_primary_of_several_hosts_for_its_own_database)
{
    static const enum error_kind kinds[] = {ERROR_STATE, ERROR_SOURCE};
    char *url = both_hosts();
    for (size_t i = 0; i < 2; i++) {
        struct pg *pg;
        struct error err = {0};
        bool standby_taken = false;
        ck_assert_msg(pg_open(&pg, url, "test", kinds[i], &err), "%s", err.text);
        ck_assert_msg(pg_in_recovery(pg, &standby_taken, &err), "%s", err.text);
        ck_assert(standby_taken == (kinds[i] == ERROR_SOURCE));
        pg_close(pg);
    }
    free(url);
}

SUITE(.before = open_standby, .after = close_standby, .needs = "ASSOCD_TEST_STANDBY");
