/*
 * random.h: the only source of jitter. Not for secrets. A seeded generator gives the same numbers
 * every time, which is what the simulations need.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/attr.h"

struct random {
    uint64_t state;
};

void random_init(struct random *random, uint64_t seed);

/* Seeds from the kernel. */
void random_init_system(struct random *random);

uint64_t random_next(struct random *random);

/* A number in 0 … limit - 1; 0 when limit is 0. */
uint64_t random_below(struct random *random, uint64_t limit);

#endif
