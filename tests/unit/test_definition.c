/* test_definition.c: definitions are found by name, named in words, and freed whole. */
#include <check.h>
#include <stdlib.h>

#include "base/mem.h"
#include "lib/suite.h"
#include "model/definition.h"

TEST(finds_a_sync_by_its_name_and_frees_everything)
{
    struct definitions all = {0};
    all.path = mem_text("f");
    all.syncs = mem_new(2, sizeof *all.syncs);
    for (; all.syncs_count < 2; all.syncs_count++) {
        struct sync_definition *sync = mem_new(1, sizeof *sync);
        sync->name = mem_text(all.syncs_count == 0 ? "b" : "a");
        sync->types = mem_new(1, sizeof *sync->types);
        sync->types[sync->types_count++].text = mem_text("x");
        all.syncs[all.syncs_count] = sync;
    }
    all.portals = mem_new(1, sizeof *all.portals);
    all.portals[all.portals_count++] = mem_new(1, sizeof **all.portals);
    definitions_index(&all);
    ck_assert_ptr_eq(definitions_sync(&all, "b"), all.syncs[0]);
    ck_assert_ptr_eq(definitions_sync(&all, "a"), all.syncs[1]);
    ck_assert_ptr_null(definitions_sync(&all, "c"));
    definitions_clear(&all);
    ck_assert_uint_eq(all.syncs_count, 0);
    ck_assert_ptr_null(definitions_sync(&all, "b"));
    definitions_clear(&all);
}

TEST(every_setting_has_its_word)
{
    ck_assert_str_eq(dialect_text(DIALECT_V3), "v3");
    ck_assert_str_eq(dialect_text(DIALECT_V4), "v4");
    ck_assert_str_eq(dialect_text(DIALECT_2026_03), "2026-03");
    ck_assert_str_eq(dialect_text(DIALECT_2026_09), "2026-09");
    ck_assert_ptr_null(dialect_words[DIALECT_2026_09 + 1]);
    ck_assert_str_eq(policy_words[POLICY_CREATE_ONLY], "create_only");
    ck_assert_str_eq(policy_words[POLICY_MIRROR_OWNED], "mirror_owned");
    ck_assert_str_eq(policy_words[POLICY_MIRROR], "mirror");
    ck_assert_ptr_null(policy_words[POLICY_MIRROR + 1]);
    ck_assert_str_eq(on_drift_words[DRIFT_REPORT], "report");
    ck_assert_ptr_null(on_drift_words[DRIFT_REPORT + 1]);
    ck_assert_str_eq(verify_words[VERIFY_NONE], "none");
    ck_assert_ptr_null(verify_words[VERIFY_NONE + 1]);
}
