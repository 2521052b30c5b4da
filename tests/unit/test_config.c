/*
 * test_config.c: each refusal with its exact file, line and key; defaults; the effective print; the
 * example file against the table of keys; the token and its file. Cases are one small good file
 * with one text replaced.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "config/config.h"

static const char good[] = "version: 1\n" /* 1 */
                           "database: {url: postgresql:///assocd}\n"
                           "portals:\n"
                           "  main:\n" /* 4 */
                           "    token_file: /run/token\n"
                           "    api: v4\n"
                           "    limits: {in_flight: 4}\n"
                           "syncs:\n"
                           "  one:\n" /* 9 */
                           "    portal: main\n"
                           "    from: contacts\n"
                           "    to: companies\n" /* 12 */
                           "    types: [plain]\n"
                           "    source: {table: crm.a}\n" /* 14 */
                           "    policy: mirror\n"
                           "    schedule: every 5m\n" /* 16 */
                           "    guards: {max_archive: 7}\n";

/* `good` with the first `from` replaced by `to`; from NULL: `to` added at the end. */
static void edit(const char *from, const char *to, struct buf *out)
{
    const char *at = from != NULL ? strstr(good, from) : good + strlen(good);
    ck_assert_msg(at != NULL, "no \"%s\"", from);
    buf_add(out, good, (size_t)(at - good));
    buf_add_text(out, to);
    buf_add_text(out, at + (from != NULL ? strlen(from) : 0));
}

static bool parse(const char *from, const char *to, struct definitions *out, struct error *err)
{
    struct buf text = {0};
    edit(from, to, &text);
    bool parsed = config_parse("f", buf_text(&text), text.length, out, err);
    buf_clear(&text);
    return parsed;
}

START_TEST(what_is_not_set_has_its_default)
{
    struct definitions all = {0};
    struct error err = {0};
    ck_assert_msg(parse(NULL, "", &all, &err), "%s", err.text);
    ck_assert_uint_eq(all.portals_count, 1);
    const struct portal_definition *portal = all.portals[0];
    ck_assert_str_eq(portal->base_url, "https://api.hubapi.com");
    ck_assert_int_eq(portal->api, DIALECT_V4);
    ck_assert_uint_eq(portal->portal_id, 0);
    ck_assert_int_eq(portal->timeout_ms, 60000);
    ck_assert_int_eq(portal->limits.in_flight, 4);
    ck_assert_int_eq(portal->limits.requests_per_10s, 100);
    ck_assert_int_eq(portal->limits.requests_per_day, 250000);
    ck_assert_int_eq(portal->limits.read_inputs, 1000);
    ck_assert_int_eq(portal->limits.create_inputs, 1000);
    ck_assert_int_eq(portal->limits.archive_inputs, 1000);
    ck_assert_int_eq(portal->limits.archive_from_ids, 100);
    ck_assert_int_eq(all.retention_days, 90);
    const struct sync_definition *sync = definitions_sync(&all, "one");
    ck_assert_ptr_nonnull(sync);
    ck_assert_ptr_eq(sync->portal, portal);
    ck_assert_int_eq(sync->policy, POLICY_MIRROR);
    ck_assert_int_eq(sync->on_drift, DRIFT_RESTORE);
    ck_assert_int_eq(sync->schedule.every_s, 300);
    ck_assert_str_eq(sync->schedule_text, "every 5m");
    ck_assert_str_eq(sync->column_from, "from_id");
    ck_assert_str_eq(sync->column_to, "to_id");
    ck_assert_ptr_null(sync->column_type);
    ck_assert_ptr_null(sync->source_query);
    ck_assert_ptr_null(sync->source_database_url);
    ck_assert(!sync->watch);
    ck_assert_int_eq(sync->guards.max_archive, 7);
    ck_assert_double_eq(sync->guards.max_archive_percent, 5);
    ck_assert_double_eq(sync->guards.max_source_shrink_percent, 10);
    ck_assert(!sync->guards.allow_empty_source);
    ck_assert_int_eq(sync->verify, VERIFY_ALL);
    ck_assert_uint_eq(sync->verify_delays_count, 3);
    ck_assert_int_eq(sync->verify_delays_ms[0], 2000);
    ck_assert_int_eq(sync->verify_delays_ms[1], 10000);
    ck_assert_int_eq(sync->verify_delays_ms[2], 60000);
    definitions_clear(&all);
}
END_TEST

