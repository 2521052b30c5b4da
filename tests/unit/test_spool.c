/* test_spool.c: what goes in sorted comes out sorted, once, and counted; what fails says so. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/random.h"
#include "source/spool.h"
#include "lib/suite.h"

static struct spool *spool;
static struct error err;

static void open_spool(enum spool_order order)
{
    err = (struct error){0};
    ck_assert_msg(spool_open(&spool, "test rows", order, &err), "%s", err.text);
}

static void teardown(void)
{
    spool_close(spool);
    spool = NULL;
}

static void add(uint64_t from_id, uint64_t to_id, uint32_t type)
{
    struct assoc row = {.from_id = from_id, .to_id = to_id, .type = type};
    ck_assert_msg(spool_add(spool, row, &err), "%s", err.text);
}

static void expect(uint64_t from_id, uint64_t to_id, uint32_t type)
{
    const struct assoc *row;
    ck_assert_msg(spool_peek(spool, &row, &err), "%s", err.text);
    ck_assert_ptr_nonnull(row);
    ck_assert(row->from_id == from_id && row->to_id == to_id && row->type == type);
    spool_take(spool);
}

static void expect_end(void)
{
    const struct assoc *row;
    for (int i = 0; i < 2; i++) { /* the end stays the end */
        ck_assert(spool_peek(spool, &row, &err));
        ck_assert_ptr_null(row);
    }
}

TEST(sorts_the_types_of_a_pair_and_collapses_repeats)
{
    open_spool(SPOOL_SORTED);
    add(1, 10, 3);
    add(1, 10, 1);
    add(1, 10, 3);
    add(1, 10, 3);
    add(1, 11, 2);
    add(2, 5, 0);
    ck_assert(spool_rewind(spool, &err));
    ck_assert_uint_eq(spool_count(spool), 4);
    ck_assert_uint_eq(spool_records(spool), 2);
    ck_assert_uint_eq(spool_duplicates(spool), 2);
    for (int time = 0; time < 2; time++) {
        expect(1, 10, 1);
        expect(1, 10, 3);
        expect(1, 11, 2);
        expect(2, 5, 0);
        expect_end();
        ck_assert(spool_rewind(spool, &err));
    }
}

TEST(counts_a_record_without_associations_as_a_record_only)
{
    open_spool(SPOOL_SORTED);
    add(1, 0, 0);
    add(2, 0, 0);
    add(2, 7, 0);
    ck_assert(spool_rewind(spool, &err));
    ck_assert_uint_eq(spool_count(spool), 1);
    ck_assert_uint_eq(spool_records(spool), 2);
    expect(1, 0, 0);
    expect(2, 0, 0);
    expect(2, 7, 0);
    expect_end();
}

TEST(is_empty_when_nothing_was_added)
{
    for (int order = 0; order < 2; order++) {
        open_spool(order == 0 ? SPOOL_SORTED : SPOOL_AS_IS);
        ck_assert(spool_rewind(spool, &err));
        expect_end();
        ck_assert_uint_eq(spool_count(spool) + spool_records(spool), 0);
        teardown();
    }
}

TEST_LOOP(refuses_a_row_out_of_order, 3)
{
    static const uint64_t wrong[][2] = {{4, 9}, {5, 9}, {5, 0}};
    open_spool(SPOOL_SORTED);
    add(5, 10, 0);
    struct assoc row = {.from_id = wrong[_i][0], .to_id = wrong[_i][1]};
    ck_assert(!spool_add(spool, row, &err));
    ck_assert_int_eq(err.kind, ERROR_SOURCE);
    ck_assert_ptr_nonnull(strstr(err.text, "test rows do not come in order"));
    ck_assert_ptr_nonnull(strstr(err.text, "after 5 -> 10"));
}

TEST(keeps_rows_as_they_are_where_no_order_is_promised)
{
    open_spool(SPOOL_AS_IS);
    add(9, 9, 9);
    add(1, 1, 1);
    add(1, 1, 1);
    ck_assert(spool_rewind(spool, &err));
    ck_assert_uint_eq(spool_count(spool), 3);
    expect(9, 9, 9);
    expect(1, 1, 1);
    expect(1, 1, 1);
    expect_end();
}

/* 1 and the largest id among them; types up to the largest, too. */
static struct assoc random_row(struct random *random)
{
    uint64_t bits[3];
    for (size_t i = 0; i < 3; i++)
        bits[i] = UINT64_MAX >> (1 + random_below(random, 62));
    return (struct assoc){
        .from_id = random_below(random, 2) == 0 ? bits[0] : 1 + random_below(random, bits[0]),
        .to_id = random_below(random, 2) == 0 ? bits[1] : 1 + random_below(random, bits[1]),
        .type = (uint32_t)bits[2],
    };
}

/* Around the block's size and over many blocks, twice. */
TEST_LOOP(gives_back_every_row_whatever_their_number, 6)
{
    static const uint64_t counts[] = {1, 15000, 16000, 17000, 32768, 100000};
    uint64_t count = counts[_i], wrong = 0;
    open_spool(SPOOL_SORTED);
    for (uint64_t i = 1; i <= count; i++)
        if (!spool_add(spool, (struct assoc){.from_id = i / 3 + 1, .to_id = i}, &err))
            ck_abort_msg("%s", err.text);
    for (int time = 0; time < 2; time++) {
        ck_assert(spool_rewind(spool, &err));
        const struct assoc *row;
        for (uint64_t i = 1; i <= count; i++) {
            if (!spool_peek(spool, &row, &err) || row == NULL)
                ck_abort_msg("ends after %llu rows", (unsigned long long)i - 1);
            wrong += row->from_id != i / 3 + 1 || row->to_id != i;
            spool_take(spool);
        }
        expect_end();
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(spool_count(spool), count);
    ck_assert_uint_eq(spool_records(spool), count / 3 + 1);
}

/* Steps of every size and both directions, each byte of a block being the first of a row once. */
TEST(gives_back_ids_of_every_size)
{
    enum { ROWS = 200000 };
    struct random random;
    uint64_t wrong = 0;
    open_spool(SPOOL_AS_IS);
    random_init(&random, 7);
    for (int i = 0; i < ROWS; i++)
        if (!spool_add(spool, random_row(&random), &err))
            ck_abort_msg("%s", err.text);
    for (int time = 0; time < 2; time++) {
        ck_assert(spool_rewind(spool, &err));
        random_init(&random, 7);
        for (int i = 0; i < ROWS; i++) {
            const struct assoc *row;
            struct assoc same = random_row(&random);
            if (!spool_peek(spool, &row, &err) || row == NULL)
                ck_abort_msg("ends after %d rows", i);
            wrong += assoc_compare(row, &same) != 0;
            spool_take(spool);
        }
        expect_end();
    }
    ck_assert_uint_eq(wrong, 0);
}

TEST(a_full_disk_is_an_error_and_not_a_short_spool)
{
    struct rlimit small = {.rlim_cur = 100000, .rlim_max = 100000};
    open_spool(SPOOL_SORTED);
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool ok = true;
    for (uint64_t i = 1; ok && i <= 20000; i++)
        ok = spool_add(spool, (struct assoc){.from_id = i << 40, .to_id = 1}, &err);
    ck_assert(!ok);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot write the temporary file of test rows"));
}

TEST(names_the_folder_that_cannot_be_used)
{
    ck_assert_int_eq(setenv("TMPDIR", "/nonexistent/folder", 1), 0);
    ck_assert(!spool_open(&spool, "test rows", SPOOL_SORTED, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/folder"));
}

SUITE(.after = teardown);
