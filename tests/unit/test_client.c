/*
 * test_client.c: the client against real connections. Cases are data: what HubSpot answers, what
 * the reply has to be.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hubspot/client.h"
#include "lib/scripted_http.h"

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

static struct scripted_http server;
static struct client *client;
static struct types types;
static struct client_permits permits;

static void add_type(uint32_t id, const char *name, enum type_kind kind)
{
    char category[] = "HUBSPOT_DEFINED";
    struct type type = {.category = category, .type_id = id, .kind = kind};
    char *copy = strdup(name);
    type.name = copy;
    (void)types_add(&types, &type);
    free(copy);
}

static void open_client(const struct scripted *answers, size_t count, enum dialect dialect)
{
    struct error err = {0};
    scripted_http_open(&server, answers, count);
    struct client_settings settings = {
        .base_url = server.url,
        .token = "pat-na1-00000000-0000-0000-0000-000000000000",
        .dialect = dialect,
        .limits = {.in_flight = 2},
        .timeout_ms = 3000,
        .stop_fd = -1,
        .permits = permits,
    };
    ck_assert_msg(client_open(&client, &settings, &err), "%s", err.text);
    add_type(3, "deal_to_contact", TYPE_PLAIN);
    client_bind(client, "deals", "contacts", &types);
}

static char *close_client(void)
{
    client_close(client);
    types_clear(&types);
    permits = (struct client_permits){0};
    return scripted_http_close(&server);
}

static const uint64_t three[] = {10, 11, 12};
static const struct client_request read_three = {
    .call = CLIENT_READ, .tag = 77, .from_ids = three, .from_count = 3};

static const struct client_reply *ask(const struct client_request *request)
{
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(client, request);
    ck_assert_msg(client_next(client, &reply, &err), "%s", err.text);
    ck_assert_ptr_nonnull(reply);
    return reply;
}

START_TEST(reads_rows_and_empty_records)
{
    char *ok = scripted_answer("207 Multi-Status", "", READ_OK);
    struct scripted script[] = {{.answer = ok, .piece = (size_t)_i, .end = SCRIPTED_KEEP}};
    open_client(script, 1, DIALECT_V3);
    const struct client_reply *reply = ask(&read_three);
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
    ck_assert_str_eq(types.items[reply->rows[1].type].name, "boss");
    ck_assert(!types.items[reply->rows[1].type].managed);
    ck_assert_uint_eq(reply->rows[2].type, 0);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(reply->records[i], RECORD_COMPLETE);
    char *requests = close_client();
    ck_assert_uint_eq(scripted_count(requests), 1);
    ck_assert_ptr_nonnull(strstr(requests, "POST /crm/v3/associations/0-3/0-1/batch/read HTTP"));
    ck_assert_ptr_nonnull(
        strstr(requests, "{\"inputs\":[{\"id\":\"10\"},{\"id\":\"11\"},{\"id\":\"12\"}]}"));
    ck_assert_ptr_null(strstr(requests, "Expect"));
    free(requests);
    free(ok);
}
END_TEST

/* ---- one request, one answer after the other ---- */

#define NO_RESULTS "{\"status\":\"COMPLETE\",\"results\":[]}"
#define R10 "{\"from\":{\"id\":\"10\"},\"to\":[{\"id\":\"7\",\"type\":\"deal_to_contact\"}]}"
#define R11 "{\"from\":{\"id\":\"11\"},\"to\":[{\"id\":\"7\",\"type\":\"deal_to_contact\"}]}"
#define R12 "{\"from\":{\"id\":\"12\"},\"to\":[{\"id\":\"7\",\"type\":\"deal_to_contact\"}]}"
#define RESULTS(x) "{\"status\":\"COMPLETE\",\"results\":[" x "]}"
#define LINK(from, to) \
    "{\"from\":{\"id\":\"" from "\"},\"to\":{\"id\":\"" to "\"},\"type\":\"deal_to_contact\"}"
#define ERRORS(count, x) \
    "{\"status\":\"COMPLETE\",\"results\":[],\"numErrors\":" count ",\"errors\":[" x "]}"

