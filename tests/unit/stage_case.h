/*
 * stage_case.h: what the tests of the stages that read HubSpot again share: a run in a real
 * PostgreSQL, in front of a server that answers each reading with what the pair 1-10 has now. Types
 * are letters: p plain and b boss are managed; 1 primary and f foreign are not.
 */
#ifndef TESTS_UNIT_STAGE_CASE_H
#define TESTS_UNIT_STAGE_CASE_H

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lib/cluster.h"
#include "lib/scripted_client.h"
#include "lib/suite.h"
#include "pg/pg.h"
#include "run/run.h"

static const char letters[] = "p1bf";
static const struct type letter_types[] = {
    {.category = (char[]){"HUBSPOT_DEFINED"}, .type_id = 3, .kind = TYPE_PLAIN, .managed = true},
    {.category = (char[]){"HUBSPOT_DEFINED"}, .type_id = 5, .kind = TYPE_PRIMARY},
    {.category = (char[]){"USER_DEFINED"}, .type_id = 1, .kind = TYPE_LABEL, .managed = true},
    {.category = (char[]){"USER_DEFINED"}, .type_id = 9, .kind = TYPE_LABEL},
};

SUITE_DATABASE(cluster_database_with_schema);
static struct pg *pg; /* looks on */
static struct error err;
static struct portal_definition portal = {.name = (char[]){"main"},
    .api = DIALECT_2026_09,
    .timeout_ms = 3000,
    .limits = {.in_flight = 2, .read_inputs = 100}};
static struct sync_definition sync_definition = {.name = (char[]){"pairs"},
    .portal = &portal,
    .from = (char[]){"deals"},
    .to = (char[]){"contacts"}};
static struct run run;
static char *stage_requests; /* what the server was asked, once it is closed */
static struct scripted answers[8];
static size_t answers_count;

