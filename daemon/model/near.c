/*
 * near.c: edit distance (optimal string alignment) over three rows of a table.
 */
#include "model/near.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 127 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int lower(char c)
{
    return tolower((unsigned char)c);
}

size_t near_distance(const char *a, const char *b, size_t limit)
{
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    size_t rows[3][WORD_MAX + 1];
    if (a_length > WORD_MAX || b_length > WORD_MAX)
        return limit + 1;
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i + 2) % 3];
        const size_t *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + change);
            bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped)
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return least(rows[a_length % 3][b_length], limit + 1);
}

void near_offer(struct near *near, const char *candidate)
{
    size_t wanted = strlen(near->wanted);
    size_t length = strlen(candidate);
    size_t limit = (wanted > length ? wanted : length) / 3;
    size_t distance = near_distance(near->wanted, candidate, limit);
    if (distance > limit || (near->best != NULL && distance >= near->distance))
        return;
    near->best = candidate;
    near->distance = distance;
}
