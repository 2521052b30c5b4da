/*
 * cli_cases.c: the command line in the first hour: where options may stand, what check prints, and
 * what is said of a configuration that cannot do anything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/control.h"
#include "lib/json_judge.h"
#include "service/bed.h"

static struct bed bed;
static struct process process;

static void open_bed(void)
{
    bed_open(&bed, "manual");
}

static void close_bed(void)
{
    process_clear(&process);
    bed_close(&bed);
}

/* assocd with these words and no others. */
static int plain(const char *const words[])
{
    const char *argv[10] = {process_beside("assocd")};
    for (int i = 0; words[i] != NULL; i++)
        argv[i + 1] = words[i];
    process_clear(&process);
    int code = process_run(&process, argv, NULL, BED_MS);
    free((char *)argv[0]);
    return code;
}

static bool says(const char *text)
{
    return strstr(buf_text(&process.out), text) != NULL ||
        strstr(buf_text(&process.err), text) != NULL;
}

TEST(options_may_stand_anywhere)
{
    char joined[200], attached[200];
    const char *file = bed.config_path;
    (void)snprintf(joined, sizeof joined, "--config=%s", file);
    (void)snprintf(attached, sizeof attached, "-c%s", file);
    const char *const lines[][5] = {{"-c", file, "check", NULL}, {"check", "-c", file, NULL},
        {"--config", file, "check", NULL}, {"check", "--config", file, NULL},
        {joined, "check", NULL}, {"check", joined, NULL}, {attached, "check", NULL},
        {"check", attached, NULL}, {"check", "--json", "-c", file, NULL}};
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
        ck_assert_msg(plain(lines[i]) == 0, "line %zu: %s", i, buf_text(&process.err));
    static const char *const helps[][4] = {{"-h", NULL}, {"--help", NULL}, {"help", NULL},
        {"help", "check", NULL}, {"check", "-h", NULL}, {"check", "--help", NULL},
        {"-h", "check", NULL}, {"check", "-v", "--help", NULL}};
    for (size_t i = 0; i < ARRAY_COUNT(helps); i++) {
        ck_assert_int_eq(plain(helps[i]), 0);
        ck_assert_ptr_nonnull(strstr(buf_text(&process.out), "usage: assocd "));
        ck_assert_int_eq((int)process.err.length, 0);
    }
    ck_assert_int_eq(plain((const char *const[]){"status", "-c", NULL}), 64);
    ck_assert(says("status: option --config needs a value"));
    ck_assert_int_eq(plain((const char *const[]){"-c", NULL}), 64);
    ck_assert(says("option -c needs a file"));
}

/* An option that is added later must not change what a script means. */
TEST(options_are_written_in_full)
{
    static const char *const lines[][4] = {{"undo", "1", "--dry"}, {"approve", "1", "--re=x"},
        {"status", "--js"}, {"run", "--log-form=json"}, {"--conf=x", "status"}};
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        ck_assert_int_eq(plain(lines[i]), 64);
        ck_assert_msg(says("unknown option --"), "line %zu: %s", i, buf_text(&process.err));
    }
}

TEST(check_prints_settings_when_asked_and_failures_last)
{
    struct buf syncs = {0};
    bed_sync(&syncs, "bad", "contacts", "manual");
    bed_sync(&syncs, "good", "companies", "manual");
    char *text = strdup(buf_text(&syncs));
    char *at = strstr(text, "crm.link");
    memcpy(at, "crm.gone", 8);
    bed_configure(&bed, "", text);
    free(text);
    buf_clear(&syncs);
    ck_assert_int_eq(plain((const char *const[]){"plan", "-c", bed.config_path, NULL}), 64);
    ck_assert_msg(
        says("SYNC is missing (") && says("defines: bad, good)"), "%s", buf_text(&process.err));
    ck_assert_int_eq(plain((const char *const[]){"check", "-c", bed.config_path, NULL}), 1);
    const char *failed = strstr(buf_text(&process.out), "FAIL  sync bad");
    ck_assert_msg(failed != NULL, "%s", buf_text(&process.out));
    ck_assert_ptr_null(strstr(failed, "\nok"));
    ck_assert_ptr_null(strstr(buf_text(&process.out), "portals:"));
    ck_assert_int_eq(plain((const char *const[]){"check", "-v", "-c", bed.config_path, NULL}), 1);
    ck_assert_ptr_nonnull(strstr(buf_text(&process.out), "portals:"));
    ck_assert_ptr_nonnull(strstr(strstr(buf_text(&process.out), "portals:"), "FAIL  sync bad"));
}

TEST(a_file_without_syncs_is_told)
{
    static const char *const verbs[] = {"run", "plan", "check"};
    bed_configure(&bed, "", "");
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        ck_assert_int_eq(plain((const char *const[]){verbs[i], "-c", bed.config_path, NULL}), 78);
        ck_assert_msg(says("no syncs configured in "), "%s: %s", verbs[i], buf_text(&process.err));
    }
}

