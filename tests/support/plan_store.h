/* plan_store.h: a large plan in a state directory, with the journal's entries of what was applied
 * of it: what tests of reading one in slices begin with. Whole without any server. */
#ifndef SUPPORT_PLAN_STORE_H
#define SUPPORT_PLAN_STORE_H

#include "plan/plan.h"
#include "store/journal.h"
#include "store/plans.h"

#define PLAN_STORE_ID "B1665678"

/* Puts a plan of `count` updates (requests_per_second 5 to 7 of accounts a0, a1, ...) for origin
 * and org; the first `applied` of them have an entry that says so. Fails the cmocka test. */
void plan_store_fill(struct plans *plans, struct journal *journal, const char *origin,
                     const char *org, uint32_t count, uint32_t applied);

#endif
