/*
 * bounds_cases.c: a server whose answers come to no end: errors, results, bytes, rows, pages. The
 * run says what is wrong and ends, writes nothing, and needs no more memory than a good one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/suite.h"
#include "lib/scripted_http.h"
#include "service/bed.h"

#define ACCOUNT "{\"portalId\":7654321,\"timeZone\":\"Europe/Berlin\",\"accountType\":\"STANDARD\"}"
#define TYPES "{\"results\":[{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":3,\"label\":null}]}"
#define BEGIN "{\"status\":\"COMPLETE\",\"results\":["
#define EMPTY_RECORD "{\"from\":{\"id\":\"1\"},\"to\":[]}"

enum { BEFORE_READS = 3, MEMORY_MAX = 160 << 20, LIMIT_MS = 100000 };

static struct bed bed;
static struct scripted_http server;
static struct scripted *script;
static size_t script_count;

static void open_bed(void)
{
    bed_open(&bed, "manual");
    script = NULL;
    script_count = 0;
}

static void close_bed(void)
{
    for (size_t i = 0; i < script_count; i++)
        free((char *)(uintptr_t)script[i].answer);
    free(script);
    bed_close(&bed);
}

static void add(const char *body)
{
    script = realloc(script, (script_count + 1) * sizeof *script);
    script[script_count++] =
        (struct scripted){.answer = scripted_answer("200 OK", "", body), .end = SCRIPTED_KEEP};
}

static void add_first(void)
{
    add(ACCOUNT);
    add(TYPES);
    add(TYPES);
}

/* Deals 1 to records; owned: each owns a link that the source names no more. */
static void serve(int records, bool owned)
{
    char sql[512];
    struct buf syncs = {0};
    (void)snprintf(sql, sizeof sql,
        "delete from crm.link where from_id > %d; insert into assocd.managed select 'links', n, 50,"
        " 'HUBSPOT_DEFINED', 3, 'created', 1 from generate_series(1, %d) n",
        records, owned ? records : 0);
    scripted_http_open(&server, script, script_count);
    free(bed.base_url);
    bed.base_url = strdup(server.url);
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    bed_sql(&bed, sql);
    buf_clear(&syncs);
}

/* The run within its memory; it ends with this code and these words, and archives nothing. */
static void expect(int code, const char *words)
{
    struct process process = {0};
    struct rlimit before, less;
    ck_assert_int_eq(getrlimit(RLIMIT_DATA, &before), 0);
    less = before;
    less.rlim_cur = MEMORY_MAX;
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &less), 0);
    int ended =
        bed_command_within(&bed, &process, (const char *const[]){"run", "links", NULL}, LIMIT_MS);
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &before), 0);
    bool told = strstr(buf_text(&process.err), words) != NULL ||
        strstr(buf_text(&process.out), words) != NULL;
    ck_assert_msg(ended == code && told, "exit code %d: %s%s", ended, buf_text(&process.out),
        buf_text(&process.err));
    ck_assert_int_eq(
        bed_int(&bed, "select count(*) from assocd.batch where operation like 'archive%'"), 0);
    process_clear(&process);
}

static size_t close_server(void)
{
    char *requests = scripted_http_close(&server);
    ck_assert_ptr_null(strstr(requests, "/archive"));
    size_t count = scripted_count(requests);
    free(requests);
    return count;
}

/* begin, then so many times what is repeated, then end. */
static void add_long(const char *begin, const char *repeated, size_t times, const char *end)
{
    struct buf body = {0};
    buf_add_text(&body, begin);
    for (size_t i = 0; i < times; i++)
        buf_add_text(&body, repeated);
    buf_add_text(&body, end);
    add(buf_text(&body));
    buf_clear(&body);
}

TEST(fault_h5_errors_without_end_in_a_reading)
{
    add_first();
    add_long(BEGIN "],\"errors\":[", "{},", 1000000, "{}]}");
    serve(1, true);
    expect(69, "it holds more errors than the request had inputs");
    (void)close_server();
}