static void stage_exec(const char *format, ...) PRINTF(1, 2);
static void stage_exec(const char *format, ...)
{
    char sql[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    cluster_exec(pg, sql, NULL);
}

static const struct type *stage_type(char letter)
{
    return &letter_types[strchr(letters, letter) - letters];
}

/* Run 1 has ended, run 2 is at work: `run`. */
static void stage_open(void)
{
    err = (struct error){0};
    pg = cluster_connect(database);
    stage_exec("truncate assocd.run, assocd.managed, assocd.sync_state restart identity cascade;"
               "insert into assocd.run (sync, portal, api, cause, status, completed_at, epoch,"
               " host, pid, unsettled) values"
               " ('pairs', 'main', '2026-09', 'manual', 'interrupted', now(), 1, 'h', 1, true),"
               " ('pairs', 'main', '2026-09', 'manual', 'planning', null, 2, 'h', 1, false)");
    run = (struct run){.session = {.sync = &sync_definition,
                           .database_url = database,
                           .state = cluster_connect(database),
                           .run_id = 2},
        .plan.scope = &run.scope};
    for (size_t i = 0; i < ARRAY_COUNT(letter_types); i++)
        ck_assert_uint_eq(types_add(&run.session.types, &letter_types[i]), i);
}

/* The answer to a reading of record 1: it has these types to record 10; NULL: it is refused. */
static struct scripted stage_answer(const char *types)
{
    CLEANUP(buf_clear) struct buf body = {0};
    buf_add_text(&body, "{\"status\":\"COMPLETE\",\"results\":[{\"from\":{\"id\":\"1\"},\"to\":[");
    for (const char *at = types != NULL ? types : ""; *at != '\0'; at++)
        buf_addf(&body, "%s{\"category\":\"%s\",\"typeId\":%u,\"label\":null}",
            at == types ? "{\"toObjectId\":10,\"associationTypes\":[" : ",",
            stage_type(*at)->category, stage_type(*at)->type_id);
    buf_add_text(&body, types != NULL && types[0] != '\0' ? "]}]}]}" : "]}]}");
    char *text = types != NULL
        ? scripted_answer("200 OK", "", buf_text(&body))
        : scripted_answer("400 Bad Request", "", "{\"status\":\"error\",\"message\":\"no\"}");
    return (struct scripted){.answer = text, .end = SCRIPTED_KEEP};
}

static void stage_client(void)
{
    scripted_client_open(answers, answers_count, DIALECT_2026_09, -1);
    run.session.client = scripted.client;
    run.session.from_type = mem_text("0-3");
    run.session.to_type = mem_text("0-1");
    client_bind(run.session.client, "deals", "contacts", &run.session.types);
}

/* What HubSpot says to the first reading, and to all that follow. */
__attribute__((unused)) static void stage_observe_two(const char *first, const char *later)
{
    answers[0] = stage_answer(first);
    answers[1] = stage_answer(later);
    answers_count = 2;
    stage_client();
}

/* One reading, and then both records are looked up. */
__attribute__((unused)) static void stage_observe_alive(const char *types)
{
    answers[0] = stage_answer(types);
    for (answers_count = 1; answers_count < 3; answers_count++)
        answers[answers_count] =
            (struct scripted){.answer = scripted_answer("200 OK", "",
                                  answers_count == 1 ? "{\"results\":[{\"id\":\"1\"}]}"
                                                     : "{\"results\":[{\"id\":\"10\"}]}"),
                .end = SCRIPTED_KEEP};
    stage_client();
}

/* The server's answers, one after the other: "200 OK", body, and so on. */
__attribute__((unused)) static void stage_serve(size_t count, const char *const texts[])
{
    for (answers_count = 0; answers_count < count; answers_count++)
        answers[answers_count] = (struct scripted){
            .answer = scripted_answer(texts[2 * answers_count], "", texts[2 * answers_count + 1]),
            .end = SCRIPTED_KEEP};
    stage_client();
}

__attribute__((unused)) static void stage_observe(const char *types)
{
    stage_observe_two(types, types);
}

static void stage_close(void)
{
    run_clear(&run);
    if (answers_count > 0) {
        scripted.client = NULL;
        free(stage_requests);
        stage_requests = scripted_client_close();
    }
    while (answers_count > 0)
        free((char *)(uintptr_t)answers[--answers_count].answer);
    pg_close(pg);
}

/* A change of a run: ordinals in order, from record 1 to record 10. */
__attribute__((unused)) static void stage_change(
    int run_id, const char *operation, char letter, const char *state)
{
    stage_exec("insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category,"
               " type_id, reason, state) select %d, '%s', count(*) + 1, 1, 10, '%s', %u,"
               " 'source_added', '%s' from assocd.change where run_id = %d and operation = '%s'",
        run_id, operation, stage_type(letter)->category, stage_type(letter)->type_id, state, run_id,
        operation);
}

/* The owned set has the type of the pair. */
__attribute__((unused)) static void stage_own(char letter, const char *origin)
{
    stage_exec("insert into assocd.managed values ('pairs', 1, 10, '%s', %u, '%s', 1)",
        stage_type(letter)->category, stage_type(letter)->type_id, origin);
}

__attribute__((unused)) static void stage_expect(const char *sql, const char *text)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    cluster_exec(pg, sql, &rows);
    ck_assert_int_eq(rows.count, 1);
    ck_assert_msg(strcmp(pg_rows_text(&rows, 0, 0), text) == 0, "have: %s\nwant: %s",
        pg_rows_text(&rows, 0, 0), text);
}

/* So many readings of HubSpot are in the journal. */
__attribute__((unused)) static void stage_expect_reads(int64_t reads)
{
    ck_assert_int_eq(
        cluster_int(pg, "select count(*) from assocd.batch where operation in ('read', 'verify')"),
        reads);
}

static void stage_end(void)
{
    close_database();
    free(stage_requests);
}

#endif