static const struct {
    const char *from;
    const char *to;
    const char *error; /* all of it, or its beginning if it ends with "..." */
} refused[] = {
    /* keys */
    {"policy: mirror", "polcy: mirror",
        "f:15: syncs.one.polcy: unknown key (did you mean \"syncs.one.policy\"?)\n"
        "f:9: syncs.one.policy: is missing, expected create_only | mirror_owned | mirror"},
    {"max_archive: 7", "max_archiv: 7",
        "f:17: syncs.one.guards.max_archiv: unknown key (did you mean "
        "\"syncs.one.guards.max_archive\"?)"},
    {"policy: mirror", "policy: mirror\n    max_archive: 3",
        "f:16: syncs.one.max_archive: unknown key (did you mean "
        "\"syncs.one.guards.max_archive\"?)"},
    {"portals:", "portal:", "f:3: portal: unknown key (did you mean \"portals\"?)"},
    {NULL, "zzz: {a: [1]}\n",
        "f:18: zzz: unknown key, expected one of those in the example configuration"},
    {"version: 1\n", "", "f:1: version: is missing, expected 1"},
    {"version: 1", "version: 2", "f:1: version: \"2\": expected an integer: 1"},
    {"version: 1", "version: \"1\"",
        "f:1: version: \"1\" is in quotes, expected an integer without"},
    {"api: v4", "api: v4\n    api: v3",
        "f:7: portals.main.api: a duplicate key, it stands in line 6 already"},
    {"  one:", "  One:", "f:9: syncs.One: not a name, expected up to 63 of a-z, 0-9, ..."},
    {"  one:", "  -one:", "f:9: syncs.-one: not a name, ..."},
    {"  main:", "  main_portal_with_a_name_that_goes_on_and_on_and_on_and_on_until_64:",
        "f:4: portals: the key "
        "\"main_portal_with_a_name_that_goes_on_and_on_and_on_and_on_until_64\" is longer than the "
        "64 characters expected"},
    /* shapes */
    {"database: {url: postgresql:///assocd}", "database: x",
        "f:2: database: expected a mapping of its keys"},
    {"limits: {in_flight: 4}", "limits: [4]",
        "f:7: portals.main.limits: expected a mapping of its keys"},
    {"policy: mirror", "policy: [mirror]", "f:15: syncs.one.policy: is a list, expected a word"},
    {"policy: mirror", "policy: {a: b}", "f:15: syncs.one.policy: is a mapping, expected a word"},
    {"policy: mirror",
        "policy:", "f:15: syncs.one.policy: expected create_only | mirror_owned | mirror"},
    {"types: [plain]", "types: plain",
        "f:13: syncs.one.types: expected a list of types in brackets: [plain]"},
    {"  main:\n    token_file: /run/token\n    api: v4\n    limits: {in_flight: 4}\n", "",
        "f:1: portals: is missing, expected at least one portal\n..."},
    /* values */
    {"api: v4", "api: v5",
        "f:6: portals.main.api: \"v5\": expected v3 | v4 | 2026-03 | 2026-09 (did you mean "
        "\"v3\"?)"},
    {"policy: mirror", "policy: mirror_own",
        "f:15: syncs.one.policy: \"mirror_own\": expected create_only | mirror_owned | mirror "
        "(did you mean \"mirror_owned\"?)"},
    {"in_flight: 4", "in_flight: 0",
        "f:7: portals.main.limits.in_flight: \"0\": expected an integer of 1 … 64"},
    {"in_flight: 4", "in_flight: 65",
        "f:7: portals.main.limits.in_flight: \"65\": expected an integer of 1 … 64"},
    {"in_flight: 4", "in_flight: 1e1", "f:7: portals.main.limits.in_flight: \"1e1\": expected..."},
    {"in_flight: 4", "in_flight: 010", "f:7: portals.main.limits.in_flight: \"010\": expected..."},
    {"in_flight: 4", "in_flight: 0x4", "f:7: portals.main.limits.in_flight: \"0x4\": expected..."},
    {"in_flight: 4", "in_flight: 1_0", "f:7: portals.main.limits.in_flight: \"1_0\": expected..."},
    {"in_flight: 4", "in_flight: -4", "f:7: portals.main.limits.in_flight: \"-4\": expected..."},
    {"in_flight: 4", "in_flight: 4.0", "f:7: portals.main.limits.in_flight: \"4.0\": expected..."},
    {"in_flight: 4", "in_flight: 99999999999999999999",
        "f:7: portals.main.limits.in_flight: \"99999999999999999999\": expected..."},
    {"in_flight: 4", "in_flight: \"4\"",
        "f:7: portals.main.limits.in_flight: \"4\" is in quotes, expected an integer without"},
    {"in_flight: 4",
        "in_flight: ", "f:7: portals.main.limits.in_flight: expected an integer of 1 … 64"},
    {"in_flight: 4", "read_inputs: 1001",
        "f:7: portals.main.limits.read_inputs: \"1001\": expected an integer of 1 … 1000"},
    {"in_flight: 4", "create_inputs: 2001",
        "f:7: portals.main.limits.create_inputs: \"2001\": expected an integer of 1 … 2000"},
    {"in_flight: 4", "archive_inputs: 1001",
        "f:7: portals.main.limits.archive_inputs: \"1001\": expected an integer of 1 … 1000"},
    {"in_flight: 4", "archive_from_ids: 101",
        "f:7: portals.main.limits.archive_from_ids: \"101\": expected an integer of 1 … 100"},
    {"in_flight: 4", "requests_per_10s: 1001",
        "f:7: portals.main.limits.requests_per_10s: \"1001\": expected an integer of 0 … 1000"},
    {"max_archive: 7", "max_archive: 100001",
        "f:17: syncs.one.guards.max_archive: \"100001\": expected an integer of 0 … 100000"},
    {"max_archive: 7", "max_archive_percent: 50.1",
        "f:17: syncs.one.guards.max_archive_percent: \"50.1\": expected a number of 0 … 50"},
    {"max_archive: 7", "max_archive_percent: 5%",
        "f:17: syncs.one.guards.max_archive_percent: \"5%\": expected a number of 0 … 50"},
    {"max_archive: 7", "max_archive_percent: nan",
        "f:17: syncs.one.guards.max_archive_percent: \"nan\": expected a number of 0 … 50"},
    {"max_archive: 7", "max_source_shrink_percent: 100",
        "f:17: syncs.one.guards.max_source_shrink_percent: \"100\": expected a number of 0 … 50"},
    {"max_archive: 7", "allow_empty_source: yes",
        "f:17: syncs.one.guards.allow_empty_source: \"yes\": expected true or false"},
    {"max_archive: 7", "allow_empty_source: True",
        "f:17: syncs.one.guards.allow_empty_source: \"True\": expected true or false"},
    {"max_archive: 7", "allow_empty_source: \"true\"",
        "f:17: syncs.one.guards.allow_empty_source: \"true\" is in quotes, expected true or false "
        "without"},
    {"api: v4", "timeout: 60",
        "f:6: portals.main.timeout: \"60\": expected a duration of 1s … 10m, as in 500ms, 30s, "
        "15m or 2h"},
    {"api: v4", "timeout: 11m", "f:6: portals.main.timeout: \"11m\": expected a duration of..."},
    {"api: v4", "portal_id: 0", "f:6: portals.main.portal_id: \"0\": expected an id of 1 …..."},
    {"version: 1", "version: 1\nhistory: {retention_days: 0}",
        "f:2: history.retention_days: \"0\": expected an integer of 1 … 3650"},
    {"every 5m", "every 5x", "f:16: syncs.one.schedule: \"every 5x\" is not understood, ..."},
    {"every 5m", "cron 0 0 30 2 *", "f:16: syncs.one.schedule: \"cron 0 0 30 2 *\" can never..."},
    {"max_archive: 7}", "max_archive: 7}\n    verify_delays: 2s",
        "f:18: syncs.one.verify_delays: expected a list of durations in brackets: [2s, 10s, 60s]"},
    {"max_archive: 7}", "max_archive: 7}\n    verify_delays: [2s, 2]",
        "f:18: syncs.one.verify_delays[1]: \"2\": expected a duration of 1ms … 1h, as in..."},
    {"max_archive: 7}", "max_archive: 7}\n    verify_delays: [1s,1s,1s,1s,1s,1s,1s,1s,1s]",
        "f:18: syncs.one.verify_delays[8]: \"1s\": is one too many, expected at most 8"},
    {"max_archive: 7}", "max_archive: 7}\n    verify_delays: [[1s]]",
        "f:18: syncs.one.verify_delays[0]: expected a duration"},
    {"from: contacts", "from: \"\"", "f:11: syncs.one.from: is empty, expected a text"},
    {"to: companies", "to:", "f:12: syncs.one.to: is empty, expected a text"},
    {"to: companies", "to: ../companies",
        "f:12: syncs.one.to: expected an object type: contacts, 0-1, ..."},
    {"crm.a", "\"a\\nb\"",
        "f:14: syncs.one.source.table: \"a\nb\": has a control character or line break, expected "
        "one line"},
    /* variables */
    {"crm.a", "\"${ASSOCD_UNSET}\"",
        "f:14: syncs.one.source.table: the environment variable ASSOCD_UNSET is not set, expected "
        "a value"},
    {"crm.a", "\"${}\"", "f:14: syncs.one.source.table: has a \"${\" without a variable's name..."},
    {"crm.a", "\"${X\"", "f:14: syncs.one.source.table: has a \"${\" without a variable's name..."},
    {"in_flight: 4", "in_flight: \"${ASSOCD_SECRET}\"",
        "f:7: portals.main.limits.in_flight: \"${ASSOCD_SECRET}\": expected an integer of 1 … 64"},
    {"policy: mirror", "policy: ${ASSOCD_SECRET}",
        "f:15: syncs.one.policy: \"${ASSOCD_SECRET}\": expected create_only | mirror_owned | "
        "mirror"},
    {"every 5m", "every ${ASSOCD_SECRET}",
        "f:16: syncs.one.schedule: \"every ${ASSOCD_SECRET}\": expected manual, every 15m or..."},
    {"[plain]", "[\"${ASSOCD_UNSET}\"]",
        "f:13: syncs.one.types[0]: the environment variable ASSOCD_UNSET is not set, expected..."},
    /* types */
    {"[plain]", "[]", "f:13: syncs.one.types: is empty, expected at least one type"},
    {"[plain]", "[plain, plain]",
        "f:13: syncs.one.types: 2 types without source.columns.type: nothing says which one a row "
        "means, expected that column or one type"},
    {"[plain]\n    source: {table: crm.a}",
        "[plain, plain]\n    source: {table: crm.a, columns: {type: t}}",
        "f:13: syncs.one.types: names plain twice"},
    {"[plain]\n    source: {table: crm.a}",
        "[{category: A, id: 3}, A:3]\n    source: {table: crm.a, columns: {type: t}}",
        "f:13: syncs.one.types: names A:3 twice"},
    {"[plain]\n    source: {table: crm.a}",
        "[contact_to_company_unlabeled, plain]\n    source: {table: crm.a, columns: {type: t}}",
        "f:13: syncs.one.types: names plain twice"},
    {"[plain]", "[\"\"]", "f:13: syncs.one.types[0]: expected a v3 name, a \"label\", ..."},
    {"[plain]", "[{category: A}]",
        "f:13: syncs.one.types[0]: expected both, as in {category: USER_DEFINED, id: 36}"},
    {"[plain]", "[{category: A, id: x}]",
        "f:13: syncs.one.types[0].id: \"x\": expected an integer of 1 … 2147483647"},
    {"[plain]", "[{category: a, id: 3}]",
        "f:13: syncs.one.types[0].category: \"a\": expected HUBSPOT_DEFINED, ..."},
    {"[plain]", "[{name: a, id: 3}]",
        "f:13: syncs.one.types[0].name: unknown key, expected category and id"},
    {"[plain]", "[{category: [A], id: 3}]",
        "f:13: syncs.one.types[0].category: expected a word or number"},
    {"[plain]", "[[plain]]", "f:13: syncs.one.types[0]: is a list, expected a v3 name, ..."},
    /* rules */
    {"portal: main", "portal: mian",
        "f:10: syncs.one.portal: no portal \"mian\" is defined (did you mean \"main\"?)"},
    {"portal: main", "portal: production",
        "f:10: syncs.one.portal: no portal \"production\" is defined, expected one of those under "
        "portals"},
    {"{table: crm.a}", "{table: crm.a, query: SELECT 1}",
        "f:14: syncs.one.source.query: source.table is set as well, expected exactly one of the "
        "two"},
    {"{table: crm.a}", "{}",
        "f:9: syncs.one.source.table: is missing, expected exactly one of it and source.query"},
    {"{table: crm.a}", "{query: SELECT 1}\n    watch: true",
        "f:15: syncs.one.watch: a query cannot be watched, expected source.table or watch: false"},
    {"{table: crm.a}", "{table: a, columns: {to_id: from_id}}",
        "f:14: syncs.one.source.columns.to_id: is the column of from_id too, expected another"},
    {"{table: crm.a}", "{table: a, columns: {type: to_id}}",
        "f:14: syncs.one.source.columns.type: is a column of ids too, expected another"},
    {"    token_file: /run/token\n", "",
        "f:4: portals.main.token_file: is missing, expected exactly one of it and token_env"},
    {"/run/token", "/run/token\n    token_env: T",
        "f:6: portals.main.token_env: token_file is set as well, expected exactly one of the two"},
    {"/run/token", "token", "f:5: portals.main.token_file: expected an absolute path"},
    {"token_file: /run/token", "token_env: pat-na1-1234",
        "f:5: portals.main.token_env: expected the name of an environment variable..."},
    {"token_file: /run/token", "token_env: 1A",
        "f:5: portals.main.token_env: expected the name..."},
    {NULL,
        "  two: {portal: main, from: contact, to: 0-2, types: [plain], source: {table: b}, "
        "policy: mirror}\n",
        "f:18: syncs.two.types: plain between contact and 0-2 is managed by sync \"one\" already, "
        "expected one sync for it"},
    {NULL,
        "  two: {portal: main, from: COMPANIES, to: contacts, types: "
        "[company_to_contact_unlabeled], source: {table: b}, policy: mirror}\n",
        "f:18: syncs.two.types: \"company_to_contact_unlabeled\" between COMPANIES and contacts is "
        "managed by sync \"one\" already, expected one sync for it"},
};

