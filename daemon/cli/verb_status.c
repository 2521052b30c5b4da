/*
 * verb_status.c: assocd status: everything somebody on call wants to know, from PostgreSQL alone.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "pg/statement.h"
#include "hubspot/client.h"
#include "service/next_run.h"
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/output.h"
#include "cli/sights.h"

/* What is printed as the database has it. */
static const struct section {
    const char *key; /* in JSON */
    const char *title;
    enum statement_id statement;
    uint64_t right_columns;
    const char *nothing; /* NULL: then the section is left out */
    const char *columns; /* as people read them; NULL: as they are */
} sections[] = {
    {"daemons", "daemons", STATEMENT_STATUS_DAEMONS, 0xA, "no daemon is running", NULL},
    {"runs", "runs under way", STATEMENT_STATUS_RUNS, 0x1C1, "none", NULL},
    {"locks", "who holds the locks of syncs (no other run of theirs can start)",
        STATEMENT_STATUS_LOCKS, 0xA, NULL, NULL},
    {"signals", "requests that wait for a daemon", STATEMENT_STATUS_REQUESTS, 0x9, NULL, NULL},
    {"plans", "plans that wait for an approval (assocd show PLAN, assocd approve PLAN)",
        STATEMENT_STATUS_PLANS, 0x71, NULL, NULL},
    {"problems", "why the last runs ended as they did (assocd history SYNC)",
        STATEMENT_STATUS_PROBLEMS, 0x1, NULL, NULL},
    {"rejects", "rejects (assocd rejects SYNC)", STATEMENT_STATUS_REJECTS, 0x4, NULL, NULL},
    {"budget", "requests to HubSpot", STATEMENT_STATUS_BUDGET, 0x1C, NULL,
        "portal, account, last_10s, today, percent_of_ceiling || ' %' as ceiling_in_force, "
        "held_until, held_by"},
};

enum column {
    SYNC_NAME,
    SYNC_PAUSED,
    SYNC_PAUSED_BY,
    SYNC_PAUSE_REASON,
    SYNC_RUN_ID,
    SYNC_STATUS,
    SYNC_CAUSE,
    SYNC_STARTED,
    SYNC_FAILURES,
    SYNC_RETRY,
    SYNC_WANTED,
    SYNC_ERROR,
    SYNC_NOW,
};

/* A section's rows as one JSON array, so that table and JSON come from one statement. */
static bool add_section(
    struct cli *cli, const struct section *section, struct json_object *json, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args none = {0};
    buf_addf(&sql, "select coalesce(json_agg(row_to_json(q)), '[]') from (%s) q",
        statements[section->statement].text);
    if (!pg_exec_args(cli->state, buf_text(&sql), &none, &rows, err))
        return error_prefix(err, "%s", section->key);
    json_out_given(json, section->key, pg_rows_text(&rows, 0, 0));
    return true;
}

static bool print_section(struct cli *cli, const struct section *section, struct error *err)
{
    CLEANUP(buf_clear) struct buf sql = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    struct pg_args none = {0};
    buf_addf(&sql, "select %s from (%s) q", section->columns != NULL ? section->columns : "*",
        statements[section->statement].text);
    if (!pg_exec_args(cli->state, buf_text(&sql), &none, &rows, err))
        return error_prefix(err, "%s", section->key);
    if (rows.count == 0 && section->nothing == NULL)
        return true;
    output_print("%s\n", section->title);
    output_table(&rows, section->right_columns, section->nothing);
    puts("");
    return true;
}

/* The same decision as the daemon's, without its jitter. */
static struct next_run next_run_of(
    const struct sync_definition *sync, const struct pg_rows *rows, int row)
{
    struct next_run_state state = {.paused = pg_rows_bool(rows, row, SYNC_PAUSED),
        .wanted = pg_rows_bool(rows, row, SYNC_WANTED),
        .last = last_run_of(pg_rows_text(rows, row, SYNC_STATUS)),
        .by_hand = strcmp(pg_rows_text(rows, row, SYNC_CAUSE), "manual") == 0,
        .started_us = pg_rows_int(rows, row, SYNC_STARTED),
        .retry_us = pg_rows_int(rows, row, SYNC_RETRY)};
    return next_run_decide(&sync->schedule, &state, pg_rows_int(rows, row, SYNC_NOW), 0);
}

