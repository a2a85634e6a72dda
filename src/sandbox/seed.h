/* seed.h: varied sample accounts, the same for the same seed.
 *
 * Names, ids, policies, states and dates depend on the seed alone; only the moment from which usage
 * goes on and the health checks are of the present. */
#ifndef SANDBOX_SEED_H
#define SANDBOX_SEED_H

#include "sandbox/account.h"

struct seed {
    uint64_t seed;
    const char *org;    /* (borrowed) */
    int64_t count;      /* how many will be made: spreads their dates */
    int64_t now;        /* wall and drift ms of the start */
    struct str text[8]; /* storage of one account's texts */
};

void seed_init(struct seed *s, uint64_t seed, const char *org, int64_t count, int64_t now_ms);
void seed_finish(struct seed *s);
/* Fills the i-th account (ctx is a struct seed); its texts last until the next call. */
void seed_make(void *ctx, int64_t i, struct account *a);

#endif
