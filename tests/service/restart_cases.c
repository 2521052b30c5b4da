/*
 * restart_cases.c: PostgreSQL itself is restarted under a working daemon: in an orderly way, and as
 * a crash. Each test has a cluster of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/cluster.h"
#include "service/bed.h"

static struct bed bed;

static const char *const modes[] = {"fast", "immediate"};

static void open_own(void)
{
    CLEANUP(buf_clear) struct buf yaml = {0};
    const char *const init[] = {"init", "--watch", NULL};
    struct process command = {0};
    cluster_own();
    bed_open(&bed, "every 1h");
    bed_sync(&yaml, "links", "contacts", "every 1h");
    buf_add_text(&yaml, "    watch: true\n");
    bed_configure(&bed, "", buf_text(&yaml));
    ck_assert_int_eq(bed_command(&bed, &command, init), 0);
    process_clear(&command);
    bed_start(&bed, 0, NULL);
    bed_until(&bed,
        "select bool_and(status = 'succeeded') and not exists (select from assocd.touched) from "
        "assocd.run");
}

static void close_bed(void)
{
    bed_close(&bed);
}

static void restart(const char *mode)
{
    pg_close(bed.pg);
    cluster_restart(mode);
    bed.pg = cluster_connect(bed.database_url);
}

static int told(const char *text)
{
    int count = 0;
    for (const char *at = buf_text(&bed.daemons[0].err); (at = strstr(at, text)) != NULL; at++)
        count++;
    return count;
}

/* How many lines of warnings and errors a restart may cost: how the connection was lost and why it
 * does not come back, for assocd's own and for the watched tables'. */
enum { LINES_MAX = 4 };

TEST_LOOP(a_restart_of_postgresql_is_told_once_and_nothing_is_lost, ARRAY_COUNT(modes))
{
    restart(modes[_i]);
    bed_sql(&bed, "insert into crm.link values (30, 30)"); /* while nobody listens */
    ck_assert(process_expect(&bed.daemons[0], "PostgreSQL is back", BED_MS));
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'watch' and status = 'succeeded' and "
        "created = 1");
    bed_trigger(&bed);
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'trigger' and status = 'no_change'");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.daemon"), 1);
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    ck_assert_int_eq(told("PostgreSQL is back"), 1);
    ck_assert_msg(
        told(" warning: ") + told(" error: ") <= LINES_MAX, "%s", buf_text(&bed.daemons[0].err));
}

/* The worker of a run dies of it, too; what was on the wire is settled by the next. */
TEST_LOOP(a_run_under_way_is_interrupted_and_made_good, ARRAY_COUNT(modes))
{
    bed_hold_creates(&bed);
    bed_sql(&bed, "insert into crm.link select n, n from generate_series(40, 49) n");
    bed_until(&bed,
        "select count(*) = 1 from assocd.batch where operation = 'create' and status = 'sent'");
    restart(modes[_i]);
    bed_sql(&bed, "delete from crm.link where from_id = 40");
    bed_release(&bed);
    bed_until(&bed,
        "select not exists (select from assocd.touched) and not exists (select from assocd.run "
        "where completed_at is null) and exists (select from assocd.run where cause = 'watch' and "
        "status in ('succeeded', 'no_change'))");
    bed_trigger(&bed);
    bed_until(&bed,
        "select count(*) = 1 from assocd.run where cause = 'trigger' and status in ('succeeded', "
        "'no_change')");
    ck_assert_int_eq(bed_int(&bed,
                         "select count(*) from crm.link full join (select * from assocd.managed "
                         "where released_at is null) m using (from_id, to_id) where link.from_id "
                         "is null or m.from_id is null"),
        0);
    ck_assert_int_eq(bed_differences(&bed), 0);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.batch where status = 'sent'"), 0);
}

SUITE(.before = open_own, .after = close_bed);
