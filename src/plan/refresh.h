/* refresh.h: the same once more for the accounts of a plan that were stale: each is read again, and
 * what the plan changes is laid over it as it is now.
 *
 * A plan never overwrites what somebody changed after it was made. This makes another plan, with
 * fresh before-values, to be looked at and agreed to like any other; the old one stays as it is. A
 * value is the one that was agreed to (x1.2 is not multiplied again); of tags it is the difference,
 * so that what others added stays. */
#ifndef PLAN_REFRESH_H
#define PLAN_REFRESH_H

#include "api/api.h"
#include "plan/plan.h"

struct plan_refresh;
typedef void plan_refresh_fn(void *ctx, struct plan_refresh *refresh);

/* Reads the stale accounts of `old`, four at a time. old and api are (borrowed) until it is
 * destroyed; old does not change meanwhile. head is copied, as for plan_create; its title is made
 * here. changed (may be NULL) is called after each answer. Errors: ST_NOT_FOUND when none is stale;
 * ST_USAGE for a move between accounts, which only is whole as a whole. */
enum status plan_refresh_create(struct plan_refresh **out, struct api *api, const struct plan *old,
                                const struct plan_head *head, plan_refresh_fn *changed, void *ctx,
                                struct error *err);
/* How many of how many were read. True: all, or it failed. */
bool plan_refresh_progress(const struct plan_refresh *refresh, uint32_t *done, uint32_t *total);
/* When it is over: the new plan, the caller's; an account that is gone is SKIPPED in it, one that
 * is as wanted by now SAME. NULL and *err when one could not be read. */
struct plan *plan_refresh_take(struct plan_refresh *refresh, struct error *err);
/* At any time; what is being read is cancelled. NULL allowed. */
void plan_refresh_destroy(struct plan_refresh *refresh);

#endif
