/*
 * test_client_sandbox.c: the client against the sandbox, in every dialect, with pages so small that
 * almost every record has several. The sandbox's own dump says what is true.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "hubspot/client.h"
#include "lib/control.h"
#include "lib/process.h"
#include "lib/suite.h"

#define TOKEN "pat-na1-sandbox-0000-0000"

static struct process sandbox;
static char *url;
static struct client *client;
static struct types types;

static void start_sandbox(void)
{
    char *path = process_beside("../../sandbox");
    const char *const argv[] = {path, "--die-with-parent", "--page-size", "3", "--v3-page-size",
        "2", "--rate-per-10s", "0", "--general-per-10s", "0", "--search-per-1s", "0", NULL};
    process_start(&sandbox, argv, NULL);
    url = process_line(&sandbox, 10000);
    ck_assert_msg(url != NULL, "%s does not start: %s", path, buf_text(&sandbox.err));
    free(path);
}

static void stop_sandbox(void)
{
    process_clear(&sandbox);
    free(url);
}

/* What the sandbox says there is, as rows of the client's type table, sorted. */
static struct assoc_list dump(const char *from, const char *to)
{
    char path[128];
    struct buf text = {0};
    struct assoc_list rows = {0};
    (void)snprintf(path, sizeof path, "dump?from=%s&to=%s", from, to);
    control_get(url, path, &text);
    char *save = NULL;
    char *start = text.length > 0 ? text.bytes : NULL;
    for (char *line = strtok_r(start, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        struct assoc row = {0};
        char category[64];
        uint32_t id;
        ck_assert_int_eq(
            sscanf(line, "%lu\t%lu\t%63[^\t]\t%u", &row.from_id, &row.to_id, category, &id), 4);
        row.type = types_find(&types, category, id);
        ck_assert_msg(row.type != TYPE_NONE, "%s", line);
        assoc_list_add(&rows, row);
    }
    rows.count = assoc_sort_unique(rows.rows, rows.count);
    buf_clear(&text);
    return rows;
}

static void open_client(enum dialect dialect, const char *from, const char *to)
{
    struct error err = {0};
    struct client_settings settings = {.base_url = url,
        .token = TOKEN,
        .dialect = dialect,
        .limits = {.in_flight = 4},
        .timeout_ms = 10000,
        .stop_fd = -1};
    ck_assert_msg(client_open(&client, &settings, &err), "%s", err.text);
    struct account account;
    ck_assert_msg(client_account(client, &account, &err), "%s", err.text);
    ck_assert_uint_eq(account.portal_id, 7654321);
    ck_assert_msg(client_types(client, from, to, &types, &err), "%s", err.text);
    client_bind(client, from, to, &types);
}

static void close_client(void)
{
    client_close(client);
    types_clear(&types);
}

enum { RECORDS = 230, CHUNK = 40 };

/* Reads the records 1 … RECORDS, several requests at once. */
static struct assoc_list read_all(void)
{
    static uint64_t ids[RECORDS];
    static struct client_request requests[RECORDS / CHUNK + 1];
    struct assoc_list rows = {0};
    struct error err = {0};
    const struct client_reply *reply;
    size_t next = 0;
    for (size_t i = 0; i < RECORDS; i++)
        ids[i] = i + 1;
    for (;;) {
        while (client_room(client) > 0 && next * CHUNK < RECORDS) {
            size_t left = RECORDS - next * CHUNK;
            requests[next] = (struct client_request){.call = CLIENT_READ,
                .tag = next,
                .from_ids = ids + next * CHUNK,
                .from_count = left < CHUNK ? left : CHUNK};
            client_submit(client, &requests[next++]);
        }
        ck_assert_msg(client_next(client, &reply, &err), "%s", err.text);
        if (reply == NULL)
            break;
        ck_assert_msg(reply->outcome == CLIENT_ANSWERED, "%s", reply->message);
        for (size_t i = 0; i < reply->request->from_count; i++)
            ck_assert_msg(reply->records[i] == RECORD_COMPLETE, "%lu", reply->request->from_ids[i]);
        for (size_t i = 0; i < reply->rows_count; i++)
            assoc_list_add(&rows, reply->rows[i]);
    }
    rows.count = assoc_sort_unique(rows.rows, rows.count);
    return rows;
}

static void compare(const char *from, const char *to)
{
    struct assoc_list have = read_all();
    struct assoc_list want = dump(from, to);
    ck_assert_uint_gt(want.count, 0);
    ck_assert_uint_eq(have.count, want.count);
    for (size_t i = 0; i < want.count; i++)
        ck_assert_msg(assoc_compare(&have.rows[i], &want.rows[i]) == 0, "row %zu: %lu %lu", i,
            want.rows[i].from_id, want.rows[i].to_id);
    assoc_list_clear(&have);
    assoc_list_clear(&want);
}

static void write_rows(enum client_call call, const struct assoc *rows, size_t count)
{
    struct client_request request = {.call = call, .rows = rows, .row_count = count};
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(client, &request);
    ck_assert_msg(client_next(client, &reply, &err), "%s", err.text);
    ck_assert_msg(reply->outcome == CLIENT_ANSWERED, "%s", reply->message);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(reply->outcomes[i] == ROW_DONE, "row %zu is %d", i, reply->outcomes[i]);
    if (call == CLIENT_CREATE)
        ck_assert_uint_ge(strlen(reply->api_completed_at), 20);
}

static void seed(const char *from, const char *to)
{
    struct buf lines = {0};
    char path[128];
    for (unsigned i = 1; i <= 200; i++)
        for (unsigned k = 0; k < i * 7 % 9; k++)
            buf_addf(&lines, "%u\t%u\n", i, 1000 + (i * 13 + k * 31) % 300);
    (void)snprintf(path, sizeof path, "load?from=%s&to=%s", from, to);
    control_post(url, "reset", "", NULL);
    control_post(url, path, buf_text(&lines), NULL);
    buf_reset(&lines);
    buf_addf(&lines,
        "{\"types\":[{\"from\":\"%s\",\"to\":\"%s\",\"name\":\"boss\",\"label\":\"Boss\","
        "\"inverse\":{\"label\":\"Minion\"}}],"
        "\"records\":{\"%s\":{\"from\":1,\"to\":200},\"%s\":{\"from\":1000,\"to\":1300}}}",
        from, to, from, to);
    control_post(url, "seed", buf_text(&lines), NULL);
    buf_clear(&lines);
}

static const struct {
    const char *from;
    const char *to;
} pairs[] = {{"deals", "contacts"}, {"contacts", "companies"}, {"companies", "contacts"}};

/* Every dialect, every pair of object types. */
TEST_LOOP(reads_and_writes_what_the_sandbox_has, 4 * (int)ARRAY_COUNT(pairs))
{
    enum dialect dialect = (enum dialect)(_i / (int)ARRAY_COUNT(pairs));
    const char *from = pairs[_i % (int)ARRAY_COUNT(pairs)].from;
    const char *to = pairs[_i % (int)ARRAY_COUNT(pairs)].to;
    seed(from, to);
    open_client(dialect, from, to);
    compare(from, to);
    uint32_t boss = types_match_text(&types, "boss");
    uint32_t labeled = types_match_text(&types, "Boss");
    uint32_t plain = types_match_text(&types, "plain");
    ck_assert_uint_ne(labeled, TYPE_NONE);
    ck_assert_uint_ne(plain, TYPE_NONE);
    ck_assert_uint_eq(boss, labeled);
    struct assoc rows[] = {{1, 1001, plain, 0}, {1, 1002, plain, 0}, {1, 1002, labeled, 0},
        {2, 1001, labeled, 0}, {9, 1005, plain, 0}};
    size_t count = assoc_sort_unique(rows, ARRAY_COUNT(rows));
    write_rows(CLIENT_CREATE, rows, count);
    compare(from, to);
    const struct assoc label[] = {{1, 1002, labeled, 0}};
    write_rows(CLIENT_ARCHIVE_LABELS, label, 1);
    compare(from, to);
    const struct assoc whole[] = {{1, 1001, plain, 0}, {9, 1005, plain, 0}};
    write_rows(CLIENT_ARCHIVE, whole, 2);
    write_rows(CLIENT_ARCHIVE, whole, 2); /* twice is no mistake */
    compare(from, to);
    close_client();
}

TEST_LOOP(reports_a_record_that_does_not_exist, 2)
{
    seed("deals", "contacts");
    open_client(_i == 0 ? DIALECT_V3 : DIALECT_2026_09, "deals", "contacts");
    const struct assoc rows[] = {{1, 777777, 0, 0}, {2, 1001, 0, 0}};
    struct client_request request = {.call = CLIENT_CREATE, .rows = rows, .row_count = 2};
    const struct client_reply *reply;
    struct error err = {0};
    client_submit(client, &request);
    ck_assert_msg(client_next(client, &reply, &err), "%s", err.text);
    ck_assert_int_eq(reply->outcome, CLIENT_REFUSED);
    ck_assert_uint_eq(reply->culprits_count, 1);
    ck_assert_uint_eq(reply->culprits[0], 777777);
    ck_assert_uint_gt(strlen(reply->correlation_id), 0);
    control_post(url, "switch", "{\"unknown_input\":\"207\"}", NULL);
    client_submit(client, &request);
    ck_assert_msg(client_next(client, &reply, &err), "%s", err.text);
    ck_assert_int_eq(reply->outcome, CLIENT_ANSWERED);
    ck_assert_int_eq(reply->outcomes[0], ROW_REFUSED);
    ck_assert_int_eq(reply->outcomes[1], ROW_DONE);
    ck_assert_uint_eq(reply->refusals_count, 1);
    ck_assert_uint_eq(reply->refusals[0].to_id, 777777);
    close_client();
}

static const char *const faults[] = {
    "{\"match\":{\"path\":\"batch/read\",\"nth\":2,\"count\":1},\"action\":\"truncate\"}",
    "{\"match\":{\"path\":\"batch/read\",\"nth\":3,\"count\":2},\"action\":\"hangup\"}",
    "{\"match\":{\"path\":\"batch/"
    "read\",\"nth\":1,\"count\":1},\"action\":\"status\",\"status\":502,"
    "\"html\":true}",
    "{\"match\":{\"path\":\"batch/"
    "read\",\"nth\":2,\"count\":1},\"action\":\"status\",\"status\":429,"
    "\"headers\":{\"Retry-After\":\"1\"}}",
};

TEST_LOOP(reads_the_same_through_faults, ARRAY_COUNT(faults))
{
    seed("deals", "contacts");
    open_client(DIALECT_V3, "deals", "contacts");
    control_post(url, "fault", faults[_i], NULL);
    compare("deals", "contacts");
    close_client();
}

SUITE(.before = start_sandbox, .after = stop_sandbox);
