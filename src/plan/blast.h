/* blast.h: of whom nobody enabled is left when a plan is done: counted once, in steps, over the
 * whole list, by what write/siblings groups accounts by: provider, data residency and bridge.
 *
 * The result is the plan's (struct plan_blast). It is of when it was counted, as the plan is. */
#ifndef PLAN_BLAST_H
#define PLAN_BLAST_H

#include "fleet/fleet.h"
#include "plan/plan.h"

struct plan_blast_count;

/* Both are borrowed until it is destroyed, and the plan is whole by then. */
struct plan_blast_count *plan_blast_create(struct plan *plan, const struct fleet *fleet);
/* Looks at up to `budget` items and rows (about 0.5 us each). True: there are more. After the last
 * step the plan has its result. */
bool plan_blast_step(struct plan_blast_count *count, uint32_t budget);
void plan_blast_destroy(struct plan_blast_count *count); /* NULL allowed */

/* All of it at once, where nobody waits for a key. whole: the fleet is all there is; else the plan
 * gets PLAN_BLAST_PARTIAL. */
void plan_blast_all(struct plan *plan, const struct fleet *fleet, bool whole);

#endif
