/*
 * test_random.c: a seed gives the same numbers every time, and numbers are spread over their range.
 */
#include <check.h>
#include <stdlib.h>

#include "base/random.h"
#include "lib/suite.h"

TEST(repeats_itself_from_a_seed)
{
    struct random one;
    struct random two;
    random_init(&one, 42);
    random_init(&two, 42);
    for (int i = 0; i < 1000; i++)
        ck_assert(random_next(&one) == random_next(&two));
    random_init(&two, 43);
    ck_assert(random_next(&one) != random_next(&two));
}

TEST(differs_between_seeds_of_the_system)
{
    struct random one;
    struct random two;
    random_init_system(&one);
    random_init_system(&two);
    ck_assert(random_next(&one) != random_next(&two));
}

TEST(stays_below_the_limit_and_reaches_every_number)
{
    struct random random;
    random_init(&random, 1);
    ck_assert(random_below(&random, 0) == 0);
    ck_assert(random_below(&random, 1) == 0);
    int seen[10] = {0};
    for (int i = 0; i < 100000; i++)
        seen[random_below(&random, 10)]++;
    for (int i = 0; i < 10; i++) {
        ck_assert_int_gt(seen[i], 9000); /* 10,000 expected; 9,000 is ten deviations away */
        ck_assert_int_lt(seen[i], 11000);
    }
    for (int i = 0; i < 1000; i++)
        ck_assert(random_below(&random, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
}
