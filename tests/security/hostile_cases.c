/*
 * hostile_cases.c: a server that sends back what it was sent, and words that would act on a
 * terminal or forge a line of a log, wherever they come from.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/scripted_http.h"
#include "service/bed.h"

#define REFLECTED "you sent Bearer " BED_TOKEN " and its half pat-na1-sandbox-00"
#define ACCOUNT "{\"portalId\":7654321,\"timeZone\":\"Europe/Berlin\",\"accountType\":\"STANDARD\"}"
#define LABEL "L\\n\\u001b[31mX\\u202e " BED_TOKEN
#define TYPES \
    "{\"results\":[{\"category\":\"HUBSPOT_DEFINED\",\"typeId\":3,\"label\":null}," \
    "{\"category\":\"USER_DEFINED\",\"typeId\":77,\"label\":\"" LABEL "\"}]}"
#define REFUSAL \
    "{\"status\":\"error\",\"category\":\"VALIDATION_ERROR\",\"message\":\"" REFLECTED "\"," \
    "\"correlationId\":\"" BED_TOKEN "\",\"subCategory\":\"" REFLECTED "\"," \
    "\"context\":{\"requiredScopes\":[\"p\\u0061t-na1-sandbox-0000-0000\"]}}"
#define HEADERS "x-hubspot-correlation-id: " BED_TOKEN "\r\nx-request-id: " BED_TOKEN "\r\n"

static struct bed bed;
static struct scripted_http server;
static char *answers[4];

/* Everything else is answered with the last one. */
static void open_hostile(void)
{
    bed_open(&bed, "manual");
    answers[0] = scripted_answer("200 OK", HEADERS, ACCOUNT);
    answers[1] = scripted_answer("200 OK", HEADERS, TYPES);
    answers[2] = scripted_answer("200 OK", HEADERS, TYPES);
    answers[3] = scripted_answer("400 Bad Request", HEADERS, REFUSAL);
}

static void close_bed(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++)
        free(answers[i]);
    bed_close(&bed);
}

/* Serves so many of the good answers, then refuses for ever. */
static void serve(size_t good)
{
    struct scripted script[ARRAY_COUNT(answers)];
    struct buf syncs = {0};
    for (size_t i = 0; i < good; i++)
        script[i] = (struct scripted){.answer = answers[i], .end = SCRIPTED_KEEP};
    if (good < ARRAY_COUNT(answers))
        script[good++] = (struct scripted){.answer = answers[3], .end = SCRIPTED_KEEP};
    else
        good--; /* the last good one for ever */
    scripted_http_open(&server, script, good);
    free(bed.base_url);
    bed.base_url = strdup(server.url);
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

/* No half of the token either: 12 bytes of it. */
static void expect_clean(const struct buf *text, const char *where)
{
    ck_assert_msg(strstr(buf_text(text), "pat-na1-sand") == NULL, "%s: %s", where, buf_text(text));
    ck_assert_msg(strstr(buf_text(text), "0000-0000") == NULL, "%s: %s", where, buf_text(text));
    ck_assert_msg(
        strchr(buf_text(text), '\x1b') == NULL && strstr(buf_text(text), "\xE2\x80\xAE") == NULL,
        "%s: %s", where, buf_text(text));
}

static void expect_clean_command(const char *const words[])
{
    struct process process = {0};
    (void)bed_command(&bed, &process, words);
    expect_clean(&process.out, words[0]);
    expect_clean(&process.err, words[0]);
    process_clear(&process);
}

static void expect_clean_database(void)
{
    static const char *const tables[] = {"run", "batch", "change", "reject", "portal",
        "association_type", "budget", "sync_state", "signal"};
    for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
        char sql[160];
        (void)snprintf(sql, sizeof sql,
            "select coalesce(string_agg(t::text, E'\\n'), '') from assocd.%s t", tables[i]);
        char *text = bed_text(&bed, sql);
        ck_assert_msg(strstr(text, "pat-na1-sand") == NULL && strstr(text, "0000-0000") == NULL,
            "%s: %s", tables[i], text);
        free(text);
    }
}

TEST_LOOP(fault_h4_a_token_that_comes_back_is_stored_and_shown_nowhere, 4)
{
    serve((size_t)_i);
    expect_clean_command((const char *const[]){"run", "links", NULL});
    expect_clean_command((const char *const[]){"check", NULL});
    expect_clean_command((const char *const[]){"types", "deals", "contacts", NULL});
    expect_clean_command((const char *const[]){"history", "--json", NULL});
    expect_clean_command((const char *const[]){"show", "1", NULL});
    expect_clean_database();
    free(scripted_http_close(&server));
}

TEST(fault_h7_labels_do_not_act)
{
    struct process process = {0};
    serve(ARRAY_COUNT(answers));
    ck_assert_int_eq(
        bed_command(&bed, &process, (const char *const[]){"types", "deals", "contacts", NULL}), 0);
    ck_assert_msg(strstr(buf_text(&process.out), "L\\n\\x1B[31mX\\u202E ****") != NULL, "%s",
        buf_text(&process.out));
    process_clear(&process);
    free(scripted_http_close(&server));
}

/* A reason that would clear the screen and write a section of its own. */
#define FORGED "x' || E'\\n\\x1b[2Jdaemons\\nnone\\u202e' || '"

TEST(fault_h7_reasons_do_not_act)
{
    static const char *const verbs[][3] = {
        {"status", NULL}, {"status", "--json", NULL}, {"history", NULL}};
    struct process process = {0};
    bed_start(&bed, 0, NULL);
    bed_sql(&bed,
        "insert into assocd.signal (verb, sync, reason) values ('pause', 'links', '" FORGED "');"
        "insert into assocd.signal (verb, sync, reason, requested_by)"
        " values ('trigger', E'no\\nbody\\x1b[1m', '" FORGED "', E'an\\nna')");
    bed_until(&bed, "select paused_at is not null from assocd.sync_state");
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        ck_assert_int_eq(bed_command(&bed, &process, verbs[i]), 0);
        expect_clean(&process.out, verbs[i][0]);
        ck_assert_msg(strstr(buf_text(&process.out), "\ndaemons\nnone") == NULL, "%s",
            buf_text(&process.out));
        process_clear(&process);
    }
    bed_until(&bed, "select bool_and(handled_at is not null) from assocd.signal");
    ck_assert_int_eq(bed_stop(&bed, 0), 0);
    expect_clean(&bed.daemons[0].err, "the log");
    ck_assert_msg(strstr(buf_text(&bed.daemons[0].err), "\nna") == NULL &&
            strstr(buf_text(&bed.daemons[0].err), "an\\nna") != NULL,
        "%s", buf_text(&bed.daemons[0].err));
}

SUITE(.before = open_hostile, .after = close_bed);
