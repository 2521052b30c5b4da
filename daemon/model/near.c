/*
 * near.c: edit distance (optimal string alignment) over three rows of a table.
 */
#include "model/near.h"

#include <ctype.h>
#include <stdio.h>
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

static bool is_ascii(const char *text)
{
    while (*text >= ' ' && *text <= '~')
        text++;
    return *text == '\0';
}

/* The first three bytes, as hexadecimal numbers. */
static void add_bytes(const char *text, char space[static 16])
{
    size_t length = (size_t)snprintf(space, 16, "%s", text[0] == '\0' ? "the end" : "");
    for (size_t i = 0; i < 3 && text[i] != '\0'; i++)
        length += (size_t)snprintf(
            space + length, 16 - length, "%s%02X", i > 0 ? " " : "", (unsigned char)text[i]);
}

const char *near_difference(
    const char *written, const char *meant, char space[static NEAR_DIFFERENCE_MAX])
{
    char here[16], there[16];
    size_t at = 0;
    space[0] = '\0';
    if (is_ascii(written) && is_ascii(meant))
        return space;
    while (written[at] != '\0' && written[at] == meant[at])
        at++;
    add_bytes(written + at, here);
    add_bytes(meant + at, there);
    (void)snprintf(space, NEAR_DIFFERENCE_MAX,
        " they part at byte %zu: %s as written, %s in HubSpot; compare Unicode normal forms and "
        "blanks",
        at + 1, here, there);
    return space;
}
