/*
 * pooler_cases.c: assocd behind a connection pooler (Debian's pgbouncer): refused where it keeps no
 * session, with nothing left behind in its server processes; the source may be read through any.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "lib/pooler.h"
#include "service/bed.h"

enum { BUSY = 3 };

static struct bed bed;
static struct process process;
static struct pooler *pooler;
static char *through; /* the bed's database by way of the pooler */
static pid_t busy[BUSY];

static void open_bed(void)
{
    bed_open(&bed, "manual");
}

static void close_bed(void)
{
    for (int i = 0; i < BUSY; i++)
        if (busy[i] != 0 && kill(busy[i], SIGKILL) == 0)
            (void)waitpid(busy[i], NULL, 0);
    process_clear(&process);
    pooler_close(pooler);
    bed_close(&bed);
    free(through);
}

/* False: there is no pgbouncer. */
static bool open_pooler(const char *settings)
{
    pooler = pooler_open(bed.database_url, settings);
    if (pooler == NULL)
        (void)fprintf(stderr, "SKIPPED: no pgbouncer, nothing shown of connection poolers\n");
    else
        through = pooler_url(pooler, bed.database_url);
    return pooler != NULL;
}

/* Others at work in the same pool, so that server processes go round. */
static void keep_busy(void)
{
    for (int i = 0; i < BUSY; i++) {
        busy[i] = fork();
        ck_assert_int_ge(busy[i], 0);
        if (busy[i] != 0)
            continue;
        struct error err;
        struct pg *pg;
        while (pg_open_plain(&pg, through, "busy", ERROR_STATE, &err)) {
            while (pg_exec(pg, "select pg_sleep(0.02)", NULL, &err))
                continue;
            pg_close(pg);
        }
        _exit(0);
    }
}

/* The configuration with the assocd database, or only the source's, by way of the pooler. */
static void configure(bool state, const char *more)
{
    CLEANUP(buf_clear) struct buf syncs = {0};
    char *direct = bed.database_url;
    buf_addf(&syncs,
        "  links:\n    portal: main\n    from: deals\n    to: contacts\n    types: [plain]\n"
        "    policy: mirror_owned\n    schedule: every 1h\n    verify_delays: [20ms]\n%s",
        more);
    if (!state)
        buf_addf(&syncs, "    source: {table: crm.link, database_url: \"%s\"}\n", through);
    else
        buf_add_text(&syncs, "    source: {table: crm.link}\n");
    bed.database_url = state ? through : direct;
    bed_configure(&bed, "", buf_text(&syncs));
    bed.database_url = direct;
}

static void expect(const char *verb, int status, const char *said)
{
    const char *const words[] = {verb, NULL};
    (void)bed_command(&bed, &process, words);
    ck_assert_msg(process.status == status, "%s: exit code %d: %s%s", verb, process.status,
        buf_text(&process.out), buf_text(&process.err));
    ck_assert_msg(strstr(buf_text(&process.out), said) != NULL ||
            strstr(buf_text(&process.err), said) != NULL,
        "%s: %s%s", verb, buf_text(&process.out), buf_text(&process.err));
    process_clear(&process);
}

/* What strangers in the pool would meet. */
static void expect_clean_pool(void)
{
    struct error err = {0};
    struct pg *pg;
    ck_assert_int_eq(bed_int(&bed, "select count(*) from pg_locks where locktype = 'advisory'"), 0);
    ck_assert(pg_open_plain(&pg, through, "test", ERROR_STATE, &err));
    for (int i = 0; i < 10; i++) {
        CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
        ck_assert(pg_exec(pg,
            "select current_setting('search_path') || current_setting('row_security') ||"
            " current_setting('lock_timeout') || current_setting('synchronous_commit') ||"
            " current_setting('default_transaction_read_only')",
            &rows, &err));
        ck_assert_str_eq(pg_rows_text(&rows, 0, 0), "\"$user\", publicon0onoff");
    }
    pg_close(pg);
}

static const struct {
    const char *settings;
    bool busy;
} pools[] = {
    {"pool_mode = transaction\ndefault_pool_size = 5\nserver_round_robin = 1\n", true},
    {"pool_mode = transaction\ndefault_pool_size = 5\nserver_round_robin = 1\n", false},
    {"pool_mode = transaction\ndefault_pool_size = 5\n", true},
    {"pool_mode = transaction\ndefault_pool_size = 5\n", false},
    {"pool_mode = transaction\ndefault_pool_size = 1\n", false},
    {"pool_mode = statement\ndefault_pool_size = 5\n", false},
};

TEST_LOOP(fault_c1_a_pooler_without_sessions_is_refused, ARRAY_COUNT(pools))
{
    if (!open_pooler(pools[_i].settings))
        return;
    if (pools[_i].busy)
        keep_busy();
    configure(true, "");
    for (int i = 0; i < 3; i++) {
        expect("check", 78, "pool_mode=session");
        expect("run", 78, "connection pooler");
    }
    expect("daemon", 78, "PostgreSQL's own host and port");
    expect("status", 78, "connection pooler");
    expect("init", 78, "connection pooler");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run"), 0);
    expect_clean_pool();
}

TEST(works_behind_a_pooler_that_keeps_sessions)
{
    static const char *const watch[] = {"init", "--watch", NULL};
    if (!open_pooler("pool_mode = session\ndefault_pool_size = 20\n"))
        return;
    configure(true, "    watch: true\n");
    ck_assert_msg(bed_command(&bed, &process, watch) == 0, "%s", buf_text(&process.err));
    process_clear(&process);
    expect("check", 0, "ok ");
    bed_start(&bed, 0, NULL);
    bed_until(&bed, "select count(*) > 0 from assocd.run where created = 20");
    bed_until(&bed, "select not exists (select from assocd.touched)");
    bed_sql(&bed, "delete from crm.link where from_id = 3");
    bed_until(&bed, "select count(*) = 1 from assocd.run where cause = 'watch' and archived = 1");
    ck_assert_int_eq(bed_differences(&bed), 0);
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
}

/* Too small for a second session: said at once, and not waited for. */
TEST(a_pool_of_one_session_is_said)
{
    if (!open_pooler("pool_mode = session\ndefault_pool_size = 1\n"))
        return;
    configure(true, "");
    expect("run", 75, "default_pool_size");
}

TEST(fault_c1_reads_the_source_through_a_pooler_without_sessions)
{
    if (!open_pooler("pool_mode = transaction\ndefault_pool_size = 5\nserver_round_robin = 1\n"))
        return;
    keep_busy();
    configure(false, "");
    expect("check", 0, "source crm.link is readable");
    expect("run", 0, "20 created");
    bed_sql(&bed, "delete from crm.link where from_id = 3; insert into crm.link values (3, 4)");
    expect("run", 0, "1 created, 1 archived");
    expect("run", 0, "no_change");
    ck_assert_int_eq(bed_differences(&bed), 0);
    expect_clean_pool();
}

TEST(fault_c1_listening_for_changes_needs_a_session)
{
    static const char *const watch[] = {"init", "--watch", NULL};
    if (!open_pooler("pool_mode = transaction\ndefault_pool_size = 5\n"))
        return;
    configure(false, "    watch: true\n");
    ck_assert_msg(bed_command(&bed, &process, watch) == 0, "%s", buf_text(&process.err));
    process_clear(&process);
    expect("check", 78, "pool_mode=session");
    bed_start(&bed, 0, NULL);
    ck_assert(process_expect(&bed.daemons[0], "watched tables: ", BED_MS));
    bed_until(&bed, "select count(*) > 0 from assocd.run where created = 20");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
}

SUITE(.before = open_bed, .after = close_bed);
