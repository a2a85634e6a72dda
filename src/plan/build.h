/* build.h: a plan from accounts of the fleet and operations, in steps.
 *
 * The rows are frozen at the beginning, their values at the step that takes each: a hundred
 * thousand accounts never hold up a key. */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "fleet/fleet.h"
#include "plan/ops.h"
#include "plan/plan.h"

struct plan_build;

struct plan_build_spec {
    const struct plan_head *head; /* copied; an empty title becomes the operations in words */
    const struct fleet *fleet;    /* (borrowed) until the build is destroyed */
    const row_id *rows;           /* copied */
    uint32_t row_count;
    bool whole; /* the fleet is all accounts there are: it is counted who is left (blast.h) */
    struct plan_ops *ops; /* taken over: the caller's is empty after */
};

/* Errors: ST_USAGE for operations that cannot begin: a copy without its source, a move whose giver
 * (the first row) has no limit or less than is to be moved, or that nobody can get. */
enum status plan_build_create(struct plan_build **out, const struct plan_build_spec *spec,
                              struct error *err);
/* Looks at up to `budget` accounts (about 10 us each). True: there is more to do. */
bool plan_build_step(struct plan_build *build, uint32_t budget);
/* How many of the rows have been looked at. */
uint32_t plan_build_done(const struct plan_build *build);
/* After the last step: the plan, now the caller's. NULL and *err when an account cannot be computed
 * (a number beyond int64): then there is no plan. */
struct plan *plan_build_take(struct plan_build *build, struct error *err);
/* At any time; NULL allowed. */
void plan_build_destroy(struct plan_build *build);

#endif
