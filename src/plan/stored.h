/* stored.h: plans in the state directory: saved before they are applied, taken up again after, and
 * turned round. */
#ifndef PLAN_STORED_H
#define PLAN_STORED_H

#include "plan/plan.h"
#include "store/journal.h"
#include "store/plans.h"

/* Saves in slices, so that no transaction is long. */
struct plan_save;
/* plan and plans are (borrowed). Does nothing when it is there already, whole and the same;
 * ST_CONFLICT when another plan has the id. */
enum status plan_save_begin(struct plan_save **out, const struct plan *plan, struct plans *plans,
                            struct error *err);
/* Up to `budget` items. *more: there are more; otherwise it is durable. */
enum status plan_save_step(struct plan_save *save, uint32_t budget, bool *more, struct error *err);
/* Whether it was there already: then its states are older than the plan that was given. */
bool plan_save_was_there(const struct plan_save *save);
void plan_save_destroy(struct plan_save *save);

/* Loads a plan by its id, or the beginning of one (at least four letters, unique). The states of
 * its items are those that the journal tells (journal NULL: as last saved). Errors: ST_NOT_FOUND,
 * ST_USAGE for a beginning that several have, ST_IO. */
enum status plan_load(struct plans *plans, struct journal *journal, const char *id,
                      struct plan **out, struct error *err);
/* Brings the states up to what the journal says: APPLIED, DIFFERENT, FAILED, UNKNOWN. */
enum status plan_settle(struct plan *plan, struct journal *journal, struct error *err);

/* The plan that takes this one back, as it stands before anything is sent: targets become what was
 * frozen and the other way round; deletes become creates without an id; creates become deletes that
 * are SKIPPED until their id is known. Its id ends in "-undo", and the undo of an undo in nothing.
 */
struct plan *plan_inverse_begin(const struct plan *plan);
/* Appends the id of the first undo of a plan that is no undo itself. */
void plan_undo_id(const struct plan *plan, struct str *out);
/* Turns up to `budget` more items round (about 15 us each); *done begins at 0. True: there is more.
 */
bool plan_inverse_step(struct plan *inverse, const struct plan *plan, uint32_t *done,
                       uint32_t budget);
/* The inverse of plan `id` as far as it was applied: only items that the journal says were applied
 * (or kept differently), frozen as they were read back; in reverse order. What `undo PLAN` applies.
 * One that was stopped goes on; what an earlier one took back is not in a later one.
 * Errors as plan_load; ST_NOT_FOUND when nothing of it was applied. */
enum status plan_undo(struct plans *plans, struct journal *journal, const char *id,
                      struct plan **out, struct error *err);

#endif