static void check_error(const char *have, const char *want)
{
    size_t length = strlen(want);
    bool begins = length > 3 && strcmp(want + length - 3, "...") == 0;
    bool same = begins ? strncmp(have, want, length - 3) == 0 : strcmp(have, want) == 0;
    ck_assert_msg(same, "have: %s\nwant: %s", have, want);
}

START_TEST(refuses_with_file_line_key_and_what_was_expected)
{
    struct definitions all = {0};
    struct error err = {0};
    ck_assert_int_eq(unsetenv("ASSOCD_UNSET"), 0);
    ck_assert_int_eq(setenv("ASSOCD_SECRET", "canary-7f3a", 1), 0);
    ck_assert(!parse(refused[_i].from, refused[_i].to, &all, &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    check_error(err.text, refused[_i].error);
    ck_assert_ptr_null(strstr(err.text, "canary"));
    ck_assert_ptr_null(all.path);
}
END_TEST

static const struct {
    const char *url;
    const char *error; /* NULL: good */
} urls[] = {
    {"https://api.hubapi.com", NULL},
    {"https://api.hubapi.com:8443", NULL},
    {"https://[2001:db8::1]:8443", NULL},
    {"http://127.0.0.1:8080", NULL},
    {"http://127.9.9.9", NULL},
    {"http://localhost:1", NULL},
    {"http://[::1]:65535", NULL},
    {"http://api.hubapi.com", "http:// is for loopback addresses only"},
    {"http://127.0.0.1.example.com", "http:// is for loopback addresses only"},
    {"http://localhost.example.com", "http:// is for loopback addresses only"},
    {"http://0.0.0.0", "http:// is for loopback addresses only"},
    {"http://[::2]", "http:// is for loopback addresses only"},
    {"ftp://localhost", "expected https://HOST[:PORT]"},
    {"api.hubapi.com", "expected https://HOST[:PORT]"},
    {"https://", "has no valid host"},
    {"https://:80", "has no valid host"},
    {"https://[::1", "has no valid host"},
    {"https://api.hubapi.com/", "has a path or query"},
    {"https://api.hubapi.com/crm", "has a path or query"},
    {"https://api.hubapi.com?x=1", "has a path or query"},
    {"https://api.hubapi.com#x", "has a path or query"},
    {"https://me:secret@api.hubapi.com", "has a user or password"},
    {"http://localhost@example.com", "has a user or password"},
    {"http://127.0.0.1:80@example.com", "has a user or password"},
    {"https://api.hubapi.com:0", "has no valid port"},
    {"https://api.hubapi.com:65536", "has no valid port"},
    {"https://api.hubapi.com:", "has no valid port"},
    {"https://api.hubapi.com:8x", "has no valid port"},
    {"https://api hubapi.com", "has no valid port"},
};

START_TEST(base_url_is_https_or_loopback_and_no_more_than_host_and_port)
{
    struct definitions all = {0};
    struct error err = {0};
    struct buf line = {0};
    buf_addf(&line, "base_url: \"%s\"\n    api", urls[_i].url);
    bool parsed = parse("api", buf_text(&line), &all, &err);
    buf_clear(&line);
    if (urls[_i].error == NULL) {
        ck_assert_msg(parsed, "%s", err.text);
        ck_assert_str_eq(all.portals[0]->base_url, urls[_i].url);
        definitions_clear(&all);
        return;
    }
    ck_assert_msg(!parsed, "%s", urls[_i].url);
    ck_assert_msg(strncmp(err.text, "f:6: portals.main.base_url: ", 28) == 0, "%s", err.text);
    ck_assert_msg(
        strncmp(err.text + 28, urls[_i].error, strlen(urls[_i].error)) == 0, "%s", err.text);
    ck_assert_ptr_null(strstr(err.text, "secret"));
}
END_TEST

START_TEST(reports_every_problem_first_ones_first_and_counts_the_rest)
{
    struct definitions all = {0};
    struct error err = {0};
    ck_assert(!parse("policy: mirror", "policy: x\n    verify: y\n    watch: z", &all, &err));
    ck_assert_str_eq(err.text,
        "f:15: syncs.one.policy: \"x\": expected create_only | mirror_owned | mirror\n"
        "f:16: syncs.one.verify: \"y\": expected all | none\n"
        "f:17: syncs.one.watch: \"z\": expected true or false");
    struct buf many = {0};
    for (int i = 0; i < 100; i++)
        buf_addf(&many, "zzz%d: 1\n", i);
    ck_assert(!parse(NULL, buf_text(&many), &all, &err));
    ck_assert_msg(strstr(err.text, "\n… and ") != NULL, "%s", err.text);
    ck_assert_msg(strcmp(err.text + strlen(err.text) - 5, " more") == 0, "%s", err.text);
    buf_clear(&many);
}
END_TEST

START_TEST(other_pairs_and_types_and_accounts_may_be_managed_beside)
{
    static const char *const beside[] = {
        "  two: {portal: main, from: contacts, to: deals, types: [plain], source: {table: b}, "
        "policy: mirror}\n",
        "  two: {portal: main, from: contacts, to: companies, types: [primary], source: {table: "
        "b}, policy: mirror}\n",
        "  two: {portal: main, from: companies, to: contacts, types: [\"Chef\"], source: {table: "
        "b}, policy: mirror}\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(beside); i++) {
        struct definitions all = {0};
        struct error err = {0};
        ck_assert_msg(parse(NULL, beside[i], &all, &err), "%s", err.text);
        definitions_clear(&all);
    }
}
END_TEST

START_TEST(quotes_tell_a_label_from_a_word)
{
    static const char types[] = "[plain, primary, \"plain\", 'Decision maker', deal_to_contact,\n"
                                "      {category: USER_DEFINED, id: 36}, HUBSPOT_DEFINED:279]\n"
                                "    source: {table: crm.a, columns: {type: label}}";
    struct definitions all = {0};
    struct error err = {0};
    ck_assert_msg(parse("[plain]\n    source: {table: crm.a}", types, &all, &err), "%s", err.text);
    const struct sync_definition *sync = all.syncs[0];
    ck_assert_uint_eq(sync->types_count, 7);
    ck_assert_int_eq(sync->types[0].kind, TYPE_WANT_PLAIN);
    ck_assert_int_eq(sync->types[1].kind, TYPE_WANT_PRIMARY);
    ck_assert_int_eq(sync->types[2].kind, TYPE_WANT_TEXT);
    ck_assert_str_eq(sync->types[2].text, "plain");
    ck_assert_str_eq(sync->types[3].text, "Decision maker");
    ck_assert_str_eq(sync->types[4].text, "deal_to_contact");
    ck_assert_int_eq(sync->types[5].kind, TYPE_WANT_ID);
    ck_assert_str_eq(sync->types[5].category, "USER_DEFINED");
    ck_assert_uint_eq(sync->types[5].type_id, 36);
    ck_assert_str_eq(sync->types[6].category, "HUBSPOT_DEFINED");
    ck_assert_uint_eq(sync->types[6].type_id, 279);
    definitions_clear(&all);
}
END_TEST

START_TEST(variables_expand_in_values_and_dollar_dollar_brace_is_kept)
{
    struct definitions all = {0};
    struct error err = {0};
    ck_assert_int_eq(setenv("ASSOCD_A", "crm", 1), 0);
    ck_assert_int_eq(setenv("ASSOCD_N", "12", 1), 0);
    ck_assert_msg(
        parse("{table: crm.a}", "{query: \"${ASSOCD_A}.${ASSOCD_N} $${x} $1 $$\"}", &all, &err),
        "%s", err.text);
    ck_assert_str_eq(all.syncs[0]->source_query, "crm.12 ${x} $1 $$");
    definitions_clear(&all);
    ck_assert_msg(parse("in_flight: 4", "in_flight: \"${ASSOCD_N}\"", &all, &err), "%s", err.text);
    ck_assert_int_eq(all.portals[0]->limits.in_flight, 12);
    definitions_clear(&all);
}
END_TEST

static void print_again(const struct definitions *all, struct buf *first)
{
    struct definitions again = {0};
    struct error err = {0};
    struct buf second = {0};
    config_print(all, first);
    ck_assert_msg(config_parse("print", buf_text(first), first->length, &again, &err), "%s\n%s",
        err.text, buf_text(first));
    config_print(&again, &second);
    ck_assert_str_eq(buf_text(first), buf_text(&second));
    buf_clear(&second);
    definitions_clear(&again);
}

START_TEST(what_is_printed_reads_back_to_the_same_without_passwords)
{
    static const char text[] =
        "version: 1\n"
        "database: {url: \"host=/run dbname=a user=u password='canary x' sslpassword=canary\"}\n"
        "history: {retention_days: 3}\n"
        "portals:\n"
        "  p1: {token_env: TOKEN_1, portal_id: 8642013, api: 2026-09, timeout: 1500ms}\n"
        "  p2: {token_file: \"/run/a b: #'\\\"\", base_url: \"http://[::1]:80\"}\n"
        "syncs:\n"
        "  s1:\n"
        "    portal: p2\n"
        "    from: 2-17\n"
        "    to: p_x\n"
        "    types: [\"plain\", plain, \"Größe: \\\"x\\\" $${y}\", {category: A_B, id: 7}]\n"
        "    policy: create_only\n"
        "    on_drift: report\n"
        "    verify: none\n"
        "    verify_delays: []\n"
        "    schedule: cron */5 0-6 * * mon Europe/Berlin\n"
        "    source:\n"
        "      query: |\n"
        "        SELECT a, b, c -- # : '\n"
        "          FROM \"T\"\t\n"
        "      database_url: postgresql://u:canary@h/d?sslmode=require&password=canary\n"
        "      columns: {from_id: a, to_id: \"- b\", type: 'null'}\n"
        "    guards: {max_archive: 0, max_archive_percent: 0.125, allow_empty_source: true}\n"
        "  s2: {portal: p1, from: a, to: b, types: [primary], policy: mirror, watch: true,\n"
        "    source: {table: t}, schedule: manual}\n";
    struct definitions all = {0};
    struct error err = {0};
    struct buf print = {0};
    ck_assert_msg(config_parse("f", text, strlen(text), &all, &err), "%s", err.text);
    print_again(&all, &print);
    ck_assert_msg(strstr(buf_text(&print), "canary") == NULL, "%s", buf_text(&print));
    static const char *const parts[] = {"timeout: 1500ms\n", "portal_id: 8642013\n",
        "verify_delays: []\n", "max_archive_percent: 0.125\n", "schedule: cron */5 0-6 * * mon",
        "types: [\"plain\", plain, \"Größe: \\\"x\\\" $${y}\", {category: A_B, id: 7}]\n",
        "url: \"host=/run dbname=a user=u password=*** sslpassword=***\"\n",
        "database_url: \"postgresql://u:***@h/d?sslmode=require&password=***\"\n",
        "token_env: TOKEN_1\n"};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        ck_assert_msg(strstr(buf_text(&print), parts[i]) != NULL, "%s", parts[i]);
    buf_clear(&print);
    definitions_clear(&all);
}
END_TEST

static const char *const masked[][2] = {
    {"", ""},
    {"postgresql:///assocd", "postgresql:///assocd"},
    {"postgres://u@h:5432/d", "postgres://u@h:5432/d"},
    {"postgres://h:5432/d", "postgres://h:5432/d"},
    {"postgres://u:canary@h:5432/d", "postgres://u:***@h:5432/d"},
    {"postgres://u:can@ry/?@h/d", "postgres://u:***@h/d"},
    {"postgres://h/d?user=u&password=canary&x=1", "postgres://h/d?user=u&password=***&x=1"},
    {"postgres://h/d?PassWord=canary", "postgres://h/d?PassWord=***"},
    {"postgres://h/d?pass%77ord=canary", "postgres://h/d?pass%77ord=***"},
    {"dbname=d password=canary host=h", "dbname=d password=*** host=h"},
    {"password = 'ca\\'na ry' host = h", "password = *** host = h"},
    {"password=ca\\ nary host=h", "password=*** host=h"},
    {"password='canary", "password=***"},
    {"password=", "password=***"},
    {"passfile=/p host=h", "passfile=/p host=h"},
    {"host=h junk", "host=h junk"},
    {"application_name=a://b:c@d password=canary", "application_name=a://b:c@d password=***"},
};

START_TEST(passwords_in_database_urls_are_masked)
{
    struct buf out = {0};
    config_mask_url(masked[_i][0], &out);
    ck_assert_str_eq(buf_text(&out), masked[_i][1]);
    buf_clear(&out);
}
END_TEST

/* A file broken at random gives an error or a configuration that prints and reads back, never a
 * crash. */
START_TEST(a_hundred_broken_files_and_more_never_crash)
{
    static const char pieces[] = "{}[]:,&*!|>'\"%@`#-?\n\t ${}\\x~0";
    struct random random;
    random_init(&random, 11);
    int refusals = 0;
    for (int i = 0; i < 3000; i++) {
        char text[sizeof good];
        size_t length = sizeof good - 1;
        memcpy(text, good, sizeof good);
        for (uint64_t n = random_below(&random, 4) + 1; n > 0; n--) {
            size_t at = (size_t)random_below(&random, length);
            char piece = pieces[random_below(&random, sizeof pieces - 1)];
            text[at] = random_below(&random, 8) == 0 ? (char)random_next(&random) : piece;
        }
        if (random_below(&random, 10) == 0)
            length = (size_t)random_below(&random, length);
        struct definitions all = {0};
        struct error err = {0};
        struct buf print = {0};
        if (config_parse("f", text, length, &all, &err)) {
            print_again(&all, &print);
            buf_clear(&print);
            definitions_clear(&all);
            continue;
        }
        refusals++;
        ck_assert_int_eq(err.kind, ERROR_CONFIG);
        ck_assert_msg(strncmp(err.text, "f:", 2) == 0, "%s", err.text);
    }
    ck_assert_int_gt(refusals, 1000);
}
END_TEST

/* A temporary folder; files are made in it and removed with it. */
static char folder[] = "/tmp/assocd-test-XXXXXX";
static char file_path[64];

static void make_folder(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(file_path, sizeof file_path, "%s/file", folder);
}

static void remove_folder(void)
{
    (void)unlink(file_path);
    (void)rmdir(file_path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_file(const char *text, mode_t mode)
{
    FILE *file = fopen(file_path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(file_path, mode), 0);
}

START_TEST(loads_a_file_unless_everybody_may_write_it)
{
    struct definitions all = {0};
    struct error err = {0};
    write_file(good, 0664);
    ck_assert_msg(config_load(file_path, &all, &err), "%s", err.text);
    ck_assert_str_eq(all.path, file_path);
    definitions_clear(&all);
    ck_assert_int_eq(chmod(file_path, 0666), 0);
    ck_assert(!config_load(file_path, &all, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "everybody may write it, expected fewer rights: chmod"));
    ck_assert_int_eq(unlink(file_path), 0);
    ck_assert(!config_load(file_path, &all, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/file: cannot be opened: No such file"));
    ck_assert(!config_load(folder, &all, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "not a file, which was expected"));
}
END_TEST

static const struct {
    const char *text;
    mode_t mode;
    const char *error; /* in it; NULL: good */
} tokens[] = {
    {"pat-na1-canary-0123456789", 0400, NULL},
    {"pat-na1-canary-0123456789\n", 0600, NULL},
    {"pat-na1-canary-0123456789\n\n", 0600, "does not hold a token, expected one line of 16"},
    {"pat-na1-canary-0123456789\r\n", 0600, "does not hold a token"},
    {"pat na1-canary-0123456789", 0600, "does not hold a token"},
    {"canary", 0600, "does not hold a token"},
    {"", 0600, "does not hold a token"},
    {"pat-na1-canary-0123456789", 0640, "(mode 0640), expected its owner alone: chmod 400 /tmp/"},
    {"pat-na1-canary-0123456789", 0604, "(mode 0604), expected its owner alone: chmod 400 /tmp/"},
};

START_TEST(a_token_comes_out_of_a_private_file)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    ck_assert_int_eq(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    write_file(tokens[_i].text, tokens[_i].mode);
    bool read = config_token(&portal, &token, &err);
    if (tokens[_i].error == NULL) {
        ck_assert_msg(read, "%s", err.text);
        ck_assert_str_eq(token, "pat-na1-canary-0123456789");
        free(token);
        return;
    }
    ck_assert(!read);
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_msg(strstr(err.text, tokens[_i].error) != NULL, "%s", err.text);
    ck_assert_msg(strncmp(err.text, "portal main: token file /tmp/", 29) == 0, "%s", err.text);
    ck_assert_ptr_null(strstr(err.text, "canary"));
    ck_assert_ptr_null(token);
}
END_TEST

START_TEST(a_token_of_513_bytes_is_none_and_one_of_512_is)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    char text[600] = "";
    memset(text, 'a', 513);
    write_file(text, 0400);
    ck_assert(!config_token(&portal, &token, &err));
    memcpy(text + 512, "\n", 2);
    ck_assert_int_eq(unlink(file_path), 0);
    write_file(text, 0400);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    ck_assert_uint_eq(strlen(token), 512);
    free(token);
}
END_TEST

START_TEST(a_token_file_that_is_a_folder_or_missing_is_refused)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be opened: No such file"));
    ck_assert_int_eq(mkdir(file_path, 0700), 0);
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
}
END_TEST

START_TEST(a_credential_of_systemd_may_be_readable_by_its_group)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_file = file_path};
    struct error err = {0};
    char *token = NULL;
    write_file("pat-na1-canary-0123456789", 0440);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    free(token);
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "/tmp/assocd-tes", 1), 0);
    ck_assert(!config_token(&portal, &token, &err));
}
END_TEST

