/* monitor_numbers.h: the numbers at the top of the monitor, each with the filter of the list whose
 * result has that number. */
#ifndef TUI_SCREENS_MONITOR_NUMBERS_H
#define TUI_SCREENS_MONITOR_NUMBERS_H

#include "tui/app.h"

/* A menu of them; what is chosen is shown in the list. */
void monitor_numbers_choose(struct app *app);

#endif
