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

int main(void)
{
    Suite *suite = suite_create("client");
    TCase *cases = tcase_create("client");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, reads_rows_and_empty_records, 0, 30);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
