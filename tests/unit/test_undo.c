/*
 * test_undo.c: the plan that takes a run back: which of its changes are in it, what they are turned
 * into, and when nothing is planned at all. What a pair allows is undo_rules.c's, see
 * test_undo_rules.
 */
#include "lib/suite.h"
#include "plan/undo.h"

#include "unit/stage_case.h"

static const char scope[] = "deals to contacts of account 42";

static void set_up(void)
{
    stage_open();
    stage_exec("update assocd.run set fingerprint = '%s, types plain' where run_id = 1", scope);
    run.scope.undoes = 1;
    mapping_set(&run.session.mapping, MAPPING_FROM, "deals");
    mapping_set(&run.session.mapping, MAPPING_TO, "contacts");
    mapping_set(&run.session.mapping, MAPPING_ACCOUNT, "42");
    mapping_set(&run.session.mapping, MAPPING_TYPES, "plain boss");
}

static void undo(void)
{
    ck_assert_msg(undo_build(&run.session, &run.scope, &run.plan, &err), "%s", err.text);
}

/* Run 2's plan, in words. */
static void expect_plan(const char *plan)
{
    stage_expect("select coalesce(string_agg(concat_ws(' ', operation, category || ':' || type_id,"
                 " state, 'was ' || origin, 'along ' || array_to_string(along, '+'), message), ', '"
                 " order by operation, ordinal), '') from assocd.change where run_id = 2",
        plan);
}

/* What the run did, or may have done, is taken back; what it did not is nothing. */
static const struct {
    const char *state;
    bool done;
} states[] = {
    {"applied", true},
    {"verified", true},
    {"unverified", true},
    {"unknown", true},
    {"rejected", false},
    {"planned", false},
    {"sent", false}, /* a run that can be undone has ended, and has none of these two */
    {"withheld", false},
    {"blocked", false},
    {"reported", false},
    {"skipped", false},
    {"abandoned", false},
};

TEST_LOOP(takes_back_what_may_have_been_done, ARRAY_COUNT(states))
{
    stage_change(1, "create", 'p', states[_i].state);
    stage_observe_alive("p");
    undo();
    expect_plan(states[_i].done ? "archive HUBSPOT_DEFINED:3 planned" : "");
    stage_expect_reads(states[_i].done);
}

/* An archived association comes back as it was owned before. */
static const char *const origins[] = {"created", "adopted", "foreign"};

TEST_LOOP(gives_back_what_was_archived_as_it_was_owned, ARRAY_COUNT(origins))
{
    char plan[64];
    stage_change(1, "archive", 'p', "verified");
    stage_exec("update assocd.change set origin = '%s'", origins[_i]);
    stage_observe_alive("");
    undo();
    (void)snprintf(plan, sizeof plan, "create HUBSPOT_DEFINED:3 planned was %s", origins[_i]);
    expect_plan(plan);
}

/* What was only entered into the owned set was never changed in HubSpot. */
TEST(leaves_what_was_adopted)
{
    stage_own('p', "adopted");
    stage_observe_alive("p");
    undo();
    expect_plan("");
    stage_expect("select origin from assocd.managed", "adopted");
    ck_assert_uint_eq(run.plan.counts.managed, 1);
    stage_expect_reads(0);
}

/* Done by run 1 to the pair, there now, planned by the undo. */
static const struct {
    const char *created, *archived, *observed, *plan;
} pairs[] = {
    {"p", "", "p", "archive HUBSPOT_DEFINED:3 planned"},
    {"p", "", "p1", "archive HUBSPOT_DEFINED:3 planned along HUBSPOT_DEFINED:5"},
    {"p", "", "", "archive HUBSPOT_DEFINED:3 skipped already removed"},
    {"p", "", "pf", "archive HUBSPOT_DEFINED:3 skipped the pair changed in HubSpot since the run"},
    {"", "p", "p", "create HUBSPOT_DEFINED:3 skipped already there again"},
    {"b", "", "pb1", "archive USER_DEFINED:1 planned"},
    {"", "b", "p", "create USER_DEFINED:1 planned"},
    {"", "b", "pf1", "create USER_DEFINED:1 planned along HUBSPOT_DEFINED:5+USER_DEFINED:9"},
    {"", "f", "p", "create USER_DEFINED:9 skipped the sync no longer manages this type"},
    {"pb", "", "pb", "archive HUBSPOT_DEFINED:3 planned, archive USER_DEFINED:1 planned"},
};

TEST_LOOP(turns_each_change_round_if_the_pair_is_as_it_was_left, ARRAY_COUNT(pairs))
{
    for (const char *at = pairs[_i].created; *at != '\0'; at++)
        stage_change(1, "create", *at, "verified");
    for (const char *at = pairs[_i].archived; *at != '\0'; at++)
        stage_change(1, "archive", *at, "verified");
    stage_observe_alive(pairs[_i].observed);
    undo();
    expect_plan(pairs[_i].plan);
    ck_assert_uint_eq(run.plan.counts.records, 1);
    ck_assert_uint_eq(run.plan.counts.unread, 0);
}

TEST(touches_nothing_of_a_record_that_cannot_be_read)
{
    stage_change(1, "create", 'p', "verified");
    stage_observe(NULL);
    ck_assert(!undo_build(&run.session, &run.scope, &run.plan, &err));
    ck_assert_int_eq(err.kind, ERROR_REMOTE);
    ck_assert_uint_eq(run.plan.counts.unread, 1);
}

/* Its label is gone from the account: nothing can be done about it, and nothing else suffers. */
TEST(a_type_the_account_no_longer_lists_is_not_managed)
{
    stage_exec("insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
               " type_id, reason, state) values (1, 'create', 1, 1, 10, 'USER_DEFINED', 77,"
               " 'source_added', 'verified')");
    stage_observe_alive("p");
    undo();
    expect_plan("archive USER_DEFINED:77 skipped the sync no longer manages this type");
}

/* The types may have changed since; the account and the object types may not. */
static const struct {
    const char *fingerprint;
    bool refused;
} scopes[] = {
    {"deals to contacts of account 42, types boss", false},
    {"deals to contacts of account 42", false},
    {"deals to contacts of account 421, types plain", true},
    {"deals to companies of account 42, types plain", true},
    {"", true},
};

TEST_LOOP(refuses_a_run_that_was_about_something_else, ARRAY_COUNT(scopes))
{
    stage_exec("update assocd.run set fingerprint = '%s' where run_id = 1", scopes[_i].fingerprint);
    stage_change(1, "create", 'p', "verified");
    stage_observe_alive("p");
    if (!scopes[_i].refused) {
        undo();
        expect_plan("archive HUBSPOT_DEFINED:3 planned");
        return;
    }
    ck_assert(!undo_build(&run.session, &run.scope, &run.plan, &err));
    ck_assert_int_eq(err.kind, ERROR_REFUSED);
    ck_assert_ptr_nonnull(strstr(err.text, "run 1 cannot be undone: it was about "));
    ck_assert_ptr_nonnull(strstr(err.text, ", and sync pairs is now about deals to contacts of"));
    expect_plan("");
    stage_expect_reads(0);
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = stage_close);
