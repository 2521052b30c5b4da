/* test_config_check.c: the rules between keys and between syncs, and base URLs. */
#include "lib/suite.h"
#include "unit/config_case.h"

static const struct refusal refused[] = {
    {"portal: main", "portal: mian",
        "f:10: syncs.one.portal: no portal \"mian\" is defined (did you mean \"main\"?)"},
    {"portal: main", "portal: production",
        "f:10: syncs.one.portal: no portal \"production\" is defined, expected one of those under "
        "portals"},
    /* what a variable holds is not shown */
    {"portal: main", "portal: ${ASSOCD_SECRET}",
        "f:10: syncs.one.portal: no portal \"${ASSOCD_SECRET}\" is defined, expected one of "
        "those..."},
    {"[plain]\n    source: {table: crm.a}",
        "[\"${ASSOCD_SECRET}\", \"${ASSOCD_SECRET}\"]\n"
        "    source: {table: crm.a, columns: {type: t}}",
        "f:13: syncs.one.types: names \"${ASSOCD_SECRET}\" twice"},
    {"[plain]\n    source: {table: crm.a}\n    policy: mirror",
        "[\"${ASSOCD_SECRET}\"]\n    source: {table: crm.a}\n    policy: mirror\n"
        "  two: {portal: main, from: \"${ASSOCD_SECRET}\", to: companies, types: [A:3, "
        "\"${ASSOCD_SECRET}\"], source: {table: b, columns: {type: t}}, policy: mirror}\n"
        "  three: {portal: main, from: \"${ASSOCD_SECRET}\", to: companies, types: "
        "[{category: A, id: 3}], source: {table: b}, policy: mirror}\n"
        "  four:\n    portal: main\n    from: deals\n    to: companies\n    types: [plain]\n"
        "    source: {table: a}\n    policy: mirror",
        "f:17: syncs.three.types: A:3 between ${ASSOCD_SECRET} and companies is managed by sync "
        "\"two\" already, expected one sync for it"},
    {"{table: crm.a}", "{table: crm.a, query: SELECT 1}",
        "f:14: syncs.one.source.query: source.table is set as well, expected exactly one of the "
        "two"},
    {"{table: crm.a}", "{}",
        "f:9: syncs.one.source.table: is missing, expected exactly one of it and source.query"},
    {"{table: crm.a}", "{table: a, columns: {to_id: from_id}}",
        "f:14: syncs.one.source.columns.to_id: must differ from source.columns.from_id"},
    {"{table: crm.a}", "{table: a, columns: {type: to_id}}",
        "f:14: syncs.one.source.columns.type: must differ from source.columns.to_id"},
    {"{table: crm.a}", "{table: a, columns: {type: t, type_id: i}}",
        "f:14: syncs.one.source.columns.type_id: source.columns.type is set as well, expected one "
        "of the two"},
    {"{table: crm.a}", "{table: a, columns: {type_id: i, category: i}}",
        "f:14: syncs.one.source.columns.category: must differ from source.columns.type_id"},
    {"{table: crm.a}", "{table: a, columns: {category: c}}",
        "f:14: syncs.one.source.columns.category: expected source.columns.type_id beside it"},
    {"{table: crm.a}", "{table: a, columns: {type_id: i, category: c}}\n    watch: true",
        "f:15: syncs.one.watch: does not see changes of source.columns.category alone..."},
    {"{table: crm.a}", "{table: a, columns: {from_id: a, from_key: b}}",
        "f:14: syncs.one.source.columns.from_key: source.columns.from_id is set as well, expected "
        "one of the two\nf:14: syncs.one.source.columns.from_key: expected keys.from.property "
        "beside it"},
    {"{table: crm.a}", "{table: a, columns: {to_key: b}}\n    keys: {from: {property: email}}",
        "f:15: syncs.one.keys.from.property: expected source.columns.from_key beside it\n"
        "f:14: syncs.one.source.columns.to_key: expected keys.to.property beside it"},
    {"{table: crm.a}", "{table: a}\n    keys: {from: {property: email}}",
        "f:15: syncs.one.keys.from.property: expected source.columns.from_key beside it"},
    {"{table: crm.a}", "{table: a, columns: {to_key: b}}\n    keys: {to: {property: domain}}",
        "f:15: syncs.one.keys.to.property: several companies may share domain: expected a "
        "property made with unique values, or search: true beside it"},
    {"{table: crm.a}",
        "{table: a, columns: {to_key: b}}\n    keys: {to: {property: domain, search: true, "
        "ignore: [gmail.com, \"a@b\"]}}",
        "f:15: syncs.one.keys.to.ignore: \"a@b\" is an e-mail address and no domain"},
    {"{table: crm.a}",
        "{table: a, columns: {from_key: b}}\n    keys: {from: {property: email, search: true}}",
        "f:15: syncs.one.keys.from.search: is not for email of contacts, which is unique: expected "
        "false"},
    {"{table: crm.a}",
        "{table: a, columns: {to_key: b}}\n    keys: {to: {property: x, on_many: oldest}}",
        "f:15: syncs.one.keys.to.on_many: expected search: true beside it"},
    {"{table: crm.a}",
        "{table: a, columns: {to_key: b}}\n    keys: {to: {property: x, search: true, on_many: "
        "all}}",
        "f:15: syncs.one.keys.to.on_many: a key of several records may be about any of them: all "
        "is for policy: create_only, expected reject or oldest"},
    {"{table: crm.a}", "{table: a, columns: {from_key: b}}\n    keys: {from: {property: phone}}",
        "f:15: syncs.one.keys.from.property: several contacts may share phone: expected email, "
        "or a property made with unique values, or search: true beside it"},
    {"{table: crm.a}", "{table: a, columns: {from_key: b}}\n    keys: {from: {property: E-mail}}",
        "f:15: syncs.one.keys.from.property: expected the property's internal name (a-z, 0-9 and "
        "\"_\"), not its label"},
    {"{table: crm.a}",
        "{table: a, columns: {from_key: b}}\n    keys: {from: {property: hs_object_id}}",
        "f:15: syncs.one.keys.from.property: is the record ID: name its column in "
        "source.columns.from_id or to_id, without keys"},
    {"{table: crm.a}",
        "{table: a, columns: {from_key: to_id}}\n    keys: {from: {property: email}}",
        "f:9: syncs.one.source.columns.to_id: must differ from source.columns.from_key"},
    {"/run/token", "/run/token\n    proxy: proxy.example:3128",
        "f:6: portals.main.proxy: expected http://HOST:PORT"},
    {"/run/token", "/run/token\n    proxy: http://proxy.example",
        "f:6: portals.main.proxy: has no valid port, expected http://HOST:PORT"},
    {"/run/token", "/run/token\n    proxy: http://me:canary@proxy.example:3128",
        "f:6: portals.main.proxy: has a user or password, expected http://HOST:PORT; they stand in "
        "proxy_user and proxy_password_file"},
    {"/run/token", "/run/token\n    proxy: http://p:1\n    base_url: http://localhost:1",
        "f:6: portals.main.proxy: would get the token unencrypted, because base_url is not "
        "https://; leave it out"},
    {"/run/token", "/run/token\n    proxy: http://p:1\n    proxy_user: me",
        "f:7: portals.main.proxy_user: expected both proxy_user and proxy_password_file, or "
        "neither"},
    {"/run/token", "/run/token\n    proxy_user: me\n    proxy_password_file: /p",
        "f:6: portals.main.proxy_user: there is no proxy, expected one beside it"},
    {"    token_file: /run/token\n", "",
        "f:4: portals.main.token_file: is missing, expected exactly one of it and token_env"},
    {"/run/token", "/run/token\n    token_env: T",
        "f:6: portals.main.token_env: token_file is set as well, expected exactly one of the two"},
    {"/run/token", "/run/token\n    ca_file: ca.pem",
        "f:6: portals.main.ca_file: expected an absolute path"},
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
    /* an archived plain link takes its primary mark along */
    {NULL,
        "  two: {portal: main, from: contacts, to: companies, types: [primary], source: {table: "
        "b}, "
        "policy: create_only}\n",
        "f:18: syncs.two.types: primary between contacts and companies goes with the plain links "
        "that sync \"one\" archives (policy mirror): one would undo the other's work for ever; "
        "expected both types in one sync, or policy mirror_owned or create_only for the one with "
        "plain"},
    {NULL,
        "  two: {portal: main, from: company, to: 0-1, types: [HUBSPOT_DEFINED:2], source: {table: "
        "b}, policy: mirror}\n",
        "f:18: syncs.two.types: HUBSPOT_DEFINED:2 between company and 0-1 goes with the plain "
        "links that sync \"one\" archives (policy mirror)..."},
    {"[plain]",
        "[primary]\n    source: {table: crm.b}\n    policy: mirror\n"
        "  two:\n    portal: main\n    from: companies\n    to: contacts\n"
        "    types: [plain]",
        "f:13: syncs.one.types: primary between contacts and companies goes with the plain links "
        "that sync \"two\" archives..."},
    /* the other end of HubSpot's own types, and their other spellings */
    {"[plain]",
        "[primary]\n    source: {table: crm.b}\n    policy: mirror\n"
        "  two:\n    portal: main\n    from: companies\n    to: contacts\n"
        "    types: [{category: HUBSPOT_DEFINED, id: 2}]",
        "f:20: syncs.two.types: HUBSPOT_DEFINED:2 between companies and contacts is managed by "
        "sync \"one\" already, expected one sync for it"},
    {NULL,
        "  two: {portal: main, from: deals, to: contacts, types: [deal_to_contact], source: "
        "{table: "
        "b}, policy: mirror}\n"
        "  three: {portal: main, from: contacts, to: deals, types: [HUBSPOT_DEFINED:4], source: "
        "{table: b}, policy: mirror}\n",
        "f:19: syncs.three.types: HUBSPOT_DEFINED:4 between contacts and deals is managed by sync "
        "\"two\" already, expected one sync for it"},
    {NULL,
        "  two: {portal: main, from: companies, to: companies, types: [child_to_parent_company], "
        "source: {table: b}, policy: mirror}\n"
        "  three: {portal: main, from: 0-2, to: company, types: [HUBSPOT_DEFINED:13], source: "
        "{table: b}, policy: mirror}\n",
        "f:19: syncs.three.types: HUBSPOT_DEFINED:13 between 0-2 and company is managed by sync "
        "\"two\" already, expected one sync for it"},
    {NULL,
        "  two: {portal: main, from: 2-7, to: p_b, types: [a_to_b_unlabeled], source: {table: b}, "
        "policy: mirror}\n"
        "  three: {portal: main, from: p_b, to: 2-7, types: [plain], source: {table: b}, policy: "
        "mirror}\n",
        "f:19: syncs.three.types: plain between p_b and 2-7 is managed by sync \"two\" already, "
        "expected one sync for it"},
    {NULL,
        "  two: {portal: main, from: 2-7, to: p_b, types: [b_to_a], source: {table: b}, "
        "policy: mirror}\n"
        "  three: {portal: main, from: p_b, to: 2-7, types: [a_to_b], source: {table: b}, policy: "
        "mirror}\n",
        "f:19: syncs.three.types: \"a_to_b\" between p_b and 2-7 is managed by sync \"two\" "
        "already, expected one sync for it"},
};

