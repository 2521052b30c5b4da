/*
 * near.h: which of several known words a misspelt one probably meant. Pure.
 */
#ifndef MODEL_NEAR_H
#define MODEL_NEAR_H

#include "base/attr.h"

/* The best candidate so far; `{.wanted = text}` is the start. */
struct near {
    const char *wanted;
    const char *best; /* NULL: none is near; borrowed from the candidates */
    size_t distance;
};

/* Takes candidate if it is nearer than the best so far. A candidate is near when at most a third
 * of the longer word has to change (two letters swapped count as one change, case does not count).
 */
void near_offer(struct near *near, const char *candidate);

/* Two words may look the same: composed and decomposed letters, blanks that do not break. Where one
 * of them is not plain ASCII, says where they part and the bytes of each there; else "". */
enum { NEAR_DIFFERENCE_MAX = 160 };
const char *near_difference(
    const char *written, const char *meant, char space[static NEAR_DIFFERENCE_MAX]);

/* Letters to change, add, remove or swap to get from a to b, ignoring case; limit + 1 when there
 * are more than limit, or a word is longer than 127 bytes. */
size_t near_distance(const char *a, const char *b, size_t limit);

#endif
