/* test_yaml.c: the flat list of path = value, and everything that is refused, with its line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/yaml.h"
#include "lib/suite.h"

static void flatten(const struct yaml *yaml, struct buf *out)
{
    for (size_t i = 0; i < yaml->count; i++) {
        const struct yaml_entry *entry = &yaml->items[i];
        static const char *const kinds[] = {"plain", "quoted", "mapping", "list"};
        buf_addf(out, "%u %s %s", entry->line, entry->path, kinds[entry->kind]);
        buf_addf(out, entry->value != NULL ? " <%s>\n" : "\n", entry->value);
    }
}

TEST(a_byte_order_mark_at_the_head_says_nothing)
{
    static const char text[] = "\xEF\xBB\xBFversion: 1\nx: y\n";
    struct yaml yaml = {0};
    struct error err = {0};
    struct buf flat = {0};
    ck_assert_msg(yaml_parse(&yaml, "f", text, strlen(text), &err), "%s", err.text);
    flatten(&yaml, &flat);
    ck_assert_str_eq(buf_text(&flat), "1  mapping\n1 version plain <1>\n2 x plain <y>\n");
    yaml_clear(&yaml);
    buf_clear(&flat);
    ck_assert(!yaml_parse(&yaml, "f", text, 3, &err));
    ck_assert_str_eq(err.text, "f:1: empty, a configuration was expected");
}

TEST(flattens_mappings_lists_and_flow_into_paths_with_lines)
{
    static const char text[] = "version: 1\n"
                               "syncs:\n"
                               "  a-b:\n"
                               "    guards: {max_archive: 500, allow: false}\n"
                               "    types: [plain, \"Decision maker\",\n"
                               "      {category: USER_DEFINED, id: 36}]\n"
                               "    list:\n"
                               "      - x\n"
                               "      - y: 1\n"
                               "        z: 'two'\n"
                               "    query: |\n"
                               "      select 1\n"
                               "      select 2\n"
                               "    empty:\n"
                               "last: [] # comment\n";
    static const char want[] = "1  mapping\n"
                               "1 version plain <1>\n"
                               "2 syncs mapping\n"
                               "3 syncs.a-b mapping\n"
                               "4 syncs.a-b.guards mapping\n"
                               "4 syncs.a-b.guards.max_archive plain <500>\n"
                               "4 syncs.a-b.guards.allow plain <false>\n"
                               "5 syncs.a-b.types list\n"
                               "5 syncs.a-b.types[0] plain <plain>\n"
                               "5 syncs.a-b.types[1] quoted <Decision maker>\n"
                               "6 syncs.a-b.types[2] mapping\n"
                               "6 syncs.a-b.types[2].category plain <USER_DEFINED>\n"
                               "6 syncs.a-b.types[2].id plain <36>\n"
                               "7 syncs.a-b.list list\n"
                               "8 syncs.a-b.list[0] plain <x>\n"
                               "9 syncs.a-b.list[1] mapping\n"
                               "9 syncs.a-b.list[1].y plain <1>\n"
                               "10 syncs.a-b.list[1].z quoted <two>\n"
                               "11 syncs.a-b.query quoted <select 1\nselect 2\n>\n"
                               "14 syncs.a-b.empty plain <>\n"
                               "15 last list\n";
    struct yaml yaml = {0};
    struct error err = {0};
    ck_assert_msg(yaml_parse(&yaml, "f", text, strlen(text), &err), "%s", err.text);
    struct buf have = {0};
    flatten(&yaml, &have);
    ck_assert_str_eq(buf_text(&have), want);
    buf_clear(&have);
    yaml_clear(&yaml);
}

static const struct refused {
    const char *text;
    const char *error;
} refused[] = {
    {"a: 1\nb: 2\na: 3\n", "f:3: a: a duplicate key, it stands in line 1 already"},
    {"s: {x: 1,\n x: 2}\n", "f:2: s.x: a duplicate key, it stands in line 1 already"},
    {"a: &x 1\n", "f:1: a: anchors (&) are not supported, write it out"},
    {"a: 1\nb: &x {c: 1}\n", "f:2: b: anchors (&) are not supported, write it out"},
    {"a: 1\nb: *x\n", "f:2: b: aliases (*) are not supported, write it out"},
    {"a:\n  b: !!str 1\n", "f:2: a.b: tags (!) are not supported, write it plain"},
    {"a: !x [1]\n", "f:1: a: tags (!) are not supported, write it plain"},
    {"a: 1\n---\nb: 2\n", "f:2: a second document (---), one was expected"},
    {"%YAML 1.1\n---\na: 1\n", "f:1: directives (%) are not supported"},
    {"a: {b: {c: {d: {e: {f: {g: {h: {i: 1}}}}}}}}\n",
        "f:1: a.b.c.d.e.f.g.h: nested more than 8 levels deep"},
    {"a: 1\n? [x, y]\n: 2\n", "f:2: a list or mapping as a key, a name was expected"},
    {"a: 1\n\"\": 2\n", "f:2: an empty key, a name was expected"},
    {"a: 1\n: 2\n", "f:2: not valid YAML: did not find expected key while parsing a block mapping"},
    {"a:\n  b.c: 2\n",
        "f:2: a: the key \"b.c\" has other characters than letters, digits, \"_\" and \"-\", which "
        "were expected"},
    {"a: 1\n\"b\\nc\": 2\n",
        "f:2: the key \"b\\u000ac\" has other characters than letters, digits, \"_\" and \"-\", "
        "which were expected"},
    {"- a\n- b\n", "f:1: a mapping (key: value) was expected, not a list"},
    {"hello\n", "f:1: a mapping (key: value) was expected"},
    {"", "f:1: empty, a configuration was expected"},
    {"# nothing\n", "f:1: empty, a configuration was expected"},
    {"a: 1\nb: \xff\n", "f:2: not UTF-8, which was expected"},
    {"a: 1\nb: \xed\xa0\x80\n", "f:2: not UTF-8, which was expected"},
    {"a: \"x\\0y\"\n", "f:1: a: contains a NUL character"},
    {"a: 1\n\tb: 2\n", "f:2: not valid YAML: a tab; YAML indents with spaces"},
    {"a: 1\nb", "f:2: not valid YAML: could not find expected ':' while scanning a simple key"},
    {"a: 1\rb", "f:2: not valid YAML: could not find expected ':' while scanning a simple key"},
    {"---", "f:1: a mapping (key: value) was expected"},
    {"a: 1\nb: \x01\n", "f:2: not valid YAML: control characters are not allowed"},
    {"a: {b: 1\n",
        "f:2: not valid YAML: did not find expected ',' or '}' while parsing a flow "
        "mapping"},
};

TEST_LOOP(refuses_with_file_line_and_what_was_expected, ARRAY_COUNT(refused))
{
    struct yaml yaml = {0};
    struct error err = {0};
    ck_assert(!yaml_parse(&yaml, "f", refused[_i].text, strlen(refused[_i].text), &err));
    ck_assert_int_eq(err.kind, ERROR_CONFIG);
    ck_assert_str_eq(err.text, refused[_i].error);
    ck_assert_uint_eq(yaml.count, 0);
}

TEST(refuses_a_file_over_256_kib_and_takes_one_of_just_that)
{
    char *text = malloc(YAML_BYTES_MAX + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '#', YAML_BYTES_MAX + 1);
    memcpy(text, "a: 1\n", 5);
    struct yaml yaml = {0};
    struct error err = {0};
    ck_assert(!yaml_parse(&yaml, "f", text, YAML_BYTES_MAX + 1, &err));
    ck_assert_str_eq(err.text, "f:1: larger than 4 MiB, the most a file may have");
    ck_assert(yaml_parse(&yaml, "f", text, YAML_BYTES_MAX, &err));
    yaml_clear(&yaml);
    free(text);
}

TEST(gives_up_early_on_deep_nesting)
{
    char *text = malloc(YAML_BYTES_MAX);
    ck_assert_ptr_nonnull(text);
    memset(text, '[', YAML_BYTES_MAX);
    memcpy(text, "a: ", 3);
    struct yaml yaml = {0};
    struct error err = {0};
    ck_assert(!yaml_parse(&yaml, "f", text, YAML_BYTES_MAX, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "nested more than 8 levels deep"));
    free(text);
}