TEST(fault_h5_errors_without_end_in_a_write)
{
    add_first();
    add(BEGIN EMPTY_RECORD "]}");
    add_long(BEGIN "],\"errors\":[", "{},", 1000000, "{}]}");
    serve(1, false);
    expect(3, "it holds more errors than the request had inputs");
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.reject"), 0);
    (void)close_server();
}

TEST(fault_h5_more_results_than_were_asked_for)
{
    add_first();
    add_long(BEGIN, EMPTY_RECORD ",", 100000, EMPTY_RECORD "]}");
    serve(1, true);
    expect(69, "it holds more records than were asked for");
    (void)close_server();
}

TEST(fault_h5_an_answer_without_end)
{
    add_first();
    add_long(BEGIN EMPTY_RECORD "],\"paging\":\"", "0123456789", 1000000, "\"}");
    serve(1, true);
    expect(69, "it is longer than the request can need");
    (void)close_server();
}

/* Who was merged into a record is told with it, whatever was asked. */
TEST(fault_h5_merged_ids_without_end)
{
    add_first();
    add(BEGIN
        "{\"from\":{\"id\":\"1\"},\"to\":[{\"toObjectId\":50,\"associationTypes\":[{\"category\":"
        "\"HUBSPOT_DEFINED\",\"typeId\":3,\"label\":null}]}]}]}");
    add_long(BEGIN "{\"id\":\"1\",\"properties\":{\"hs_merged_object_ids\":\"", "7;", 1000000,
        "8\"}}]}");
    serve(1, true);
    expect(3, "HubSpot does not tell whether");
    (void)close_server();
}

/* Page number n of a record: rows that no page had before, and a cursor that none had. */
static void add_page(int record, int number, int rows)
{
    struct buf body = {0};
    buf_addf(&body, BEGIN "{\"from\":{\"id\":\"%d\"},\"to\":[", record);
    for (int i = 0; i < rows; i++)
        buf_addf(&body,
            "%s{\"toObjectId\":%d,\"associationTypes\":[{\"category\":\"HUBSPOT_DEFINED\","
            "\"typeId\":3,\"label\":null}]}",
            i > 0 ? "," : "", 1000000 + number * rows + i);
    buf_addf(&body, "],\"paging\":{\"next\":{\"after\":\"c%d-%d\"}}}]}", record, number);
    add(buf_text(&body));
    buf_clear(&body);
}

TEST(fault_h10_pages_without_end)
{
    add_first();
    for (int i = 1; i <= 1100; i++)
        add_page(1, i, 1);
    serve(1, true);
    expect(69, "record 1 has more than 1000 pages of associations");
    ck_assert_uint_eq(close_server(), BEFORE_READS + 1000);
}

TEST(fault_h10_rows_without_end)
{
    add_first();
    for (int i = 1; i <= 30; i++)
        add_page(1, i, 40000);
    serve(1, true);
    expect(69, "record 1 has more than 1000000 associations");
    ck_assert_uint_lt(close_server(), BEFORE_READS + 30);
}

/* One record a request, one request at a time. */
static void one_at_a_time(void)
{
    static const char usual[] = "in_flight: 4";
    char text[8192];
    FILE *file = fopen(bed.config_path, "r+e");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    text[length] = '\0';
    char *at = strstr(text, usual);
    ck_assert_ptr_nonnull(at);
    rewind(file);
    fprintf(
        file, "%.*sin_flight: 1, read_inputs: 1%s", (int)(at - text), text, at + sizeof usual - 1);
    ck_assert_int_eq(fclose(file), 0);
}

/* Each record for itself would be in order: no run needs as many as five of them. */
TEST(fault_h10_a_run_has_no_more_requests_than_its_plan_may_need)
{
    add_first();
    for (int record = 1; record <= 5; record++)
        for (int i = 1; i <= 1000; i++)
            add_page(record, i, 1);
    serve(5, true);
    one_at_a_time();
    expect(69, "hundreds of times what the plan should cost");
    size_t requests = close_server();
    ck_assert_uint_gt(requests, 3000);
    ck_assert_uint_le(requests, 4200 + BEFORE_READS);
}

SUITE(.before = open_bed, .after = close_bed, .timeout = 240);