static void add_time(struct json_object *json, const char *key, int64_t at_us)
{
    char text[CLOCK_TEXT_MAX];
    clock_utc_text(at_us, text);
    json_out_text(json, key, at_us > 0 && at_us != NEXT_RUN_NEVER ? text : NULL);
}

static void add_text(struct json_object *json, const char *key, const char *text)
{
    json_out_text(json, key, text[0] != '\0' ? text : NULL);
}

/* One sync with its row of status_syncs.sql. */
struct shown {
    const struct sync_definition *sync;
    const struct pg_rows *rows;
    int row;
    const char *unseen; /* why changes of its source are not seen, or "" */
};

static void add_sync(struct json_object *list, const struct shown *shown)
{
    const struct sync_definition *sync = shown->sync;
    const struct pg_rows *rows = shown->rows;
    int row = shown->row;
    struct next_run next = next_run_of(sync, rows, row);
    int64_t now_us = pg_rows_int(rows, row, SYNC_NOW);
    int64_t run_id = pg_rows_int(rows, row, SYNC_RUN_ID);
    struct json_object *json = json_out_object();
    add_text(json, "sync", sync->name);
    add_text(json, "schedule", sync->schedule_text);
    json_out_bool(json, "paused", pg_rows_bool(rows, row, SYNC_PAUSED));
    add_text(json, "paused_by", pg_rows_text(rows, row, SYNC_PAUSED_BY));
    add_text(json, "pause_reason", pg_rows_text(rows, row, SYNC_PAUSE_REASON));
    if (run_id != 0)
        json_out_number(json, "run_id", run_id);
    else
        json_out_null(json, "run_id");
    add_text(json, "status", pg_rows_text(rows, row, SYNC_STATUS));
    add_time(json, "started_at", pg_rows_int(rows, row, SYNC_STARTED));
    json_out_number(json, "failures", pg_rows_int(rows, row, SYNC_FAILURES));
    add_text(json, "start_error", pg_rows_text(rows, row, SYNC_ERROR));
    add_time(json, "due_at", next.at_us < now_us ? now_us : next.at_us);
    json_out_text(json, "due_why", next_run_why_text(next.why));
    add_text(json, "watch_problem", shown->unseen);
    json_out_put(list, NULL, json);
}

static void print_next_run(const struct next_run *next, const struct pg_rows *rows, int row)
{
    char when[CLOCK_TEXT_MAX];
    if (next->at_us == NEXT_RUN_NEVER) {
        fputs(next_run_why_text(next->why), stdout);
    } else if (next->at_us <= pg_rows_int(rows, row, SYNC_NOW)) {
        output_print("due now (%s)", next_run_why_text(next->why));
    } else {
        clock_utc_text(next->at_us, when);
        output_print("due %.10s %.8sZ (%s)", when, when + 11, next_run_why_text(next->why));
    }
    if (next->why == NEXT_RUN_PAUSED)
        output_print(" by %s", pg_rows_text(rows, row, SYNC_PAUSED_BY));
    if (next->why == NEXT_RUN_PAUSED && pg_rows_text(rows, row, SYNC_PAUSE_REASON)[0] != '\0')
        output_print(": %s", pg_rows_text(rows, row, SYNC_PAUSE_REASON));
}

static void print_sync(const struct shown *shown)
{
    const struct sync_definition *sync = shown->sync;
    const struct pg_rows *rows = shown->rows;
    int row = shown->row;
    struct next_run next = next_run_of(sync, rows, row);
    const char *status = pg_rows_text(rows, row, SYNC_STATUS);
    const char *start_error = pg_rows_text(rows, row, SYNC_ERROR);
    output_print("  %-24s %-12s ", sync->name, status[0] != '\0' ? status : "never ran");
    print_next_run(&next, rows, row);
    if (pg_rows_int(rows, row, SYNC_FAILURES) > 0)
        output_print(", failures in a row: %s", pg_rows_text(rows, row, SYNC_FAILURES));
    output_print("%s%s\n", start_error[0] != '\0' ? ", " : "", start_error);
    if (shown->unseen[0] != '\0')
        output_print("  %-24s %s\n", "", shown->unseen);
}

