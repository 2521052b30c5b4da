/*
 * test_config_types.c: what a list of types may hold, what each item means, and what is refused
 * with its exact file, line and key.
 */
#include "lib/suite.h"
#include "unit/config_case.h"

#include "base/attr.h"
#include "model/types.h"

static const struct refusal refused[] = {
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
    {"[plain]", "[[plain]]", "f:13: syncs.one.types[0]: is a list, expected a v3 name, ..."},
    {"[plain]", "[\"${ASSOCD_UNSET}\"]",
        "f:13: syncs.one.types[0]: the environment variable ASSOCD_UNSET is not set, expected..."},
    /* the first problem is the one that is told, whatever follows it */
    {"[plain]", "[\"\", [plain], primary]",
        "f:13: syncs.one.types[0]: expected a v3 name, a \"label\", ..."},

    /* {category, id}: both, and each as it can be in HubSpot */
    {"[plain]", "[{category: A}]",
        "f:13: syncs.one.types[0]: expected both, as in {category: USER_DEFINED, id: 36}"},
    {"[plain]", "[{id: 36}]",
        "f:13: syncs.one.types[0]: expected both, as in {category: USER_DEFINED, id: 36}"},
    {"[plain]", "[{name: a, id: 3}]",
        "f:13: syncs.one.types[0].name: unknown key, expected category and id"},
    {"[plain]", "[{category: [A], id: 3}]",
        "f:13: syncs.one.types[0].category: expected a word or number"},
    {"[plain]", "[{category: \"${ASSOCD_UNSET}\", id: 3}]",
        "f:13: syncs.one.types[0].category: the environment variable ASSOCD_UNSET is not set, ..."},
    {"[plain]", "[{category: a, id: 3}]",
        "f:13: syncs.one.types[0].category: \"a\": expected HUBSPOT_DEFINED, ..."},
    {"[plain]", "[{category: 7A, id: 3}]",
        "f:13: syncs.one.types[0].category: \"7A\": expected HUBSPOT_DEFINED, ..."},
    {"[plain]", "[{category: USER-DEFINED, id: 3}]",
        "f:13: syncs.one.types[0].category: \"USER-DEFINED\": expected HUBSPOT_DEFINED, ..."},
    {"[plain]", "[{category: A, id: x}]",
        "f:13: syncs.one.types[0].id: \"x\": expected an integer of 1 … 2147483647"},
    {"[plain]", "[{category: A, id: \"\"}]", "f:13: syncs.one.types[0].id: \"\": expected an ..."},
    {"[plain]", "[{category: A, id: 0}]", "f:13: syncs.one.types[0].id: \"0\": expected an ..."},
    {"[plain]", "[{category: A, id: 036}]", "f:13: syncs.one.types[0].id: \"036\": expected an..."},
    {"[plain]", "[{category: A, id: 2147483648}]",
        "f:13: syncs.one.types[0].id: \"2147483648\": expected an integer of 1 … 2147483647"},
    {"[plain]", "[{category: A, id: 10000000000}]",
        "f:13: syncs.one.types[0].id: \"10000000000\": expected an integer of 1 … 2147483647"},
};

TEST_LOOP(refuses_a_type_and_says_what_was_expected, ARRAY_COUNT(refused))
{
    check_refusal(&refused[_i]);
}

static const char list[] = "[plain]\n    source: {table: crm.a}";
static const char beside[] = "]\n    source: {table: crm.a, columns: {type: label}}";

