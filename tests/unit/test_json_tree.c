/*
 * test_json_tree.c: texts of trees: secrets in them are hidden, or the process ends.
 */
#include <check.h>
#include <signal.h>
#include <string.h>

#include "base/secret.h"
#include "hubspot/json_tree.h"
#include "lib/suite.h"

static const char token[] = "pat-na1-11111111-2222-3333-4444-555555555555";

/* json-c's, in a process that has no memory left. Everything else in this program reads trees. */
int json_object_set_string(struct json_object *tree, const char *text);
int json_object_set_string(struct json_object *tree, const char *text)
{
    (void)tree;
    (void)text;
    return 0;
}

static struct json_object *parse(const char *text)
{
    struct json_object *tree = json_tree(text, strlen(text));
    ck_assert_ptr_nonnull(tree);
    return tree;
}

TEST(gives_a_text_that_has_no_secret_as_it_is)
{
    CLEANUP(json_tree_free) struct json_object *tree = parse("{\"label\": \"Manager\"}");
    secret_keep(token);
    ck_assert_str_eq(json_tree_text(tree, "label"), "Manager");
    ck_assert_ptr_null(json_tree_text(tree, "name"));
}

/* The abort is caught by the suite; a text that came back would end the test well. */
TEST_SIGNAL(never_gives_a_secret_unmasked, SIGABRT)
{
    CLEANUP(json_tree_free)
    struct json_object *tree =
        parse("{\"message\": \"pat-na1-11111111-2222-3333-4444-555555555555\"}");
    secret_keep(token);
    (void)json_tree_text(tree, "message");
}
