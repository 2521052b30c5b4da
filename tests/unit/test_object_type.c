/* test_object_type.c: the names of object types, and what each is. */
#include <check.h>
#include <string.h>

#include "lib/suite.h"
#include "model/object_type.h"

static const struct {
    const char *name;
    const char *id;
    const char *singular;
} objects[] = {
    {"contacts", "0-1", "contact"},
    {"Contact", "0-1", "contact"},
    {"0-2", "0-2", "company"},
    {"Line Items", "0-8", "line_item"},
    {"line-item", "0-8", "line_item"},
    {"POSTAL_MAIL", "0-116", "postal_mail"},
    {"0-9999", "0-9999", NULL},
    {"2-123", "2-123", NULL},
    {"p_vendor", "p_vendor", NULL},
    {"p345_vendor", "p345_vendor", NULL},
    {"vendor", NULL, NULL},
    {"p_../../x", NULL, NULL},
    {"2-1/2", NULL, NULL},
    {"2-", NULL, NULL},
    {"p_", NULL, NULL},
    {"px", NULL, NULL},
    {"P7_Vendor-2", "P7_Vendor-2", NULL},
    {"p_vendor?", NULL, NULL},
    {"1-1", NULL, NULL},
    {"0_1", NULL, NULL},
    {"0", NULL, NULL},
    {"", NULL, NULL},
};

TEST_LOOP(knows_object_types_in_every_spelling, ARRAY_COUNT(objects))
{
    const char *singular;
    const char *id = object_type_id(objects[_i].name, &singular);
    ck_assert_pstr_eq(id, objects[_i].id);
    ck_assert_pstr_eq(singular, objects[_i].singular);
    ck_assert_ptr_eq(object_type_id(objects[_i].name, NULL), id);
}

TEST(an_object_type_has_at_most_127_bytes)
{
    char name[129] = "p_";
    memset(name + 2, 'x', 126);
    ck_assert_ptr_null(object_type_id(name, NULL));
    name[127] = '\0';
    ck_assert_ptr_eq(object_type_id(name, NULL), name);
}

TEST(knows_the_object_type_that_was_probably_meant)
{
    ck_assert_str_eq(object_type_nearest("contcats"), "contacts");
    ck_assert_str_eq(object_type_nearest("Compny"), "company");
    ck_assert_ptr_null(object_type_nearest("vendor"));
}

TEST(an_object_type_is_told_by_one_name)
{
    ck_assert_str_eq(object_type_name("0-1"), "contacts");
    ck_assert_str_eq(object_type_name("0-4711"), "0-4711");
    ck_assert_str_eq(object_type_name("2-77"), "2-77");
    ck_assert(object_type_is_name("p_vendor"));
    ck_assert(object_type_is_name("p77_vendor"));
    ck_assert(!object_type_is_name("2-77"));
    ck_assert(!object_type_is_name("deals"));
    ck_assert(!object_type_is_name("0-3"));
    ck_assert(!object_type_is_name("vendor"));
}