static const struct assoc two_rows[] = {{.from_id = 10, .to_id = 7}, {.from_id = 11, .to_id = 7}};
static const struct client_request create_two = {
    .call = CLIENT_CREATE, .rows = two_rows, .row_count = 2};
static const struct client_request archive_two = {
    .call = CLIENT_ARCHIVE, .rows = two_rows, .row_count = 2};

static const struct exchange {
    const char *name;
    const struct client_request *request;
    struct {
        const char *status; /* NULL: the connection is reset instead */
        const char *headers;
        const char *body;
    } answers[5];
    enum client_outcome outcome;
    int attempts;
    const char *states; /* of records (? unknown, c complete, m more) or rows (? d r) */
    const char *message; /* part of it; NULL: none */
    enum error_kind err; /* the run's */
    const char *err_text;
} exchanges[] = {
    {"an input that is neither result nor error is unknown", &read_three,
        {{"200 OK", "", RESULTS(R10 "," R12)}}, CLIENT_ANSWERED, 1, "c?c", NULL, 0, NULL},
    {"a record twice is merged", &read_three, {{"200 OK", "", RESULTS(R10 "," R10)}},
        CLIENT_ANSWERED, 1, "c??", NULL, 0, NULL},
    {"a record that was not asked for spoils the answer", &read_three,
        {{"200 OK", "", RESULTS("{\"from\":{\"id\":\"99\"},\"to\":[]}")},
            {"200 OK", "", RESULTS(R10)}},
        CLIENT_ANSWERED, 2, "c??", NULL, 0, NULL},
    {"another error about a record leaves it unknown", &read_three,
        {{"207 Multi", "",
            ERRORS("1",
                "{\"category\":\"FORBIDDEN\",\"message\":\"no\","
                "\"context\":{\"fromObjectId\":[\"11\"]}}")}},
        CLIENT_ANSWERED, 1, "???", NULL, 0, NULL},
    {"a missing record reads as empty by category", &read_three,
        {{"207 Multi", "",
            ERRORS("1",
                "{\"category\":\"OBJECT_NOT_FOUND\","
                "\"context\":{\"fromObjectId\":[\"11\"]}}")}},
        CLIENT_ANSWERED, 1, "?c?", NULL, 0, NULL},
    {"numErrors that does not add up makes all unknown", &read_three,
        {{"207 Multi", "", "{\"results\":[" R10 "],\"numErrors\":2,\"errors\":[]}"}},
        CLIENT_UNKNOWN, 1, "???", "numErrors 2 but 0", 0, NULL},
    {"PENDING makes all unknown", &read_three,
        {{"200 OK", "", "{\"status\":\"PENDING\",\"results\":[" R10 "]}"}}, CLIENT_UNKNOWN, 1,
        "???", "status PENDING", 0, NULL},
    {"a gateway's HTML is asked again", &read_three,
        {{"502 Bad Gateway", "", "<html>"}, {"200 OK", "", "<html>"},
            {"200 OK", "", RESULTS(R10 "," R11 "," R12)}},
        CLIENT_ANSWERED, 3, "ccc", NULL, 0, NULL},
    {"a read cut in the middle is asked again", &read_three,
        {{"200 OK", "Transfer-Encoding: gone\r\n", "{\"results\":[" R10 ","},
            {"200 OK", "", RESULTS(R11)}},
        CLIENT_ANSWERED, 2, "?c?", NULL, 0, NULL},
    {"a reset connection is asked again", &read_three, {{NULL}, {"200 OK", "", RESULTS(R11)}},
        CLIENT_ANSWERED, 2, "?c?", NULL, 0, NULL},
    {"four failures are enough", &read_three, {{"503 Unavailable", "", "{\"message\":\"down\"}"}},
        CLIENT_UNKNOWN, 4, "???", "HTTP 503: down (after 4 attempts)", 0, NULL},
    {"a redirect is never followed", &create_two,
        {{"307 Temporary Redirect", "Location: http://127.0.0.1:1/\r\n", ""}}, CLIENT_UNKNOWN, 1,
        "??", "redirects are never followed", 0, NULL},
    {"a 429 is waited for", &create_two,
        {{"429 Too Many", "Retry-After: 1\r\n", "{\"policyName\":\"SECONDLY\"}"},
            {"201 Created", "", RESULTS(LINK("10", "7") "," LINK("11", "7"))}},
        CLIENT_ANSWERED, 2, "dd", NULL, 0, NULL},
    {"a create without its result is unknown", &create_two,
        {{"201 Created", "", RESULTS(LINK("11", "7"))}}, CLIENT_ANSWERED, 1, "?d", NULL, 0, NULL},
    {"an empty 2xx proves no create", &create_two, {{"200 OK", "", NO_RESULTS}}, CLIENT_ANSWERED, 1,
        "??", NULL, 0, NULL},
    {"a create answered with nothing at all is unknown", &create_two, {{"204 No Content", "", ""}},
        CLIENT_UNKNOWN, 1, "??", "it is empty", 0, NULL},
    {"a refused create is named by its context", &create_two,
        {{"207 Multi", "",
            ERRORS("1",
                "{\"category\":\"VALIDATION_ERROR\",\"message\":\"limit\",\"context\":"
                "{\"fromObjectId\":[\"10\"],\"toObjectId\":[\"7\"]}}")}},
        CLIENT_ANSWERED, 1, "r?", NULL, 0, NULL},
    {"a create lost on the way is sent again", &create_two,
        {{NULL}, {"201 Created", "", RESULTS(LINK("10", "7") "," LINK("11", "7"))}},
        CLIENT_ANSWERED, 2, "dd", NULL, 0, NULL},
    {"204 archives all", &archive_two, {{"204 No Content", "", ""}}, CLIENT_ANSWERED, 1, "dd", NULL,
        0, NULL},
    {"200 with void results archives all", &archive_two, {{"200 OK", "", NO_RESULTS}},
        CLIENT_ANSWERED, 1, "dd", NULL, 0, NULL},
    {"an archive's error names its row", &archive_two,
        {{"207 Multi", "",
            ERRORS("1", "{\"category\":\"X\",\"context\":{\"objectId\":[\"11\"]}}")}},
        CLIENT_ANSWERED, 1, "dr", NULL, 0, NULL},
    {"an archive's error that names nothing leaves all unknown", &archive_two,
        {{"207 Multi", "", ERRORS("1", "{\"category\":\"X\"}")}}, CLIENT_ANSWERED, 1, "??", NULL, 0,
        NULL},
    {"archiving what is not there is done", &archive_two,
        {{"207 Multi", "",
            ERRORS("1",
                "{\"category\":\"OBJECT_NOT_FOUND\","
                "\"context\":{\"fromObjectId\":[\"10\"]}}")}},
        CLIENT_ANSWERED, 1, "dd", NULL, 0, NULL},
    {"one bad id refuses the whole request", &create_two,
        {{"400 Bad Request", "",
            "{\"status\":\"error\",\"message\":\"One or more associations are "
            "invalid\",\"context\":"
            "{\"objectId\":[\"11\"]},\"category\":\"VALIDATION_ERROR\"}"}},
        CLIENT_REFUSED, 1, "??", "One or more associations are invalid", 0, NULL},
    {"too many inputs", &create_two,
        {{"400 Bad Request", "",
            "{\"message\":\"The maximum number of inputs supported in a batch request for "
            "associations is 1. Please reduce the number of items and try again\"}"}},
        CLIENT_TOO_LARGE, 1, "??", "maximum number", 0, NULL},
    {"413", &read_three, {{"413 Too Large", "", ""}}, CLIENT_TOO_LARGE, 1, "???", "HTTP 413", 0,
        NULL},
    {"a rejected token stops the run", &read_three,
        {{"401 Unauthorized", "", "{\"message\":\"expired\",\"correlationId\":\"c-1\"}"}},
        CLIENT_REFUSED, 1, "???", "expired", ERROR_DENIED, "rejects the token: POST /crm/v3"},
    {"a missing scope stops the run and is named", &read_three,
        {{"403 Forbidden", "",
            "{\"category\":\"MISSING_SCOPES\",\"errors\":[{\"context\":{\"requiredGranularScopes\":"
            "[\"crm.objects.deals.read\",\"x\"]}}]}"}},
        CLIENT_REFUSED, 1, "???", "HTTP 403", ERROR_DENIED, "crm.objects.deals.read, x"},
    {"an unknown object type is the configuration's fault", &read_three,
        {{"400 Bad Request", "", "{\"message\":\"Unable to infer object type from: widgets\"}"}},
        CLIENT_REFUSED, 1, "???", "widgets", ERROR_CONFIG, "widgets"},
    {"a wrong path is the configuration's fault", &read_three,
        {{"404 Not Found", "", "{\"message\":\"resource not found\"}"}}, CLIENT_REFUSED, 1, "???",
        "resource not found", ERROR_CONFIG, "HubSpot has no such call"},
    {"the daily limit defers the run", &create_two,
        {{"429 Too Many", "",
            "{\"message\":\"You have reached your daily limit.\",\"policyName\":\"DAILY\"}"}},
        CLIENT_NOT_SENT, 1, "??", "daily limit", ERROR_QUOTA, "daily limit"},
    {"an account away for an hour defers the run", &create_two,
        {{"477 Migrating", "Retry-After: 3600\r\n", "{\"message\":\"moving\"}"}}, CLIENT_NOT_SENT,
        1, "??", "moving", ERROR_QUOTA, "moving this account"},
};

