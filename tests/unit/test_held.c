/*
 * test_held.c: refusals that name nobody: whose fault they were, once that has shown.
 */
#include "lib/suite.h"
#include "apply/held.h"

#include "unit/stage_case.h"

#define RECORD(id) "{\"id\":\"" id "\",\"properties\":{}}"
#define ALL(records) "{\"status\":\"COMPLETE\",\"results\":[" records "]}"
#define NO "{\"status\":\"error\",\"message\":\"no\"}"

static struct held held;
static struct outage outage;
static const struct assoc pairs[] = {{.from_id = 1, .to_id = 10}, {.from_id = 2, .to_id = 20}};
static const int64_t ordinals[] = {1, 2};
static struct client_request requests[2];

static struct client_reply refusal(size_t number)
{
    requests[number] =
        (struct client_request){.call = CLIENT_CREATE, .rows = &pairs[number], .row_count = 1};
    return (struct client_reply){.call = CLIENT_CREATE,
        .outcome = CLIENT_REFUSED,
        .attempts = 1,
        .http_status = 400,
        .api_started_at = "",
        .api_completed_at = "",
        .category = "VALIDATION_ERROR",
        .correlation_id = "",
        .message = "One or more associations are invalid",
        .request = &requests[number]};
}

/* Two creates are sent, each alone, and refused in the same words. */
static void set_up(void)
{
    stage_open();
    stage_exec("truncate assocd.reject, assocd.batch cascade");
    outage = (struct outage){0};
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        stage_exec("insert into assocd.batch (run_id, operation, status, inputs)"
                   " values (2, 'create', 'sent', 1)");
        struct journal_batch batch = {
            .batch_id = cluster_int(pg, "select max(batch_id) from assocd.batch"),
            .operation = "create",
            .create = true,
            .ordinals = &ordinals[i],
            .count = 1,
            .inputs = 1};
        stage_exec(
            "insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
            " type_id, reason, state) values (2, 'create', %d, %d, %d,"
            " 'HUBSPOT_DEFINED', 3, 'source_added', 'sent')",
            (int)ordinals[i], (int)pairs[i].from_id, (int)pairs[i].to_id);
        stage_exec("select assocd.carry_changes(2, 'create', array[%d], %lld)", (int)ordinals[i],
            (long long)batch.batch_id);
        struct client_reply reply = refusal(i);
        outage_refused(&outage, &reply, true);
        held_add(&held, &batch, &reply);
    }
}

static void tear_down(void)
{
    held_clear(&held);
    stage_close();
}

static void expect(const char *states, const char *rejects)
{
    stage_expect(
        "select string_agg(distinct state, ',') || ' ' || count(*) from assocd.change", states);
    stage_expect(
        "select count(*) || coalesce(' ' || min(message), '') from assocd.reject", rejects);
    ck_assert_uint_eq(held.count, 0);
}

TEST(those_to_blame_are_rejected_in_the_words_they_were_refused_in)
{
    ck_assert_uint_eq(held.count, 2);
    ck_assert_msg(held_reject(&held, &run.session, &err), "%s", err.text);
    expect("rejected 2", "2 One or more associations are invalid");
}

TEST(where_nobody_is_to_blame_they_are_given_up)
{
    ck_assert_msg(held_abandon(&held, &run.session, &err), "%s", err.text);
    expect("abandoned 2", "0");
    stage_expect("select string_agg(distinct status, ',') from assocd.batch", "failed");
}

TEST(records_that_are_all_there_are_not_to_blame)
{
    const char *const texts[] = {
        "200 OK", ALL(RECORD("10") "," RECORD("20")), "200 OK", ALL(RECORD("1") "," RECORD("2"))};
    stage_serve(2, texts);
    ck_assert(!held_decide(&held, &run.session, &outage, "create", &err));
    ck_assert_int_eq(err.kind, ERROR_REMOTE);
    ck_assert_ptr_nonnull(strstr(err.text, "HubSpot refuses every create in the same words"));
    expect("abandoned 2", "0");
}

TEST(a_record_that_is_no_more_explains_the_refusals)
{
    const char *const texts[] = {"200 OK", ALL(RECORD("10")), "404 Not Found", NO, "200 OK",
        ALL(RECORD("1") "," RECORD("2"))};
    stage_serve(3, texts);
    ck_assert_msg(held_decide(&held, &run.session, &outage, "create", &err), "%s", err.text);
    expect("rejected 2", "2 One or more associations are invalid");
    ck_assert_uint_eq(outage.alone, 0);
}

/* Nothing got through, and nothing is told: an outage. */
TEST(records_that_nobody_tells_of_explain_nothing)
{
    const char *const texts[] = {"403 Forbidden", NO};
    stage_serve(1, texts);
    ck_assert(!held_decide(&held, &run.session, &outage, "create", &err));
    expect("abandoned 2", "0");
}

TEST(nothing_held_is_nothing_to_judge)
{
    held_clear(&held);
    ck_assert(held_decide(&held, &run.session, &outage, "create", &err));
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = tear_down);
