/*
 * test_config.c: loading as a whole: keys and shapes that are refused, defaults, the list of
 * problems, files broken at random, and the example file against the table of keys.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "lib/suite.h"
#include "base/random.h"
#include "unit/config_case.h"

TEST(what_is_not_set_has_its_default)
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

static const struct refusal refused[] = {
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
    {"version: 1\n", "version: 1\ndaemon:\n\tpoll: 3s\n",
        "f:3: not valid YAML: a tab; YAML indents with spaces"},
    {"version: 1", "version: 2", "f:1: version: \"2\": expected an integer: 1"},
    {"version: 1", "version: \"1\"", "f:1: version: \"1\" is in quotes, expected 1 without"},
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
};

TEST_LOOP(refuses_unknown_missing_and_misshapen_keys, ARRAY_COUNT(refused))
{
    check_refusal(&refused[_i]);
}

TEST(reports_every_problem_first_ones_first_and_counts_the_rest)
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

/* A file broken at random gives an error or a configuration that prints and reads back, never a
 * crash. */
TEST(a_hundred_broken_files_and_more_never_crash)
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

TEST(loads_a_file_unless_others_may_write_it)
{
    struct definitions all = {0};
    struct error err = {0};
    char path[] = "/tmp/assocd-test-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, good, strlen(good)), (ssize_t)strlen(good));
    ck_assert_int_eq(fchmod(file, 0644), 0);
    ck_assert_msg(config_load(path, &all, &err), "%s", err.text);
    ck_assert_str_eq(all.path, path);
    definitions_clear(&all);
    ck_assert_int_eq(fchmod(file, 0666), 0);
    ck_assert(!config_load(path, &all, &err));
    ck_assert_ptr_nonnull(strstr(err.text, ": is world-writable; run: chmod o-w /tmp/"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert(!config_load(path, &all, &err));
    ck_assert_ptr_nonnull(strstr(err.text, ": does not exist"));
    ck_assert(!config_load("/tmp", &all, &err));
    ck_assert_str_eq(err.text, "/tmp: not a regular file, which was expected");
    (void)close(file);
}

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

TEST(the_example_file_has_every_key)
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

/* The example shows the defaults: what it sets to one may as well be left out. */
TEST(the_example_file_loads_and_shows_the_defaults)
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
    FILE *file = fopen("config/assocd.yaml", "re");
    char text[16 * 1024];
    ck_assert_msg(file != NULL, "run from the top of the source: no config/assocd.yaml");
    size_t length = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    ck_assert_msg(config_parse("f", text, length, &all, &err), "%s", err.text);
    print_again(&all, &example);
    definitions_clear(&all);
    ck_assert_msg(config_parse("f", least, strlen(least), &all, &err), "%s", err.text);
    config_print(&all, &defaults);
    definitions_clear(&all);
    ck_assert_str_eq(buf_text(&example), buf_text(&defaults));
    buf_clear(&example);
    buf_clear(&defaults);
}
