/* random.h: repeatable numbers, so that one seed always makes the same accounts and the same days.
 * SplitMix64 (Steele, Lea, Flood 2014): one word of state, and any word is a good start. */
#ifndef SANDBOX_RANDOM_H
#define SANDBOX_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

/* A well mixed word that depends on x alone. */
static inline uint64_t random_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline uint64_t random_next(struct random *r)
{
    uint64_t x = random_mix(r->state);
    r->state += 0x9e3779b97f4a7c15u;
    return x;
}

/* 0 .. n-1; n is at least 1. */
static inline unsigned random_below(struct random *r, unsigned n)
{
    return (unsigned)(random_next(r) % n);
}

/* 0 <= x < 1 */
static inline double random_unit(struct random *r)
{
    return (double)(random_next(r) >> 11) * (1.0 / 9007199254740992.0);
}

#endif
