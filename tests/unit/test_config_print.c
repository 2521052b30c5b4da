/* test_config_print.c: the effective print reads back, and no password comes out. */
#include "lib/suite.h"
#include "unit/config_case.h"

TEST(what_is_printed_reads_back_to_the_same_without_passwords)
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

static const char *const masked[][2] = {
    {"", ""},
    {"postgresql:///assocd", "postgresql:///assocd"},
    {"postgres://u@h:5432/d", "postgres://u@h:5432/d"},
    {"postgres://h:5432/d", "postgres://h:5432/d"},
    {"postgres://u:canary@h:5432/d", "postgres://u:***@h:5432/d"},
    {"postgres://u:can@ry/?@h/d", "postgres://u:***@h/d"},
    {"postgres://h/d?user=u&password=canary&x=1", "postgres://h/d?user=u&password=***&x=***"},
    {"postgres://h/d?PassWord=canary", "postgres://h/d?PassWord=***"},
    {"postgres://h/d?pass%77ord=canary", "postgres://h/d?pass%77ord=***"},
    {"dbname=d password=canary host=h", "dbname=d password=*** host=h"},
    {"password = 'ca\\'na ry' host = h", "password = *** host = h"},
    {"password=ca\\ nary host=h", "password=*** host=h"},
    {"password='canary", "password=***"},
    {"password=", "password=***"},
    {"user=u password='it's canary' host=h", "user=u password=***"},
    {"password=''canary host=h", "password=***"},
    {"password=can ary host=h", "password=***"},
    {"password='a' host=h", "password=*** host=h"},
    {"passfile=/p host=h", "passfile=/p host=h"},
    {"host=h junk", "host=h ***"},
    /* fault H12: where nobody looks for a password */
    {"postgresql://u:canary", "postgresql://u:***"},
    {"postgresql://u:canary/d?sslmode=require", "postgresql://u:***/d?sslmode=require"},
    {"postgresql://u:12canary", "postgresql://u:***"},
    {"postgresql://a:1,b:2,[::1]:3/d", "postgresql://a:1,b:2,[::1]:3/d"},
    {"postgresql://u@can:ary@h/d", "postgresql://u:***@h/d"},
    {"postgresql://u@h:canary/d", "postgresql://u@h:***/d"},
    {"postgresql://h/d?passwd=canary", "postgresql://h/d?passwd=***"},
    {"postgresql://h/d?pwd=canary&sslmode=require", "postgresql://h/d?pwd=***&sslmode=require"},
    {"postgresql://h/d?canary", "postgresql://h/d?***"},
    {"host=h passwd=canary", "host=h passwd=***"},
    {"host=h sslpassword=canary oauth_client_secret=canary",
        "host=h sslpassword=*** oauth_client_secret=***"},
    {"canary", "***"},
    {"canary@h", "***"},
    {"application_name=a://b:c@d password=canary", "application_name=a://b:c@d password=***"},
};

TEST_LOOP(passwords_in_database_urls_are_masked, ARRAY_COUNT(masked))
{
    struct buf out = {0};
    config_mask_url(masked[_i][0], &out);
    ck_assert_str_eq(buf_text(&out), masked[_i][1]);
    buf_clear(&out);
}
