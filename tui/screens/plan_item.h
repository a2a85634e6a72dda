/* plan_item.h: one account of a plan, whole: every field old > new, every warning, what became of
 * it. */
#ifndef TUI_SCREENS_PLAN_ITEM_H
#define TUI_SCREENS_PLAN_ITEM_H

#include "plan/plan.h"
#include "tui/app.h"

struct plan_item_arg {
    const struct plan *plan; /* (borrowed) for the call: its words are made at once */
    uint32_t index;
};
/* arg is a struct plan_item_arg. */
extern const struct screen_ops plan_item_screen;

#endif
