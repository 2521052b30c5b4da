/*
 * source_cases.c: who owns a view, a function or a table that a sync reads, and what that lets him
 * do to those who read and watch it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "lib/cluster.h"
#include "lib/roles.h"
#include "pg/pg.h"
#include "security/cases.h"
#include "service/bed.h"

static struct bed bed;

/* Everything that evil.act() does is written down, by whom. It is called while a statement is being
 * planned, and for who asks for it. */
static const char world[] =
    "create schema evil; grant usage on schema evil to public;"
    "create table evil.deed (who text, what text); grant insert on evil.deed to public;"
    "create function evil.act() returns void language plpgsql as $$ begin"
    " insert into evil.deed values (current_user, current_query()); end $$;"
    "create function evil.plot(bigint) returns bigint language plpgsql immutable as $$ begin"
    " perform evil.act(); return 0; exception when others then return 0; end $$;";

/* A function that every reader of the view calls, and that has string_agg mean something else. */
static const char shadow[] =
    "create function evil.step(text, text, text) returns text language sql immutable as $$ select"
    " 'pg_catalog.pg_class in access share mode; commit; begin read write; select evil.act();"
    " commit; begin read only; lock table pg_catalog.pg_class'::text $$;"
    "create aggregate evil.string_agg(text, text) (sfunc = evil.step, stype = text, initcond = '');"
    "create function evil.mean() returns boolean language plpgsql immutable as $$ begin"
    " perform set_config('search_path', 'evil, pg_catalog', true);"
    " perform set_config('search_path', 'evil, pg_catalog', false); return true; end $$;"
    "create view crm.shown as select from_id, to_id from crm.link where evil.mean()";

static void open_bed(void)
{
    bed_open(&bed, "manual");
    bed_sql(&bed, world);
}

static void close_bed(void)
{
    bed_close(&bed);
}

static void expect_no_deeds(void)
{
    char *deeds = bed_text(&bed, "select string_agg(who || ': ' || what, E'\\n') from evil.deed");
    ck_assert_msg(deeds[0] == '\0', "%s", deeds);
    free(deeds);
}

static void configure(const char *source)
{
    struct buf syncs = {0};
    buf_addf(&syncs,
        "  links:\n    portal: main\n    from: deals\n    to: contacts\n    types: [plain]\n"
        "    source: %s\n    policy: mirror_owned\n    schedule: manual\n    watch: true\n",
        source);
    bed_configure(&bed, "", buf_text(&syncs));
    buf_clear(&syncs);
}

START_TEST(fault_h19_code_of_a_source_puts_no_words_into_our_statements)
{
    static const char *const verbs[][3] = {{"check", NULL}, {"plan", "links", NULL}};
    struct process process = {0};
    bed_sql(&bed, shadow);
    configure("{query: \"select from_id, to_id from crm.shown\"}");
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        (void)bed_command(&bed, &process, verbs[i]);
        expect_no_deeds();
        process_clear(&process);
    }
}
END_TEST

TCase *source_cases(void)
{
    TCase *tcase = tcase_create("source");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, open_bed, close_bed);
    tcase_add_test(tcase, fault_h19_code_of_a_source_puts_no_words_into_our_statements);
    return tcase;
}
