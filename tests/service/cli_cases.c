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

/* Two syncs between objects that only the account knows to be the same. */
static void configure_two(const char *one, const char *other)
{
    static const char form[] = "  %s:\n    portal: main\n    from: %s\n    to: %s\n"
                               "    types: [%s]\n    source: {table: crm.link}\n"
                               "    policy: mirror_owned\n    schedule: manual\n";
    struct buf syncs = {0};
    char cells[2][3][48];
    ck_assert_int_eq(sscanf(one, "%47s %47s %47s", cells[0][0], cells[0][1], cells[0][2]), 3);
    ck_assert_int_eq(sscanf(other, "%47s %47s %47s", cells[1][0], cells[1][1], cells[1][2]), 3);
    buf_addf(&syncs, form, "one", cells[0][0], cells[0][1], cells[0][2]);
    buf_addf(&syncs, form, "other", cells[1][0], cells[1][1], cells[1][2]);
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

/* from, to and type of two syncs: have they a type in common? */
static const struct {
    const char *one, *other;
    bool same;
} masters[] = {
    {"2-77 contacts plain", "p_vendor contacts plain", true},
    {"2-77 contacts plain", "contact p_vendor plain", true}, /* seen from the other end */
    {"2-77 0-1 USER_DEFINED:52", "p_vendor Contact Supplier", true}, /* a label in two spellings */
    {"2-77 contacts plain", "p_vendor contacts Supplier", false},
    {"2-77 contacts plain", "p_vendor companies plain", false},
    {"2-77 contacts plain", "p_other contacts plain", false},
    /* the two sides of one label */
    {"deals contacts Boss", "contacts deals Bossof", true},
    {"contacts deals Bossof", "0-3 contact boss", true},
    {"deals contacts USER_DEFINED:60", "contacts deals USER_DEFINED:61", true},
    {"2-77 contacts Supplier", "contacts p_vendor USER_DEFINED:53", true},
    {"contacts contacts Mgr", "0-1 contact Emp", true},
    {"companies companies parent_to_child_company", "companies companies plain", false},
    {"deals contacts Boss", "contacts deals Other", false},
    {"deals contacts Boss", "contacts deals plain", false},
    {"contacts contacts Mgr", "contacts contacts Sib", false},
};

TEST_LOOP(fault_c8_two_syncs_of_one_custom_object_are_found_out, ARRAY_COUNT(masters))
{
    control_post(bed.base_url, "seed",
        "{\"objects\":[{\"id\":\"2-77\",\"name\":\"vendor\"},{\"id\":\"2-78\",\"name\":\"other\"}],"
        "\"types\":[{\"from\":\"2-77\",\"to\":\"contacts\",\"category\":\"USER_DEFINED\","
        "\"typeId\":50,"
        "\"name\":\"vendor_to_contact\",\"plain\":true,\"inverse\":{\"typeId\":51}},"
        "{\"from\":\"2-77\",\"to\":\"contacts\",\"category\":\"USER_DEFINED\",\"typeId\":52,"
        "\"name\":\"supplier\",\"label\":\"Supplier\",\"inverse\":{\"typeId\":53}},"
        "{\"from\":\"2-77\",\"to\":\"companies\",\"category\":\"USER_DEFINED\",\"typeId\":54,"
        "\"name\":\"vendor_to_company\",\"plain\":true,\"inverse\":{\"typeId\":55}},"
        "{\"from\":\"2-78\",\"to\":\"contacts\",\"category\":\"USER_DEFINED\",\"typeId\":56,"
        "\"name\":\"other_to_contact\",\"plain\":true,\"inverse\":{\"typeId\":57}},"
        "{\"from\":\"deals\",\"to\":\"contacts\",\"category\":\"USER_DEFINED\",\"typeId\":60,"
        "\"name\":\"boss\",\"label\":\"Boss\",\"inverse\":{\"typeId\":61,\"label\":\"Bossof\"}},"
        "{\"from\":\"deals\",\"to\":\"contacts\",\"name\":\"other\",\"label\":\"Other\"},"
        "{\"from\":\"contacts\",\"to\":\"contacts\",\"name\":\"mgr\",\"label\":\"Mgr\","
        "\"inverse\":{\"label\":\"Emp\"}},"
        "{\"from\":\"contacts\",\"to\":\"contacts\",\"name\":\"sib\",\"label\":\"Sib\"}]}",
        NULL);
    configure_two(masters[_i].one, masters[_i].other);
    int code = bed_command(&bed, &process, (const char *const[]){"run", "one", NULL});
    ck_assert_msg((code == 78) == masters[_i].same, "%d: %s", code, buf_text(&process.err));
    ck_assert(says("is managed by sync \"other\"") == masters[_i].same);
    process_clear(&process);
    code = bed_command(&bed, &process, (const char *const[]){"check", NULL});
    ck_assert(says("is managed by sync \"one\"") == masters[_i].same);
    ck_assert_msg((code == 0) != masters[_i].same, "%d: %s%s", code, buf_text(&process.out),
        buf_text(&process.err));
    ck_assert(!masters[_i].same || bed_logged(&bed, "batch/create") == 0);
}

/* Without the account's names nobody knows: it is refused, and the way out is said. */
TEST_LOOP(fault_p15_labels_of_which_no_name_is_known_are_not_taken_for_two, 2)
{
    control_post(bed.base_url, "seed",
        "{\"types\":[{\"from\":\"deals\",\"to\":\"contacts\",\"name\":\"boss\",\"label\":\"Boss\","
        "\"inverse\":{\"label\":\"Bossof\"}},"
        "{\"from\":\"contacts\",\"to\":\"contacts\",\"name\":\"mgr\",\"label\":\"Mgr\","
        "\"inverse\":{\"label\":\"Emp\"}}]}",
        NULL);
    control_post(bed.base_url, "fault",
        "{\"match\":{\"path\":\"schemas\",\"nth\":1,\"count\":1000},\"action\":\"status\","
        "\"status\":403}",
        NULL);
    configure_two(_i == 0 ? "deals contacts Boss" : "contacts contacts Mgr",
        _i == 0 ? "contacts deals Bossof" : "contacts contacts Emp");
    int code = bed_command(&bed, &process, (const char *const[]){"run", "one", NULL});
    ck_assert_msg(code == 78, "%d: %s%s", code, buf_text(&process.out), buf_text(&process.err));
    ck_assert_msg(says("may be the same label as type"), "%s", buf_text(&process.err));
    ck_assert(says("crm.schemas.X.read"));
    configure_two("deals contacts Boss", "contacts deals plain");
    process_clear(&process);
    code = bed_command(&bed, &process, (const char *const[]){"check", NULL});
    ck_assert_msg(code == 0, "%d: %s%s", code, buf_text(&process.out), buf_text(&process.err));
}

/* Runs both syncs; how much each has changed, "created archived, …". */
static void check_runs(const char *changed)
{
    static const char *const names[] = {"links", "marks"};
    struct buf found = {0};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        process_clear(&process);
        int code = bed_command(&bed, &process, (const char *const[]){"run", names[i], NULL});
        ck_assert_msg(
            code == 0, "%s: %s%s", names[i], buf_text(&process.out), buf_text(&process.err));
        buf_addf(&found, "%s%lld %lld", i > 0 ? ", " : "",
            (long long)bed_int(&bed, "select created from assocd.run order by run_id desc limit 1"),
            (long long)bed_int(
                &bed, "select archived from assocd.run order by run_id desc limit 1"));
    }
    ck_assert_str_eq(buf_text(&found), changed);
    buf_clear(&found);
}

