/* names.h: which names the accounts have, counted once for all items of a plan: a name that is
 * asked for by walking all accounts is one walk too many for each of a thousand items.
 *
 * paddock creates no second account of a name, so a delete of one of several can only be taken back
 * under another name: the delete says so, and what takes it back takes a name that is free. */
#ifndef PLAN_NAMES_H
#define PLAN_NAMES_H

#include "fleet/fleet.h"
#include "plan/plan.h"

struct plan_names;

struct plan_names *plan_names_create(void);
void plan_names_destroy(struct plan_names *names); /* NULL allowed */
/* Takes in the names of the next `budget` rows (about 0.1 us each). True: there are more. Names are
 * copied: the fleet may move on between two calls. */
bool plan_names_read(struct plan_names *names, const struct fleet *fleet, uint32_t budget);
/* One more account of that name, which is in no row (yet). */
void plan_names_add(struct plan_names *names, struct span name);
/* How many have it; an empty name nobody has. */
uint32_t plan_names_count(const struct plan_names *names, struct span name);
/* The first row that has it and is not `but`; ROW_NONE. As of when it was read. */
row_id plan_names_row(const struct plan_names *names, struct span name, row_id but);
/* Appends the first of "NAME-2", "NAME-3", ... that nobody has. */
void plan_names_free(const struct plan_names *names, struct span name, struct str *out);

/* Of a plan that takes deletes back and was not begun: each account that would be created under a
 * name that is taken, by an account of the fleet or by one before it in the plan, gets a free one
 * instead, with a warning that says so. Walks all rows once, when there is such an item. */
void plan_names_settle(struct plan *plan, const struct fleet *fleet);
/* The same in two steps, for who reads the names in slices: whether there is such an item, and the
 * giving, with the names of all rows. */
bool plan_names_wanted(const struct plan *plan);
void plan_names_give(struct plan *plan, struct plan_names *names, const struct fleet *fleet);

#endif
