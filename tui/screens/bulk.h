/* bulk.h: `b`: what is to be done to several accounts: the table of operations as a menu, their
 * fields and values asked for one after the other, then the plan. */
#ifndef TUI_SCREENS_BULK_H
#define TUI_SCREENS_BULK_H

#include "plan/build.h"
#include "tui/app.h"

struct bulk; /* the accounts, frozen, and the operations so far; shared by the screens in turn */

/* Opens the menu for these accounts. hidden: how many of them the filter hides. */
void bulk_open(struct app *app, const row_id *rows, uint32_t count, uint32_t hidden);
/* One operation that needs nothing: `t` and `x`. */
void bulk_do(struct app *app, const row_id *rows, uint32_t count, uint32_t hidden,
             enum plan_op_id op);
/* `t` on accounts of which some are on and some off: which is meant is asked. */
void bulk_toggle(struct app *app, const row_id *rows, uint32_t count, uint32_t hidden);

/* For the plan's screen. */
struct bulk *bulk_ref(struct bulk *bulk);
void bulk_unref(void *bulk); /* NULL allowed */
/* Another operation, or another beginning: the menu again. */
void bulk_more(struct bulk *bulk);
uint32_t bulk_count(const struct bulk *bulk);
uint32_t bulk_hidden(const struct bulk *bulk);

#endif