static struct scripted *make_script(const struct exchange *exchange, size_t *count)
{
    static struct scripted script[5];
    *count = 0;
    for (size_t i = 0; i < 5; i++) {
        if (exchange->answers[i].body == NULL && i > 0)
            break;
        script[i] = (struct scripted){.end = SCRIPTED_CLOSE};
        if (exchange->answers[i].body == NULL)
            script[i].end = SCRIPTED_RESET;
        else
            script[i].answer = scripted_answer(exchange->answers[i].status,
                exchange->answers[i].headers, exchange->answers[i].body);
        (*count)++;
    }
    return script;
}

static void check_states(const struct exchange *exchange, const struct client_reply *reply)
{
    for (size_t i = 0; exchange->states[i] != '\0'; i++) {
        bool is_read = reply->call == CLIENT_READ;
        char state = is_read ? "?cm"[reply->records[i]] : "?dr"[reply->outcomes[i]];
        ck_assert_msg(
            state == exchange->states[i], "%s: input %zu is %c", exchange->name, i, state);
    }
}

START_TEST(judges_answers)
{
    const struct exchange *exchange = &exchanges[_i];
    size_t count;
    struct scripted *script = make_script(exchange, &count);
    open_client(script, count, DIALECT_V3);
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(client, exchange->request);
    bool fine = client_next(client, &reply, &err);
    ck_assert_msg(fine == (exchange->err == ERROR_NONE), "%s: %s", exchange->name, err.text);
    if (!fine) {
        ck_assert_msg(err.kind == exchange->err, "%s: %s", exchange->name, err.text);
        ck_assert_msg(
            strstr(err.text, exchange->err_text) != NULL, "%s: %s", exchange->name, err.text);
        ck_assert(client_next(client, &reply, &err));
    }
    ck_assert_ptr_nonnull(reply);
    ck_assert_msg(reply->outcome == exchange->outcome && reply->attempts == exchange->attempts,
        "%s: outcome %d after %d: %s", exchange->name, reply->outcome, reply->attempts,
        reply->message);
    if (exchange->message != NULL)
        ck_assert_msg(strstr(reply->message, exchange->message) != NULL, "%s: %s", exchange->name,
            reply->message);
    else
        ck_assert_msg(reply->message[0] == '\0', "%s: %s", exchange->name, reply->message);
    check_states(exchange, reply);
    ck_assert(client_next(client, &reply, &err));
    ck_assert_ptr_null(reply);
    char *requests = close_client();
    ck_assert_uint_eq(scripted_count(requests), (size_t)exchange->attempts);
    free(requests);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)script[i].answer);
}
END_TEST