/* A sync that no run and no daemon has met yet has no row. Printed, or added to list (else NULL).
 */
static bool enter_syncs(
    struct cli *cli, struct pg_rows *rows, struct json_object *list, struct error *err)
{
    CLEANUP(sights_close) struct sights sights = {0};
    if (!pg_run(cli->state, STATEMENT_STATUS_SYNCS, NULL, rows, err))
        return false;
    sights_open(&sights, cli);
    for (int i = 0; i < rows->count; i++) {
        CLEANUP(buf_clear) struct buf unseen = {0};
        struct shown shown = {.rows = rows, .row = i};
        shown.sync = definitions_sync(&cli->definitions, pg_rows_text(rows, i, SYNC_NAME));
        if (shown.sync == NULL)
            continue;
        sights_add(&sights, shown.sync, &unseen);
        shown.unseen = buf_text(&unseen);
        if (list == NULL)
            print_sync(&shown);
        else
            add_sync(list, &shown);
    }
    return true;
}

static bool days_left(
    struct cli *cli, const struct portal_definition *portal, int64_t *days, struct error *err)
{
    char date[16];
    const char *until = dialect_supported_until(portal->api);
    struct pg_args args = {0};
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    /* Where only the month is known, its first day is the one to be ready for. */
    (void)snprintf(date, sizeof date, "%.10s%s", until, strlen(until) == 7 ? "-01" : "");
    pg_arg_text(&args, date);
    if (!pg_run(cli->state, STATEMENT_DAYS_UNTIL, &args, &rows, err))
        return false;
    *days = pg_rows_int(&rows, 0, 0);
    return true;
}

static bool report_api(struct cli *cli, struct json_object *list, struct error *err)
{
    for (size_t i = 0; i < cli->definitions.portals_count; i++) {
        const struct portal_definition *portal = cli->definitions.portals[i];
        char api[API_TEXT_MAX];
        int64_t days;
        if (!days_left(cli, portal, &days, err))
            return false;
        if (list == NULL) {
            output_print("  %-24s %s: %lld days left\n", portal->name, output_api(portal->api, api),
                (long long)days);
            continue;
        }
        struct json_object *json = json_out_object();
        json_out_text(json, "portal", portal->name);
        json_out_text(json, "api", dialect_text(portal->api));
        json_out_text(json, "supported_until", dialect_supported_until(portal->api));
        json_out_number(json, "days_left", days);
        json_out_text(json, "replacement", dialect_replacement(portal->api));
        json_out_put(list, NULL, json);
    }
    return true;
}

static bool print_json(struct cli *cli, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    CLEANUP(json_out_free) struct json_object *json = json_out_object();
    for (size_t i = 0; i < ARRAY_COUNT(sections); i++)
        if (!add_section(cli, &sections[i], json, err))
            return false;
    struct json_object *syncs = json_out_array(), *api = json_out_array();
    json_out_put(json, "syncs", syncs);
    json_out_put(json, "api", api);
    if (!enter_syncs(cli, &rows, syncs, err) || !report_api(cli, api, err))
        return false;
    json_out_print(json);
    return true;
}

static bool print_text(struct cli *cli, struct error *err)
{
    CLEANUP(pg_rows_clear) struct pg_rows rows = {0};
    for (size_t i = 0; i < ARRAY_COUNT(sections); i++)
        if (!print_section(cli, &sections[i], err))
            return false;
    puts("syncs");
    if (!enter_syncs(cli, &rows, NULL, err))
        return false;
    puts("\nportals");
    return report_api(cli, NULL, err);
}

bool verb_status(struct cli *cli, int argc, char **argv, int *code, struct error *err)
{
    const struct option_row options[] = {{0}};
    struct words words;
    (void)argc;
    (void)code;
    return cli_options(cli, argv, options, &words, err) && cli_words(&words, "status", 0, 0, err) &&
        cli_state(cli, err) && (cli->json ? print_json(cli, err) : print_text(cli, err));
}
