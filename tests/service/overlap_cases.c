/*
 * overlap_cases.c: two syncs of one account that have something in common: which of them are
 * refused, and that those which are not come to rest, whatever their tables say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/suite.h"
#include "lib/control.h"
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

static bool says(const char *text)
{
    return strstr(buf_text(&process.out), text) != NULL ||
        strstr(buf_text(&process.err), text) != NULL;
}

/* Two syncs between objects that only the account knows to be the same. */
static void configure_with(const char *one, const char *other, const char *policy)
{
    static const char form[] = "  %s:\n    portal: main\n    from: %s\n    to: %s\n"
                               "    types: [%s]\n    source: {table: crm.link}\n"
                               "    policy: %s\n    schedule: manual\n";
    struct buf syncs = {0};
    char cells[2][3][48];
    ck_assert_int_eq(sscanf(one, "%47s %47s %47s", cells[0][0], cells[0][1], cells[0][2]), 3);
    ck_assert_int_eq(sscanf(other, "%47s %47s %47s", cells[1][0], cells[1][1], cells[1][2]), 3);
    buf_addf(&syncs, form, "one", cells[0][0], cells[0][1], cells[0][2], policy);
    buf_addf(&syncs, form, "other", cells[1][0], cells[1][1], cells[1][2], policy);
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

static void configure_two(const char *one, const char *other)
{
    configure_with(one, other, "mirror_owned");
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

/* Syncs of two labels, whose names the token may read for a while only, or never. */
static const struct {
    const char *one, *other, *policy;
    bool told;
} nameless[] = {
    {"deals contacts Boss", "contacts deals Lawyerof", "mirror_owned", true},
    {"deals contacts Boss", "contacts deals Lawyerof", "mirror", true},
    {"contacts contacts Mgr", "contacts contacts Friend", "mirror_owned", true},
    {"deals contacts Boss", "contacts deals Lawyerof", "create_only", false},
    {"deals contacts Boss", "contacts deals Bossof", "create_only", false},
    {"contacts contacts Mgr", "contacts contacts Friend", "create_only", false},
};

static void run_both(int i, const char *when)
{
    static const char *const names[] = {"one", "other"};
    for (size_t k = 0; k < ARRAY_COUNT(names); k++) {
        process_clear(&process);
        int code = bed_command(&bed, &process, (const char *const[]){"run", names[k], NULL});
        ck_assert_msg(code != 78, "%s beside %s, %s, %s: %s", nameless[i].one, nameless[i].other,
            nameless[i].policy, when, buf_text(&process.err));
    }
}

TEST_LOOP(fault_p15_names_that_were_told_once_stay_known, ARRAY_COUNT(nameless))
{
    control_post(bed.base_url, "seed",
        "{\"types\":[{\"from\":\"deals\",\"to\":\"contacts\",\"name\":\"boss\",\"label\":\"Boss\","
        "\"inverse\":{\"label\":\"Bossof\"}},"
        "{\"from\":\"deals\",\"to\":\"contacts\",\"name\":\"lawyer\",\"label\":\"Lawyer\","
        "\"inverse\":{\"label\":\"Lawyerof\"}},"
        "{\"from\":\"contacts\",\"to\":\"contacts\",\"name\":\"mgr\",\"label\":\"Mgr\","
        "\"inverse\":{\"label\":\"Emp\"}},"
        "{\"from\":\"contacts\",\"to\":\"contacts\",\"name\":\"friend\",\"label\":\"Friend\"}]}",
        NULL);
    bed_sql(&bed, "update crm.link set to_id = from_id + 30");
    configure_with(nameless[_i].one, nameless[_i].other, nameless[_i].policy);
    if (nameless[_i].told)
        run_both(_i, "with names");
    control_post(bed.base_url, "fault",
        "{\"match\":{\"path\":\"schemas\",\"nth\":1,\"count\":1000},\"action\":\"status\","
        "\"status\":403}",
        NULL);
    for (int i = 0; i < 2; i++) {
        bed_sql(&bed, "update assocd.association_type set fetched_at = now() - interval '1 hour'");
        run_both(_i, "without");
    }
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

/* Primary beside plain, policy and on_drift of each, and from which record the marks are written.
 */
static const struct {
    const char *marks, *links;
    bool turned;
} pairs[] = {
    {"mirror, on_drift: restore", "mirror_owned, on_drift: restore", false},
    {"mirror_owned, on_drift: restore", "mirror_owned, on_drift: restore", true},
    {"create_only, on_drift: restore", "mirror_owned, on_drift: report", true},
    {"mirror_owned, on_drift: report", "mirror_owned, on_drift: restore", false},
    {"mirror, on_drift: restore", "mirror, on_drift: report", true},
    {"create_only, on_drift: restore", "mirror, on_drift: report", false},
    {"mirror_owned, on_drift: report", "mirror, on_drift: restore", false},
    {"create_only, on_drift: report", "mirror, on_drift: restore", true},
    {"create_only, on_drift: restore", "create_only, on_drift: restore", false},
};

static void configure_pair(int i)
{
    CLEANUP(buf_clear) struct buf syncs = {0};
    static const char form[] =
        "  %s: {portal: main, from: %s, to: %s, types: [%s], schedule: manual, source: {query: "
        "'select %s as from_id, %s as to_id from crm.%s'}, guards: {max_source_shrink_percent: "
        "50}, policy: %s}\n";
    bool turned = pairs[i].turned;
    buf_addf(&syncs, form, "links", "contacts", "companies", "plain", "from_id", "to_id", "link",
        pairs[i].links);
    buf_addf(&syncs, form, "marks", turned ? "companies" : "contacts",
        turned ? "contacts" : "companies", "primary", turned ? "to_id" : "from_id",
        turned ? "from_id" : "to_id", "mark", pairs[i].marks);
    bed_configure(&bed, "", buf_text(&syncs));
}

/* What both change in two rounds, after two in which they may. */
static void check_rest(int i, const char *what)
{
    int64_t before = 0;
    for (int run = 0; run < 8; run++) {
        const char *const words[] = {"run", run % 2 == 0 ? "links" : "marks", NULL};
        if (run == 4)
            before = bed_int(&bed, "select max(run_id) from assocd.run");
        process_clear(&process);
        int code = bed_command(&bed, &process, words);
        ck_assert_msg(code == 0, "%s beside %s: %s%s", pairs[i].marks, pairs[i].links,
            buf_text(&process.out), buf_text(&process.err));
    }
    char sql[120];
    (void)snprintf(sql, sizeof sql,
        "select sum(created + archived) from assocd.run where run_id > %lld", (long long)before);
    ck_assert_msg(
        bed_int(&bed, sql) == 0, "%s beside %s: %s", pairs[i].marks, pairs[i].links, what);
}

/* Tables that contradict each other: the mark's link is in the other's no more, or never was. */
TEST_LOOP(primary_beside_plain_comes_to_rest_where_it_is_not_refused, ARRAY_COUNT(pairs))
{
    bed_sql(&bed,
        "delete from crm.link; insert into crm.link values (1, 10), (1, 11), (5, 50), (6, 60), "
        "(81, 91), (82, 92); create table crm.mark (from_id bigint, to_id bigint); insert into "
        "crm.mark values (1, 10), (5, 50), (81, 91), (82, 92)");
    bed_sql(&bed, "grant usage on schema crm to public; grant select on crm.mark to public");
    configure_pair(_i);
    check_rest(_i, "with tables that agree");
    bed_sql(&bed, "delete from crm.link where (from_id, to_id) = (1, 10)");
    check_rest(_i, "after a marked link has left the table of links");
    bed_sql(&bed, "insert into crm.mark values (6, 70)");
    check_rest(_i, "after a mark of a link that the other table never named");
    bed_sql(&bed, "update crm.mark set to_id = 11 where from_id = 1");
    check_rest(_i, "after a mark has moved");
}

/* Two portals without portal_id. */
static const struct {
    const char *one, *other, *policy;
    bool refused;
} accounts[] = {
    {"deals, to: contacts, types: [plain]", "contacts, to: deals, types: [plain]", "mirror", true},
    {"deals, to: contacts, types: [plain]", "deals, to: contacts, types: [plain]", "mirror_owned",
        true},
    {"contacts, to: companies, types: [primary]", "contacts, to: companies, types: [plain]",
        "mirror", true},
    {"deals, to: contacts, types: [plain]", "contacts, to: deals, types: [plain]", "create_only",
        false},
    {"deals, to: contacts, types: [plain]", "contacts, to: companies, types: [plain]", "mirror",
        false},
};

static void configure_accounts(int i)
{
    CLEANUP(buf_clear) struct buf portals = {0};
    CLEANUP(buf_clear) struct buf syncs = {0};
    static const char form[] = "  %s: {portal: %s, from: %s, source: {table: crm.link}, policy: "
                               "%s, schedule: manual}\n";
    buf_addf(&portals,
        "    base_url: %s\n    token_file: %s/token\n    api: 2026-09\n  second:\n    base_url: %s",
        bed.base_url, bed.folder, bed.base_url);
    buf_addf(&syncs, form, "one", "main", accounts[i].one, accounts[i].policy);
    buf_addf(&syncs, form, "other", "second", accounts[i].other, accounts[i].policy);
    bed.portal_yaml = buf_text(&portals);
    bed_configure(&bed, "", buf_text(&syncs));
    bed.portal_yaml = NULL;
}

static void check_refusal(bool refused, const char *sync, const char *const portals[2])
{
    char text[96];
    process_clear(&process);
    int code = bed_command(&bed, &process, (const char *const[]){"run", sync, NULL});
    ck_assert_msg((code == 78) == refused, "%s: %d: %s", sync, code, buf_text(&process.err));
    (void)snprintf(text, sizeof text,
        "of portal \"%s\", which is the same account (7654321) as portal \"%s\"", portals[0],
        portals[1]);
    ck_assert_msg(says(text) == refused, "%s", buf_text(&process.err));
}

TEST_LOOP(fault_p15_two_portals_that_are_one_account_are_found_out, ARRAY_COUNT(accounts))
{
    bool refused = accounts[_i].refused;
    configure_accounts(_i);
    check_refusal(false, "one", (const char *const[]){"second", "main"}); /* not known yet */
    check_refusal(refused, "other", (const char *const[]){"main", "second"});
    check_refusal(refused, "one", (const char *const[]){"second", "main"});
    process_clear(&process);
    int code = bed_command(&bed, &process, (const char *const[]){"check", NULL});
    ck_assert_msg((code == 78) == refused && says("the same account") == refused, "%d: %s%s", code,
        buf_text(&process.out), buf_text(&process.err));
}

SUITE(.before = open_bed, .after = close_bed);
