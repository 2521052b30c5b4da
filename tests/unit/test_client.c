/*
 * test_client.c: the client over real connections: rows, pages, lists, writes, permits, stopping.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "lib/scripted_client.h"
#include "lib/suite.h"

#define READ_OK \
    "{\"status\":\"COMPLETE\",\"results\":[" \
    "{\"from\":{\"id\":\"12\"},\"to\":[{\"id\":\"7\",\"type\":\"deal_to_contact\"}," \
    "{\"id\":\"5\",\"type\":\"boss\"}]}," \
    "{\"to\":[{\"type\":\"deal_to_contact\",\"id\":\"9007199254740993\"}]," \
    "\"from\":{\"id\":\"11\"}}]," \
    "\"numErrors\":1,\"errors\":[{\"status\":\"error\",\"category\":\"OBJECT_NOT_FOUND\"," \
    "\"subCategory\":\"crm.associations.NO_ASSOCIATIONS_FOUND\",\"message\":\"No\"," \
    "\"context\":{\"fromObjectId\":[\"10\"]}}]," \
    "\"startedAt\":\"2026-09-21T09:14:02.013Z\",\"completedAt\":\"2026-09-21T09:14:02.041Z\"}"

TEST_LOOP(reads_rows_and_empty_records, 30)
{
    char *ok = scripted_answer("207 Multi-Status", "", READ_OK);
    struct scripted script[] = {{.answer = ok, .piece = (size_t)_i, .end = SCRIPTED_KEEP}};
    scripted_client_open(script, 1, DIALECT_V3, -1);
    const struct client_reply *reply = scripted_client_ask(&read_three);
    ck_assert_int_eq(reply->outcome, CLIENT_ANSWERED);
    ck_assert_uint_eq(reply->tag, 77);
    ck_assert_int_eq(reply->http_status, 207);
    ck_assert_int_eq(reply->attempts, 1);
    ck_assert_str_eq(reply->api_started_at, "2026-09-21T09:14:02.013Z");
    ck_assert_str_eq(reply->api_completed_at, "2026-09-21T09:14:02.041Z");
    ck_assert_uint_eq(reply->rows_count, 3);
    ck_assert_uint_eq(reply->rows[0].from_id, 11);
    ck_assert_uint_eq(reply->rows[0].to_id, 9007199254740993);
    ck_assert_uint_eq(reply->rows[1].from_id, 12);
    ck_assert_uint_eq(reply->rows[1].to_id, 5);
    ck_assert_str_eq(scripted.types.items[reply->rows[1].type].name, "boss");
    ck_assert(!scripted.types.items[reply->rows[1].type].managed);
    ck_assert_uint_eq(reply->rows[2].type, 0);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(reply->records[i], RECORD_COMPLETE);
    char *requests = scripted_client_close();
    ck_assert_uint_eq(scripted_count(requests), 1);
    ck_assert_ptr_nonnull(strstr(requests, "POST /crm/v3/associations/0-3/0-1/batch/read HTTP"));
    ck_assert_ptr_nonnull(
        strstr(requests, "{\"inputs\":[{\"id\":\"10\"},{\"id\":\"11\"},{\"id\":\"12\"}]}"));
    ck_assert_ptr_null(strstr(requests, "Expect"));
    free(requests);
    free(ok);
}

/* ---- more than one page ---- */

#define ID_TYPE(id) "{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":" id ",\"label\":null}"
#define TARGET(to) "{\"toObjectId\":" to ",\"associationTypes\":[" ID_TYPE("3") "]}"
#define NEXT(after) ",\"paging\":{\"next\":{\"after\":\"" after "\",\"link\":\"x\"}}"
#define RECORD(from, to, paging) "{\"from\":{\"id\":\"" from "\"},\"to\":[" to "]" paging "}"

