/*
 * test_recover.c: what becomes of each change that an earlier run left in doubt, by how long ago
 * its last request left and by what HubSpot has now.
 */
#include "lib/suite.h"
#include "apply/recover.h"
#include "unit/stage_case.h"

#define JUST_NOW "1 second"
#define OVER "5 minutes" /* longer than the timeout and the time HubSpot may take */
#define OLD "25 hours" /* so long that nobody waits for its record to be readable */
#define NEVER NULL /* no writing batch */
#define FIRST NULL /* no earlier reading */
#define AGO "31 seconds"
#define UNREAD NULL

/* One change of the plain type. Settled: no later run looks at run 1 again. */
static const struct {
    const char *operation, *state;
    const char *sent_ago; /* and given up at once */
    const char *absent_ago; /* an earlier reading that did not show it */
    const char *observed;
    const char *end; /* the change's state then */
    bool settled;
    bool owned; /* in the owned set then; an archived one was before */
} cases[] = {
    /* it shows as wished: true whenever it was sent, and the owned set follows */
    {"create", "applied", JUST_NOW, FIRST, "p", "verified", true, true},
    {"create", "unknown", JUST_NOW, FIRST, "p", "verified", true, true},
    {"create", "unverified", JUST_NOW, FIRST, "p", "verified", true, true},
    {"create", "unknown", OLD, FIRST, "p", "verified", true, true},
    {"archive", "applied", JUST_NOW, FIRST, "", "verified", true, false},
    {"archive", "unknown", JUST_NOW, FIRST, "", "verified", true, false},
    {"archive", "unverified", OVER, FIRST, "", "verified", true, false},
    /* it does not, but its request may still take effect */
    {"create", "applied", JUST_NOW, FIRST, "", "applied", false, false},
    {"create", "unknown", JUST_NOW, FIRST, "", "unknown", false, false},
    {"create", "unverified", JUST_NOW, FIRST, "", "unverified", false, false},
    {"archive", "unknown", JUST_NOW, FIRST, "p", "unknown", false, true},
    /* it never will */
    {"create", "applied", OVER, AGO, "", "unverified", true, false},
    {"create", "unknown", OVER, AGO, "", "unverified", true, false},
    {"create", "unverified", OVER, AGO, "", "unverified", true, false},
    {"create", "unknown", OVER, AGO, "b", "unverified", true, false}, /* another type of the pair */
    {"archive", "unknown", OVER, AGO, "p", "unverified", true, true},
    {"create", "unknown", NEVER, AGO, "", "unverified", true, false},
    /* one reading is not enough, and two in a row are one */
    {"create", "applied", OVER, FIRST, "", "applied", false, false},
    {"create", "unknown", OVER, FIRST, "", "unknown", false, false},
    {"create", "unknown", OVER, JUST_NOW, "", "unknown", false, false},
    {"archive", "unknown", OVER, FIRST, "p", "unknown", false, true},
    {"create", "unknown", JUST_NOW, AGO, "", "unknown", false, false},
    /* an unread record is unknown, not empty; after a day nobody waits for it */
    {"create", "unknown", OVER, FIRST, UNREAD, "unknown", false, false},
    {"archive", "unknown", OVER, FIRST, UNREAD, "unknown", false, true},
    {"create", "unknown", OLD, FIRST, UNREAD, "unverified", true, false},
    {"archive", "unknown", OLD, FIRST, UNREAD, "unverified", true, true},
};

static void recover(void)
{
    ck_assert_msg(recover_changes(&run.session, &err), "%s", err.text);
}