TEST(a_malformed_url_is_a_matter_of_the_configuration)
{
    char *url = bed.database_url;
    bed.database_url = (char[]){"postgresql://u:canary@h/d?sslmod=require"};
    struct buf syncs = {0};
    bed_sync(&syncs, "links", "contacts", "manual");
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
    bed.database_url = url;
    ck_assert_int_eq(plain((const char *const[]){"status", "-c", bed.config_path, NULL}), 78);
    ck_assert_msg(says("malformed database url: ") && says("did you mean \"sslmode\"?"), "%s",
        buf_text(&process.err));
    ck_assert(!says("canary"));
}

/* More than one portion of runs, of which the newest of the sync stays. */
TEST(prune_forgets_at_once_what_is_older_than_its_retention)
{
    const char *const prune[] = {"prune", NULL}, *const json[] = {"prune", "--json", NULL};
    bed_sql(&bed,
        "insert into assocd.run (sync, portal, api, cause, status, started_at, completed_at, epoch,"
        " host, pid) select 'former', 'main', 'v3', 'manual', 'no_change', at, at, 1, 'h', 1 from"
        " generate_series(1, 3000) n, lateral (select now() - interval '800 days' as at) t");
    ck_assert_int_eq(bed_command(&bed, &process, prune), 0);
    ck_assert_msg(says("2,999 rows of old history forgotten"), "%s", buf_text(&process.out));
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.run"), 1);
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, json), 0);
    ck_assert_str_eq(buf_text(&process.out), "{ \"rows\": 0 }\n");
}

/* Every time that people read says its zone, in one way. */
TEST(times_have_one_form)
{
    static const char *const lines[][3] = {
        {"run", NULL}, {"history", NULL}, {"show", "1", NULL}, {"rejects", NULL}, {"status", NULL}};
    bed_sql(&bed, "insert into assocd.daemon (host, pid, version, syncs) values ('h', 1, '0', 1)");
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        process_clear(&process);
        (void)bed_command(&bed, &process, lines[i]);
        ck_assert_msg(!says("+00"), "%s: %s", lines[i][0], buf_text(&process.out));
    }
    ck_assert_msg(says("Z  gone") || says("Z  alive"), "%s", buf_text(&process.out));
}

/* One whole JSON text and nothing else, of every verb that prints. */
TEST(json_is_json)
{
    static const char *const lines[][4] = {{"init"}, {"init", "--watch"}, {"check"},
        {"types", "deals", "contacts"}, {"plan"}, {"approve", "1"}, {"run"}, {"history"},
        {"show", "1"}, {"explain", "deals:1", "contacts:10"}, {"rejects"}, {"pause", "links"},
        {"status"}, {"resume", "links"}, {"init", "--unwatch"}, {"prune"}};
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        const char *words[6] = {0};
        size_t count = 0;
        for (; count < 4 && lines[i][count] != NULL; count++)
            words[count] = lines[i][count];
        words[count] = "--json";
        process_clear(&process);
        ck_assert_msg(
            bed_command(&bed, &process, words) == 0, "%s: %s", lines[i][0], buf_text(&process.err));
        ck_assert_msg(json_judge_takes(buf_text(&process.out), process.out.length), "%s: %s",
            lines[i][0], buf_text(&process.out));
    }
}

/* The questions before the account was known had a bucket of their own. */
TEST(status_shows_one_budget_for_one_account)
{
    static const char *const run[] = {"run", NULL}, *const status[] = {"status", "--json", NULL};
    ck_assert_int_eq(bed_command(&bed, &process, run), 0);
    ck_assert_int_eq(bed_int(&bed, "select count(*) from assocd.budget"), 2);
    process_clear(&process);
    ck_assert_int_eq(bed_command(&bed, &process, status), 0);
    const char *first = strstr(buf_text(&process.out), "\"percent_of_ceiling\"");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "\"percent_of_ceiling\""));
}

/* Who reads has seen enough: nothing has failed. More than a pipe holds. */
TEST_LOOP(a_reader_that_leaves_early_is_no_failure, 2)
{
    char line[400];
    char *assocd = process_beside("assocd");
    bed_sql(&bed,
        "insert into assocd.run (sync, portal, api, cause, status, started_at, completed_at, epoch,"
        " host, pid) select 'links', 'main', 'v3', 'manual', 'no_change', at, at, 1, 'h', 1 from"
        " generate_series(1, 3000) n, lateral (select now() - interval '1 day' as at) t");
    (void)snprintf(line, sizeof line,
        "'%s' history -c '%s' --limit 3000 %s | head -n 1; exit ${PIPESTATUS[0]}", assocd,
        bed.config_path, _i == 1 ? "--json" : "");
    const char *const argv[] = {"bash", "-c", line, NULL};
    ck_assert_int_eq(process_run(&process, argv, NULL, BED_MS), 0);
    ck_assert_str_eq(buf_text(&process.err), "");
    ck_assert_int_gt((int)process.out.length, 0);
    free(assocd);
}

SUITE(.before = open_bed, .after = close_bed);
