/*
 * random.c: SplitMix64 (Steele, Lea, Flood 2014: "Fast splittable pseudorandom number generators"),
 * eight bytes of state and good enough for jitter and simulations.
 */
#include "base/random.h"

#include <assert.h>
#include <sys/random.h>

void random_init(struct random *random, uint64_t seed)
{
    random->state = seed;
}

void random_init_system(struct random *random)
{
    ssize_t got = getrandom(&random->state, sizeof random->state, 0);
    assert(got == (ssize_t)sizeof random->state);
    (void)got;
}

uint64_t random_next(struct random *random)
{
    uint64_t z = (random->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    return limit == 0 ? 0 : random_next(random) % limit; /* the bias is far below 2^-32 */
}
