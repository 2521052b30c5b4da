/* test_undo_rules.c: what an undo does to a record, for every state it may be in by then. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "plan/undo_rules.h"
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
static const struct cardinality_rules single = {
    .once = {PRIMARY}, .once_count = 1, .first = PRIMARY};

/* Types as letters: p plain, 1 primary, b boss, y buyer, f foreign. */
static const char letters[] = "p1byf";

static uint32_t type_of(char letter)
{
    return (uint32_t)(strchr(letters, letter) - letters);
}

/* What was done, in the order of the enum, about the pairs 1-10, 1-11 … */
static const struct {
    const char *did; /* pair, what, type: "0Cp 0cp 1Ap 1ap 1m1"; lower case: by itself */
    const char *observed; /* "0p 01" */
    const char *verdicts; /* "0p:d": do, there, gone, changed, later taken, unmanaged, nothing */
} cases[] = {
    {"0Cp", "0p", "0p:d"},
    {"0Cp", "", "0p:g"},
    {"0Cp 0c1", "0p 01", "0p:d 01:n"}, /* the primary one came by itself */
    {"0Cp", "0p 01", "0p:c"}, /* and could not have */
    {"0Op", "0p 01", "0p:d"}, /* an older version did not note it */
    {"0Cp", "0p 0f", "0p:c"}, /* somebody put a label on it since */
    {"0Cp 0Cb", "0p 0b", "0p:d 0b:d"},
    {"0Cp 0Cb", "0p 0b 0f", "0p:c 0b:d"}, /* the label goes, the link stays with the other one */
    {"0Cp 0Cb", "0p", "0p:d 0b:g"},
    {"0Cb", "0p 0b", "0b:d"},
    {"0Cb 0cp", "0p 0b", "0p:d 0b:d"}, /* the plain type came with it */
    {"0Cb 0cp", "0p 0b 0y", "0p:c 0b:d"},
    {"0Cb 0cp", "0p", "0p:c 0b:g"}, /* others took the label away, and left the link */
    {"0Cb 0cp", "", "0p:n 0b:g"},
    {"0Xb 0cp", "0p 0b", "0p:o 0b:d"}, /* another sync owns one of the pair */
    {"0Xp", "0p 0f", "0p:o"},
    {"0Xb 0cp", "", "0p:n 0b:g"},
    {"0Cb 0Cf 0cp", "0p 0b 0f", "0p:k 0b:d 0f:u"},
    {"0Cb", "0p", "0b:g"},
    {"0Cf", "0p 0f", "0f:u"},
    {"0C1 0cp", "0p 01", "0p:k 01:u"},
    {"0Ap", "", "0p:d"},
    {"0Ap", "0p", "0p:t"},
    {"0Ap", "0p 0f", "0p:t"},
    {"0Ap 0Ab", "", "0p:d 0b:d"},
    {"0Ap 0Ab", "0p 0f", "0p:t 0b:c"}, /* linked again by somebody, with another label */
    {"0Ap 0Ab", "0f", "0p:c 0b:c"},
    {"0Ap 0a1", "", "0p:d 01:d"},
    {"0Ap 0a1", "0p", "0p:t 01:c"},
    {"0Ap 0a1", "0p 01", "0p:t 01:n"},
    {"0Ap 0a1", "1p 11", "0p:d 01:l"}, /* the mark is somebody else's by now */
    {"0Ap 0a1", "1p", "0p:d 01:d"},
    {"0Ap 0a1 1Cp", "1p 11", "0p:d 01:l 1p:c"},
    {"0Ab", "0p", "0b:d"},
    {"0Ab", "", "0b:c"}, /* unlinked by somebody since: a label would link it again */
    {"0Ab", "0p 0b", "0b:t"},
    {"0Ab", "0p 0f", "0b:d"},
    {"0Af", "0p", "0f:u"},
    {"0Cy 0Ab", "0p 0y", "0b:d 0y:d"}, /* a label that was changed changes back */
    {"0Cy 0Ab", "0p 0b", "0b:t 0y:g"},
    {"0Cy 0Ab", "0p 0b 0y", "0b:t 0y:d"},
    {"0Cy 0Ab", "", "0b:c 0y:g"},
    {"0m1", "0p", "01:u"},
    {"0Cb 0cp 0Ty", "0p 0b 0y", "0p:d 0b:d 0y:d"}, /* within one object type, from both records */
    {"0Cb 0cp 0Ty", "0p 0b 0y 0f", "0p:c 0b:d 0y:d"},
    {"0Cb 0cp 0Ty", "0p 0b", "0p:c 0b:d 0y:g"},
    {"0Cb 0cp 0Tb", "0p 0b", "0p:d 0b:d"},
    {"0Ab 0Up", "", "0p:d 0b:d"},
    {"0Ab 0Up", "0p", "0p:t 0b:c"},
};

/* The same where it is the to-record that can have the primary type once: the run has looked at
 * what came (L), or has not. */
static const struct {
    const char *did, *observed, *verdicts;
} there_cases[] = {
    {"0Lp", "0p 01", "0p:c"}, /* somebody gave the mark since */
    {"0Lp 0c1", "0p 01", "0p:d 01:n"}, {"0Cp", "0p 01", "0p:d"},
    {"0Ap 0a1", "1p 11", "0p:d 01:d"}, /* this record may have many */
};