TEST_LOOP(refuses_what_does_not_fit_together, ARRAY_COUNT(refused))
{
    check_refusal(&refused[_i]);
}

/* Types of a second and a third sync that are not one association. */
static const struct {
    const char *second, *third;
} neighbours[] = {
    {"from: contacts, to: companies, types: [\"Chef\"]",
        "from: companies, to: contacts, types: [\"Boss\"]"},
    {"from: deals, to: companies, types: [primary]",
        "from: tickets, to: companies, types: [plain]"},
    {"from: contacts, to: quotes, types: [HUBSPOT_DEFINED:703]",
        "from: quotes, to: contacts, types: [HUBSPOT_DEFINED:1226]"},
    {"from: contacts, to: deals, types: [USER_DEFINED:30]",
        "from: deals, to: contacts, types: [USER_DEFINED:30]"}, /* numbered a direction each */
    {"from: contacts, to: deals, types: [\"Boss\"]",
        "from: contacts, to: deals, types: [\"boss\"]"},
    {"from: contacts, to: deals, types: [plain]", "from: contacts, to: tickets, types: [plain]"},
};

TEST_LOOP(lets_syncs_of_different_associations_stand_together, ARRAY_COUNT(neighbours))
{
    static const char rest[] = "source: {table: b}, policy: mirror}\n";
    struct definitions all = {0};
    struct error err = {0};
    CLEANUP(buf_clear) struct buf more = {0};
    buf_addf(&more, "  two: {portal: main, %s, %s  three: {portal: main, %s, %s",
        neighbours[_i].second, rest, neighbours[_i].third, rest);
    ck_assert_msg(parse(NULL, buf_text(&more), &all, &err), "%s", err.text);
    ck_assert_uint_eq(all.syncs_count, 3);
    definitions_clear(&all);
}