/* Why primary may stand beside plain where plain never archives: whatever the two tables say, each
 * gets its own, and the next runs have nothing to do. */
TEST(primary_beside_plain_that_only_creates_leaves_it_alone)
{
    static const char syncs[] =
        "  links:\n    portal: main\n    from: contacts\n    to: companies\n    types: [plain]\n"
        "    source: {table: crm.link}\n    policy: create_only\n    schedule: manual\n"
        "  marks:\n    portal: main\n    from: companies\n    to: contacts\n    types: [primary]\n"
        "    source: {table: crm.mark}\n    policy: mirror\n    schedule: manual\n"
        "    guards: {max_source_shrink_percent: 50}\n";
    bed_sql(&bed, "delete from crm.link; insert into crm.link values (1, 11), (1, 12), (2, 21)");
    bed_sql(&bed,
        "create table crm.mark as select 12::bigint as from_id, 1::bigint as to_id"
        " union all select 11, null union all select 21, 2");
    bed_sql(&bed, "grant usage on schema crm to public; grant select on crm.mark to public");
    bed_configure(&bed, "", syncs);
    check_runs("3 0, 1 1"); /* HubSpot has marked the first companies by itself */
    check_runs("0 0, 0 0");
    bed_sql(&bed, "update crm.mark set to_id = case from_id when 11 then 1 when 21 then 2 end");
    check_runs("0 0, 1 1"); /* a mark moves */
    check_runs("0 0, 0 0");
    bed_sql(&bed, "update crm.mark set to_id = null where from_id = 11");
    check_runs("0 0, 0 1");
    check_runs("0 0, 0 0");
    bed_sql(&bed, "delete from crm.link where to_id = 12");
    check_runs("0 0, 0 0");
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

SUITE(.before = open_bed, .after = close_bed);
