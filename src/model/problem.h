/* problem.h: what is not as it should be with an account, in one word or a few, for the filter that
 * finds all of it at once (`!`).
 *
 * A column "problem" whose text joins what holds: the class of a status that is not ok ("down",
 * "degraded", "other"), "over quota" or "near quota", by the fuller of its quotas (quota.pct; a
 * quota of zero is "over quota, quota 0"), "stale" for a health check that is too old. None when
 * nothing does. A disabled account has no problem: nobody uses it. */
#ifndef MODEL_PROBLEM_H
#define MODEL_PROBLEM_H

#include "base/clock.h"
#include "model/health.h"

#define PROBLEM_NEAR_PERCENT 80 /* of either quota, from which on it is near */
#define PROBLEM_TEXTS        32

struct problem_column {
    const struct health_classes *classes; /* (borrowed) */
    int64_t stale_ms;                     /* a check older than that is stale; 0: never */
    struct clock clock;
    char texts[PROBLEM_TEXTS][48]; /* all there are, so that a value can borrow its own */
};

/* Fills the state and the column; both are (borrowed) by the set that the column is added to. */
void problem_column_init(struct problem_column *p, const struct health_classes *classes,
                         int64_t stale_ms, struct clock clock, struct column *out);

#endif