static const struct paging {
    const char *name;
    enum dialect dialect;
    const char *bodies[4];
    const char *states;
    size_t rows;
    int attempts;
    const char *sent; /* must stand among the requests */
} pagings[] = {
    {"conflict 10.26: follows cursors byte for byte, for the records that have more",
        DIALECT_2026_09,
        {RESULTS(RECORD("10", TARGET("7"), NEXT("MC0%3D")) "," RECORD(
             "11", TARGET("8"), "") "," RECORD("12", TARGET("\"9\""), NEXT("b"))),
            RESULTS(
                RECORD("12", TARGET("10"), "") "," RECORD("10", TARGET("7") "," TARGET("9"), ""))},
        "ccc", 5, 2,
        "{\"inputs\":[{\"id\":\"10\",\"after\":\"MC0%3D\"},{\"id\":\"12\",\"after\":\"b\"}]}"},
    {"a cursor that repeats is not followed", DIALECT_V4,
        {RESULTS(RECORD("10", TARGET("7"), NEXT("a")) "," RECORD("11", TARGET("8"), "")),
            RESULTS(RECORD("10", TARGET("9"), NEXT("a")))},
        "?c?", 1, 2, "/crm/v4/associations/0-3/0-1/batch/read"},
    {"trap 9.2: a page that brings nothing new is the last one asked", DIALECT_2026_03,
        {RESULTS(RECORD("10", TARGET("7"), NEXT("a"))),
            RESULTS(RECORD("10", TARGET("7"), NEXT("b")))},
        "???", 0, 2, "/crm/associations/2026-03/0-3/0-1/batch/read"},
    {"a record missing from its second page is unknown", DIALECT_2026_09,
        {RESULTS(RECORD("10", TARGET("7"), NEXT("a")) "," RECORD("11", TARGET("8"), "")),
            NO_RESULTS},
        "?c?", 1, 2, "\"after\""},
    {"a record of an earlier page cannot come back", DIALECT_2026_09,
        {RESULTS(RECORD("10", TARGET("7"), NEXT("a")) "," RECORD("11", TARGET("8"), "")),
            RESULTS(RECORD("11", TARGET("8"), "") "," RECORD("10", TARGET("9"), "")),
            RESULTS(RECORD("10", TARGET("9"), ""))},
        "cc?", 3, 3, "\"after\""},
    {"v3 pages go through 2026-09 from the beginning", DIALECT_V3,
        {RESULTS(
             "{\"from\":{\"id\":\"10\"},\"to\":[{\"id\":\"7\",\"type\":\"deal_to_contact\"}]" NEXT(
                 "q") "}," R11),
            RESULTS(RECORD("10", TARGET("7") "," TARGET("8"), NEXT("z"))),
            RESULTS(RECORD("10", TARGET("9"), ""))},
        "cc?", 4, 3, "/crm/associations/2026-09/0-3/0-1/batch/read"},
    {"without 2026-09 a record with v3 pages is reported as such", DIALECT_V3,
        {RESULTS(
             "{\"from\":{\"id\":\"10\"},\"to\":[{\"id\":\"7\",\"type\":\"deal_to_contact\"}]" NEXT(
                 "q") "}," R11),
            NULL},
        "mc?", 1, 2, "/crm/associations/2026-09/0-3/0-1/batch/read"},
};

TEST_LOOP(reads_pages, ARRAY_COUNT(pagings))
{
    const struct paging *paging = &pagings[_i];
    struct scripted script[4] = {{0}};
    size_t count = 0;
    for (; count < 4 && (paging->bodies[count] != NULL || count == 1); count++) {
        bool there = paging->bodies[count] != NULL;
        script[count].answer = scripted_answer(there ? "200 OK" : "404 Not Found", "",
            there ? paging->bodies[count] : "{\"message\":\"resource not found\"}");
        script[count].end = SCRIPTED_KEEP;
    }
    scripted_client_open(script, count, paging->dialect, -1);
    const struct client_reply *reply = scripted_client_ask(&read_three);
    ck_assert_int_eq(reply->outcome, CLIENT_ANSWERED);
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg("?cm"[reply->records[i]] == paging->states[i], "%s: record %zu is %c",
            paging->name, i, "?cm"[reply->records[i]]);
    ck_assert_msg(reply->rows_count == paging->rows && reply->attempts == paging->attempts,
        "%s: %zu rows, %d attempts", paging->name, reply->rows_count, reply->attempts);
    for (size_t i = 0; i < reply->rows_count; i++)
        ck_assert_uint_eq(reply->rows[i].type, 0);
    char *requests = scripted_client_close();
    ck_assert_msg(strstr(requests, paging->sent) != NULL, "%s", requests);
    free(requests);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)script[i].answer);
}