TEST_LOOP(settles_by_reading_and_by_time, ARRAY_COUNT(cases))
{
    bool archive = strcmp(cases[_i].operation, "archive") == 0;
    stage_change(1, cases[_i].operation, 'p', cases[_i].state);
    if (archive)
        stage_own('p', "adopted");
    if (cases[_i].sent_ago != NULL)
        stage_exec(
            "insert into assocd.batch (run_id, operation, status, inputs, sent_at, completed_at)"
            " select 1, '%s', 'unknown', 1, t, t from (select clock_timestamp() - interval '%s') "
            "as ago (t)",
            archive ? "archive_labels" : "create", cases[_i].sent_ago);
    if (cases[_i].absent_ago != NULL)
        stage_exec("update assocd.run set absent_at = clock_timestamp() - interval '%s'",
            cases[_i].absent_ago);
    stage_observe(cases[_i].observed);
    recover();
    stage_expect("select state from assocd.change", cases[_i].end);
    stage_expect(
        "select unsettled from assocd.run where run_id = 1", cases[_i].settled ? "f" : "t");
    stage_expect("select count(*) from assocd.managed", cases[_i].owned ? "1" : "0");
    bool verified = strcmp(cases[_i].end, "verified") == 0;
    stage_expect("select coalesce(string_agg(origin, ''), '') from assocd.change",
        verified && archive ? "adopted" : ""); /* so that an undo can enter it again */
    stage_expect(archive ? "select archived from assocd.run where run_id = 1"
                         : "select created from assocd.run where run_id = 1",
        verified || strcmp(cases[_i].end, "applied") == 0 ? "1" : "0");
    stage_expect_reads(1);
}

/* What was settled before, or never sent, is nothing to ask HubSpot about. */
static const char *const settled_states[] = {
    "verified", "rejected", "planned", "withheld", "blocked", "reported", "skipped", "abandoned"};

TEST_LOOP(leaves_what_is_not_in_doubt, ARRAY_COUNT(settled_states))
{
    stage_change(1, "create", 'p', settled_states[_i]);
    stage_observe("p");
    recover();
    stage_expect("select state from assocd.change", settled_states[_i]);
    stage_expect("select unsettled from assocd.run where run_id = 1", "f");
    stage_expect("select count(*) from assocd.managed", "0");
    stage_expect_reads(0);
}

static const char *const strangers[] = {
    "update assocd.run set unsettled = false where run_id = 1", /* it ended in good order */
    "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch, host, pid,"
    " unsettled) values ('others', 'main', 'v3', 'manual', 'failed', now(), 1, 'h', 1, true)",
    "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid, unsettled)"
    " values ('pairs', 'main', 'v3', 'manual', 'verifying', 1, 'h', 1, true)", /* it reads itself */
};

TEST_LOOP(looks_only_at_ended_runs_of_its_sync_that_are_in_doubt, ARRAY_COUNT(strangers))
{
    cluster_exec(pg, "update assocd.run set unsettled = false", NULL);
    cluster_exec(pg, strangers[_i], NULL);
    cluster_exec(pg,
        "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, "
        "type_id,"
        " reason, state) select max(run_id), 'create', 1, 1, 10, 'HUBSPOT_DEFINED', 3,"
        " 'source_added', 'unknown' from assocd.run where run_id <> 2",
        NULL);
    stage_observe("p");
    recover();
    stage_expect("select state from assocd.change", "unknown");
    stage_expect_reads(0);
}

/* The later run took away what the earlier one had created: in that order it is gone. */
TEST(settles_runs_in_the_order_they_had)
{
    stage_exec("update assocd.run set status = 'failed', completed_at = now() where run_id = 2;"
               "update assocd.run set unsettled = true;"
               "insert into assocd.run (sync, portal, api, cause, status, epoch, host, pid) values"
               " ('pairs', 'main', '2026-09', 'manual', 'planning', 3, 'h', 1)");
    run.session.run_id = 3;
    stage_change(1, "create", 'p', "unknown");
    stage_change(2, "archive", 'p', "unknown");
    stage_observe("");
    recover();
    stage_expect(
        "select string_agg(state, ' ' order by run_id) from assocd.change", "unverified verified");
    stage_expect("select count(*) from assocd.managed", "0");
    stage_expect_reads(2);
}

SUITE(.open = open_database, .close = stage_end, .before = stage_open, .after = stage_close);
