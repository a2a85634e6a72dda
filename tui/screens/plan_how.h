/* plan_how.h: an overlay with the settings of a plan, one row for each of plan/options.def: how
 * many at a time, how fast, when it stops, the canary. */
#ifndef TUI_SCREENS_PLAN_HOW_H
#define TUI_SCREENS_PLAN_HOW_H

#include "plan/options.h"
#include "tui/app.h"

struct plan_how_arg {
    const struct plan_options *now; /* what the rows begin with; (borrowed) for the call */
    /* Enter, when every row is good; the overlay is closed after. */
    void (*taken)(void *ctx, const struct plan_options *how);
    void *ctx; /* (borrowed) */
};

/* arg is a struct plan_how_arg, copied. */
extern const struct screen_ops plan_how_screen;

#endif
