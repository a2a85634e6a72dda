/* monitor_groups.h: by which column the monitor's groups are. */
#ifndef TUI_SCREENS_MONITOR_GROUPS_H
#define TUI_SCREENS_MONITOR_GROUPS_H

#include "tui/app.h"

/* The next of the columns that most fleets are looked at by. */
void monitor_groups_next(struct app *app);
/* A menu of all columns, and of all tags that an account has. */
void monitor_groups_choose(struct app *app);

#endif