/* ---- writes of the id family ---- */

TEST(writes_pairs_with_all_their_types)
{
    char *created = scripted_answer("201 Created", "",
        RESULTS("{\"fromObjectId\":10,\"toObjectId\":\"7\",\"labels\":[]},"
                "{\"fromObjectId\":\"10\",\"toObjectId\":8}"));
    struct scripted script[] = {{.answer = created, .end = SCRIPTED_KEEP}};
    scripted_client_open(script, 1, DIALECT_2026_09, -1);
    scripted_client_add_type(37, "boss", TYPE_LABEL);
    const struct assoc rows[] = {{10, 7, 0, 0}, {10, 7, 1, 0}, {10, 8, 0, 0}, {11, 7, 0, 0}};
    struct client_request request = {.call = CLIENT_CREATE, .rows = rows, .row_count = 4};
    const struct client_reply *reply = scripted_client_ask(&request);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(reply->outcomes[i], i < 3 ? ROW_DONE : ROW_UNKNOWN);
    request.call = CLIENT_ARCHIVE;
    (void)scripted_client_ask(&request);
    request.call = CLIENT_ARCHIVE_LABELS;
    (void)scripted_client_ask(&request);
    char *requests = scripted_client_close();
    ck_assert_ptr_nonnull(strstr(requests,
        "{\"inputs\":[{\"from\":{\"id\":\"10\"},\"to\":{\"id\":\"7\"},\"types\":["
        "{\"associationCategory\":\"HUBSPOT_DEFINED\",\"associationTypeId\":3},"
        "{\"associationCategory\":\"HUBSPOT_DEFINED\",\"associationTypeId\":37}]},"
        "{\"from\":{\"id\":\"10\"},\"to\":{\"id\":\"8\"},"));
    ck_assert_ptr_nonnull(strstr(requests,
        "{\"inputs\":[{\"from\":{\"id\":\"10\"},\"to\":[{\"id\":\"7\"},{\"id\":\"8\"}]},"
        "{\"from\":{\"id\":\"11\"},\"to\":[{\"id\":\"7\"}]}]}"));
    ck_assert_ptr_nonnull(strstr(requests, "/0-3/0-1/batch/labels/archive HTTP"));
    free(requests);
    free(created);
}

/* Every call of a dialect: what its requests say about their bodies. */
static char *requests_of(enum dialect dialect)
{
    char *ok = scripted_answer("200 OK", "", NO_RESULTS);
    struct scripted script[] = {{.answer = ok, .end = SCRIPTED_KEEP}};
    scripted_client_open(script, 1, dialect, -1);
    (void)scripted_client_ask(&read_three);
    (void)scripted_client_ask(&create_two);
    (void)scripted_client_ask(&archive_two);
    char *requests = scripted_client_close();
    ck_assert_uint_eq(scripted_count(requests), 3);
    free(ok);
    return requests;
}

