/* alerts.h: `4`: the alerts that were told and still hold, and those that are muted. */
#ifndef TUI_SCREENS_ALERTS_H
#define TUI_SCREENS_ALERTS_H

#include "tui/app.h"

/* No arg. */
extern const struct screen_ops alerts_screen;

#endif
