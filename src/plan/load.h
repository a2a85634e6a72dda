/* load.h: a plan from the state directory, a slice at a time: a large one never holds up a key.
 *
 * Each of these is begun, stepped until there is no more, and taken; between two steps it may be
 * destroyed, and nothing has changed. plan_load and plan_undo (stored.h) do the same at once, for
 * commands. plans and journal are (borrowed) until the end; journal NULL: states as last saved. */
#ifndef PLAN_LOAD_H
#define PLAN_LOAD_H

#include "plan/plan.h"
#include "store/journal.h"
#include "store/plans.h"

struct plan_load;
/* By the plan's id or the beginning of one. Errors as plan_load. */
enum status plan_load_begin(struct plan_load **out, struct plans *plans, struct journal *journal,
                            const char *id, struct error *err);
/* Up to `budget` items or entries of the journal (about 15 us each). *more: there are more. */
enum status plan_load_step(struct plan_load *load, uint32_t budget, bool *more, struct error *err);
/* Items that are in, of how many. */
void plan_load_progress(const struct plan_load *load, uint32_t *done, uint32_t *total);
struct plan *plan_load_take(struct plan_load *load); /* after the last step: the caller's */
void plan_load_destroy(struct plan_load *load);      /* NULL allowed */

/* What takes a plan back, as plan_undo. */
struct plan_undo;
enum status plan_undo_begin(struct plan_undo **out, struct plans *plans, struct journal *journal,
                            const char *id, struct error *err);
enum status plan_undo_step(struct plan_undo *undo, uint32_t budget, bool *more, struct error *err);
void plan_undo_progress(const struct plan_undo *undo, uint32_t *done, uint32_t *total);
struct plan *plan_undo_take(struct plan_undo *undo);
void plan_undo_destroy(struct plan_undo *undo); /* NULL allowed */

#endif
