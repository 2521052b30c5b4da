/*
 * test_verify.c: what becomes of each change that was sent, by what shows at once and what shows at
 * a later reading, and what the owned set makes of it.
 */
#include "lib/suite.h"
#include "apply/verify.h"

#include "unit/stage_case.h"

static void set_up(void)
{
    stage_open();
    sync_definition.verify = VERIFY_ALL;
    sync_definition.verify_delays_count = 2; /* of no time: two later readings */
    cluster_exec(run.session.state,
        "select assocd.lock_sync('pairs', 'main');"
        "update assocd.run set status = 'applying' where run_id = 2",
        NULL);
}

/* One change of the plain type; archived ones were adopted before. */
static const struct {
    const char *operation, *state;
    const char *first, *later; /* what HubSpot has at the first reading, and at the next ones */
    const char *end; /* the change's state then */
    int reads;
    const char *origin; /* in the owned set then; NULL: not in it */
} cases[] = {
    {"create", "applied", "p", "", "verified", 1, "created"},
    {"create", "unknown", "p", "", "verified", 1, "created"},
    {"create", "applied", "", "p", "verified", 2, "created"}, /* it shows a moment later */
    {"create", "applied", NULL, "p", "verified", 2, "created"},
    {"create", "applied", "", "", "unverified", 3, NULL},
    {"create", "unknown", "", "", "unverified", 3, NULL},
    {"create", "applied", "b", "b", "unverified", 3, NULL}, /* another type of the pair */
    {"create", "applied", NULL, NULL, "unverified", 3, NULL}, /* unread is unknown */
    {"create", "rejected", "p", "p", "rejected", 0, NULL},
    {"create", "skipped", "p", "p", "skipped", 0, NULL},
    {"archive", "applied", "", "p", "verified", 1, NULL},
    {"archive", "applied", "p", "", "verified", 2, NULL},
    {"archive", "applied", "p", "p", "unverified", 3, "adopted"},
    {"archive", "applied", NULL, NULL, "unverified", 3, "adopted"},
    {"archive", "withheld", "", "", "withheld", 0, "adopted"},
};

static bool locked(void)
{
    return cluster_int(pg, "select assocd.sync_busy('pairs')::int") > 0;
}

TEST_LOOP(believes_what_shows_and_waits_for_the_rest_without_the_lock, ARRAY_COUNT(cases))
{
    bool archive = strcmp(cases[_i].operation, "archive") == 0;
    stage_change(2, cases[_i].operation, 'p', cases[_i].state);
    if (archive)
        stage_own('p', "adopted");
    stage_observe_two(cases[_i].first, cases[_i].later);
    ck_assert_msg(verify_changes(&run.session, &run.plan, &run.outcome, &err), "%s", err.text);
    stage_expect("select state from assocd.change", cases[_i].end);
    stage_expect("select coalesce(string_agg(origin, ' '), 'none') from assocd.managed",
        cases[_i].origin != NULL ? cases[_i].origin : "none");
    stage_expect_reads(cases[_i].reads);
    ck_assert_int_eq(locked(), cases[_i].reads < 2);
}

/* verify: none. HubSpot's word is taken; what it gave no word on stays unknown. */
static const struct {
    const char *operation, *state;
    const char *origin;
} trusted[] = {
    {"create", "applied", "created"},
    {"create", "unknown", NULL},
    {"create", "rejected", NULL},
    {"archive", "applied", NULL},
    {"archive", "unknown", "adopted"},
};

TEST_LOOP(takes_hubspots_word_if_it_is_told_to, ARRAY_COUNT(trusted))
{
    stage_change(2, trusted[_i].operation, 'p', trusted[_i].state);
    if (strcmp(trusted[_i].operation, "archive") == 0)
        stage_own('p', "adopted");
    stage_observe("");
    sync_definition.verify = VERIFY_NONE;
    ck_assert_msg(verify_changes(&run.session, &run.plan, &run.outcome, &err), "%s", err.text);
    stage_expect("select state from assocd.change", trusted[_i].state);
    stage_expect("select coalesce(string_agg(origin, ' '), 'none') from assocd.managed",
        trusted[_i].origin != NULL ? trusted[_i].origin : "none");
    stage_expect_reads(0);
}

/* An undo enters what it gives back as it was owned before: what was nobody's stays nobody's. */
static const struct {
    const char *origin, *owned;
} given_back[] = {{"created", "created"}, {"adopted", "adopted"}, {"foreign", "none"}};

TEST_LOOP(owns_again_what_was_owned_before, ARRAY_COUNT(given_back))
{
    stage_change(2, "create", 'p', "applied");
    stage_exec("update assocd.change set origin = '%s'", given_back[_i].origin);
    stage_observe("p");
    ck_assert_msg(verify_changes(&run.session, &run.plan, &run.outcome, &err), "%s", err.text);
    stage_expect("select coalesce(string_agg(origin, ' '), 'none') from assocd.managed",
        given_back[_i].owned);
}

/* What went through at last is out of quarantine; what did not show is still in it. */
TEST_LOOP(takes_out_of_quarantine_what_went_through, 2)
{
    stage_change(2, "create", 'p', "applied");
    stage_exec(
        "truncate assocd.reject; insert into assocd.reject (sync, origin, operation, from_id,"
        " to_id, type, category, message, first_run_id, last_run_id) values"
        " ('pairs', 'hubspot', 'create', '1', '10', 'HUBSPOT_DEFINED:3', 'X', 'm', 1, 1)");
    stage_observe(_i == 0 ? "p" : "");
    ck_assert_msg(verify_changes(&run.session, &run.plan, &run.outcome, &err), "%s", err.text);
    stage_expect("select count(*) from assocd.reject", _i == 0 ? "0" : "1");
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = stage_close);
