/*
 * test_client_attempt.c: what the client makes of answers. Cases are data: what HubSpot answers,
 * what the reply has to be.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scripted_client.h"
#include "lib/suite.h"

/* ---- one request, one answer after the other ---- */

#define LINK(from, to) \
    "{\"from\":{\"id\":\"" from "\"},\"to\":{\"id\":\"" to "\"},\"type\":\"deal_to_contact\"}"
#define ERRORS(count, x) \
    "{\"status\":\"COMPLETE\",\"results\":[],\"numErrors\":" count ",\"errors\":[" x "]}"

#define TEN_ERRORS "{},{},{},{},{},{},{},{},{},{}"

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
    {"a record that was not asked for says nothing of those that were", &read_three,
        {{"200 OK", "", RESULTS("{\"from\":{\"id\":\"99\"},\"to\":[]}," R10)}}, CLIENT_ANSWERED, 1,
        "c??", NULL, 0, NULL},
    {"more records than were asked for spoil the answer", &read_three,
        {{"200 OK", "", RESULTS(R10 "," R10 "," R10 "," R10 "," R10 "," R10 "," R10)},
            {"200 OK", "", RESULTS(R10)}},
        CLIENT_ANSWERED, 2, "c??", NULL, 0, NULL},
    {"more errors than inputs spoil the answer", &create_two,
        {{"207 Multi", "", ERRORS("30", TEN_ERRORS "," TEN_ERRORS "," TEN_ERRORS)}}, CLIENT_UNKNOWN,
        1, "??", "more errors than the request had inputs", 0, NULL},
    {"a web page in place of a refusal is not HubSpot's word about the token", &read_three,
        {{"403 Forbidden", "Content-Type: text/html\r\n",
            " <!DOCTYPE html><html>cloudflare</html>"}},
        CLIENT_REFUSED, 1, "???", "HTTP 403", ERROR_REMOTE, "a proxy or firewall answered"},
    {"a web page in place of a refusal says nothing of the inputs", &create_two,
        {{"400 Bad Request", "", "<html>bad</html>"}}, CLIENT_NOT_SENT, 1, "??", "HTTP 400",
        ERROR_REMOTE, "a proxy or firewall answered"},
    {"a status that is about no input stops the run", &create_two,
        {{"421 Misdirected", "", "{\"message\":\"elsewhere\"}"}}, CLIENT_NOT_SENT, 1, "??",
        "elsewhere", ERROR_REMOTE, "whatever its inputs"},
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
    {"a reset connection is asked again", &read_three,
        {{NULL, NULL, NULL}, {"200 OK", "", RESULTS(R11)}}, CLIENT_ANSWERED, 2, "?c?", NULL, 0,
        NULL},
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
        {{NULL, NULL, NULL}, {"201 Created", "", RESULTS(LINK("10", "7") "," LINK("11", "7"))}},
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
    {"conflict 10.12: an archive that finds nothing is settled by reading", &archive_two,
        {{"404 Not Found", "",
            "{\"status\":\"error\",\"category\":\"OBJECT_NOT_FOUND\",\"message\":\"gone\"}"}},
        CLIENT_UNKNOWN, 1, "??", "gone", 0, NULL},
    {"conflict 10.29: results are matched by pair, however many rows one has", &create_two,
        {{"200 OK", "",
            RESULTS(LINK("11", "7") "," LINK("7", "11") "," LINK("11", "7") "," LINK("99", "98"))}},
        CLIENT_ANSWERED, 1, "?d", NULL, 0, NULL},
    {"conflict 10.27: errors inside a 200 count", &create_two,
        {{"200 OK", "",
            "{\"results\":[" LINK(
                "10", "7") "],\"numErrors\":1,\"errors\":[{\"category\":\"X\",\"message\":\"bad\","
                           "\"context\":{\"fromObjectId\":[\"11\"],\"toObjectId\":[\"7\"]}}]}"}},
        CLIENT_ANSWERED, 1, "dr", NULL, 0, NULL},
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
        "resource not found", ERROR_CONFIG, "endpoint not found"},
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

TEST_LOOP(judges_answers, ARRAY_COUNT(exchanges))
{
    const struct exchange *exchange = &exchanges[_i];
    size_t count;
    struct scripted *script = make_script(exchange, &count);
    scripted_client_open(script, count, DIALECT_V3, -1);
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(scripted.client, exchange->request);
    bool fine = client_next(scripted.client, &reply, &err);
    ck_assert_msg(fine == (exchange->err == ERROR_NONE), "%s: %s", exchange->name, err.text);
    if (!fine) {
        ck_assert_msg(err.kind == exchange->err, "%s: %s", exchange->name, err.text);
        ck_assert_msg(
            strstr(err.text, exchange->err_text) != NULL, "%s: %s", exchange->name, err.text);
        ck_assert(client_next(scripted.client, &reply, &err));
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
    ck_assert(client_next(scripted.client, &reply, &err));
    ck_assert_ptr_null(reply);
    char *requests = scripted_client_close();
    ck_assert_uint_eq(scripted_count(requests), (size_t)exchange->attempts);
    free(requests);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)script[i].answer);
}

TEST(names_the_culprits_of_a_refusal)
{
    char *bad = scripted_answer("400 Bad Request", "X-HubSpot-Correlation-Id: c-77\r\n",
        "{\"message\":\"x\",\"context\":{\"objectId\":[\"11\",\"7\"]}}");
    struct scripted script[] = {{.answer = bad, .end = SCRIPTED_KEEP}};
    scripted_client_open(script, 1, DIALECT_V3, -1);
    const struct client_reply *reply = scripted_client_ask(&create_two);
    ck_assert_uint_eq(reply->culprits_count, 2);
    ck_assert_uint_eq(reply->culprits[0], 11);
    ck_assert_str_eq(reply->correlation_id, "c-77");
    free(scripted_client_close());
    free(bad);
}