/* The same where the sync manages the primary type. */
static const struct {
    const char *did, *observed, *verdicts;
} managed_cases[] = {
    {"0m1 1C1", "0p 1p 11", "01:d 11:d"}, {"0m1 1C1", "0p 1p 2p 21", "01:l 11:g"},
    {"0m1 1C1", "1p 11", "01:c 11:d"}, {"0m1 1C1", "0p 01 1p", "01:n 11:g"},
    {"0m1 1C1", "0p 1p", "01:d 11:g"}, {"0A1 1C1", "0p 1p 11", "01:d 11:d"},
    {"0A1 1C1", "0p 01 1p", "01:t 11:g"}, {"0Cp", "0p 01", "0p:c"}, {"0Op", "0p 01", "0p:d"},
    {"0C1 0cp", "0p 1p 11", "0p:d 01:g"}, /* the mark moved on by others' doing: the link goes … */
    {"0C1 0cp", "0p 0f 1p 11", "0p:c 01:g"}, /* … unless they have built on it */
    {"0C1 0cp", "0p 1p", "0p:c 01:g"}, /* they have taken the mark alone */
    {"0C1 0Cb 0cp", "0p 1p 11", "0p:c 01:g 0b:g"}, /* … or the label beside it */
};

static size_t read_did(const char *text, struct undo_row *rows)
{
    size_t count = 0;
    for (const char *at = text; *at != '\0'; at += strspn(at, " ")) {
        struct undo_row row = {.assoc = {1, 10 + (uint64_t)(at[0] - '0'), type_of(at[2]), 0}};
        row.did = at[1] == 'c'             ? UNDO_CAME
            : at[1] == 'A' || at[1] == 'U' ? UNDO_ARCHIVED
            : at[1] == 'a'                 ? UNDO_WENT
            : at[1] == 'm'                 ? UNDO_MOVED
                                           : UNDO_CREATED;
        row.looked_at = at[1] == 'L';
        row.other_side = at[1] == 'T' || at[1] == 'U';
        row.foreseen = at[1] == 'C' || at[1] == 'X';
        row.other_owner = at[1] == 'X';
        rows[count++] = row;
        at += 3;
    }
    return undo_sort(rows, count);
}

static void check_case(const struct cardinality_rules *once, const char *did, const char *observed,
    const char *verdicts)
{
    static const char words[] = "dtgcolhkun";
    const struct diff_rules rules = {
        .policy = POLICY_MIRROR_OWNED, .types = &types, .single = once};
    struct undo_row rows[8];
    struct assoc there[8];
    char text[128] = "";
    size_t seen = 0, count = read_did(did, rows);
    for (const char *at = observed; *at != '\0'; at += 2, at += strspn(at, " "))
        there[seen++] = (struct assoc){1, 10 + (uint64_t)(at[0] - '0'), type_of(at[1]), 0};
    seen = assoc_sort_unique(there, seen);
    undo_record(&rules, rows, count, (struct diff_rows){there, seen});
    for (size_t i = 0; i < count; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d%c:%c",
            i > 0 ? " " : "", (int)rows[i].assoc.to_id - 10, letters[rows[i].assoc.type],
            words[rows[i].verdict]);
    ck_assert_msg(
        strcmp(text, verdicts) == 0, "%s, now %s: %s and not %s", did, observed, text, verdicts);
}

TEST_LOOP(takes_back_only_what_is_as_the_run_left_it, ARRAY_COUNT(cases))
{
    items[PRIMARY].managed = false;
    check_case(&single, cases[_i].did, cases[_i].observed, cases[_i].verdicts);
}

TEST_LOOP(gives_what_a_record_has_once_back_unless_somebody_else_has_it, ARRAY_COUNT(managed_cases))
{
    items[PRIMARY].managed = true;
    check_case(
        &single, managed_cases[_i].did, managed_cases[_i].observed, managed_cases[_i].verdicts);
}

/* A later pair of the record gets the mark back, so that it does not travel with this one. */
TEST(knows_what_moves_back)
{
    const struct diff_rules rules = {
        .policy = POLICY_MIRROR_OWNED, .types = &types, .single = &single};
    const struct assoc mark = {1, 11, PRIMARY, 0}, link = {1, 11, PLAIN, 0};
    const struct assoc here = {1, 10, PRIMARY, 0};
    struct undo_row rows[] = {
        {.assoc = {1, 10, PRIMARY, 0}, .did = UNDO_ARCHIVED, .verdict = UNDO_DO},
        {.assoc = {1, 11, PRIMARY, 0}, .did = UNDO_CREATED, .verdict = UNDO_DO}};
    ck_assert(undo_moves(&rules, rows, 2, &mark));
    ck_assert(!undo_moves(&rules, rows, 2, &link));
    ck_assert(!undo_moves(&rules, rows, 2, &here));
    rows[0].verdict = UNDO_TAKEN;
    ck_assert(!undo_moves(&rules, rows, 2, &mark));
}

/* What others of the to-record have is not seen from here: moves.h. */
TEST_LOOP(leaves_a_mark_that_somebody_gave_to_a_link_of_the_run, ARRAY_COUNT(there_cases))
{
    static const struct cardinality_rules there = {
        .there = {PRIMARY}, .there_count = 1, .first = TYPE_NONE};
    check_case(&there, there_cases[_i].did, there_cases[_i].observed, there_cases[_i].verdicts);
}

TEST(says_why_nothing_is_done)
{
    ck_assert_ptr_null(undo_text(UNDO_DO));
    for (int i = UNDO_THERE_AGAIN; i <= UNDO_UNMANAGED; i++)
        ck_assert_ptr_nonnull(undo_text((enum undo_verdict)i));
    ck_assert_ptr_null(undo_text(UNDO_NOTHING));
}
