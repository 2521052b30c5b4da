/*
 * test_recheck.c: which planned archives still stand when the source and HubSpot are read again:
 * for each thing that may have changed since the plan was made.
 */
#include "lib/suite.h"
#include "apply/recheck.h"

#include "base/clock.h"
#include "apply/queue.h"
#include "unit/stage_case.h"

static struct archive_window window;

static void set_up(void)
{
    static char table[] = "crm.pair", from[] = "from_id", to[] = "to_id", type[] = "type";
    window = (struct archive_window){0};
    stage_open();
    stage_exec("drop schema if exists crm cascade; create schema crm;"
               "create table crm.pair (from_id text, to_id text, type text)");
    sync_definition.source_table = table;
    sync_definition.column_from = from;
    sync_definition.column_to = to;
    sync_definition.column_type = type;
    sync_definition.guards.max_plan_age_ms = 0;
}

static void recheck(void)
{
    ck_assert_msg(
        recheck_window(&run.session, &run.plan, &window, &run.outcome, &err), "%s", err.text);
}

static void source_row(const char *from_id, const char *to_id, char letter)
{
    stage_exec("insert into crm.pair values ('%s', '%s', '%s:%u')", from_id, to_id,
        stage_type(letter)->category, stage_type(letter)->type_id);
}

static void plan(const char *types)
{
    for (; *types != '\0'; types++)
        stage_change(2, "archive", *types, "planned");
}

static const char verdicts[] = "dngcux";
static const char *const messages[] = {
    "", /* d: to be done */
    "back in the source",
    "already removed",
    "the pair changed in HubSpot since the plan was made",
    "the record could not be read again",
    "the source has an invalid row for the record",
};

/* A verdict for each planned archive, in the plan's order. */
static void expect(const char *want)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(
        pg, "select state, coalesce(message, '') from assocd.change order by ordinal", &rows);
    ck_assert_int_eq(rows.count, (int)strlen(want));
    uint64_t skipped = 0; /* because the world has moved on, and not because nobody could look */
    for (int i = 0; i < rows.count; i++) {
        bool stands = want[i] == 'd';
        skipped += strchr("ngc", want[i]) != NULL;
        ck_assert_str_eq(pg_rows_text(&rows, i, 0), stands ? "planned" : "skipped");
        ck_assert_str_eq(pg_rows_text(&rows, i, 1), messages[strchr(verdicts, want[i]) - verdicts]);
    }
    ck_assert_uint_eq(run.outcome.changed_since, skipped);
}

/* The pair 1-10: types to archive, named by the source now, in HubSpot now. */
static const struct {
    const char *planned, *desired, *observed, *verdicts;
} cases[] = {
    {"p", "", "p", "d"},
    {"p", "p", "p", "n"},
    {"p", "p", "", "n"},
    {"p", "", "", "g"},
    {"p", "", "p1", "d"}, /* the primary type that came by itself goes with its pair */
    {"p", "", "pf", "c"}, /* a label since: it would go as well */
    {"p", "", "pb", "c"}, /* even if it is ours to manage, it is not in the plan */
    {"p", "b", "pb", "n"}, /* the pair is wished for again, with a label */
    {"pb", "", "pb", "dd"},
    {"pb", "b", "pb", "nn"},
    {"pb", "p", "pb", "nn"},
    {"pb", "", "p", "dg"},
    {"pb", "", "", "gg"},
    {"pb", "", "pbf", "cc"}, /* the pair goes as a whole or not at all */
    {"pb", "", "pf", "cg"},
    {"b", "", "pb", "d"},
    {"b", "b", "pb", "n"},
    {"b", "", "p", "g"},
    {"b", "", "pbf", "d"}, /* a label goes alone: what else is on the pair stays */
    {"b", "p", "pb", "d"},
};

TEST_LOOP(looks_again_at_everything_that_may_have_changed, ARRAY_COUNT(cases))
{
    plan(cases[_i].planned);
    for (const char *at = cases[_i].desired; *at != '\0'; at++)
        source_row("1", "10", *at);
    source_row("1", "11", 'p'); /* another pair of the record, and another record */
    source_row("2", "10", 'p');
    stage_observe(cases[_i].observed);
    recheck();
    expect(cases[_i].verdicts);
    stage_expect_reads(1);
}

TEST(archives_nothing_of_a_record_that_cannot_be_read_again)
{
    plan("pb");
    source_row("1", "11", 'p');
    stage_observe(NULL);
    ck_assert(!recheck_window(&run.session, &run.plan, &window, &run.outcome, &err));
    ck_assert_int_eq(err.kind, ERROR_REMOTE);
    expect("dd");
}

TEST(archives_nothing_while_a_row_cannot_be_meant)
{
    plan("pb");
    source_row("1", "eleven", 'p');
    stage_observe("pb");
    recheck();
    expect("xx");
}

TEST(archives_nothing_when_the_source_cannot_be_read)
{
    plan("p");
    stage_exec("drop table crm.pair");
    stage_observe("p");
    ck_assert(!recheck_window(&run.session, &run.plan, &window, &run.outcome, &err));
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    stage_expect("select state from assocd.change", "planned");
    stage_expect_reads(0);
}

/* The plan was read a moment ago: nothing is asked again, whatever has happened. */
TEST(believes_a_young_plan)
{
    plan("p");
    source_row("1", "10", 'p');
    stage_observe("");
    sync_definition.guards.max_plan_age_ms = 60000;
    run.plan.read_ms = clock_now_ms();
    recheck();
    expect("d");
    stage_expect_reads(0);
    run.plan.read_ms -= 60000;
    window.last = 0;
    recheck();
    expect("n");
    stage_expect_reads(1);
}

/* An undo takes back what the source still names. */
TEST(an_undo_does_not_ask_the_source)
{
    plan("p");
    source_row("1", "10", 'p');
    stage_observe("p");
    run.scope.undoes = 1;
    recheck();
    expect("d");
    stage_expect_reads(1);
}

/* The account has deleted the label meanwhile, and with it what it was on. */
TEST(a_type_the_account_no_longer_lists_is_gone)
{
    stage_exec("insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
               " type_id, reason) values (2, 'archive', 1, 1, 10, 'USER_DEFINED', 77,"
               " 'source_removed')");
    source_row("1", "11", 'p');
    stage_observe("pb");
    recheck();
    expect("g");
}

TEST(goes_from_window_to_window_and_ends)
{
    plan("pb");
    source_row("1", "11", 'p');
    stage_observe("pb");
    recheck();
    ck_assert_int_eq(window.first, 1);
    ck_assert_int_eq(window.last, 2);
    recheck();
    ck_assert_int_eq(window.last, 0);
    stage_expect_reads(1);
    expect("dd");
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = stage_close);