/* Which two syncs of one account undo each other's work for ever, by type, policy and on_drift of
 * each. What was played with them: tests/service/overlap_cases.c. */
static const struct {
    const char *one, *other;
    bool refused;
} rules[] = {
    /* a mirror archives the plain link with its mark in every run, the other makes it again */
    {"primary mirror restore", "plain mirror restore", true},
    {"primary mirror_owned restore", "plain mirror restore", true},
    {"primary create_only restore", "plain mirror restore", true},
    {"plain mirror restore", "primary create_only restore", true},
    /* one of them reports the other's work and leaves it */
    {"primary mirror report", "plain mirror restore", false},
    {"primary mirror restore", "plain mirror report", false},
    /* lets go of what it has archived once */
    {"primary mirror restore", "plain mirror_owned restore", false},
    {"primary mirror_owned restore", "plain mirror_owned restore", false},
    {"plain mirror_owned restore", "primary create_only restore", false},
    {"primary mirror restore", "plain create_only restore", false},
    /* one association in both */
    {"plain create_only restore", "plain create_only restore", false},
    {"plain create_only restore", "plain mirror_owned restore", true},
    {"plain mirror restore", "plain create_only restore", true},
    {"\"Boss\" create_only restore", "\"Boss\" create_only restore", false},
    {"\"Boss\" create_only restore", "\"Boss\" mirror_owned restore", true},
    /* a record has it only once: who creates it takes the other's */
    {"primary create_only restore", "primary create_only restore", true},
    {"primary create_only report", "primary create_only restore", false},
    {"primary mirror_owned report", "primary create_only restore", true},
};

