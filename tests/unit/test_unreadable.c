/*
 * test_unreadable.c: records whose reading HubSpot refuses by name: rejects with a time of their
 * own, left out until then, and counted as unread, never as empty.
 */
#include "lib/suite.h"
#include "plan/unreadable.h"

#include "unit/stage_case.h"

static struct unreadable list;
static uint64_t ids[] = {1, 2, 3};

static void set_up(void)
{
    stage_open();
    stage_exec("truncate assocd.reject");
}

static void tear_down(void)
{
    unreadable_clear(&list);
    list = (struct unreadable){0};
    stage_close();
}

static void reject(int id, const char *retry)
{
    stage_exec("insert into assocd.reject (sync, origin, operation, from_id, category, message,"
               " first_run_id, last_run_id, retry_at) values ('pairs', 'hubspot', 'read', '%d',"
               " 'NO', 'no', 1, 1, now() + interval '%s')",
        id, retry);
}

static void load(void)
{
    ck_assert_msg(unreadable_load(&list, &run.session, &err), "%s", err.text);
}

static void store(void)
{
    ck_assert_msg(unreadable_store(&list, &run.session, &run.plan, &err), "%s", err.text);
}

/* Records 1 to 3 are met; which of them are left to be read? */
static void expect_chunk(size_t count, uint64_t last)
{
    struct chunk chunk;
    chunk_init(&chunk, ARRAY_COUNT(ids));
    for (size_t i = 0; i < ARRAY_COUNT(ids); i++) {
        chunk.from_ids[chunk.from_count++] = ids[i];
        assoc_list_add(&chunk.desired, assoc_scope(ids[i]));
    }
    unreadable_skip(&list, &chunk);
    ck_assert_uint_eq(chunk.from_count, count);
    ck_assert_uint_eq(chunk.from_ids[chunk.from_count - 1], last);
    chunk_clear(&chunk);
}

/* An answer about records 1 to 3: a letter for each, r read, n not mentioned, x refused. */
static void note(const char *fates)
{
    uint8_t records[3];
    struct client_refusal refusals[3];
    struct client_request request = {
        .call = CLIENT_READ, .from_ids = ids, .from_count = strlen(fates)};
    struct client_reply reply = {.outcome = CLIENT_ANSWERED,
        .records = records,
        .refusals = refusals,
        .category = "",
        .message = "",
        .correlation_id = "",
        .request = &request};
    for (size_t i = 0; fates[i] != '\0'; i++) {
        records[i] = fates[i] == 'r' ? RECORD_COMPLETE : RECORD_UNKNOWN;
        if (fates[i] == 'x')
            refusals[reply.refusals_count++] =
                (struct client_refusal){ids[i], 0, "FORBIDDEN", "hidden"};
    }
    unreadable_note(&list, &reply);
}

TEST(what_is_refused_becomes_a_reject_and_is_told)
{
    load();
    note("rxn");
    store();
    stage_expect("select string_agg(from_id || ' ' || category || ' ' || message, ',') from"
                 " assocd.reject where retry_at > now() + interval '50 minutes'",
        "2 FORBIDDEN hidden");
    ck_assert_uint_eq(run.plan.unread_told, 1); /* the other is unread, and nobody was told why */
    ck_assert_ptr_nonnull(strstr(run.session.reason, "1 deals could not be read"));
}

TEST(a_record_waits_until_its_time_has_come_and_counts_as_unread)
{
    reject(2, "1 hour");
    reject(3, "-1 hour");
    load();
    expect_chunk(2, 3);
    note("r");
    store();
    ck_assert_uint_eq(run.plan.counts.unread, 1);
    ck_assert_uint_eq(run.plan.unread_told, 1);
    stage_expect("select string_agg(from_id, ',' order by from_id) from assocd.reject", "2,3");
    ck_assert_ptr_nonnull(strstr(run.session.reason, "wait for their next try"));
}

TEST(what_could_be_read_after_all_is_a_reject_no_longer)
{
    reject(1, "-1 hour");
    reject(2, "-1 hour");
    load();
    expect_chunk(3, 3);
    note("rxr");
    store();
    stage_expect("select string_agg(from_id || ' ' || attempts, ',') from assocd.reject", "2 2");
}

TEST(what_nobody_asks_for_any_more_is_forgotten_by_a_full_run_only)
{
    reject(9, "1 hour");
    run.scope.mode = RUN_CHANGED;
    load();
    store();
    stage_expect("select count(*)::text from assocd.reject", "1");
    unreadable_clear(&list);
    list = (struct unreadable){0};
    run.scope.mode = RUN_FULL;
    load();
    store();
    stage_expect("select count(*)::text from assocd.reject", "0");
}

TEST(a_request_for_one_record_that_is_refused_is_about_it)
{
    struct client_request request = {.call = CLIENT_READ, .from_ids = ids, .from_count = 1};
    struct client_reply reply = {.outcome = CLIENT_REFUSED,
        .category = "",
        .message = "no",
        .correlation_id = "c-1",
        .request = &request};
    load();
    unreadable_note(&list, &reply);
    request.from_count = 2; /* whose fault? */
    unreadable_note(&list, &reply);
    store();
    stage_expect("select string_agg(from_id || ' ' || category || ' ' || correlation_id, ',') from"
                 " assocd.reject",
        "1 REFUSED c-1");
}

SUITE(.open = open_database, .close = stage_end, .before = set_up, .after = tear_down);