START_TEST(names_the_culprits_of_a_refusal)
{
    char *bad = scripted_answer("400 Bad Request", "X-HubSpot-Correlation-Id: c-77\r\n",
        "{\"message\":\"x\",\"context\":{\"objectId\":[\"11\",\"7\"]}}");
    struct scripted script[] = {{.answer = bad}};
    open_client(script, 1, DIALECT_V3);
    const struct client_reply *reply = ask(&create_two);
    ck_assert_uint_eq(reply->culprits_count, 2);
    ck_assert_uint_eq(reply->culprits[0], 11);
    ck_assert_str_eq(reply->correlation_id, "c-77");
    free(close_client());
    free(bad);
}
END_TEST

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
    {"follows cursors byte for byte, for the records that have more", DIALECT_2026_09,
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
    {"a page that brings nothing new is the last one asked", DIALECT_2026_03,
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

START_TEST(reads_pages)
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
    open_client(script, count, paging->dialect);
    const struct client_reply *reply = ask(&read_three);
    ck_assert_int_eq(reply->outcome, CLIENT_ANSWERED);
    for (size_t i = 0; i < 3; i++)
        ck_assert_msg("?cm"[reply->records[i]] == paging->states[i], "%s: record %zu is %c",
            paging->name, i, "?cm"[reply->records[i]]);
    ck_assert_msg(reply->rows_count == paging->rows && reply->attempts == paging->attempts,
        "%s: %zu rows, %d attempts", paging->name, reply->rows_count, reply->attempts);
    for (size_t i = 0; i < reply->rows_count; i++)
        ck_assert_uint_eq(reply->rows[i].type, 0);
    char *requests = close_client();
    ck_assert_msg(strstr(requests, paging->sent) != NULL, "%s", requests);
    free(requests);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)script[i].answer);
}
END_TEST

