/* monitor.h: `2`: how the fleet is, what it uses and where that leads. */
#ifndef TUI_SCREENS_MONITOR_H
#define TUI_SCREENS_MONITOR_H

#include "tui/app.h"

/* No arg. */
extern const struct screen_ops monitor_screen;

/* Shows the list with this filter; raw text. */
void monitor_to_list(struct app *app, struct span filter);
/* The same with one account. */
void monitor_to_account(struct app *app, row_id row);

#endif