static const struct {
    const char *item;
    enum type_want_kind kind;
    const char *text; /* or the category */
    uint32_t type_id;
} items[] = {
    {"plain", TYPE_WANT_PLAIN, NULL, 0},
    {"primary", TYPE_WANT_PRIMARY, NULL, 0},
    {"\"plain\"", TYPE_WANT_TEXT, "plain", 0}, /* quotes: a label's text */
    {"'primary'", TYPE_WANT_TEXT, "primary", 0},
    {"'Decision maker'", TYPE_WANT_TEXT, "Decision maker", 0},
    {"deal_to_contact", TYPE_WANT_TEXT, "deal_to_contact", 0},
    {"{category: USER_DEFINED, id: 36}", TYPE_WANT_ID, "USER_DEFINED", 36},
    {"{id: 2147483647, category: A}", TYPE_WANT_ID, "A", INT32_MAX},
    {"HUBSPOT_DEFINED:279", TYPE_WANT_ID, "HUBSPOT_DEFINED", 279},
    {"\"HUBSPOT_DEFINED:279\"", TYPE_WANT_TEXT, "HUBSPOT_DEFINED:279", 0},
    /* almost a pair is a label's text; the account will say whether it has it */
    {"HUBSPOT_DEFINED:x", TYPE_WANT_TEXT, "HUBSPOT_DEFINED:x", 0},
    {"Hubspot:279", TYPE_WANT_TEXT, "Hubspot:279", 0},
    {"HUBSPOT_DEFINED", TYPE_WANT_TEXT, "HUBSPOT_DEFINED", 0},
};

TEST_LOOP(quotes_tell_a_label_from_a_word, ARRAY_COUNT(items))
{
    struct definitions all = {0};
    struct error err = {0};
    struct buf types = {0};
    buf_addf(&types, "[%s%s", items[_i].item, beside);
    ck_assert_msg(parse(list, buf_text(&types), &all, &err), "%s", err.text);
    const struct sync_definition *sync = all.syncs[0];
    ck_assert_uint_eq(sync->types_count, 1);
    const struct type_want *want = &sync->types[0];
    bool pair = items[_i].kind == TYPE_WANT_ID;
    ck_assert_int_eq(want->kind, items[_i].kind);
    ck_assert_pstr_eq(want->text, pair ? NULL : items[_i].text);
    ck_assert_pstr_eq(want->category, pair ? items[_i].text : NULL);
    ck_assert_uint_eq(want->type_id, items[_i].type_id);
    buf_clear(&types);
    definitions_clear(&all);
}

static bool parse_many(size_t count, struct definitions *all, struct error *err)
{
    struct buf types = {0};
    for (size_t i = 1; i <= count; i++)
        buf_addf(&types, "%sA:%zu", i == 1 ? "[" : ", ", i);
    buf_add_text(&types, beside);
    bool parsed = parse(list, buf_text(&types), all, err);
    buf_clear(&types);
    return parsed;
}

TEST(takes_as_many_types_as_a_run_can_hold)
{
    struct definitions all = {0};
    struct error err = {0};
    ck_assert_msg(parse_many(TYPES_MAX, &all, &err), "%s", err.text);
    ck_assert_uint_eq(all.syncs[0]->types_count, TYPES_MAX);
    ck_assert_uint_eq(all.syncs[0]->types[TYPES_MAX - 1].type_id, TYPES_MAX);
    definitions_clear(&all);
    ck_assert(!parse_many(TYPES_MAX + 1, &all, &err));
    ck_assert_str_eq(err.text, "f:13: syncs.one.types: has more than 1024 types");
}

TEST(a_label_has_at_most_255_bytes)
{
    struct definitions all = {0};
    struct error err = {0};
    char label[257];
    char types[300];
    memset(label, 'x', sizeof label);
    (void)snprintf(types, sizeof types, "[%.255s]", label);
    ck_assert_msg(parse("[plain]", types, &all, &err), "%s", err.text);
    ck_assert_uint_eq(strlen(all.syncs[0]->types[0].text), 255);
    definitions_clear(&all);
    (void)snprintf(types, sizeof types, "[%.256s]", label);
    ck_assert(!parse("[plain]", types, &all, &err));
    check_error(err.text, "f:13: syncs.one.types[0]: expected a v3 name, a \"label\", ...");
}
