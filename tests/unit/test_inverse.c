/* test_inverse.c: what an undo does to a pair, for every state the pair may be in by then. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sync/inverse.h"
#include "lib/suite.h"

enum { PLAIN, PRIMARY, BOSS, BUYER, FOREIGN, TYPES };

static struct type items[TYPES] = {
    [PLAIN] = {.category = "HUBSPOT_DEFINED", .type_id = 3, .kind = TYPE_PLAIN, .managed = true},
    [PRIMARY] = {.category = "HUBSPOT_DEFINED", .type_id = 5, .kind = TYPE_PRIMARY},
    [BOSS] = {.category = "USER_DEFINED", .type_id = 1, .kind = TYPE_LABEL, .managed = true},
    [BUYER] = {.category = "USER_DEFINED", .type_id = 2, .kind = TYPE_LABEL, .managed = true},
    [FOREIGN] = {.category = "USER_DEFINED", .type_id = 9, .kind = TYPE_LABEL},
};
static const struct types types = {.items = items, .count = TYPES};

/* Types as letters: p plain, 1 primary, b boss, y buyer, f foreign. */
static uint32_t type_of(char letter)
{
    static const char letters[] = "p1byf";
    return (uint32_t)(strchr(letters, letter) - letters);
}

static const struct {
    const char *created, *archived, *observed;
    const char *verdicts; /* of created, then of archived: d do, t there, g gone, c changed, u */
} cases[] = {
    {"p", "", "p", "d"},
    {"p", "", "", "g"},
    {"p", "", "p1", "d"}, /* the primary one came by itself */
    {"p", "", "pf", "c"}, /* somebody put a label on it since */
    {"pb", "", "pb", "dd"},
    {"pb", "", "pbf", "cd"}, /* the label goes, the link stays with the other one */
    {"pb", "", "p", "dg"},
    {"b", "", "pb", "d"},
    {"b", "", "pby", "d"},
    {"b", "", "p", "g"},
    {"f", "", "pf", "u"},
    {"", "p", "", "d"},
    {"", "p", "p", "t"},
    {"", "p", "pf", "t"},
    {"", "pb", "", "dd"},
    {"", "pb", "pf", "tc"}, /* linked again by somebody, with another label */
    {"", "pb", "f", "cc"},
    {"", "b", "p", "d"},
    {"", "b", "", "c"}, /* unlinked by somebody since: a label would link it again */
    {"", "b", "pb", "t"},
    {"", "b", "pf", "d"},
    {"", "f", "p", "u"},
    {"y", "b", "py", "dd"}, /* a label that was changed changes back */
    {"y", "b", "pb", "gt"},
    {"y", "b", "pby", "dt"},
    {"y", "b", "", "gc"},
};

START_TEST(takes_back_only_what_is_as_the_run_left_it)
{
    static const char letters[] = "dtgcu";
    struct inverse_row rows[8];
    struct assoc observed[8];
    size_t count = 0, seen = 0;
    for (const char *at = cases[_i].created; *at != '\0'; at++)
        rows[count++] = (struct inverse_row){.assoc = {1, 10, type_of(*at), 0}};
    for (const char *at = cases[_i].archived; *at != '\0'; at++)
        rows[count++] = (struct inverse_row){.assoc = {1, 10, type_of(*at), 0}, .archived = true};
    for (const char *at = cases[_i].observed; *at != '\0'; at++)
        observed[seen++] = (struct assoc){1, 10, type_of(*at), 0};
    ck_assert_uint_eq(count, strlen(cases[_i].verdicts));
    inverse_pair(&types, rows, count, (struct diff_rows){observed, seen});
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(letters[rows[i].verdict] == cases[_i].verdicts[i],
            "created %s, archived %s, now %s: row %zu is %c and not %c", cases[_i].created,
            cases[_i].archived, cases[_i].observed, i, letters[rows[i].verdict],
            cases[_i].verdicts[i]);
}
END_TEST

START_TEST(says_why_nothing_is_done)
{
    ck_assert_ptr_null(inverse_text(INVERSE_DO));
    for (int i = INVERSE_THERE_AGAIN; i <= INVERSE_UNMANAGED; i++)
        ck_assert_ptr_nonnull(inverse_text((enum inverse_verdict)i));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inverse");
    TCase *tcase = tcase_create("pairs");
    tcase_add_loop_test(tcase, takes_back_only_what_is_as_the_run_left_it, 0,
        (int)(sizeof cases / sizeof cases[0]));
    tcase_add_test(tcase, says_why_nothing_is_done);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