/* ---- writes of the id family ---- */

START_TEST(writes_pairs_with_all_their_types)
{
    char *created = scripted_answer("201 Created", "",
        RESULTS("{\"fromObjectId\":10,\"toObjectId\":\"7\",\"labels\":[]},"
                "{\"fromObjectId\":\"10\",\"toObjectId\":8}"));
    struct scripted script[] = {{.answer = created}};
    open_client(script, 1, DIALECT_2026_09);
    add_type(37, "boss", TYPE_LABEL);
    const struct assoc rows[] = {{10, 7, 0, 0}, {10, 7, 1, 0}, {10, 8, 0, 0}, {11, 7, 0, 0}};
    struct client_request request = {.call = CLIENT_CREATE, .rows = rows, .row_count = 4};
    const struct client_reply *reply = ask(&request);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(reply->outcomes[i], i < 3 ? ROW_DONE : ROW_UNKNOWN);
    request.call = CLIENT_ARCHIVE;
    (void)ask(&request);
    request.call = CLIENT_ARCHIVE_LABELS;
    (void)ask(&request);
    char *requests = close_client();
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
END_TEST

/* ---- lists ---- */

START_TEST(lists_v3_types_with_their_categories)
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
    struct scripted script[] = {{.answer = account}, {.answer = labels}, {.answer = names}};
    open_client(script, 3, DIALECT_V3);
    struct types found = {0};
    struct account whose;
    struct error err = {0};
    ck_assert_msg(client_account(client, &whose, &err), "%s", err.text);
    ck_assert_uint_eq(whose.portal_id, 8642013);
    ck_assert_str_eq(whose.time_zone, "US/Eastern");
    ck_assert_msg(client_types(client, "Contact", "COMPANIES", &found, &err), "%s", err.text);
    ck_assert_uint_eq(found.count, 3);
    uint32_t index = types_find_name(&found, "decision_maker");
    ck_assert_str_eq(found.items[index].category, "USER_DEFINED");
    ck_assert_str_eq(found.items[index].label, "Decision maker");
    ck_assert_int_eq(found.items[types_find(&found, "HUBSPOT_DEFINED", 1)].kind, TYPE_PRIMARY);
    ck_assert_int_eq(found.items[types_find(&found, "HUBSPOT_DEFINED", 279)].kind, TYPE_PLAIN);
    ck_assert(!client_types(client, "contcts", "companies", &found, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean \"contacts\""));
    types_clear(&found);
    char *requests = close_client();
    ck_assert_uint_eq(scripted_count(requests), 3);
    ck_assert_ptr_nonnull(strstr(requests, "GET /account-info/v3/details HTTP"));
    ck_assert_ptr_nonnull(strstr(requests, "GET /crm/associations/2026-09/0-1/0-2/labels HTTP"));
    ck_assert_ptr_nonnull(strstr(requests, "GET /crm/v3/associations/0-1/0-2/types HTTP"));
    free(requests);
    free(labels);
    free(names);
    free(account);
}
END_TEST