static size_t count_text(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strcasestr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

TEST_LOOP(trap_9_17_every_body_is_declared_as_json, 4)
{
    char *requests = requests_of((enum dialect)_i);
    ck_assert_uint_eq(count_text(requests, "\r\nContent-Type: application/json\r\n"), 3);
    ck_assert_uint_eq(count_text(requests, "Content-Type:"), 3);
    ck_assert_uint_eq(count_text(requests, "\r\n\r\n{\"inputs\":["), 3);
    free(requests);
}

TEST_LOOP(conflict_10_24_requests_are_plain_http_1_1, 4)
{
    char *requests = requests_of((enum dialect)_i);
    ck_assert_uint_eq(count_text(requests, " HTTP/1.1\r\n"), 3);
    ck_assert_uint_eq(count_text(requests, "Accept-Encoding:"), 0);
    ck_assert_uint_eq(count_text(requests, "Content-Encoding:"), 0);
    ck_assert_uint_eq(count_text(requests, "Transfer-Encoding:"), 0);
    ck_assert_uint_eq(count_text(requests, "Upgrade:"), 0);
    free(requests);
}

/* ---- lists ---- */

TEST(lists_v3_types_with_their_categories)
{
    char *labels = scripted_answer("200 OK", "",
        "{\"results\":[{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":1,\"label\":\"Primary\"},"
        "{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":279,\"label\":null},"
        "{\"category\":\"USER_DEFINED\",\"typeId\":279,\"label\":\"Decision maker\"}]}");
    char *names = scripted_answer("200 OK", "",
        "{\"results\":[{\"id\":\"1\",\"name\":\"contact_to_company\"},"
        "{\"id\":\"279\",\"name\":\"contact_to_company_unlabeled\"},"
        "{\"id\":\"279\",\"name\":\"decision_maker\"}]}");
    char *account = scripted_answer(
        "200 OK", "", "{\"portalId\":8642013,\"timeZone\":\"US/Eastern\",\"x\":{}}");
    struct scripted script[] = {{.answer = account, .end = SCRIPTED_KEEP},
        {.answer = labels, .end = SCRIPTED_KEEP}, {.answer = names, .end = SCRIPTED_KEEP}};
    scripted_client_open(script, 3, DIALECT_V3, -1);
    struct types found = {0};
    struct account whose;
    struct error err = {0};
    ck_assert_msg(client_account(scripted.client, &whose, &err), "%s", err.text);
    ck_assert_uint_eq(whose.portal_id, 8642013);
    ck_assert_str_eq(whose.time_zone, "US/Eastern");
    ck_assert_msg(
        client_types(scripted.client, "Contact", "COMPANIES", &found, &err), "%s", err.text);
    ck_assert_uint_eq(found.count, 3);
    uint32_t index = types_find_name(&found, "decision_maker");
    ck_assert_str_eq(found.items[index].category, "USER_DEFINED");
    ck_assert_str_eq(found.items[index].label, "Decision maker");
    ck_assert_int_eq(found.items[types_find(&found, "HUBSPOT_DEFINED", 1)].kind, TYPE_PRIMARY);
    ck_assert_int_eq(found.items[types_find(&found, "HUBSPOT_DEFINED", 279)].kind, TYPE_PLAIN);
    ck_assert(!client_types(scripted.client, "contcts", "companies", &found, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean \"contacts\""));
    types_clear(&found);
    char *requests = scripted_client_close();
    ck_assert_uint_eq(scripted_count(requests), 3);
    ck_assert_ptr_nonnull(strstr(requests, "GET /account-info/v3/details HTTP"));
    ck_assert_ptr_nonnull(strstr(requests, "GET /crm/associations/2026-09/0-1/0-2/labels HTTP"));
    ck_assert_ptr_nonnull(strstr(requests, "GET /crm/v3/associations/0-1/0-2/types HTTP"));
    free(requests);
    free(labels);
    free(names);
    free(account);
}

TEST(a_list_that_fails_leaves_the_client_usable)
{
    char *bad = scripted_answer(
        "400 Bad Request", "", "{\"message\":\"Invalid object or event type id: 0-9999\"}");
    char *ok = scripted_answer("200 OK", "", "{\"portalId\":\"7\"}");
    struct scripted script[] = {
        {.answer = bad, .end = SCRIPTED_KEEP}, {.answer = ok, .end = SCRIPTED_KEEP}};
    scripted_client_open(script, 2, DIALECT_2026_09, -1);
    struct types found = {0};
    struct account whose;
    struct error err = {0};
    ck_assert(!client_types(scripted.client, "0-9999", "contacts", &found, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "0-9999"));
    ck_assert_msg(client_account(scripted.client, &whose, &err), "%s", err.text);
    ck_assert_uint_eq(whose.portal_id, 7);
    free(scripted_client_close());
    free(bad);
    free(ok);
}

/* ---- stopping, permits ---- */

TEST(a_wish_to_stop_ends_what_has_not_left)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct scripted script[] = {{.answer = NULL, .end = SCRIPTED_HANG}};
    scripted_client_open(script, 1, DIALECT_V3, ends[0]);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    const struct client_reply *reply = scripted_client_ask(&create_two);
    ck_assert_int_eq(reply->outcome, CLIENT_NOT_SENT);
    ck_assert_int_eq(reply->attempts, 0);
    ck_assert(client_stopped(scripted.client));
    char *requests = scripted_client_close();
    ck_assert_uint_eq(scripted_count(requests), 0);
    free(requests);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int rate_budget_taken;
static bool take_two(void *owner, int64_t *wait_ms, struct error *err)
{
    (void)owner;
    *wait_ms = rate_budget_taken % 2 == 0 ? 20 : 0; /* every other time: not yet */
    if (rate_budget_taken++ == 4)
        return error_set(err, ERROR_QUOTA, "the day is over");
    return true;
}

TEST(no_request_leaves_without_a_permit)
{
    char *ok = scripted_answer("200 OK", "", RESULTS(R10));
    struct scripted script[] = {{.answer = ok, .end = SCRIPTED_KEEP}};
    scripted.permits.acquire = take_two;
    rate_budget_taken = 0;
    scripted_client_open(script, 1, DIALECT_V3, -1);
    (void)scripted_client_ask(&read_three);
    (void)scripted_client_ask(&read_three);
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(scripted.client, &read_three);
    ck_assert(!client_next(scripted.client, &reply, &err));
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
    ck_assert_str_eq(err.text, "the day is over");
    ck_assert(client_next(scripted.client, &reply, &err));
    ck_assert_int_eq(reply->outcome, CLIENT_NOT_SENT);
    ck_assert_uint_eq(client_requests(scripted.client), 2);
    char *requests = scripted_client_close();
    ck_assert_uint_eq(scripted_count(requests), 2);
    free(requests);
    free(ok);
}

static char held_policy[64];
static int64_t held_ms;
static bool hold(void *owner, const char *policy, int64_t hold_ms, struct error *err)
{
    (void)owner;
    (void)err;
    (void)snprintf(held_policy, sizeof held_policy, "%s", policy);
    held_ms = hold_ms;
    return true;
}

TEST(a_429_holds_the_whole_account)
{
    char *many = scripted_answer("429 Too Many", "", "{\"policyName\":\"SECONDLY\"}");
    char *ok = scripted_answer("200 OK", "", RESULTS(R10));
    struct scripted script[] = {
        {.answer = many, .end = SCRIPTED_KEEP}, {.answer = ok, .end = SCRIPTED_KEEP}};
    scripted.permits.hold = hold;
    scripted_client_open(script, 2, DIALECT_V3, -1);
    int64_t start = clock_now_ms();
    const struct client_reply *reply = scripted_client_ask(&read_three);
    ck_assert_int_eq(reply->outcome, CLIENT_ANSWERED);
    ck_assert_str_eq(held_policy, "SECONDLY");
    ck_assert_int_eq(held_ms, 1000);
    ck_assert_int_ge(clock_now_ms() - start, 1000);
    free(scripted_client_close());
    free(many);
    free(ok);
}