START_TEST(a_token_out_of_the_environment_is_gone_afterwards)
{
    struct portal_definition portal = {.name = (char[]){"main"}, .token_env = (char[]){"T_E"}};
    struct error err = {0};
    char *token = NULL;
    ck_assert_int_eq(setenv("T_E", "pat-na1-canary-0123456789", 1), 0);
    ck_assert_msg(config_token(&portal, &token, &err), "%s", err.text);
    ck_assert_str_eq(token, "pat-na1-canary-0123456789");
    free(token);
    ck_assert_ptr_null(getenv("T_E"));
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_str_eq(
        err.text, "portal main: environment variable T_E: not set, expected the access token");
    ck_assert_int_eq(setenv("T_E", "canary", 1), 0);
    ck_assert(!config_token(&portal, &token, &err));
    ck_assert_ptr_null(strstr(err.text, "canary"));
    ck_assert_ptr_null(getenv("T_E"));
}
END_TEST

/* The path a line of the example file sets, commented out or not; "" if it sets none. sections
 * holds the words above it by depth. */
static void path_of_line(char *line, char sections[8][80], struct buf *path)
{
    buf_reset(path);
    size_t indent = strspn(line, " ");
    char *at = line + indent;
    if (strncmp(at, "# ", 2) == 0)
        at += 2;
    size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if (length == 0 || length >= 80 || at[length] != ':' || indent % 2 != 0 || indent > 14)
        return;
    memcpy(sections[indent / 2], at, length);
    sections[indent / 2][length] = '\0';
    for (size_t depth = 0; depth <= indent / 2; depth++) {
        bool name = depth == 1 &&
            (strcmp(sections[0], "portals") == 0 || strcmp(sections[0], "syncs") == 0);
        buf_addf(path, "%s%s", depth > 0 ? "." : "", name ? "*" : sections[depth]);
    }
}