TEST_LOOP(refuses_two_syncs_only_if_they_undo_each_others_work_for_ever, ARRAY_COUNT(rules))
{
    for (int turned = 0; turned < 2; turned++) {
        struct definitions all = {0};
        struct error err = {0};
        CLEANUP(buf_clear) struct buf more = {0};
        const char *const syncs[] = {rules[_i].one, rules[_i].other};
        for (int i = 0; i < 2; i++) {
            char type[16], policy[16], on_drift[16];
            ck_assert_int_eq(sscanf(syncs[i], "%15s %15s %15s", type, policy, on_drift), 3);
            bool back = turned == 1 && i == 1 && type[0] != '"';
            buf_addf(&more,
                "  s%d: {portal: main, from: %s, to: %s, types: [%s], source: {table: b}, policy: "
                "%s, on_drift: %s}\n",
                i, back ? "companies" : "deals", back ? "deals" : "companies", type, policy,
                on_drift);
        }
        bool taken = parse(NULL, buf_text(&more), &all, &err);
        ck_assert_msg(taken != rules[_i].refused, "%s beside %s: %s", rules[_i].one,
            rules[_i].other, err.text);
        definitions_clear(&all);
    }
}

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
    {"https://api.hubapi.com/", NULL}, /* people copy it so */
    {"https://api.hubapi.com:8443/", NULL},
    {"https://api.hubapi.com//", "has a path or query"},
    {"https://api.hubapi.com:8443//", "has no valid port"},
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

TEST_LOOP(base_url_is_https_or_loopback_and_no_more_than_host_and_port, ARRAY_COUNT(urls))
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

TEST(other_pairs_and_types_and_accounts_may_be_managed_beside)
{
    static const char *const beside[] = {
        "  two: {portal: main, from: contacts, to: deals, types: [plain], source: {table: b}, "
        "policy: mirror}\n",
        "  two: {portal: main, from: contacts, to: deals, types: [primary], source: {table: "
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
