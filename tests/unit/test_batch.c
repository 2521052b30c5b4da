/* test_batch.c: where batches end, and that splitting loses, doubles and tears nothing. */
#include <check.h>
#include <stdlib.h>

#include "base/random.h"
#include "lib/suite.h"
#include "apply/batch.h"

enum { ROWS_MAX = 60 };

static size_t random_rows(struct random *random, struct assoc *rows)
{
    size_t count = 1 + (size_t)random_below(random, ROWS_MAX);
    uint64_t from = 1, to = 1;
    uint32_t type = 0;
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct assoc){.from_id = from, .to_id = to, .type = type++};
        if (random_below(random, 3) > 0) {
            to++;
            type = 0;
        }
        if (random_below(random, 4) == 0) {
            from++;
            to = 1;
            type = 0;
        }
    }
    return count;
}

static bool same_pair(const struct assoc *a, const struct assoc *b)
{
    return a->from_id == b->from_id && a->to_id == b->to_id;
}

static size_t from_ids_of(const struct assoc *rows, size_t count)
{
    size_t ids = 0;
    for (size_t i = 0; i < count; i++)
        ids += i == 0 || rows[i].from_id != rows[i - 1].from_id;
    return ids;
}

static bool one_pair(const struct assoc *rows, size_t count)
{
    return same_pair(&rows[0], &rows[count - 1]);
}

TEST(cuts_as_much_as_fits_and_never_inside_a_pair)
{
    struct random random;
    random_init(&random, 42);
    for (int round = 0; round < 5000; round++) {
        struct assoc rows[ROWS_MAX];
        size_t count = random_rows(&random, rows);
        struct batch_limits limits = {.inputs = 1 + (size_t)random_below(&random, 20),
            .from_ids = 1 + (size_t)random_below(&random, 6)};
        size_t cut = batch_cut(rows, count, &limits);
        ck_assert_uint_ge(cut, 1);
        ck_assert(cut == count || !same_pair(&rows[cut - 1], &rows[cut]));
        bool fits = cut <= limits.inputs && from_ids_of(rows, cut) <= limits.from_ids;
        ck_assert(fits || one_pair(rows, cut));
        if (cut == count)
            continue;
        size_t more = cut + 1;
        while (more < count && same_pair(&rows[more], &rows[more - 1]))
            more++;
        ck_assert_msg(more > limits.inputs || from_ids_of(rows, more) > limits.from_ids,
            "one more pair would have fitted");
    }
}

TEST(cuts_nothing_from_nothing)
{
    struct batch_limits limits = {.inputs = 10, .from_ids = 10};
    ck_assert_uint_eq(batch_cut(NULL, 0, &limits), 0);
}

static void fill(struct batch_rows *list, const struct assoc *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        batch_rows_add(list, rows[i], (int64_t)i + 1);
}

/* Every row with its ordinal is in exactly one part, and in its old order there. */
static void parts_make_the_whole(const struct assoc *rows, size_t count,
    const struct batch_rows *first, const struct batch_rows *second)
{
    size_t a = 0, b = 0;
    for (size_t i = 0; i < count; i++) {
        bool in_first = a < first->count && first->ordinals[a] == (int64_t)i + 1;
        const struct batch_rows *part = in_first ? first : second;
        size_t at = in_first ? a++ : b++;
        ck_assert_uint_lt(at, part->count);
        ck_assert_int_eq(part->ordinals[at], (int64_t)i + 1);
        ck_assert_int_eq(assoc_compare(&part->rows[at], &rows[i]), 0);
    }
    ck_assert_uint_eq(a, first->count);
    ck_assert_uint_eq(b, second->count);
}

static void no_pair_torn(const struct batch_rows *first, const struct batch_rows *second)
{
    size_t torn = 0;
    for (size_t i = 0; i < first->count; i++)
        for (size_t j = 0; j < second->count; j++)
            torn += same_pair(&first->rows[i], &second->rows[j]);
    ck_assert_uint_eq(torn, 0);
}