static void read_example(struct buf *paths)
{
    char sections[8][80] = {""};
    char line[256];
    struct buf path = {0};
    FILE *file = fopen("config/assocd.yaml", "re");
    ck_assert_msg(file != NULL, "run from the top of the source: no config/assocd.yaml");
    buf_add_char(paths, '\n');
    while (fgets(line, sizeof line, file) != NULL) {
        path_of_line(line, sections, &path);
        if (path.length > 0)
            buf_addf(paths, "%s\n", buf_text(&path));
    }
    (void)fclose(file);
    buf_clear(&path);
}

START_TEST(the_example_file_has_every_key)
{
    struct buf paths = {0};
    struct config_key_text key;
    read_example(&paths);
    for (size_t i = 0; config_keys(i, &key); i++) {
        struct buf line = {0};
        buf_addf(&line, "\n%s\n", key.path);
        ck_assert_msg(strstr(buf_text(&paths), buf_text(&line)) != NULL,
            "config/assocd.yaml lacks %s: %s", key.path, key.help);
        buf_clear(&line);
        ck_assert(key.help[0] != '\0' && key.type[0] != '\0');
    }
    buf_clear(&paths);
}
END_TEST

/* The example shows the defaults: what it sets to one may as well be left out. */
START_TEST(the_example_file_loads_and_shows_the_defaults)
{
    static const char least[] =
        "version: 1\n"
        "portals: {main: {token_file: /run/credentials/hubspot-token}}\n"
        "syncs: {contact-company: {portal: main, from: contacts, to: companies, types: "
        "[contact_to_company_unlabeled], source: {table: crm.contact_company}, policy: "
        "mirror_owned}}\n";
    struct definitions all = {0};
    struct error err = {0};
    struct buf example = {0};
    struct buf defaults = {0};
    ck_assert_int_eq(setenv("CREDENTIALS_DIRECTORY", "/run/credentials", 1), 0);
    ck_assert_msg(config_load("config/assocd.yaml", &all, &err), "%s", err.text);
    print_again(&all, &example);
    definitions_clear(&all);
    ck_assert_msg(config_parse("f", least, strlen(least), &all, &err), "%s", err.text);
    config_print(&all, &defaults);
    definitions_clear(&all);
    ck_assert_str_eq(buf_text(&example), buf_text(&defaults));
    buf_clear(&example);
    buf_clear(&defaults);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("config");
    tcase_set_timeout(tcase, 120); /* under valgrind */
    tcase_add_test(tcase, what_is_not_set_has_its_default);
    tcase_add_loop_test(
        tcase, refuses_with_file_line_key_and_what_was_expected, 0, (int)ARRAY_COUNT(refused));
    tcase_add_loop_test(tcase, base_url_is_https_or_loopback_and_no_more_than_host_and_port, 0,
        (int)ARRAY_COUNT(urls));
    tcase_add_test(tcase, reports_every_problem_first_ones_first_and_counts_the_rest);
    tcase_add_test(tcase, other_pairs_and_types_and_accounts_may_be_managed_beside);
    tcase_add_test(tcase, quotes_tell_a_label_from_a_word);
    tcase_add_test(tcase, variables_expand_in_values_and_dollar_dollar_brace_is_kept);
    tcase_add_test(tcase, what_is_printed_reads_back_to_the_same_without_passwords);
    tcase_add_loop_test(tcase, passwords_in_database_urls_are_masked, 0, (int)ARRAY_COUNT(masked));
    tcase_add_test(tcase, a_hundred_broken_files_and_more_never_crash);
    tcase_add_test(tcase, the_example_file_has_every_key);
    tcase_add_test(tcase, the_example_file_loads_and_shows_the_defaults);
    suite_add_tcase(suite, tcase);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, make_folder, remove_folder);
    tcase_add_test(files, loads_a_file_unless_everybody_may_write_it);
    tcase_add_loop_test(files, a_token_comes_out_of_a_private_file, 0, (int)ARRAY_COUNT(tokens));
    tcase_add_test(files, a_token_of_513_bytes_is_none_and_one_of_512_is);
    tcase_add_test(files, a_token_file_that_is_a_folder_or_missing_is_refused);
    tcase_add_test(files, a_credential_of_systemd_may_be_readable_by_its_group);
    tcase_add_test(files, a_token_out_of_the_environment_is_gone_afterwards);
    suite_add_tcase(suite, files);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