START_TEST(a_list_that_fails_leaves_the_client_usable)
{
    char *bad = scripted_answer(
        "400 Bad Request", "", "{\"message\":\"Invalid object or event type id: 0-9999\"}");
    char *ok = scripted_answer("200 OK", "", "{\"portalId\":\"7\"}");
    struct scripted script[] = {{.answer = bad}, {.answer = ok}};
    open_client(script, 2, DIALECT_2026_09);
    struct types found = {0};
    struct account whose;
    struct error err = {0};
    ck_assert(!client_types(client, "0-9999", "contacts", &found, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_ptr_nonnull(strstr(err.text, "0-9999"));
    ck_assert_msg(client_account(client, &whose, &err), "%s", err.text);
    ck_assert_uint_eq(whose.portal_id, 7);
    free(close_client());
    free(bad);
    free(ok);
}
END_TEST

/* ---- stopping, permits ---- */

START_TEST(a_wish_to_stop_ends_what_has_not_left)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    struct scripted script[] = {{.answer = NULL, .end = SCRIPTED_HANG}};
    scripted_http_open(&server, script, 1);
    struct client_settings settings = {.base_url = server.url,
        .token = "t",
        .stop_fd = ends[0],
        .limits = {.in_flight = 2},
        .timeout_ms = 300};
    struct error err = {0};
    ck_assert(client_open(&client, &settings, &err));
    add_type(3, "deal_to_contact", TYPE_PLAIN);
    client_bind(client, "deals", "contacts", &types);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    const struct client_reply *reply = ask(&create_two);
    ck_assert_int_eq(reply->outcome, CLIENT_NOT_SENT);
    ck_assert_int_eq(reply->attempts, 0);
    ck_assert(client_stopped(client));
    char *requests = close_client();
    ck_assert_uint_eq(scripted_count(requests), 0);
    free(requests);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

static int permits_taken;
static bool take_two(void *owner, int64_t *wait_ms, struct error *err)
{
    (void)owner;
    *wait_ms = permits_taken % 2 == 0 ? 20 : 0; /* every other time: not yet */
    if (permits_taken++ == 4)
        return error_set(err, ERROR_QUOTA, "the day is over");
    return true;
}

START_TEST(no_request_leaves_without_a_permit)
{
    char *ok = scripted_answer("200 OK", "", RESULTS(R10));
    struct scripted script[] = {{.answer = ok, .end = SCRIPTED_KEEP}};
    permits.take = take_two;
    permits_taken = 0;
    open_client(script, 1, DIALECT_V3);
    (void)ask(&read_three);
    (void)ask(&read_three);
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(client, &read_three);
    ck_assert(!client_next(client, &reply, &err));
    ck_assert_int_eq(err.kind, ERROR_QUOTA);
    ck_assert_str_eq(err.text, "the day is over");
    ck_assert(client_next(client, &reply, &err));
    ck_assert_int_eq(reply->outcome, CLIENT_NOT_SENT);
    ck_assert_uint_eq(client_requests(client), 2);
    char *requests = close_client();
    ck_assert_uint_eq(scripted_count(requests), 2);
    free(requests);
    free(ok);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client");
    TCase *cases = tcase_create("client");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, reads_rows_and_empty_records, 0, 30);
    tcase_add_loop_test(cases, judges_answers, 0, (int)ARRAY_COUNT(exchanges));
    tcase_add_test(cases, names_the_culprits_of_a_refusal);
    tcase_add_loop_test(cases, reads_pages, 0, (int)ARRAY_COUNT(pagings));
    tcase_add_test(cases, writes_pairs_with_all_their_types);
    tcase_add_test(cases, lists_v3_types_with_their_categories);
    tcase_add_test(cases, a_list_that_fails_leaves_the_client_usable);
    tcase_add_test(cases, a_wish_to_stop_ends_what_has_not_left);
    tcase_add_test(cases, no_request_leaves_without_a_permit);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
