/*
 * test_amount.c: numbers and what they count, as people write them.
 */
#include <check.h>

#include "base/amount.h"
#include "lib/suite.h"

static const struct {
    uint64_t count;
    const char *plural, *text;
} cases[] = {
    {0, "requests", "0 requests"},
    {1, "requests", "1 request"},
    {2, "requests", "2 requests"},
    {1, "companies", "1 company"},
    {1, "boxes", "1 box"},
    {1, "more batches", "1 more batch"},
    {1000, "archives", "1,000 archives"},
    {412880, "source rows", "412,880 source rows"},
    {1, "source rows", "1 source row"},
    {1, "2-123", "1 2-123"},
    {1, "p_vendors", "1 p_vendors"},
    {UINT64_MAX, "rows", "18,446,744,073,709,551,615 rows"},
};

TEST_LOOP(counts_as_people_do, ARRAY_COUNT(cases))
{
    char text[AMOUNT_TEXT_MAX];
    ck_assert_str_eq(amount_text(cases[_i].count, cases[_i].plural, text), cases[_i].text);
}
