/*
 * test_config_value.c: single values: what is refused with its exact file, line and key, and
 * variables.
 */
#include "lib/suite.h"
#include "unit/config_case.h"

static const struct refusal refused[] = {
    /* values */
    {"api: v4", "api: v5", "f:6: portals.main.api: \"v5\": expected v3 | v4 | 2026-03 | 2026-09"},
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
    {"crm.a", "\"${X:-y\"",
        "f:14: syncs.one.source.table: has a \"${\" without a variable's name..."},
    {"crm.a", "\"${:-y}\"",
        "f:14: syncs.one.source.table: has a \"${\" without a variable's name..."},
    {"in_flight: 4", "in_flight: \"${ASSOCD_SECRET}\"",
        "f:7: portals.main.limits.in_flight: \"${ASSOCD_SECRET}\": expected an integer of 1 … 64"},
    {"policy: mirror", "policy: ${ASSOCD_SECRET}",
        "f:15: syncs.one.policy: \"${ASSOCD_SECRET}\": expected create_only | mirror_owned | "
        "mirror"},
    {"every 5m", "every ${ASSOCD_SECRET}",
        "f:16: syncs.one.schedule: \"every ${ASSOCD_SECRET}\": expected manual, every 15m or..."},
};

TEST_LOOP(refuses_a_value_and_says_what_was_expected, ARRAY_COUNT(refused))
{
    check_refusal(&refused[_i]);
}

TEST(variables_expand_in_values_and_dollar_dollar_brace_is_kept)
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
    ck_assert_int_eq(setenv("ASSOCD_EMPTY", "", 1), 0);
    ck_assert_msg(
        parse("{table: crm.a}",
            "{query: \"${ASSOCD_A:-x} ${ASSOCD_EMPTY:-y z}${ASSOCD_UNSET:-}${ASSOCD_UNSET:-/}\"}",
            &all, &err),
        "%s", err.text);
    ck_assert_str_eq(all.syncs[0]->source_query, "crm y z/");
    definitions_clear(&all);
}