TEST(splits_every_batch_of_more_than_one_pair_and_tears_none)
{
    struct random random;
    random_init(&random, 43);
    for (int round = 0; round < 5000; round++) {
        struct assoc rows[ROWS_MAX];
        size_t count = random_rows(&random, rows);
        struct batch_rows refused = {0}, first = {0}, second = {0};
        uint64_t culprits[2] = {1 + random_below(&random, 9), 1 + random_below(&random, 9)};
        fill(&refused, rows, count);
        ck_assert_int_eq(batch_is_pair(&refused), one_pair(rows, count));
        if (!one_pair(rows, count)) {
            if (random_below(&random, 2) == 0)
                batch_split(&refused, culprits, (size_t)random_below(&random, 3), &first, &second);
            else
                batch_pick(&refused, (size_t)random_below(&random, 300), &first, &second);
            ck_assert(first.count > 0 && second.count > 0);
            parts_make_the_whole(rows, count, &first, &second);
            no_pair_torn(&first, &second);
        }
        batch_rows_clear(&refused);
        batch_rows_clear(&first);
        batch_rows_clear(&second);
    }
}

TEST(puts_the_named_records_apart_from_the_others)
{
    struct assoc rows[] = {{1, 10, 0, 0}, {2, 11, 0, 0}, {2, 12, 0, 0}, {3, 11, 0, 0}};
    const uint64_t culprits[] = {11};
    struct batch_rows refused = {0}, first = {0}, second = {0};
    fill(&refused, rows, ARRAY_COUNT(rows));
    batch_split(&refused, culprits, 1, &first, &second);
    ck_assert_uint_eq(first.count, 2);
    ck_assert_int_eq(first.ordinals[0], 2);
    ck_assert_int_eq(first.ordinals[1], 4);
    batch_rows_clear(&refused);
    batch_rows_clear(&first);
    batch_rows_clear(&second);
}

/* A bad pair at any place is alone after at most log2(n) + 1 halvings. */
TEST(halving_finds_one_bad_pair_in_few_tries)
{
    enum { PAIRS = 1000, TRIES_MAX = 11 };
    for (uint64_t bad = 1; bad <= PAIRS; bad += 37) {
        struct batch_rows suspect = {0};
        for (uint64_t i = 1; i <= PAIRS; i++)
            batch_rows_add(&suspect, (struct assoc){.from_id = i, .to_id = i}, (int64_t)i);
        int tries = 0;
        while (suspect.count > 1) {
            struct batch_rows first = {0}, second = {0};
            batch_split(&suspect, NULL, 0, &first, &second);
            batch_rows_clear(&suspect);
            bool in_first = first.rows[first.count - 1].from_id >= bad;
            suspect = in_first ? first : second;
            batch_rows_clear(in_first ? &second : &first);
            tries++;
        }
        ck_assert_int_le(tries, TRIES_MAX);
        ck_assert_uint_eq(suspect.rows[0].from_id, bad);
        batch_rows_clear(&suspect);
    }
}

TEST(removes_and_swaps_rows_with_their_ordinals)
{
    struct batch_rows list = {0};
    for (uint64_t i = 1; i <= 5; i++)
        batch_rows_add(&list, (struct assoc){.from_id = i, .to_id = i}, (int64_t)i);
    batch_rows_swap(&list, 0, 4);
    batch_rows_remove(&list, 1, 2);
    batch_rows_remove(&list, 1, 0);
    ck_assert_uint_eq(list.count, 3);
    const int64_t left[] = {5, 4, 1};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(list.ordinals[i], left[i]);
        ck_assert_uint_eq(list.rows[i].from_id, (uint64_t)left[i]);
    }
    batch_rows_remove(&list, 0, 3);
    ck_assert_uint_eq(list.count, 0);
    batch_rows_clear(&list);
}
