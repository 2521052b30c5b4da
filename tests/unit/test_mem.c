/*
 * test_mem.c: allocation is zeroed, checked, and ends the process rather than fail.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lib/suite.h"

TEST(gives_zeroed_memory)
{
    unsigned char *bytes = mem_new(1000, 3);
    for (size_t i = 0; i < 3000; i++)
        ck_assert_uint_eq(bytes[i], 0);
    free(bytes);
    free(mem_new(0, 0));
}

TEST(resizes_and_keeps_what_is_there)
{
    int *numbers = mem_resize(NULL, 2, sizeof *numbers);
    numbers[0] = 1;
    numbers[1] = 2;
    numbers = mem_resize(numbers, 1000, sizeof *numbers);
    ck_assert_int_eq(numbers[0], 1);
    ck_assert_int_eq(numbers[1], 2);
    free(numbers);
}

TEST(copies_text)
{
    ck_assert_ptr_null(mem_text(NULL));
    char *whole = mem_text("text");
    char *part = mem_text_part("text", 2);
    char *none = mem_text_part("text", 0);
    ck_assert_str_eq(whole, "text");
    ck_assert_str_eq(part, "te");
    ck_assert_str_eq(none, "");
    free(whole);
    free(part);
    free(none);
}

TEST(grows_an_array_in_few_steps)
{
    int *numbers = NULL;
    size_t room = 0;
    int steps = 0;
    for (size_t count = 0; count < 100000; count++) {
        size_t before = room;
        mem_grow(&numbers, &room, count + 1, sizeof *numbers);
        ck_assert_uint_ge(room, count + 1);
        steps += room != before;
        numbers[count] = (int)count;
    }
    for (size_t i = 0; i < 100000; i++)
        ck_assert_int_eq(numbers[i], (int)i);
    ck_assert_int_lt(steps, 20);
    free(numbers);
}

TEST_SIGNAL(dies_when_a_size_overflows, SIGABRT)
{
    volatile size_t much = SIZE_MAX / 2;
    free(mem_resize(NULL, much, 4));
}

TEST_SIGNAL(dies_when_growth_overflows, SIGABRT)
{
    char *bytes = NULL;
    size_t room = 0;
    volatile size_t much = SIZE_MAX;
    mem_grow(&bytes, &room, much, 16);
}
